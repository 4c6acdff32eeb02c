"""A taper as JSON and its published schema."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import jsonschema
import pytest

from tests.hostile import HOSTILE
from tests.taper_page_factory import KINDS, START, about, hostile_taper, made_of, no_switch, schedule, taper, with_taper
from unclench.planning.taper_plan import Intake, TaperDay
from unclench.report.json_out import to_json
from unclench.report.json_taper import taper_json
from unclench.report.schema import schema as consultation_schema
from unclench.report.schema_taper import PUBLISHED, schema, schema_text
from unclench.values import EngineError

KEYS = [
    "jurisdiction", "on", "need", "because", "views", "hold", "urgency", "from_mg", "pace", "pace_because", "weeks",
    "start_on", "end_on", "days", "cuts", "proofs", "peak_withdrawal_drive", "curves", "compared", "loss", "supply",
    "hidden", "switch", "learning", "holds_at", "says", "limits", "facts", "seed", "made_with",
]  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(schema())


def document(kind: str = "everything") -> dict:
    return json.loads(taper_json(taper(kind), **about()))


def test_the_published_schema_is_not_stale():
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), "run: python -m unclench.report.schema_taper"
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.verifies("P5", "O4")
@pytest.mark.parametrize("kind", KINDS)
def test_a_taper_has_the_keys_of_the_contract_in_order_and_validates(kind):
    made = document(kind)
    assert list(made) == KEYS
    VALIDATOR.validate(made)


@pytest.mark.verifies("P5")
@pytest.mark.parametrize("kind", ["taper", "everything", "alternating", "step-down"])
def test_the_units_of_every_day_sum_to_its_dose_exactly(kind):
    for day in document(kind)["days"]:
        for units in (day["units"], [unit for intake in day["intakes"] for unit in intake["units"]]):
            total = sum((Decimal(str(one["mg_each"])) * Decimal(str(one["count"])) for one in units), Decimal(0))
            assert total == Decimal(str(day["mg"])), day["date"]


def test_halves_and_small_doses_are_exact_numbers():
    days = {day["date"]: day for day in document()["days"]}
    first = days[START.isoformat()]
    assert {"product": "US-TABLET-2", "mg_each": 2.0, "count": 1.5} in first["units"]
    assert days["2027-07-05"]["mg"] == 2.5
    assert days["2027-08-30"] == {"date": "2027-08-30", "mg": 0.0, "units": [], "intakes": []}


def test_a_count_keeps_every_digit():
    one = TaperDay(START, Decimal("1.0625"), (Intake(22.0, made_of(Decimal("1.0625"))),))
    (day,) = json.loads(taper_json(taper(days=(one,)), **about()))["days"]
    assert day["mg"] == 1.0625
    assert sum(unit["count"] * unit["mg_each"] for unit in day["units"]) == 1.0625


def test_cuts_reach_nothing_and_join_up():
    cuts = document()["cuts"]
    assert cuts[0] == {"date": "2026-11-23", "from_mg": 20.0, "to_mg": 18.0}
    assert cuts[-1]["to_mg"] == 0.0
    assert [cut["to_mg"] for cut in cuts[:-1]] == [cut["from_mg"] for cut in cuts[1:]]


def test_proofs_say_rule_holds_and_worst():
    proofs = document()["proofs"]
    assert {"rule", "holds", "worst", "limit", "unit", "on", "say"} == set(proofs[0])
    (window,) = [one for one in proofs if one["rule"] == "TAP-05"]
    assert (window["holds"], window["worst"], window["limit"]) == (True, 24.3, 25.0)


def test_a_drive_carries_its_interval_and_that_it_is_not_validated():
    assert document()["peak_withdrawal_drive"] == {
        "typical": 9.1, "low": 3.822, "high": 23.66, "worst_fifth": 19.11, "on_day": 213.0,
        "unit": "% of reference", "validated": False,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["none", "specialist"])
def test_no_plan_has_no_days_and_the_specialist_has_a_hold(kind):
    made = document(kind)
    assert (made["days"], made["cuts"], made["start_on"], made["weeks"]) == ([], [], None, 0.0)
    assert bool(made["hold"]) is bool(made["urgency"]) is (kind == "specialist")


@pytest.mark.parametrize("kind", KINDS)
def test_a_consultation_holds_exactly_the_same_object(kind):
    made = json.loads(to_json(with_taper(kind)))
    jsonschema.Draft202012Validator(consultation_schema()).validate(made)
    assert made["plan"]["taper"] == json.loads(taper_json(taper(kind), **about()))
    assert set(taper(kind).facts) <= set(made["facts"])


def test_the_same_input_gives_the_same_bytes():
    assert taper_json(taper("everything"), **about()) == taper_json(taper("everything"), **about())


def test_a_switch_that_is_not_planned_says_why():
    made = json.loads(taper_json(taper(switch=no_switch(schedule())), **about()))
    VALIDATOR.validate(made)
    assert (made["switch"]["to_mg"], made["switch"]["days"], made["switch"]["first_cut_on"]) == (None, [], None)
    assert made["switch"]["hold"].startswith("Severe liver disease")
    assert document()["switch"]["review_from"] == "2026-11-18"


def test_every_rule_that_is_named_is_among_the_facts():
    made = document()
    named = {one["rule"] for one in made["proofs"]} | {one["fact"] for one in made["holds_at"] + made["views"]}
    assert named | {"EQ-LORAZEPAM-VA", "TAP-12"} <= set(made["facts"])
    assert made["facts"] == sorted(made["facts"])


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_gives_valid_json_on_one_line(text):
    made = json.loads(taper_json(hostile_taper(text), **about()))
    VALIDATOR.validate(made)
    assert "\n" not in made["hold"]


def test_a_drive_that_is_no_number_is_an_error():
    one = taper()
    with pytest.raises(EngineError):
        taper_json(replace(one, peak=replace(one.peak, high=float("nan"))), **about())
