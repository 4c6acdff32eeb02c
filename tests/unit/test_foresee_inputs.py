"""From an appraised patient to the model of effect: everything that is known of the patient gets there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests import factories
from unclench.appraisal.findings import Appraisal, Body, CurrentMedicine, Exposure
from unclench.knowledge import knowledge
from unclench.simulation import effects, foresee, simulate_courses
from unclench.simulation.parameters import ANALYTES
from unclench.values import Answer, Dose, Phase, Regimen

ON = date(2026, 11, 22)
NO_CHANGE = Exposure(changes=(), segments=(), ratio=1.0, low=1.0, high=1.0, log_sd=0.0)
KNOWN = Body(70.0, "male", 70.0, 178.0, 43.0, "none", Answer.NO, "NM", Answer.NO)
WEEK = Regimen(ON, (Phase(3, (Dose(Decimal(5), 8.0), Dose(Decimal(5), 22.0))),))
BEFORE = Regimen(ON - timedelta(days=60), (Phase(60, (Dose(Decimal(10), 22.0),)),))


def appraised(**more: Any) -> Appraisal:
    settled = {"on": ON, "body": KNOWN, "exposure": NO_CHANGE, "patient_ref": "", "findings": (), "medicines": ()}
    return factories.appraisal(**(settled | more))


def handed_over(monkeypatch: pytest.MonkeyPatch, appraisal: Appraisal) -> dict[str, Any]:
    """What the model of effect was given, and the course it was given for."""
    seen: dict[str, Any] = {}
    real = effects.foresee

    def noted(**given: Any) -> Any:
        seen.update(given)
        return real(**given)

    monkeypatch.setattr(effects, "foresee", noted)
    (course,) = simulate_courses(
        body=appraisal.body, exposure=NO_CHANGE, regimens=(WEEK,), existing=None, on=ON, people=20
    )
    found = foresee.foresee(appraisal, course, seed=1)
    assert found is not None
    return seen | {"course": found.course, "effects": found.effects}


def typical(levels: Mapping[str, np.ndarray[Any, Any]], analyte: str, count: int) -> np.ndarray[Any, Any]:
    return levels[analyte][:count, -1]


@pytest.mark.verifies("M1", "M3")
@pytest.mark.parametrize("dialysis", [Answer.NO, Answer.YES])
@pytest.mark.parametrize("analyte", ANALYTES)
def test_unbound_levels_of_every_analyte_reach_the_receptor(
    analyte: str, dialysis: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = handed_over(monkeypatch, appraised(body=replace(KNOWN, dialysis=dialysis)))

    assert tuple(given["unbound_ng_ml"]) == ANALYTES
    (curve,) = (one for one in given["course"].curves if (one.analyte, one.kind) == (analyte, "unbound"))
    levels = typical(given["unbound_ng_ml"], analyte, curve.typical.size)
    assert levels.max() > 0
    np.testing.assert_allclose(levels, np.maximum(curve.typical, 0.0), rtol=1e-9, atol=1e-15)


@pytest.mark.verifies("M3", "M8")
def test_a_patient_on_dialysis_holds_more_receptors_at_the_same_total_level(monkeypatch: pytest.MonkeyPatch) -> None:
    def per_total(dialysis: Answer) -> float:
        given = handed_over(monkeypatch, appraised(body=replace(KNOWN, dialysis=dialysis)))
        total = next(one.typical for one in given["course"].curves if (one.analyte, one.kind) == ("diazepam", "total"))
        return float(typical(given["unbound_ng_ml"], "diazepam", total.size).max() / total.max())

    assert per_total(Answer.YES) > 1.5 * per_total(Answer.NO)


@pytest.mark.verifies("M5", "M6", "M7")
def test_what_is_known_of_the_patient_reaches_the_model_of_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    lorazepam = CurrentMedicine(
        "lorazepam", ("lorazepam",), frozenset(), Answer.YES, None, None, Decimal(2), (), stated=True
    )
    unsure = replace(lorazepam, active=Answer.CANNOT_SAY)
    given = handed_over(
        monkeypatch,
        appraised(
            medicines=(lorazepam, unsure),
            findings=(
                factories.finding(foresee.OPIOID, answer=Answer.YES),
                factories.finding(foresee.ALCOHOL, answer=Answer.CANNOT_SAY),
            ),
            current_use=replace(factories.use("10", 60), regimen=BEFORE),
        ),
    )

    assert set(given["age_y"]) == {70.0}
    assert (given["opioid"], given["alcohol"]) == (Answer.YES, Answer.CANNOT_SAY)
    assert [(one.drug, one.mg_per_day) for one in given["co_medication"]] == [("lorazepam", 2.0)]
    assert sum(one.days for one in given["history"]) == 60
    assert all(one.unbound_ng_ml[name].min() > 0 for one in given["history"][1:] for name in ANALYTES)
    last = given["history"][-1].unbound_ng_ml["diazepam"][-1]
    now = given["unbound_ng_ml"]["diazepam"][0, -1]
    assert last / 2 < now < last * 2


@pytest.mark.verifies("M4")
@pytest.mark.parametrize(("entity", "told"), [("acute-spasm", True), ("sciatica", True), ("spasticity", False)])
def test_back_pain_is_told_where_it_is_treated(entity: str, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    one = appraised()
    found = handed_over(monkeypatch, replace(one, indication=replace(one.indication, entity=entity)))["effects"]

    numbers = [each for each in found.numbers if each.id == "EFF-BACK-PAIN"]
    assert bool(numbers) is told
    assert all(each.low < 0.0 < each.high for each in numbers)


@pytest.mark.verifies("M8", "R3")
@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, "CAUSE-CLEARANCE"),
        ({"cirrhosis": "C"}, "CAUSE-UNSURE-CIRRHOSIS"),
        ({"dialysis": Answer.YES}, "CAUSE-UNSURE-DIALYSIS"),
        ({"weight_kg": None}, "CAUSE-WEIGHT"),
        ({"age_y": None}, "CAUSE-AGE"),
    ],
)
def test_what_a_level_hangs_on_is_named_and_only_where_it_plays_a_part(
    changes: dict[str, Any], cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    say = knowledge().say
    rows = {row.text for row in knowledge().table("statements") if row.id.startswith("CAUSE-")}
    given = handed_over(monkeypatch, appraised(body=replace(KNOWN, **changes)))

    named = {one.cause for one in (*given["course"].drivers, *given["effects"].drivers)}
    assert say(cause) in named
    assert named <= rows
    if not changes:
        others = ("UNSURE-CIRRHOSIS", "UNSURE-DIALYSIS", "WEIGHT", "AGE", "INTERACTION")
        assert not named & {say(f"CAUSE-{other}") for other in others}
