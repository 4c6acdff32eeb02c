"""Dosage in words, as orders write it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.record.dosage_text import parse
from unclench.record.fhir_dosage import mg_per_ml_of, strength_of

D = Decimal
TABLE = [
    # text, strength of a tablet, mg, doses a day, as needed
    ("1 bid prn anxiety", None, None, D(2), True),
    ("5 mg three times a day", None, D(5), D(3), None),
    ("take 1 tablet at night", D(5), D(5), D(1), None),
    ("take one tablet by mouth every 8 hours", D(2), D(2), D(3), None),
    ("2 tablets qhs prn insomnia", D(5), D(10), D(1), True),
    ("10 mg q6h prn pain", None, D(10), D(4), True),
    ("5 mg tds", None, D(5), D(3), None),
    ("5 mg od", None, D(5), D(1), None),
    ("5 mg nocte", None, D(5), D(1), None),
    ("500 micrograms twice a day", None, D("0.5"), D(2), None),
    ("half a tablet at night", D(5), D("2.5"), D(1), None),
    ("1 tablet at night", None, None, D(1), None),
    ("5 mg b.i.d.", None, D(5), D(2), None),
    ("5 mg every other day", None, D(5), D("0.5"), None),
    ("5 mg once daily at bedtime", None, D(5), D(1), None),
    ("5 mg morning and night", None, D(5), D(2), None),
    ("Take as needed.", None, None, None, True),
    ("taper as directed", None, None, None, None),
    ("0.1 mg/kg three times a day", None, None, D(3), None),
]


@pytest.mark.parametrize(("text", "strength", "mg", "rate", "needed"), TABLE)
def test_dosage_in_words(text: str, strength: D | None, mg: D | None, rate: D | None, needed: bool | None) -> None:
    dosage = parse(text, strength).dosage
    assert (dosage.mg_per_dose, dosage.doses_per_day, dosage.as_needed) == (mg, rate, needed)
    assert dosage.text == text.strip()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 bid prn anxiety", "without a unit"),
        ("1 tablet at night", "strength"),
        ("5 mg bd tds", "more than one way"),
        ("5 mg then 10 mg daily", "more than one amount"),
    ],
)
def test_a_number_that_cannot_be_used_says_why(text: str, problem: str) -> None:
    assert problem in parse(text).dosage.problem


@pytest.mark.parametrize(
    ("product", "mg"),
    [
        ("Diazepam 5 MG Oral Tablet", D(5)),
        ("Diazepam [Valium]", None),
        ("Acetaminophen 325 MG / Hydrocodone 5 MG Oral Tablet", None),
        ("Diazepam 5 MG/ML Oral Solution", None),
        ("2 ML Ondansetron 2 MG/ML Injection", None),
        ("Levothyroxine 50 MCG", D("0.05")),
        ("Nitroglycerin 0.4 MG/ACTUAT Mucosal Spray", None),
        ("", None),
        ("Diazepam 0 MG", None),
    ],
)
def test_strength_is_read_only_where_there_is_one(product: str, mg: D | None) -> None:
    assert strength_of(product) == mg


def test_concentration() -> None:
    assert mg_per_ml_of("Diazepam 2 mg/5 mL oral solution") == D("0.4")
    assert mg_per_ml_of("Diazepam 5 MG/ML Oral Solution") == D(5)
    assert mg_per_ml_of("Diazepam 5 MG Oral Tablet") is None


@given(st.text(max_size=150), st.none() | st.just(D(5)))
def test_any_text_can_be_read(text: str, strength: D | None) -> None:
    dosage = parse(text, strength).dosage
    assert dosage.mg_per_dose is None or dosage.mg_per_dose >= 0
