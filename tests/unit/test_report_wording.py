"""Words, numbers and safe text."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from unclench.report import wording as words
from unclench.simulation.course import Span


@given(st.text())
def test_clean_text_is_one_line_of_visible_characters(text):
    cleaned = words.clean(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") for char in cleaned)
    assert "\u2028" not in cleaned
    assert "\u2029" not in cleaned
    assert words.clean(cleaned) == cleaned


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_clean_and_not_endless(text):
    assert len(words.clean(text)) <= words.LONGEST_TEXT + len(" [cut]")
    assert "\x1b" not in words.clean(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("one\r\ntwo", "one two"),
        ("5\u202e01\u202c mg", "501 mg"),
        ("Müller  \t α", "Müller α"),
    ],
)
def test_clean(text, cleaned):
    assert words.clean(text) == cleaned


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (243.21, "243"),
        (99.6, "100"),
        (47.0, "47"),
        (2.84, "2.8"),
        (0.0042, "0.0042"),
        (0, "0"),
        (1000.4, "1000"),
        (9.96, "10"),
    ],
)
def test_number(value, shown):
    assert words.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("5.0", "5"), ("2.50", "2.5"), ("100", "100"), ("0.5", "0.5"), ("1E+1", "10")]
)
def test_a_dose_has_no_needless_zero(value, shown):
    assert words.amount(Decimal(value)) == shown


def test_dates_cannot_be_misread():
    assert words.day(date(2026, 2, 1)) == "1 February 2026"
    assert words.short_day(date(2026, 11, 22)) == "Sun 22 Nov"


def test_an_interval_has_words_between_its_ends():
    assert words.interval(Span(2.0, 1.24, 3.96, "h")) == "1.2 to 4"


def test_every_place_that_a_report_names_has_a_sentence():
    for where in (
        "not-reviewed",
        "limits",
        "old-edition",
        "children",
        "curves",
        "no-course",
        "not-simulated",
        "patient",
    ):
        assert words.statements(where), where
