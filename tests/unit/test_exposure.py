"""Exposure changes of medicine lists: measured first, genotype, dose, combinations, time and what cannot be said."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from unclench.appraisal import exposure_time
from unclench.appraisal.appraise import appraise
from unclench.appraisal.exposure import action_band, exposure
from unclench.appraisal.findings import CurrentMedicine, Exposure
from unclench.appraisal.perpetrators import Course, Strength
from unclench.knowledge.load import Fault, Knowledge, load_all
from unclench.models.enzymes import Block
from unclench.record import read
from unclench.record.patient import Dosage, Medication, Status
from unclench.values import Answer

ON = date(2026, 11, 22)
TABLES = frozenset({"ratios", "perpetrators", "parameters", "limits", "drugs", "statements"})


@pytest.fixture(scope="module")
def facts() -> Knowledge:
    faults: list[Fault] = []
    found = load_all(faults, names=TABLES)
    assert not [fault for fault in faults if "drugs" not in fault.where]
    return found


def medicine(
    *drugs: str,
    tags: tuple[str, ...] = (),
    active: Answer = Answer.YES,
    since: int | None = None,
    until: int | None = None,
    mg: int | None = None,
) -> CurrentMedicine:
    """A medicine; `since` and `until` in days from the day of the consultation."""
    return CurrentMedicine(
        "Zzz <b>name of a record</b>",
        drugs,
        frozenset(tags),
        active,
        None if since is None else ON + timedelta(days=since),
        None if until is None else ON + timedelta(days=until),
        None if mg is None else Decimal(mg),
        ("MedicationRequest/1",),
    )


def changed(facts: Knowledge, *medicines: CurrentMedicine, cyp2c19: str | None = "NM") -> Exposure:
    return exposure(medicines, cyp2c19=cyp2c19, on=ON, facts=facts)


def test_nothing_taken_changes_nothing(facts: Knowledge) -> None:
    found = changed(facts)
    assert (found.changes, found.ratio, found.low, found.high, found.log_sd) == ((), 1.0, 1.0, 1.0, 0.0)
    assert [(step.from_h, step.diazepam, step.nordazepam) for step in found.segments] == [(-math.inf, 1.0, 1.0)]


@pytest.mark.verifies("A3")
def test_a_measured_ratio_comes_with_its_interval_and_people(facts: Knowledge) -> None:
    (change,) = changed(facts, medicine("fluvoxamine")).changes
    assert (change.basis, change.direction) == ("measured", "raises")
    assert change.say == "Fluvoxamine: about 2.9 times the diazepam exposure (2.3 to 3.6), measured in 8 people."
    assert "IPK021" in change.facts


@pytest.mark.verifies("A3")
def test_measured_beats_model_for_omeprazole_20_mg(facts: Knowledge) -> None:
    """Rule INT-07 and the model say otherwise: 1.35 and 1.37 were measured."""
    found = changed(facts, medicine("omeprazole", mg=20))
    assert found.changes[0].basis == "measured"
    assert found.ratio == pytest.approx(1.36, abs=0.01)
    assert set(found.changes[0].facts) == {"IPK001", "IPK003", "IX-SPREAD-MEASURED"}


def test_the_dose_chooses_the_studies(facts: Knowledge) -> None:
    low, high = (changed(facts, medicine("omeprazole", mg=mg)).changes[0] for mg in (20, 40))
    assert low.ratio < high.ratio
    unknown = changed(facts, medicine("omeprazole")).changes[0]
    assert low.ratio < unknown.ratio < high.ratio
    assert (unknown.low, unknown.high) == pytest.approx((unknown.ratio / 1.25, 2.22))


def test_omeprazole_does_nothing_in_a_poor_metaboliser(facts: Knowledge) -> None:
    alone, with_it = changed(facts, cyp2c19="PM"), changed(facts, medicine("omeprazole", mg=20), cyp2c19="PM")
    assert with_it.ratio == alone.ratio == pytest.approx(2.08, abs=0.01)
    assert with_it.segments == alone.segments
    (change,) = with_it.changes
    assert (change.ratio, change.direction, change.basis) == (1.0, "none", "measured")


@pytest.mark.parametrize(
    ("cyp2c19", "multiple"), [("PM", 0.48), ("IM", 0.74), ("NM", 1.0), ("RM", 1.156), ("UM", 1.156)]
)
def test_the_genotype_is_in_the_segments(facts: Knowledge, cyp2c19: str, multiple: float) -> None:
    found = changed(facts, cyp2c19=cyp2c19)
    assert found.segments[0].diazepam == pytest.approx(multiple)
    assert found.ratio == pytest.approx(1 / multiple)
    assert found.changes == ()
    assert (found.log_sd > 0) == (cyp2c19 != "NM")
    assert 1 >= found.segments[0].nordazepam >= 0.63 or cyp2c19 in ("RM", "UM")


def test_a_strong_cyp3a4_inhibitor_in_a_poor_metaboliser(facts: Knowledge) -> None:
    assert changed(facts, medicine("posaconazole"), cyp2c19="PM").ratio == pytest.approx(3.68, abs=0.01)


def test_an_unknown_genotype_is_said_and_widens_the_range(facts: Knowledge) -> None:
    unknown, normal = (changed(facts, medicine("itraconazole"), cyp2c19=known) for known in (None, "NM"))
    assert unknown.ratio == normal.ratio
    assert unknown.low <= normal.low
    assert unknown.high > normal.high
    assert "normal metaboliser is assumed" in unknown.cannot_say[0]


def test_an_unconfirmed_strength_is_a_project_estimate_with_a_wide_range(facts: Knowledge) -> None:
    (change,) = changed(facts, medicine("diltiazem")).changes
    assert change.basis == "project estimate, not measured"
    assert (change.low, change.high) == pytest.approx((change.ratio / 2, change.ratio * 2))


@pytest.mark.parametrize("drug", ["metronidazole", "atenolol", "valproate", "grapefruit"])
def test_an_unconfirmed_or_excluded_study_says_nothing(facts: Knowledge, drug: str) -> None:
    assert not changed(facts, medicine(drug)).changes


def test_an_unconfirmed_inducer_is_named_but_not_counted(facts: Knowledge) -> None:
    found = changed(facts, medicine("phenytoin"), medicine("fluvoxamine"))
    assert found.ratio == pytest.approx(2.86)
    assert any("Phenytoin probably lowers" in said for said in found.cannot_say)


def test_a_class_stands_in_for_a_drug_without_a_row(facts: Knowledge) -> None:
    (raises,) = changed(facts, medicine("invented-azole", tags=("cyp3a4_inhibitor_strong",))).changes
    assert raises.ratio == pytest.approx(1.26, abs=0.01)
    (lowers,) = changed(facts, medicine("invented-inducer", tags=("cyp3a4_inducer_strong",))).changes
    assert (lowers.direction, lowers.shows_number) == ("lowers", False)
    assert not any(letter.isdigit() for letter in lowers.say.replace("CYP3A4", ""))


def test_a_contraceptive_of_two_drugs_is_one_perpetrator(facts: Knowledge) -> None:
    pill = medicine("ethinyl estradiol", "levonorgestrel", tags=("hormonal_contraceptive",))
    assert [change.perpetrator for change in changed(facts, pill).changes] == ["combined hormonal contraceptive"]


def test_a_measured_combination_speaks_for_its_members(facts: Knowledge) -> None:
    found = changed(facts, medicine("isoniazid"), medicine("rifampin", "ethambutol"))
    assert len(found.changes) == 1
    assert found.ratio == pytest.approx(0.25)
    assert found.segments[0].nordazepam > 2


def test_several_inhibitors_combine_by_enzyme(facts: Knowledge) -> None:
    """Both close CYP2C19: together less than the product of their ratios, more than either."""
    found = changed(facts, medicine("fluvoxamine"), medicine("omeprazole", mg=20))
    assert 2.86 < found.ratio < 2.86 * 1.36
    assert found.log_sd > changed(facts, medicine("fluvoxamine")).log_sd


def test_measured_nordazepam_clearance_is_used(facts: Knowledge) -> None:
    (step,) = changed(facts, medicine("cimetidine")).segments
    assert 0.51 <= step.nordazepam <= 0.65


def test_no_change_stays_out_of_the_curves(facts: Knowledge) -> None:
    found = changed(facts, medicine("ranitidine"), medicine("pantoprazole"))
    assert {change.direction for change in found.changes} == {"none"}
    assert found.ratio == 1.0


def test_a_medicine_that_is_only_perhaps_taken_is_not_counted(facts: Knowledge) -> None:
    found = changed(facts, medicine("fluconazole", active=Answer.CANNOT_SAY))
    assert found.changes[0].ratio == pytest.approx(2.5)
    assert not found.changes[0].counts
    assert found.ratio == 1.0
    assert any("fluconazole" in said.lower() for said in found.cannot_say)


def test_a_cream_is_not_counted(facts: Knowledge) -> None:
    cream = Medication("M/1", (), "ketoconazole cream", "order", Status.ACTIVE, dosage=Dosage(route="other"))
    found = changed(facts, replace(medicine("ketoconazole"), entry=cream))
    assert found.ratio == 1.0
    assert any("by a route that reaches the liver" in said for said in found.cannot_say)


def test_the_text_of_the_record_is_never_repeated(facts: Knowledge) -> None:
    found = changed(
        facts, medicine("fluvoxamine"), medicine("lopinavir", tags=("cyp3a4_inhibitor_strong",)), cyp2c19=None
    )
    assert "<b>" not in " ".join([*(change.say + change.perpetrator for change in found.changes), *found.cannot_say])


def test_a_course_that_begins_and_ends(facts: Knowledge) -> None:
    found = changed(facts, medicine("fluvoxamine", since=3, until=9))
    (change,) = found.changes
    assert (change.from_day, change.until_day) == (4, 10)
    assert found.segments[0].diazepam == 1.0
    during = next(step for step in found.segments if step.from_h == 72)
    assert during.diazepam == pytest.approx(1 / 2.86)
    assert found.segments[-1].diazepam == pytest.approx(1.0)


def test_fluoxetine_lasts_for_weeks_after_it_is_stopped(facts: Knowledge) -> None:
    found = changed(facts, medicine("fluoxetine", active=Answer.NO, until=-7))
    assert 1.2 < found.ratio < 1.54
    assert "fading" in found.changes[0].say
    assert not changed(facts, medicine("fluoxetine", active=Answer.NO, until=-60)).changes
    assert not changed(facts, medicine("fluvoxamine", active=Answer.NO, until=-7)).changes


def test_an_inducer_comes_slowly(facts: Knowledge) -> None:
    steps = changed(facts, medicine("rifampin", since=0)).segments
    assert len(steps) <= exposure_time.MOST_SEGMENTS
    assert [step.diazepam for step in steps] == sorted(step.diazepam for step in steps)
    assert steps[0].diazepam == 1.0
    assert steps[-1].diazepam == pytest.approx(4.0)


def test_many_overlapping_courses_stay_within_the_steps(facts: Knowledge) -> None:
    drugs = ("fluvoxamine", "rifampin", "itraconazole", "fluoxetine", "isoniazid", "cimetidine", "st johns wort")
    found = changed(facts, *(medicine(drug, since=place - 3, until=place + 4) for place, drug in enumerate(drugs)))
    assert 1 < len(found.segments) <= exposure_time.MOST_SEGMENTS
    assert [step.from_h for step in found.segments] == sorted({step.from_h for step in found.segments})


@pytest.mark.verifies("A3")
def test_starting_together_meets_the_published_time_course(facts: Knowledge) -> None:
    """A slow twin: one compartment, half-life 43 h, steady input, integrated in small steps over the segments."""
    block = Block(factor=1.5)
    strength = Strength("twin", "measured", 1.5, 1.2, 1.8, 8, block, block, None, ())
    acting = exposure_time.acting(strength, (Course(ON, None),), ON, facts, 60)
    steps = exposure_time.segments([acting], 1.0, facts)
    published = {1: 1.06, 3: 1.18, 7: 1.34, 14: 1.47}
    rate, small = math.log(2) / 43, 0.05
    with_it = without = 0.0
    for count in range(1, round(14 * 24 / small) + 1):
        multiple = [step.diazepam for step in steps if step.from_h <= (count - 1) * small][-1]
        with_it += small * (1 - rate * multiple * with_it)
        without += small * (1 - rate * without)
        day = count * small / 24
        if round(day, 6) in published:
            assert with_it / without == pytest.approx(published[round(day)], abs=0.006)


@pytest.mark.parametrize(
    ("ratio", "band"),
    [
        (2.0, "avoid-or-halve"),
        (1.99, "reduce"),
        (1.25, "reduce"),
        (1.0, "none"),
        (0.8, "none"),
        (0.7, "lowered"),
        (0.5, "do-not-titrate"),
    ],
)
def test_action_bands(facts: Knowledge, ratio: float, band: str) -> None:
    assert action_band(ratio, facts) == band


def test_reasons_of_a_finding_are_joined_without_stray_stops() -> None:
    """Each change is a sentence of its own; as one of several reasons, joined by semicolons, it has no full stop."""
    record = (
        b"patient: {age: 50, sex: male}\nproblems: [spasm of back muscles]\n"
        b"medications: [{name: fluconazole, dose: 200 mg, how: once a day, since: 2026-11-25},"
        b" {name: omeprazole, dose: 40 mg, how: once a day, since: 2026-11-01}]\n"
        b"request: diazepam 5 mg at night for 7 days\n"
    )
    found = appraise(read(record, on=ON), ON)
    reasons = [part for finding in found.findings if finding.rule.startswith("INT-") for part in finding.because]
    assert any("from 2026-11-25" in part for part in reasons)
    assert not [part for part in reasons if part.endswith(".")]
