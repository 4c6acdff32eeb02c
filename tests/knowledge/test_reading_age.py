"""What the calendar and the leaflet say can be read at about 11 years of age: grade 6 at most, sentence by sentence."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.readability import grade, smog
from unclench.report.leaflet import LEFT_OUT, SECTIONS

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
BLANKS |= {"days": "Tue 24 Nov", "end": "Sun 31 January 2027", "most": "5 mg", "times": "three times"}
BLANKS |= {"row": "1 tablet of 2 mg at a time, at most twice in 24 hours"}
DATA = Path(__file__).parents[2] / "src/unclench/knowledge/data/statements_taper_calendar.csv"
LEAFLET = DATA.with_name("statements_leaflet.csv")
NOT_FOR_PATIENTS = {"LEAF-PRO", "LEAF-REVIEW"}  # for the professional; what is said on every sheet


def read(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as opened:
        return {row["id"]: row["text"].format(**BLANKS) for row in csv.DictReader(opened)}


SAID = read(DATA)
ON_LEAFLET = {key: text for key, text in read(LEAFLET).items() if key not in NOT_FOR_PATIENTS}


def advice() -> dict[str, str]:
    """Sentences of advice that a leaflet may show as they are: those without a plain twin."""
    with DATA.with_name("advice.csv").open(encoding="utf-8", newline="") as opened:
        rows = {row["id"]: row["say"] for row in csv.DictReader(opened)}
    return {key: say for key, say in rows.items() if key not in LEFT_OUT and f"LEAF-{key}" not in ON_LEAFLET}


@pytest.mark.verifies("O7")
@pytest.mark.parametrize(("key", "text"), [*ON_LEAFLET.items(), *advice().items()], ids=lambda part: part[:24])
def test_a_sentence_of_the_leaflet_is_easy(key: str, text: str) -> None:
    assert grade(text) <= GRADE, (key, text)


@pytest.mark.verifies("O7")
def test_a_whole_leaflet_is_easier_still() -> None:
    whole = " ".join(text if text.endswith(".") else f"{text}." for text in (*ON_LEAFLET.values(), *advice().values()))
    assert grade(whole) <= 4.5
    assert smog(whole) <= 7.5


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("heading", [title for _, title, _ in SECTIONS])
def test_the_headings_of_the_leaflet_are_easy_too(heading: str) -> None:
    assert grade(heading) <= GRADE


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
