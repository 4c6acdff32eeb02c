"""The equations of effect in the exported document are those of models/: same levels in, same effects out (M12).

Our own equations take levels as lines between the times given, with an error of second order in the step; the document
is integrated with none of that. So both must meet as the step shrinks, at that order.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.verification import sbml_runs
from tests.verification.test_sbml import MADE, MAN, NO_CHANGE, ON, SEED, clearance, course
from unclench.knowledge import knowledge
from unclench.models import adaptation, effects
from unclench.report.sbml import to_sbml
from unclench.simulation import effects_model as ours
from unclench.simulation.effects_draws import adaptation_load, crowd_of
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.person import PersonModel, person_model

Array = NDArray[np.float64]

UNTIL_H = 800
NAMES = (
    "load_at_site", "occupancy", "reflex_removed", "tone_removed", "sedation", "drowsy", "impairment", "co2_slope",
    "tolerance_fast", "tolerance_slow", "tolerance_slowest", "adaptation", "withdrawal_drive",
)  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "a tablet three times a day": {"regimen": course((4, "5@8 5@14 5@22"))},
    "an older woman": {
        "body": dataclasses.replace(MAN, age_y=81.0, sex="female", weight_kg=55.0, height_cm=158.0),
        "regimen": course((4, "2@8 5@22")),
    },
    "an inhibitor that comes and goes": {
        "regimen": course((4, "5@8 5@22")),
        "exposure": clearance((40.0, 0.3, 0.5), (70.0, 1.0, 1.0)),
    },
}


def model(**case: Any) -> PersonModel:
    given = {"body": MAN, "exposure": NO_CHANGE, "existing": None, "on": ON, "seed": SEED, **case}
    return person_model(**given)


def by_our_equations(t_h: Array, unbound: Array, age_y: float) -> Array:
    """(times, NAMES) of the typical person, from unbound levels (times, analytes)."""
    numbers = Numbers(knowledge(), {})
    crowd = crowd_of(numbers, np.full(3, age_y), seed=SEED, skip=frozenset())
    fixed = ours.structure(numbers)
    levels = {name: np.repeat(unbound[:, [at]], 3, axis=1) for at, name in enumerate(ANALYTES)}
    load = ours.delayed(t_h, ours.load_of(levels, crowd.constants, fixed), crowd.constants)
    ran = ours.run(t_h, load, crowd.constants, crowd.person, fixed, np.zeros((3, 3)))
    # The document follows the hours of a day, where our answers take its average: the same equation, another input.
    held = effects_occupancy(adaptation_load(levels, crowd, fixed))
    adapted = adaptation.adapted(
        t_h / 24.0, held, tau_on_d=crowd.tau_on_d, tau_off_d=crowd.tau_off_d, start=np.zeros(3)
    )
    drive = adaptation.withdrawal_drive(adapted, held)
    found = (
        ran.load,
        ran.occupancy,
        ran.reflex,
        effects.tone_removed(ran.reflex, carried_over=crowd.constants.tone_carry),
        ran.sedation,
        effects.drowsy_probability(ran.sedation, on_placebo=fixed.drowsy_placebo, slope=crowd.constants.drowsy_slope),
        effects.impairment_g_per_l(ran.sedation, most=crowd.constants.impair_most),
        ran.co2_slope,
        *(ran.tolerance[:, index] for index in range(3)),
        adapted,
        drive,
    )
    return np.stack([each[:, -1] for each in found], axis=1)


def effects_occupancy(load: Array) -> Array:
    return load / (1.0 + load)


def apart(document: bytes, age_y: float, *, step_h: float) -> float:
    """The worst difference of any effect at any whole hour, as a share of the most of that effect."""
    every = round(1 / step_h)
    t_h = np.arange(0, UNTIL_H * every + 1) / every
    names = (*(f"Cu_{name}" for name in ANALYTES), *NAMES)
    found = sbml_runs.run(document, names, [float(at) for at in t_h], relative=1e-10, absolute=1e-11)
    mine = by_our_equations(t_h, np.maximum(found[:, : len(ANALYTES)], 0.0), age_y)[::every]
    theirs = found[::every, len(ANALYTES) :]
    assert (theirs.max(axis=0) > 0).all()  # each of them does something, withdrawal included
    return float((np.abs(mine - theirs) / theirs.max(axis=0)).max())


@pytest.mark.verifies("M12")
@pytest.mark.parametrize("name", CASES)
def test_effects_agree_and_meet_at_the_order_of_lines_between_levels(name: str) -> None:
    found = model(**CASES[name])
    document = to_sbml(found, MADE)
    assert sbml_runs.faults(document) == []
    age_y = CASES[name].get("body", MAN).age_y
    errors = [apart(document, age_y, step_h=step) for step in (0.25, 0.0625)]
    assert errors[1] < 1e-3
    assert errors[1] < errors[0] / 6  # second order would be 16, but kinks at arriving doses are in no step's middle


@pytest.mark.verifies("M12")
def test_a_drawn_person_has_constants_of_their_own() -> None:
    regimen = course((2, "5@22"))
    typical, third = model(regimen=regimen).effects, model(regimen=regimen, person=2).effects
    assert typical is not None
    assert third is not None
    assert third == model(regimen=regimen, person=2).effects
    assert third.sedation.half != typical.sedation.half
    assert third.half_ng_ml != typical.half_ng_ml


def test_kinetics_alone_hold_no_effect() -> None:
    document = to_sbml(model(regimen=course((2, "5@22")), with_effects=False), MADE)
    assert sbml_runs.faults(document) == []
    assert b"sedation" not in document
    assert b"PD-" not in document


def test_age_is_in_no_parameter() -> None:
    """Age acts by the load of half of sedation, which is written; the age itself is not."""
    old = dataclasses.replace(MAN, age_y=79.0)
    found = model(regimen=course((2, "5@22")), body=old)
    assert found.effects is not None
    young = model(regimen=course((2, "5@22"))).effects
    assert young is not None
    assert found.effects.sedation.half < young.sedation.half
    assert b'value="79"' not in to_sbml(found, MADE)
