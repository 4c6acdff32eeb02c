"""A taper on the terminal, and its few lines inside a consultation."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from tests.hostile import HOSTILE
from tests.taper_page_factory import KINDS, about, hostile_taper, no_switch, schedule, taper, with_taper
from unclench.report.terminal import print_consultation
from unclench.report.terminal_taper import print_taper


def printed(one, width: int = 80, **more: object) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=more.pop("encoding", "utf-8"))
    print_taper(one, Console(file=file, width=width, **more), **about())
    file.seek(0)
    return file.read()


def consulted(kind: str) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    print_consultation(with_taper(kind), Console(file=file, width=80))
    file.seek(0)
    return file.read()


@pytest.mark.verifies("O1", "P5")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_a_pipe_gets_plain_lines_that_fit(kind, width):
    text = printed(taper(kind), width)
    assert "\x1b" not in text
    assert all(len(line) <= min(width, 100) for line in text.splitlines())
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.verifies("O1")
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_lines_say_the_need_jurisdiction_date_and_that_nobody_reviewed_it(kind):
    head = "\n".join(printed(taper(kind), 100).splitlines()[:2])
    assert "22 November 2026" in head
    assert "United States" in head
    assert "Not yet reviewed by a clinician" in head
    assert {"none": "NO TAPER", "specialist": "DO NOT STOP", "step-down": "STEP DOWN"}.get(kind, "TAPER OVER") in head


@pytest.mark.verifies("P4")
def test_a_specialist_case_says_hold_before_anything_else():
    lines = printed(taper("specialist"), 100).splitlines()
    assert lines[2].startswith("HOLD: Do not stop. Continue the present dose")
    assert any(line.startswith("HOW URGENT: Within a week") for line in lines[3:5])
    assert "THE STEPS" not in "\n".join(lines)
    said = printed(taper("specialist"), 100, force_terminal=True, color_system="standard")
    assert "\x1b[1;31mHOLD" in said


def test_every_step_says_day_dose_cut_and_what_is_taken():
    lines = printed(taper(), 100).splitlines()
    row = next(index for index, line in enumerate(lines) if line.lstrip().startswith("23 Nov 2026"))
    assert re.fullmatch(r" +23 Nov 2026 +18 +-2 mg \(10 %\) +08:00 1 x 5 mg \+ 1 x 2 mg", lines[row])
    assert lines[row + 1].strip() == "22:00 2 x 5 mg + ½ x 2 mg"
    assert any(
        re.search(r"2\.5 +-0\.5 mg \(17 %\) +22:00 1 x 2 mg \+ 0\.5 mL of 1 mg/mL = 0\.5 mg", line) for line in lines
    )
    assert any(re.search(r"30 Aug 2027 +0 .* nothing: it is over", line) for line in lines)


def test_days_in_turn_are_told_apart():
    text = " ".join(printed(taper("alternating"), 100).split())
    assert "one day: 22:00 1 x 2 mg next day: 22:00 1½ x 2 mg" in text


def test_the_drive_is_labelled_with_interval_unit_and_anchors():
    text = " ".join(printed(taper()).split())
    assert "9.1 (3.8 to 24) % of the modelled peak after stopping 20 mg a day at once after two years" in text
    assert "Unvalidated" in text
    assert "no chance of symptoms, no success rate and no forecast of seizures" in text
    assert "Its anchors: 5 % and 43 % with withdrawal after stopping at once" in text


def test_going_slower_has_its_price_and_its_gain():
    text = " ".join(printed(taper()).split())
    assert "20 weeks more (Best found over half as long again): the peak in the worst fifth goes from 19 %" in text
    assert "2 weeks less (1 mg every two weeks)" in text
    assert "(breaks a cap)" in text
    assert "(cannot be dispensed)" in text
    assert "> The schedule above" in text


def test_a_broken_rule_is_seen_on_the_taper_and_in_the_consultation():
    one = taper()
    broken = replace(one, proofs=(replace(one.proofs[1], holds=False, worst=31.0), *one.proofs))
    text = printed(broken)
    assert "1 BROKEN" in text
    assert "BROKEN In every 14 days" in text
    assert "hold" not in text.partition("EVERY DAY:")[2].partition("\n")[0]


def test_a_switch_a_hidden_change_and_what_was_learnt_are_told():
    text = " ".join(printed(taper("everything")).split())
    for said in (
        "Lorazepam 4 mg a day to diazepam 20 mg a day. Range of the sources: 20 to 40 mg.",
        "9 Nov to 12 Nov 2026: lorazepam 4 mg, diazepam 0 mg",
        "Against switching: A frail person of 84",
        "fluvoxamine, 22 Jan 2027: 14 mg then acts like 7.4 mg (5.1 to 10)",
        "From 4 levels and 23 ratings: Hold the present dose.",
        "Levels moved it most.",
        "Ratings moved it a little.",
        "28 mL of diazepam 1 mg/mL oral solution",
    ):
        assert said in text


def test_a_switch_that_is_not_planned_says_why():
    text = " ".join(printed(taper(switch=no_switch(schedule()))).split())
    assert "NO SWITCH: Severe liver disease is recorded" in text
    assert "to diazepam" not in text.partition("Range of the sources")[0].partition("NO SWITCH")[2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_consultation_tells_it_in_a_few_lines(kind):
    text = consulted(kind)
    assert all(len(line) <= 80 for line in text.splitlines())
    said = " ".join(text.partition("WHAT TO DO")[2].partition("\n\n")[0].split())
    assert ("the taper page" in said) is (kind not in ("none", "specialist"))
    assert ("HOLD: Do not stop." in said) is (kind == "specialist")
    assert len(said) < 1500


def test_a_console_of_ascii_gets_halves_that_can_be_read():
    text = printed(taper(), encoding="ascii")
    assert "1 1/2 x 2 mg" in text
    assert "?" not in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text):
    shown = printed(hostile_taper(text))
    assert not any(ord(char) < 32 and char != "\n" for char in shown)
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_rich_markup_is_shown_as_written():
    assert "[red]not red[/red]" in printed(hostile_taper("[red]not red[/red]"))
