"""JSON and its published schema."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from tests.consultation_factory import KINDS, consultation, course, hostile_consultation
from tests.effect_factory import WITH_EFFECTS, hostile_effects, with_effects
from tests.hostile import HOSTILE
from unclench.report.basis import shown_course
from unclench.report.effect_tables import ordered
from unclench.report.json_out import to_json
from unclench.report.schema import PUBLISHED, schema, schema_text
from unclench.simulation.course import Span
from unclench.values import EngineError

KEYS = [
    "jurisdiction", "on", "request", "verdict", "conditional_on", "questions", "findings", "exposure", "effects",
    "candidates", "plan", "alternatives", "advice", "facts", "limits", "seed", "made_with",
]  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_published_schema_is_not_stale():
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), "run: python -m unclench.report.schema"


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.verifies("O4")
@pytest.mark.parametrize("kind", KINDS)
def test_an_output_has_the_keys_of_the_contract_in_order_and_validates(kind):
    document = json.loads(to_json(consultation(kind)))
    assert list(document) == KEYS
    VALIDATOR.validate(document)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_input_gives_the_same_bytes(kind):
    assert to_json(consultation(kind)) == to_json(consultation(kind))


def test_avoid_has_no_regimen_and_the_seam_of_the_taper_is_null():
    document = json.loads(to_json(consultation("avoid")))
    assert document["plan"]["regimen"] is None
    assert document["plan"]["taper"] is None
    assert document["exposure"]["diazepam"] is None


def test_an_unconfirmed_ratio_is_null():
    wort = json.loads(to_json(consultation()))["exposure"]["interactions"][1]
    assert (wort["ratio"], wort["low"], wort["high"], wort["direction"]) == (None, None, None, "lowers")


def test_conditional_on_names_the_answer_if():
    assert json.loads(to_json(consultation()))["conditional_on"][0] == {
        "question": "takes-opioid",
        "if": "yes",
        "verdict": "avoid",
    }


def test_findings_of_one_cause_stand_together_and_one_heads_them():
    findings = json.loads(to_json(consultation()))["findings"]
    older = [one for one in findings if one["cause"] == "older"]
    assert [one["heads_cause"] for one in older] == [True, False]


def test_curves_keep_their_peak():
    made = course()
    exact = float(max(made.curves[0].typical))
    shown = json.loads(to_json(consultation()))["exposure"]["diazepam"]
    assert max(shown["typical_ng_ml"]) == pytest.approx(exact, rel=1e-3)
    assert len(shown["t_h"]) == len(shown["p95_ng_ml"]) <= 224


def test_what_studies_leave_unsure_is_given_where_it_is_known():
    exposure = json.loads(to_json(consultation()))["exposure"]
    peak, half_life = exposure["diazepam"]["peak_ng_ml"], exposure["diazepam"]["half_life_h"]
    assert (peak["sure_low"], peak["sure_high"], peak["unsure_share"], peak["monte_carlo_error"]) == (
        215,
        276,
        0.19,
        6.2,
    )
    assert (half_life["sure_low"], half_life["monte_carlo_error"]) == (None, None)
    assert exposure["temazepam"]["peak_ng_ml"] is None
    assert len(exposure["oxazepam"]["sure_high_ng_ml"]) == len(exposure["oxazepam"]["t_h"])


def test_a_metabolite_of_the_full_course_is_added_once():
    one = consultation()
    (chosen, other) = one.courses
    bare = replace(chosen, curves=chosen.curves[:4])
    considered = (replace(one.plan.considered[0], course=bare), *one.plan.considered[1:])
    plan = replace(one.plan, considered=considered, chosen=considered[0])
    without = replace(one, courses=(bare, other), plan=plan)
    assert json.loads(to_json(without))["exposure"]["temazepam"] is None
    full = json.loads(to_json(replace(without, in_full=chosen)))["exposure"]
    assert full["temazepam"] is not None
    shown, _ = shown_course(replace(without, in_full=chosen))
    assert [curve.analyte for curve in shown.curves[::2]] == ["diazepam", "nordazepam", "temazepam", "oxazepam"]


def test_what_was_never_studied_is_named():
    one = consultation("continuing")
    (made,) = one.courses
    far = replace(one, courses=(replace(made, extrapolated=("Older than anyone studied.",)),))
    assert json.loads(to_json(far))["exposure"]["extrapolated"] == ["Older than anyone studied."]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_gives_valid_json(text):
    VALIDATOR.validate(json.loads(to_json(hostile_consultation(text))))


@pytest.mark.verifies("O4")
@pytest.mark.parametrize("kind", WITH_EFFECTS)
def test_effects_validate_and_keep_the_units_of_the_model(kind):
    document = json.loads(to_json(with_effects(kind)))
    VALIDATOR.validate(document)
    effects = document["effects"]
    morning = next(one for one in effects["numbers"] if one["id"] == "EFF-NEXT-MORNING")
    assert (morning["unit"], morning["typical"], morning["low"], morning["high"]) == ("g/L", 0.21, 0.05, 0.6)
    assert morning["says"].startswith("The worst next morning: as by ")
    assert morning["unsure_share"] == 0.4
    assert [one["share"] for one in morning["hangs_on"]] == [0.42, 0.23, 0.15, 0.05]
    assert effects["of"] == ("current-use" if kind == "continuing" else "proposed-regimen")


def test_curves_of_effect_keep_their_peak_and_are_thinned():
    one = with_effects()
    for shown, curve in zip(json.loads(to_json(one))["effects"]["curves"], ordered(one.effects), strict=True):
        assert max(shown["typical"]) == pytest.approx(float(max(curve.typical)), rel=1e-3)
        assert len(shown["t_h"]) == len(shown["p05"]) == len(shown["p95"]) <= 224


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_of_an_effect_course_gives_valid_json(text):
    VALIDATOR.validate(json.loads(to_json(hostile_effects(text))))


def test_an_effect_that_is_no_number_is_an_error():
    one = with_effects()
    spoilt = tuple(replace(number, high=float("nan")) for number in one.effects.numbers)
    with pytest.raises(EngineError):
        to_json(replace(one, effects=replace(one.effects, numbers=spoilt)))


def test_a_number_that_is_none_is_an_error_and_not_a_zero():
    one = consultation("continuing")
    (made,) = one.courses
    spoilt = replace(one, courses=(replace(made, gone_days=Span(float("inf"), 1, 2, "days")),))
    with pytest.raises(EngineError):
        to_json(spoilt)
