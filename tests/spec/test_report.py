"""What a report says first, and what it never says."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from tests.consultation_factory import consultation
from unclench.report.html import to_html
from unclench.report.json_out import to_json
from unclench.report.terminal import print_consultation

title = "Reports"


def said(kind: str) -> dict[str, str]:
    """One consultation in the three forms."""
    one, screen = consultation(kind), io.StringIO()
    print_consultation(one, Console(file=screen, width=80))
    return {"terminal": screen.getvalue(), "page": to_html(one), "json": to_json(one).decode()}


@pytest.mark.verifies("O1", "O2", "O4")
@pytest.mark.parametrize(
    ("kind", "verdict", "words"),
    [
        ("avoid", "avoid", "Avoid"),
        ("not-first-line", "not-first-line", "Not first line"),
        ("usable-with-changes", "usable-with-changes", "Usable with changes"),
        ("reasonable", "reasonable", "Reasonable"),
        ("none", None, "No assessment due"),
    ],
)
def test_the_verdict_is_the_first_thing_said(kind, verdict, words):
    """The verdict in words opens the terminal and the page; JSON gives its name, or null where none is due."""
    forms = said(kind)
    assert forms["terminal"].splitlines()[0].startswith(words.upper())
    assert re.search(r"class=\"of\">(A new course of diazepam|No request about diazepam)<", forms["page"])
    assert f"<title>{words}" in forms["page"]
    assert json.loads(forms["json"])["verdict"] == verdict


@pytest.mark.verifies("O1", "O2")
@pytest.mark.parametrize("kind", ["avoid", "reasonable", "none", "child"])
def test_nobody_is_named_as_reviewer(kind):
    """Every form says that no clinician has reviewed it."""
    forms = said(kind)
    assert "Not yet reviewed by a clinician" in forms["terminal"]
    assert "Not yet reviewed by a clinician" in forms["page"]
    assert "Not yet reviewed by a clinician" in " ".join(json.loads(forms["json"])["limits"])


@pytest.mark.parametrize("kind", ["avoid", "child", "none"])
def test_without_a_regimen_there_is_no_dose_no_supply_and_no_curve(kind):
    """Under *avoid*, for children and where no assessment is due: what to do instead, and nothing to dispense."""
    forms = said(kind)
    plan = json.loads(forms["json"])["plan"]
    assert (plan["regimen"], plan["supply"], plan["max_daily_mg"]) == (None, None, None)
    assert "Supply" not in forms["terminal"]
    assert "<svg" not in forms["page"]


def test_a_condition_of_the_verdict_stands_beside_it():
    """A verdict that holds only if something is ruled out says so in the first lines, in every form."""
    forms = said("usable-with-changes")
    assert "Provided that none of these holds" in "\n".join(forms["terminal"].splitlines()[:8])
    assert "Provided that none of these holds" in forms["page"].split("<main")[0]
    assert json.loads(forms["json"])["plan"]["provided_that"] == ["An opioid is taken", "Myasthenia gravis"]


def test_every_number_of_a_course_has_an_interval():
    """Hide no uncertainty: no interval, no number."""
    exposure = json.loads(said("usable-with-changes")["json"])["exposure"]
    spans = [exposure["diazepam"][key] for key in ("peak_ng_ml", "half_life_h")] + [exposure["gone_days"]]
    assert all(span["low"] <= span["typical"] <= span["high"] for span in spans)


@pytest.mark.parametrize("form", ["terminal", "page", "json"])
@pytest.mark.parametrize("kind", ["usable-with-changes", "continuing"])
def test_no_level_is_called_safe(kind, form):
    """The word *safe* is used of a level only to deny it."""
    text = " ".join(said(kind)[form].split()).lower()
    assert "level is called safe" in text
    assert not re.search(r"levels? (is|are|was|stays?) (still )?safe|safe levels?", text)


@pytest.mark.parametrize("form", ["terminal", "page", "json"])
def test_the_same_input_gives_the_same_words(form):
    """No clock, no order of a set: a report made twice is the same, byte for byte."""
    assert said("usable-with-changes")[form] == said("usable-with-changes")[form]
