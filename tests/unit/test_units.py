"""Units: known conversions, spellings, refusals, round trips."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.record.units import _TABLE, convert, known
from unclench.values import RecordError

KNOWN = [
    (181, "lb", "kg", 82.1002),
    (181, "[lb_av]", "kg", 82.1002),
    (11, "st", "kg", 69.853),
    (71, "in", "cm", 180.34),
    (6, "ft", "m", 1.8288),
    (4.2, "g/dL", "g/L", 42.0),
    (0.9, "mg/dL", "mg/L", 9.0),
    (500, "ng/mL", "ug/L", 500.0),
    (4, "meq/L", "mmol/L", 4.0),
    (37, "Cel", "[degF]", 98.6),
    (98.6, "[degF]", "Cel", 37.0),
    (120, "mmHg", "kPa", 15.9987),
    (40, "%", "1", 0.4),
    (0.4, "1", "%", 40.0),
    (60, "mL/min/1.73m2", "mL/min/{1.73_m2}", 60.0),
    (25, "kg/m²", "kg/m2", 25.0),
    (72, "{beats}/min", "/min", 72.0),
]


@pytest.mark.parametrize(("value", "unit", "to", "expected"), KNOWN)
def test_known_conversions(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-5)


def test_moles_need_a_molar_mass() -> None:
    assert convert(80, "µmol/L", "mg/dL", molar_mass_g_per_mol=113.12) == pytest.approx(0.905, rel=1e-3)
    assert convert(0.905, "mg/dL", "umol/L", molar_mass_g_per_mol=113.12) == pytest.approx(80.0, rel=1e-3)
    with pytest.raises(RecordError, match="molar mass"):
        convert(80, "umol/L", "mg/dL")


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("bananas", "kg"),
        ("", "kg"),
        ("kg", "cm"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("kg", "bananas"),
        ("Cel", "kg"),
        ("%", "g/L"),
    ],
)
def test_what_cannot_be_converted_is_refused(unit: str, to: str) -> None:
    with pytest.raises(RecordError):
        convert(1, unit, to)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(RecordError):
        convert(value, "kg", "g")


def test_known_spellings() -> None:
    assert known("KG")
    assert known("MMHG")
    assert not known("furlong")
    assert convert(1, "MG/DL", "mg/dL") == 1


PAIRS = [(a, b) for row in _TABLE.values() for a in row for b in row]


@given(st.sampled_from(PAIRS), st.floats(min_value=-1e9, max_value=1e9, allow_nan=False))
def test_there_and_back_again(pair: tuple[str, str], value: float) -> None:
    there = convert(value, pair[0], pair[1])
    assert convert(there, pair[1], pair[0]) == pytest.approx(value, rel=1e-9, abs=1e-12)


@given(st.sampled_from(["Cel", "[degF]", "K"]), st.sampled_from(["Cel", "[degF]", "K"]), st.floats(-200, 1000))
def test_temperatures_there_and_back(unit: str, to: str, value: float) -> None:
    assert convert(convert(value, unit, to), to, unit) == pytest.approx(value, abs=1e-9)
