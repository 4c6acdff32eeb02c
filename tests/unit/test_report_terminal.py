"""The summary on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from tests.consultation_factory import KINDS, consultation, hostile_consultation
from tests.effect_factory import WITH_EFFECTS, hostile_effects, with_effects
from tests.hostile import HOSTILE
from unclench import consult
from unclench.report.terminal import print_consultation


def printed(one, width=80, **more) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=more.pop("encoding", "utf-8"))
    print_consultation(one, Console(file=file, width=width, **more))
    file.seek(0)
    return file.read()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [80, 100, 200])
def test_a_pipe_gets_plain_lines_that_fit(kind, width):
    text = printed(consultation(kind), width)
    assert "\x1b" not in text
    assert all(len(line) <= min(width, 100) for line in text.splitlines())
    assert all(line == line.rstrip() for line in text.splitlines())
    assert not any("\u2500" <= char <= "\u257f" for char in text)


@pytest.mark.parametrize("kind", WITH_EFFECTS)
@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_effects_fit_and_stand_before_the_levels(kind, width):
    text = printed(with_effects(kind), width)
    assert all(len(line) <= min(width, 100) for line in text.splitlines())
    assert all(line == line.rstrip() for line in text.splitlines())
    assert text.index("WHAT IT WILL DO, HOUR BY HOUR") < text.index("LEVELS IN PLASMA")


def test_the_hours_stand_in_columns():
    lines = printed(with_effects(), 100).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("The first two days"))
    head, *rows = [line for line in lines[start:] if line.startswith(("  day ", "     "))][:10]
    for column in ("1:", "2:", "3:"):
        at = head.index(column)
        assert all(line[at - 1] == " " and line[at] != " " for line in rows)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_of_an_effect_course_stays_text(text):
    shown = printed(hostile_effects(text))
    assert not any(ord(char) < 32 and char != "\n" for char in shown)
    assert all(len(line) <= 80 for line in shown.splitlines())


@pytest.mark.verifies("O1")
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_lines_say_verdict_jurisdiction_date_and_that_nobody_reviewed_it(kind):
    one = consultation(kind)
    head = "\n".join(printed(one).splitlines()[:3])
    assert "22 November 2026" in head
    assert "United" in head
    assert "Not yet reviewed by a clinician" in head


def test_avoid_shows_no_dose_of_diazepam_and_says_what_instead():
    text = printed(consultation("avoid"))
    assert "WHAT TO DO INSTEAD" in text
    assert "At most" not in text
    assert "Supply" not in text


@pytest.mark.verifies("P8")
def test_an_alternative_of_a_kind_already_tried_says_so_and_stands_behind_the_others(root):
    one = consult(root / "examples" / "acute-back-spasm.yaml", on=date(2026, 11, 22))
    text = " ".join(printed(one).split())
    untried, _, tried = text.partition("ALTERNATIVES")[2].partition("offer (of a kind already tried): ")
    assert "paracetamol" in untried
    assert "superficial heat" not in untried
    assert "superficial heat" in tried
    assert ": Of a kind already tried. " in tried.partition("caution: naproxen")[2].partition(" - ")[0]
    assert tried.index("methocarbamol") < tried.index("cyclobenzaprine")


def test_at_most_five_questions_come_first():
    text = printed(consultation())
    telling = [asked.id for asked in consultation().appraisal.questions if asked.changes_verdict]
    assert text.count("\n  ? ") == min(len(telling), 5) > 0
    assert "later: " in text


def test_an_unconfirmed_number_is_not_shown():
    text = printed(consultation())
    assert "St John's wort: lowers; size not known" in text
    assert "0.7" not in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text):
    shown = printed(hostile_consultation(text))
    assert not any(ord(char) < 32 and char != "\n" for char in shown)
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_what_studies_leave_unsure_and_what_was_never_studied_are_said():
    one = consultation("continuing")
    (made,) = one.courses
    text = " ".join(
        printed(replace(one, courses=(replace(made, extrapolated=("Older than anyone studied.",)),))).split()
    )
    assert "Outside what was studied: Older than anyone studied." in text
    said = (
        "highest diazepam of the typical person, by what studies leave unsure: 215 to 276 ng/mL, 19 % of the interval"
    )
    assert said in " ".join(printed(consultation()).split())


def test_rich_markup_is_shown_as_written():
    assert "[red]not red[/red]" in printed(hostile_consultation("[red]not red[/red]"))


def test_a_console_of_ascii_gets_ascii():
    assert "Omega ? 5" in printed(hostile_consultation("Omega Ω 5"), encoding="ascii")


def test_colour_on_a_terminal():
    assert "\x1b[1;31mAVOID" in printed(consultation("avoid"), force_terminal=True, color_system="standard")
