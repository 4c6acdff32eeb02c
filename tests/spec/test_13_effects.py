"""What a regimen will do, as it is told. The course of these examples is made up: only the words are under test."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from tests.consultation_factory import consultation
from tests.effect_factory import effect_course, number, with_effects
from unclench.report.effects import answer, effect_section
from unclench.report.html import to_html
from unclench.report.json_out import to_json
from unclench.report.terminal import print_consultation
from unclench.values import Jurisdiction, Standing

title = "What it will do, hour by hour"


def said(kind: str = "usable-with-changes") -> dict[str, str]:
    """One consultation with effects in the three forms, each as words in one line."""
    one, screen = with_effects(kind), io.StringIO()
    print_consultation(one, Console(file=screen, width=80))
    page = re.sub(r"<style>.*?</style>|<path[^>]*>", "", to_html(one), flags=re.DOTALL)
    forms = {
        "terminal": screen.getvalue(),
        "page": html.unescape(re.sub(r"<[^>]+>", "", page)),
        "json": to_json(one).decode(),
    }
    return {name: " ".join(text.split()) for name, text in forms.items()}


def effects_with(one, **changes):
    return replace(one, effects=replace(one.effects, **changes))


def note_of(one, key: str) -> tuple[str, ...]:
    return next(subject.notes for subject in effect_section(one).subjects if subject.key == key)


@pytest.mark.verifies("O1", "O2", "O4")
@pytest.mark.parametrize(
    ("id", "typical", "low", "high", "unit", "sentence"),
    [
        ("EFF-REFLEX-PEAK", 29.0, 9.0, 52.0, "%", "At its strongest: 29 % less reflex excess (9 to 52)."),
        ("EFF-DROWSY-DAY-1", 24.0, 12.0, 45.0, "%", "Day 1, when drowsiest: 24 in 100 feel drowsy (12 to 45); on placebo 10."),
        ("EFF-IMPAIRED-PEAK", 0.34, 0.09, 0.88, "g/L", "At its worst: impaired as by alcohol in blood somewhere from 0.009 to 0.088, middle 0.034 %."),
        ("EFF-NEXT-MORNING", 0.21, 0.05, 0.6, "g/L", "The worst next morning: as by 0.005 to 0.06, middle 0.021 %."),
        ("EFF-BACK-UNDER", 11.2, 2.4, 31.0, "h", "After the last dose it stays under 0.02 % from 11 hours on (2 to 31): count on the longest of these; even that clears nobody to drive."),
        ("EFF-CO2-SLOPE", 83.0, 61.0, 95.0, "%", "Alone, with healthy lungs: the drive to breathe against CO2 falls to 83 % of the person's own at its lowest (61 to 95)."),
        ("EFF-EVENT-TOGETHER", 2.4, 0.6, 11.0, "odds ratio", "With an opioid: odds of low oxygen 2.4 times those with the opioid alone (0.6 to 11)."),
        ("EFF-TOLERANCE-END", 1.5, 1.1, 2.3, "ratio", "At the end the same sedation takes 1.5 times the load of a first dose (1.1 to 2.3)."),
        ("EFF-BACK-PAIN", 0.2, -0.244, 0.644, "log-odds", "Acute low back pain: after a week the odds of moderate or severe pain are 1.2 times those on placebo (0.78 to 1.9)."),
        ("EFF-NEW", 3.0, 1.0, 9.0, "%", "Something new: 3 % (1 to 9)."),
    ],
)  # fmt: skip
def test_a_number_of_effect_is_told_in_one_sentence_with_its_interval(id, typical, low, high, unit, sentence):
    """In brackets: 9 in 10 predictions, differences between people and what studies leave unsure taken together."""
    one = number(id, "something new", typical, low, high, unit)
    assert answer(one, effect_course(), Jurisdiction.US).says == sentence


def test_no_more_digits_than_the_interval_is_wide():
    """Two significant digits: 0.119 (0.029 to 0.353) would claim a third digit that no study gives."""
    one = number("EFF-IMPAIRED-PEAK", "", 1.194, 0.294, 3.53, "g/L")
    assert "0.029 to 0.35, middle 0.12 %" in answer(one, effect_course(), Jurisdiction.US).says
    assert "29 to 350, middle 120 mg per 100 mL" in answer(one, effect_course(), Jurisdiction.UK).says


def test_words_of_drowsiness_stand_for_the_worst_day():
    """14 in 100 on day 1 and 36 later is much more often, not hardly more often."""
    one = with_effects()
    drowsy = {
        "EFF-DROWSY-DAY-1": number("EFF-DROWSY-DAY-1", "", 14.0, 10.0, 14.0, "%"),
        "EFF-DROWSY-PEAK": number("EFF-DROWSY-PEAK", "", 36.0, 13.0, 40.0, "%"),
    }
    numbers = tuple(drowsy.get(one.id, one) for one in one.effects.numbers)
    notes = note_of(effects_with(one, numbers=numbers), "drowsiness")
    assert "In words: drowsy much more often than on placebo." in notes


@pytest.mark.parametrize(
    ("jurisdiction", "sentence"),
    [
        ("us", "The worst next morning: as by 0.005 to 0.06, middle 0.021 %."),
        ("uk", "The worst next morning: as by 5 to 60, middle 21 mg per 100 mL."),
    ],
)
def test_alcohol_is_counted_as_the_country_counts_it(jurisdiction, sentence):
    """0.21 g/L (0.05 to 0.6) in the words of each country. JSON keeps g/L."""
    one = number("EFF-NEXT-MORNING", "", 0.21, 0.05, 0.6, "g/L")
    assert answer(one, effect_course(), Jurisdiction(jurisdiction)).says == sentence


@pytest.mark.parametrize(
    ("typical", "high", "words"),
    [
        (11.0, 14.0, "drowsy hardly more often than on placebo."),
        (14.4, 29.0, "drowsy hardly more often than on placebo; at the upper end of the interval more often"),
        (15.0, 30.0, "drowsy more often than on placebo; at the upper end of the interval much more often"),
        (45.0, 70.0, "drowsy much more often than on placebo."),
    ],
)
def test_drowsiness_is_said_in_words_too(typical, high, words):
    """People in 100 who feel drowsy, against 10 on placebo: 5 more are *more often*, 20 more *much more often*."""
    one = with_effects()
    drowsy = {key: number(key, "", typical, 10.0, high, "%") for key in ("EFF-DROWSY-DAY-1", "EFF-DROWSY-PEAK")}
    numbers = tuple(drowsy.get(one.id, one) for one in one.effects.numbers)
    assert words in " ".join(note_of(effects_with(one, numbers=numbers), "drowsiness"))


@pytest.mark.parametrize("form", ["terminal", "page"])
@pytest.mark.parametrize(
    "words",
    [
        "between people",
        "what studies leave unsure",
        "Hangs most on: how sensitive this person is (42 %)",
        "project estimate",
    ],
)
def test_how_sure_an_answer_is_stands_beside_it(form, words):
    """What it hangs on most, how much of the interval is people and how much is studies, and that it is an estimate."""
    assert words in said()[form]


@pytest.mark.parametrize("form", ["terminal", "page"])
@pytest.mark.parametrize(
    "sentence",
    [
        "No level in one person's blood predicted how that person drove, in any of 11 studies.",
        "Anchors: with alcohol of 0.5 g/L (0.05 %) drivers wove 2.5 cm more than on placebo",
        "even that clears nobody to drive",
        "other sedating medicines, lung disease, sleep apnoea, frailty, a brain made sensitive by liver disease",
        "That interval includes no benefit, because the trials show none.",
        "It is no chance of symptoms, no success rate and no forecast of seizures.",
        "Unvalidated: withdrawal drive",
        "Nothing here was measured in this patient.",
    ],
)
def test_what_must_stand_beside_the_numbers(form, sentence):
    assert sentence in said()[form]


def test_benefit_is_not_denied_where_the_interval_does_not_hold_it():
    """The sentence about no benefit follows the number; it is not said of another one."""
    one = with_effects()
    numbers = tuple(
        number(two.id, "", 0.9, 0.5, 1.3, "log-odds") if two.id == "EFF-BACK-PAIN" else two
        for two in one.effects.numbers
    )
    assert "includes no benefit" in " ".join(note_of(one, "relaxation"))
    assert "includes no benefit" not in " ".join(note_of(effects_with(one, numbers=numbers), "relaxation"))


@pytest.mark.parametrize("form", ["terminal", "page", "json"])
@pytest.mark.parametrize("kind", ["not-first-line", "usable-with-changes", "reasonable", "continuing"])
def test_nothing_is_called_safe_and_nobody_fit_to_drive(kind, form):
    """The words *safe* and *fit to drive* occur only where they are denied."""
    text = re.sub(
        r"(level is|nothing here is) called safe|safe(ly|r|ty)|no sign of fitness|keeping it safe",
        "",
        said(kind)[form].lower(),
    )
    for sentence in re.split(r"[.;]\s", text):
        if re.search(r"\bsafe\b|\bfit to drive\b", sentence):
            assert re.search(r"\b(no|none|not|never|nobody|unsafe)\b", sentence), sentence


def test_an_effect_of_which_nothing_is_known_is_left_out():
    """Without a number for a subject there is no heading for it: nothing is filled in."""
    one = with_effects()
    numbers = tuple(two for two in one.effects.numbers if "WITHDRAWAL" not in two.id)
    kept = effect_section(effects_with(one, numbers=numbers))
    assert [subject.key for subject in kept.subjects] == [
        "relaxation",
        "drowsiness",
        "driving",
        "breathing",
        "tolerance",
    ]


def test_without_effects_the_section_is_left_out_and_the_limits_say_so():
    """Where nothing is simulated no effect is told, and the limits name what is missing."""
    page = to_html(consultation())
    assert "hour by hour" not in page
    assert "Sedation, breathing and relaxation are not yet modelled" in page
    assert json.loads(to_json(consultation()))["effects"] is None
    assert "are not yet modelled" not in to_html(with_effects())


def test_the_dose_and_the_night_are_seen_hour_by_hour():
    """The table of hours begins at the quarter of the day before the first dose and holds two days."""
    rows = effect_section(with_effects()).hour_table.rows
    assert [row[0] for row in rows[:4]] == ["day 1, 18:00", "day 1, 21:00", "day 2, 00:00", "day 2, 03:00"]
    assert rows[-1][0] == "day 3, 18:00"


def test_a_mark_stands_only_where_it_is_one():
    """An answer that was worked out from a source is not called a project estimate."""
    course = effect_course()
    derived = number("EFF-REFLEX-PEAK", "", 29.0, 9.0, 52.0, "%", standing=Standing.DERIVED)
    assert answer(derived, course, Jurisdiction.US).mark == ""
    assert (
        answer(number("EFF-REFLEX-PEAK", "", 29.0, 9.0, 52.0, "%"), course, Jurisdiction.US).mark == "project estimate"
    )
