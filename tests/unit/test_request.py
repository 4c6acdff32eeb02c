"""What is asked for, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.record import parse_request
from unclench.record.patient import Request
from unclench.values import RecordError

D = Decimal
READ: list[tuple[str, dict[str, Any]]] = [
    ("diazepam 5 mg three times a day for 7 days", {"mg": D(5), "rate": D(3), "days": 7}),
    ("diazepam 2 mg at night for 5 days", {"mg": D(2), "rate": D(1), "days": 5}),
    (
        "Diazepam 2-5 mg up to 3x/day prn for 1 week, max 15 mg/day, 0 refills",
        {"mg": D(2), "mg_max": D(5), "rate": D(3), "days": 7, "prn": True, "most": D(15), "refills": 0},
    ),
    ("diazepam 5mg tds 14 tablets", {"mg": D(5), "rate": D(3), "quantity": "14 tablets"}),
    ("continue diazepam 10 mg twice daily", {"mg": D(10), "rate": D(2)}),
    ("diazepam for muscle spasm", {"purpose": "muscle spasm"}),
    ("diazepam 10 mg seven times a day for 5 days", {"mg": D(10), "rate": D(7), "days": 5}),
    ("diazepam 5 mg twelve times a day", {"mg": D(5), "rate": D(12)}),
    ("diazepam 5 mg tds 7 days", {"mg": D(5), "rate": D(3), "days": 7}),
    ("diazepam 5 mg every 2 days for 10 days", {"mg": D(5), "rate": D("0.5"), "days": 10}),
    ("diazepam 5 mg hourly", {"mg": D(5), "rate": D(24)}),
    ("diazepam 5 mg at breakfast, lunch and dinner", {"mg": D(5), "rate": D(3)}),
    ("diazepam 5 mg q8h x7d", {"mg": D(5), "rate": D(3), "days": 7}),
    ("diazepam 5 mg tds 5/7", {"mg": D(5), "rate": D(3), "days": 5}),
    ("diazepam 2.5 mg bd", {"mg": D("2.5"), "rate": D(2)}),
    ("diazepam 2,5 mg bd", {"mg": D("2.5"), "rate": D(2)}),
    (
        "diazepam 10 mg nocte if needed for back spasm for 3 nights",
        {"mg": D(10), "rate": D(1), "days": 3, "prn": True, "purpose": "back spasm"},
    ),
    (
        "diazepam 5 mg in the morning and 10 mg at night for two weeks",
        {"mg": D(5), "mg_max": D(10), "rate": D(2), "most": D(15), "days": 14},
    ),
    ("diazepam 5 mg every 4 to 6 hours, max 20 mg daily", {"mg": D(5), "rate": D(6), "most": D(20)}),
    ("increase diazepam to 10 mg tds", {"mg": D(10), "rate": D(3)}),
    ("diazepam 5 mg bd for up to 2 weeks", {"mg": D(5), "rate": D(2), "days": 14}),
    ("diazepam 5 mg bd for 7-14 days", {"mg": D(5), "rate": D(2), "days": 14}),
    ("diazepam", {}),
]


def _seen(request: Request) -> dict[str, Any]:
    dosage = request.dosage
    found = {
        "mg": dosage.mg_per_dose,
        "mg_max": dosage.mg_per_dose_max,
        "rate": dosage.doses_per_day,
        "days": request.days,
        "prn": dosage.as_needed,
        "most": dosage.max_mg_per_day,
        "refills": request.refills,
        "quantity": request.quantity or None,
        "purpose": request.reasons[0][1] if request.reasons else None,
    }
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(("text", "expected"), READ)
def test_requests_are_read(text: str, expected: dict[str, Any]) -> None:
    request = parse_request(text)
    assert request.drug_text.lower() == "diazepam"
    assert _seen(request) == expected
    assert request.dosage.text == text
    assert not request.stop


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("stop diazepam", ""),
        ("stop diazepam now", "now"),
        ("taper diazepam", "taper"),
        ("stop diazepam slowly", "taper"),
        ("discontinue diazepam immediately", "now"),
        ("wean off diazepam", "taper"),
    ],
)
def test_stopping(text: str, how: str) -> None:
    request = parse_request(text)
    assert (request.drug_text, request.stop, request.stop_how) == ("diazepam", True, how)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("5 bananas", "name of a medicine"),
        ("", "request of"),
        ("   ", "request of"),
        ("!!", "name of a medicine"),
        ("diazepam 0 mg", "above 0"),
        ("diazepam -5 mg", "above 0"),
        ("diazepam 5000 mg once a day", "up to 1000"),
        ("diazepam 5 three times a day", "unit"),
        ("diazepam 5 g tds", "up to 1000"),
        ("diazepam 2 mg twice daily and 5 mg at night", "one dose"),
        ("diazepam 5 mg tds bd", "one dose"),
        ("diazepam 5 mg for 0 days", "days"),
        ("diazepam 5 mg for 9999 days", "days"),
        ("diazepam 10-5 mg", "one dose"),
        ("diazepam 5 bananas tds", "unit"),
        ("diazepam 15 mg a day", "how often"),
        ("diazepam 30 mg/day in three doses", "unit"),
        ("diazepam " + "x" * 500, "characters"),
    ],
)
def test_nonsense_is_refused_with_what_is_needed(text: str, need: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse_request(text)
    assert need in str(caught.value)


def test_unknown_words_are_kept() -> None:
    assert "purple" in parse_request("diazepam 5 mg purple").dosage.text


@given(st.text(max_size=120))
def test_any_text_is_a_request_or_an_error(text: str) -> None:
    try:
        request = parse_request(text)
    except RecordError:
        return
    assert request.drug_text


@given(
    st.integers(1, 100),
    st.integers(1, 6),
    st.integers(1, 60),
    st.sampled_from(["times a day", "times daily", "x/day", "times per day"]),
)
def test_what_is_written_is_what_is_read(mg: int, times: int, days: int, words: str) -> None:
    request = parse_request(f"diazepam {mg} mg {times} {words} for {days} days")
    assert (request.dosage.mg_per_dose, request.dosage.doses_per_day, request.days) == (mg, times, days)


@pytest.mark.parametrize("words", ["many times a day", "several times daily", "umpteen times a day"])
def test_a_vague_number_of_times_is_never_once(words: str) -> None:
    with pytest.raises(RecordError, match="no number"):
        parse_request(f"diazepam 5 mg {words} for 5 days")
