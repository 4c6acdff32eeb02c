"""What the patient's calendar says can be read at about 11 years of age: grade 6 at most, sentence by sentence."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.readability import grade, smog

GRADE = 6.0  # sixth grade of US schools: a reader of 11 to 12 years
HEADINGS = (
    "Call us the same day",
    "If you miss a dose",
    "How to use these pages",
    "Keep to this",
    "Drink and driving",
)
BLANKS = {
    "drug": "lorazepam",
    "day": "Tue 8 Dec",
    "dose": "4.5 mg",
    "medicine": "omeprazole",
    "weeks": "4",
    "what": "1 tablet of 5 mg and half a tablet of 2 mg",
}
DATA = Path(__file__).parents[2] / "src/unclench/knowledge/data/statements_taper_calendar.csv"
with DATA.open(encoding="utf-8", newline="") as opened:
    SAID = {row["id"]: row["text"].format(**BLANKS) for row in csv.DictReader(opened)}


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("key", SAID)
def test_a_sentence_for_the_patient_is_easy(key: str) -> None:
    assert grade(SAID[key]) <= GRADE, SAID[key]


@pytest.mark.verifies("O7")
def test_the_whole_is_easier_than_its_hardest_part() -> None:
    whole = " ".join(text if text.endswith(".") else f"{text}." for text in SAID.values())
    assert grade(whole) <= 4
    assert smog(whole) <= 7


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("name", ["calendar.html.j2", "calendar.typ"])
def test_the_headings_of_the_templates_are_easy_too(name: str) -> None:
    template = (DATA.parents[2] / "report/templates" / name).read_text(encoding="utf-8")
    for heading in HEADINGS:
        assert heading in template
        assert grade(heading) <= GRADE
