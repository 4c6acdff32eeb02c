"""What the model of effect really gives reaches every output: each number in a sentence, with interval and standing."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from unclench import Consultation, consult
from unclench.report.effects import effect_section
from unclench.report.html import to_html
from unclench.report.json_out import to_json
from unclench.report.subjects import SUBJECTS
from unclench.report.terminal import print_consultation

WITH_COURSE = ("acute-back-spasm.yaml", "ms-spasticity.json", "omeprazole-fluvoxamine.yaml")
WITHOUT = ("pregnant.yaml", "sciatica.yaml", "child-cerebral-palsy.yaml")
SAFE = re.compile(r"(?<!keeping it )\bsafe\b|\bfit to drive\b")  # "keeping it safe" is about the cupboard
DENIED = re.compile(r"\b(no|none|not|never|nobody|nothing)\b")


@pytest.fixture(scope="module", params=WITH_COURSE)
def one(request: pytest.FixtureRequest, root: Path) -> Consultation:
    return consult(root / "examples" / request.param, on=date(2026, 11, 22))


def forms(one: Consultation) -> dict[str, str]:
    """The three outputs as words in one line."""
    screen = io.StringIO()
    print_consultation(one, Console(file=screen, width=80))
    page = re.sub(r"<style>.*?</style>", " ", to_html(one), flags=re.DOTALL)
    made = {"terminal": screen.getvalue(), "page": html.unescape(re.sub(r"<[^>]+>", "", page))}
    return {name: " ".join(text.split()) for name, text in (made | {"json": to_json(one).decode()}).items()}


@pytest.mark.verifies("M8", "O1", "O2", "O4")
def test_every_number_of_a_subject_is_said_with_its_interval(one):
    said, section = forms(one), effect_section(one)
    assert section is not None
    assert [subject.key for subject in section.subjects] == [plan.key for plan in SUBJECTS]
    for subject in section.subjects:
        for answer in subject.answers:
            assert answer.interval in answer.says
            assert all(answer.says in text for text in said.values()), answer.id


def test_every_sentence_of_the_model_is_said(one):
    said = forms(one)
    for sentence in one.effects.says:
        assert all(" ".join(sentence.split()) in text for text in said.values()), sentence


def test_numbers_are_within_what_they_can_be(one):
    for number in json.loads(to_json(one))["effects"]["numbers"]:
        assert number["low"] <= number["high"]
        assert 0 <= number["unsure_share"] <= 1
        assert number["monte_carlo_error"] >= 0
        assert number["unit"] != "%" or 0 <= number["low"] <= number["high"] <= 100


def test_the_minor_metabolites_are_in_the_json_and_the_table(one):
    exposure = json.loads(to_json(one))["exposure"]
    assert exposure["temazepam"]["peak_ng_ml"] is None
    assert 0 < max(exposure["oxazepam"]["typical_ng_ml"]) < max(exposure["diazepam"]["typical_ng_ml"])
    page = to_html(one)
    assert "temazepam total, ng/mL" in page
    assert page.count("<figcaption><strong>") == 2


@pytest.mark.parametrize("form", ["terminal", "page", "json"])
def test_nothing_is_called_safe(one, form):
    for sentence in re.split(r"(?<=[.;:])\s|\",|•", forms(one)[form].lower()):
        if SAFE.search(sentence):
            assert DENIED.search(sentence), sentence


@pytest.mark.parametrize("name", WITHOUT)
def test_without_a_course_no_effect_is_told(root, name):
    one = consult(root / "examples" / name, on=date(2026, 11, 22))
    assert one.effects is None
    assert "hour by hour" not in to_html(one)
    assert json.loads(to_json(one))["effects"] is None
