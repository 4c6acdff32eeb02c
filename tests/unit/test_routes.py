"""Ways into the body: the rows of each route and form, food, and what the model does not know."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from unclench.appraisal.findings import Body, Exposure
from unclench.knowledge.load import knowledge
from unclench.simulation import simulate_courses
from unclench.simulation.course import Course
from unclench.simulation.parameters import Numbers
from unclench.simulation.routes import DEPOTS, FORMS, SHARES, VEIN
from unclench.simulation.sample import Sample
from unclench.simulation.simulate import walk
from unclench.values import Answer, Dose, Phase, Regimen, RegimenError

ON = date(2026, 11, 22)
NO_CHANGE = Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0)
KNOWN = Body(40.0, "male", 70.0, 178.0, 43.0, "none", Answer.NO, "NM", Answer.NO)
ONCE = Regimen(ON, (Phase(1, (Dose(Decimal(10), 8.0),)),))


def course(route: str, form: str, body: Body = KNOWN, **more: Any) -> Course:
    taken = dataclasses.replace(ONCE, route=route, form=form)
    (found,) = simulate_courses(
        body=body, exposure=NO_CHANGE, regimens=[taken], existing=None, on=ON, people=40, **more
    )
    return found


def area(route: str, form: str) -> float:
    """Exact area under the level of the typical person, to infinity."""
    taken = dataclasses.replace(ONCE, route=route, form=form)
    walked = walk(
        body=KNOWN, exposure=NO_CHANGE, regimens=[taken], existing=None, on=ON,
        numbers=Numbers(knowledge(), {}, Sample(3, 4)),
    )  # fmt: skip
    walked.watch.march.advance(20_000.0)
    return float(walked.watch.march.area(0)[-1])


@pytest.mark.verifies("M1")
@pytest.mark.parametrize(("route", "form"), FORMS, ids=[" ".join(one) for one in FORMS])
def test_every_form_delivers_the_share_of_its_row(route: str, form: str) -> None:
    key = DEPOTS.get((route, form))
    share = 1.0 if key is None else knowledge().parameter(SHARES.get(key, f"PK-F-{key}")).value
    clearance = knowledge().parameter("PK-CL-DIAZEPAM").value
    assert area(route, form) == pytest.approx(10_000.0 * share / clearance, rel=1e-6)


@pytest.mark.verifies("M1")
def test_a_dose_into_the_vein_is_there_at_once() -> None:
    found = course(*VEIN)
    volume = knowledge().parameter("PK-V1-DIAZEPAM").value
    assert found.peak_ng_ml.typical == pytest.approx(10_000.0 / volume, rel=1e-6)
    assert any("into a vein" in line for line in found.assumed)


@pytest.mark.verifies("M1")
def test_food_lowers_and_delays_the_peak_of_a_tablet_only() -> None:
    fasting, fed = course("oral", "tablet"), course("oral", "tablet", fed=True)
    at = [one.curves[0].t_h[np.argmax(one.curves[0].typical)] for one in (fasting, fed)]
    assert fed.peak_ng_ml.typical < 0.9 * fasting.peak_ng_ml.typical
    assert at[1] > at[0] + 0.5
    assert course("rectal", "gel").peak_ng_ml == course("rectal", "gel", fed=True).peak_ng_ml


@pytest.mark.verifies("M1")
def test_faster_forms_peak_higher_for_the_same_share() -> None:
    assert course("oral", "solution").peak_ng_ml.typical > course("oral", "tablet").peak_ng_ml.typical


@pytest.mark.parametrize("form", ["patch", "", "gel"])
def test_a_form_that_the_model_does_not_know_is_refused(form: str) -> None:
    with pytest.raises(RegimenError, match=f"found oral {form}, need one of: oral tablet"):
        course("oral", form)


@pytest.mark.verifies("M1")
@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"age_y": 96.0}, "Age 96 years"),
        ({"age_y": 119.499}, "Age 119 years"),
        ({"weight_kg": 150.0}, "Weight 150 kg"),
        ({"weight_kg": 38.0}, "Weight 38 kg"),
        ({"albumin_g_per_l": 18.0}, "Albumin 18 g/L"),
        ({"age_y": 0.2, "weight_kg": 5.0, "height_cm": 58.0}, "Younger than anyone"),
    ],
)
def test_a_body_beyond_the_studied_ones_is_flagged(changes: dict[str, float], word: str) -> None:
    found = course("oral", "tablet", dataclasses.replace(KNOWN, **changes))
    assert any(word in line for line in found.extrapolated)
    assert set(found.extrapolated) <= set(found.assumed)
    assert course("oral", "tablet").extrapolated == ()


def test_an_age_known_to_the_year_is_not_beyond_its_own_year() -> None:
    """The middle of the oldest year that was studied is still that year."""
    assert course("oral", "tablet", dataclasses.replace(KNOWN, age_y=91.499)).extrapolated == ()


@pytest.mark.verifies("M1")
def test_minor_metabolites_reach_the_steady_state_of_their_rows() -> None:
    """Temazepam and oxazepam after months, against the closed form of formation over clearance."""
    value = {row.id: row.value for row in knowledge().table("parameters")}
    long = Regimen(ON, (Phase(240, tuple(Dose(Decimal(1), 6.0 * at) for at in range(4))),))
    walked = walk(
        body=KNOWN, exposure=NO_CHANGE, regimens=[long], existing=None, on=ON, metabolites=3, keep=True,
        numbers=Numbers(knowledge(), {}, Sample(3, 4)),
    )  # fmt: skip
    times, kept = np.array(walked.watch.times), np.concatenate(walked.watch.kept)[:, :, 0, -1]
    fine = np.linspace(239 * 24.0, 240 * 24.0, 2001)
    last = np.array([np.trapezoid(np.interp(fine, times, line), fine) / 24.0 for line in kept.T])
    cleared = 4.0 * value["PK-F-ORAL"] / 24.0 * 1000.0
    share_n = value["PK-FM-NORDAZEPAM"]
    share_t = (1 - share_n) * value["PK-FM-TEMAZEPAM"]
    moles = cleared / value["PK-MM-DIAZEPAM"]
    temazepam = moles * share_t * value["PK-MM-TEMAZEPAM"] / value["PK-CL-TEMAZEPAM"]
    through = share_n * value["PK-FM-OXAZEPAM-NORDAZEPAM"] + share_t * value["PK-FM-OXAZEPAM-TEMAZEPAM"]
    oxazepam = moles * through * value["PK-MM-OXAZEPAM"] / value["PK-CL-OXAZEPAM"]
    assert last[2:] == pytest.approx([temazepam, oxazepam], rel=0.03)
    assert math.isclose(last[0], cleared / value["PK-CL-DIAZEPAM"], rel_tol=0.03)


@pytest.mark.verifies("M1")
def test_tablets_taken_before_stay_tablets_when_a_vein_follows() -> None:
    """The level at the start is that of the tablets, whatever route comes next; nothing in the depot is lost."""
    tablets = Regimen(date(2026, 10, 23), (Phase(30, (Dose(Decimal(5), 8.0), Dose(Decimal(5), 23.5))),))
    levels, areas = [], []
    for route, form in (("oral", "tablet"), VEIN, ("rectal", "gel")):
        walked = walk(
            body=KNOWN, exposure=NO_CHANGE, regimens=[dataclasses.replace(ONCE, route=route, form=form)],
            existing=tablets, on=ON, numbers=Numbers(knowledge(), {}, Sample(3, 4)),
        )  # fmt: skip
        levels.append(walked.watch.typical[0][0, 0])
        walked.watch.march.advance(20_000.0)
        share = 1.0 if route == "iv" else float(walked.people.absorption.f[-1])
        areas.append(walked.watch.march.area(0)[-1] - 10_000.0 * share / knowledge().parameter("PK-CL-DIAZEPAM").value)
    assert levels[1:] == pytest.approx([levels[0]] * 2, rel=1e-9)
    assert areas[1:] == pytest.approx([areas[0]] * 2, rel=1e-6)
