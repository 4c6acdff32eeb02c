"""Measurements in the unit of use: converted, dated, plausible, or named as a problem."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from unclench.appraisal import measures
from unclench.models.renal import egfr_ckd_epi_2021
from unclench.record.codes import Atc, Code, Icd10cm, Loinc, RxNorm, Snomed
from unclench.record.patient import Condition, ListState, Medication, Observation, PartialDate, Patient, Status

ON = date(2026, 11, 22)
STATE = ListState(0, True)


def day(text: str) -> PartialDate:
    return PartialDate(date.fromisoformat(text), date.fromisoformat(text))


def seen(
    loinc: str, value: float | None, unit: str = "", taken: str | None = "2026-11-10", **more: object
) -> Observation:
    codes: tuple[Code, ...] = (Loinc(loinc),) if loinc else ()
    made = Observation(f"Observation/{loinc}-{value}", codes, "", value, unit, taken=day(taken) if taken else None)
    return replace(made, **more)  # type: ignore[arg-type]


def person(*observations: Observation, sex: str | None = "female", **more: object) -> Patient:
    made = Patient(
        "Patient/example",
        day("1976-11-22"),
        sex,
        False,
        None,
        (),
        (),
        (),
        observations,
        (),
        STATE,
        STATE,
        STATE,
        None,
        (),
        (),
        "test",
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    ("measure", "loinc", "value", "unit", "expected"),
    [
        ("weight", "29463-7", 180, "[lb_av]", 81.647),
        ("weight", "3141-9", 81.6, "kg", 81.6),
        ("height", "8302-2", 70, "[in_i]", 177.8),
        ("albumin", "1751-7", 3.2, "g/dL", 32.0),
        ("bilirubin", "1975-2", 2.0, "mg/dL", 34.21),
        ("creatinine", "2160-0", 1.2, "mg/dL", 106.08),
        ("creatinine", "14682-9", 106, "umol/L", 106.0),
        ("potassium", "2823-3", 3.4, "meq/L", 3.4),
        ("pco2", "2019-8", 6.0, "kPa", 45.0),
        ("inr", "6301-6", 1.3, "{INR}", 1.3),
        ("pain", "72514-3", 7, "{score}", 7.0),
        ("audit_c", "75626-2", 5, "", 5.0),
        ("egfr", "33914-3", 62, "mL/min/{1.73_m2}", 62.0),
        ("egfr", "33914-3", 62, "mL/min", 62.0),
        ("diazepam_level", "3548-5", 0.5, "mg/L", 500.0),
    ],
)
def test_units(measure: str, loinc: str, value: float, unit: str, expected: float) -> None:
    found = measures.latest(person(seen(loinc, value, unit)), measure, ON)
    assert found is not None
    assert found.value == pytest.approx(expected, rel=1e-3)
    assert "2026-11-10" in found.words


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    ("value", "unit", "taken", "problem"),
    [
        (82.0, "", "2026-11-10", "no unit"),
        (82.0, "furlong", "2026-11-10", "unit that cannot be used"),
        (8200.0, "kg", "2026-11-10", "not plausible"),
        (-4.0, "kg", "2026-11-10", "not plausible"),
        (float("nan"), "kg", "2026-11-10", "not a number"),
        (82.0, "kg", "2027-01-01", "dated after"),
    ],
)
def test_what_cannot_be_used_is_named(value: float, unit: str, taken: str, problem: str) -> None:
    patient = person(seen("29463-7", value, unit, taken))
    assert measures.latest(patient, "weight", ON) is None
    assert any(problem in said for said in measures.problems(patient, ON))


@pytest.mark.verifies("R2")
def test_the_newest_usable_value_counts() -> None:
    patient = person(
        seen("29463-7", 80, "kg", "2026-01-01"),
        seen("29463-7", 84, "kg", "2026-10-01"),
        seen("29463-7", 900, "kg", "2026-11-01"),
    )
    found = measures.latest(patient, "weight", ON)
    assert found is not None
    assert found.value == 84


def test_too_old_values_do_not_count_where_age_matters() -> None:
    assert measures.latest(person(seen("59408-5", 86, "%", "2026-01-01")), "spo2", ON) is None
    undated = measures.latest(person(seen("59408-5", 86, "%", None)), "spo2", ON)
    assert undated is not None
    assert "undated" in undated.words
    assert measures.latest(person(seen("8302-2", 170, "cm", None)), "height", ON) is not None


def test_a_measure_without_a_code_is_found_by_name() -> None:
    entry = replace(seen("", 82, "kg"), text="Body weight")
    found = measures.latest(person(entry), "weight", ON)
    assert found is not None
    assert found.value == 82


def test_weights_that_disagree_are_said() -> None:
    patient = person(seen("29463-7", 60, "kg", "2026-11-01"), seen("29463-7", 90, "kg", "2026-11-10"))
    assert any("weights disagree" in said for said in measures.problems(patient, ON))


def test_body_mass_index_from_weight_and_height() -> None:
    found = measures.bmi(person(seen("29463-7", 81, "kg"), seen("8302-2", 180, "cm", "2020-01-01")), ON)
    assert found is not None
    assert found.value == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "expected"),
    # By hand from the published equation: 1.0 mg/dL at 50 years; 0.6 mg/dL at 30; 4.0 mg/dL at 70.
    [(88.4, 50, "female", 68.6), (88.4, 50, "male", 91.7), (53.04, 30, "female", 123.8), (353.6, 70, "male", 15.3)],
)
def test_kidney_function_by_ckd_epi_2021(creatinine: float, age: float, sex: str, expected: float) -> None:
    assert egfr_ckd_epi_2021(creatinine, age, sex) == pytest.approx(expected, abs=0.2)


def test_kidney_function_is_estimated_in_adults_whose_sex_is_recorded() -> None:
    creatinine = seen("2160-0", 1.0, "mg/dL")
    found = measures.egfr(person(creatinine), ON)
    assert found is not None
    assert found.value == pytest.approx(68.6, abs=0.3)
    assert measures.egfr(person(creatinine, sex=None), ON) is None
    assert measures.egfr(person(creatinine, birth=day("2016-01-01")), ON) is None
    newer = seen("33914-3", 55, "mL/min/{1.73_m2}", "2026-11-20")
    recorded = measures.egfr(person(creatinine, newer), ON)
    assert recorded is not None
    assert recorded.value == 55


def test_an_equation_that_uses_race_is_named() -> None:
    assert measures.race_based_egfr(person(seen("48643-1", 80, "mL/min/{1.73_m2}")), ON)
    assert measures.race_based_egfr(person(seen("98979-8", 80, "mL/min/{1.73_m2}")), ON) is None


def liver(*observations: Observation, text: str = "", medicine: str = "") -> measures.ChildPugh:
    conditions = (Condition("Condition/1", (), text, Status.ACTIVE),) if text else ()
    medicines = (Medication("MedicationRequest/1", (), medicine, "order", Status.ACTIVE),) if medicine else ()
    return measures.child_pugh(person(*observations, conditions=conditions, medications=medicines), ON)


BAD = (seen("1975-2", 4.0, "mg/dL"), seen("1751-7", 2.4, "g/dL"), seen("6301-6", 2.6))
GOOD = (seen("1975-2", 0.8, "mg/dL"), seen("1751-7", 4.2, "g/dL"), seen("6301-6", 1.0))


@pytest.mark.verifies("A2")
def test_child_pugh_never_takes_silence_for_absence() -> None:
    assert liver().klass is None
    assert liver(*GOOD).klass is None, "ascites and encephalopathy are not recorded, so class A is not shown"
    assert liver(*BAD).klass == "C"
    assert liver(*BAD[:2]).klass is None
    assert liver(*BAD[:2], text="cirrhosis with ascites").klass == "C"
    assert liver(*BAD[:2], text="hepatic encephalopathy with ascites").klass == "C"
    assert (liver(*GOOD).points_low, liver(*GOOD).points_high) == (5, 9)


@pytest.mark.verifies("A2")
def test_an_inr_under_an_anticoagulant_says_nothing_about_the_liver() -> None:
    assert liver(*BAD, medicine="Warfarin Sodium 5 MG Oral Tablet").klass is None


def coded(loinc: str, code: Code, text: str = "", taken: str = "2026-11-10") -> Observation:
    return seen(loinc, None, taken=taken, value_codes=(code,), value_text=text)


@pytest.mark.verifies("R2")
def test_pregnancy_status() -> None:
    yes = measures.pregnancy_status(person(coded("82810-3", Snomed("77386006"))), ON)
    assert yes is not None
    assert yes.pregnant
    no = measures.pregnancy_status(person(coded("82810-3", Snomed("60001007"))), ON)
    assert no is not None
    assert not no.pregnant
    assert measures.pregnancy_status(person(coded("82810-3", Snomed("60001007"), taken="2026-06-01")), ON) is None
    assert measures.pregnancy_status(person(coded("82810-3", Snomed("146799005"))), ON) is None


@pytest.mark.verifies("R2")
def test_phenotype_scores_and_screens_given_as_codes() -> None:
    assert measures.cyp2c19(person(coded("79714-2", Loinc("LA9657-3"))), ON) == "PM"
    assert (
        measures.cyp2c19(person(coded("79714-2", Loinc("LA9657-3")), coded("79714-2", Loinc("LA25391-6"))), ON) is None
    )
    item = measures.latest(person(coded("44260-8", Loinc("LA6569-3"))), "phq9_item9", ON)
    assert item is not None
    assert item.value == 1
    assert measures.negative_benzodiazepine_screen(person(coded("3390-2", Snomed("260385009"))), ON)
    assert measures.negative_benzodiazepine_screen(person(coded("3390-2", Snomed("10828004"))), ON) is None


def test_codes_of_another_system_are_never_looked_up_as_loinc() -> None:
    for code in (RxNorm("29463-7"), Atc("29463-7"), Icd10cm("29463-7"), Snomed("29463-7")):
        assert measures.latest(person(replace(seen("29463-7", 82, "kg"), codes=(code,))), "weight", ON) is None
