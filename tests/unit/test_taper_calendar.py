"""The calendar page: self-contained, escaped, accessible in its structure, every week a table of its own."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.hostile import HOSTILE
from tests.taper_factory import MADE, ON, alternate_days, held, hostile, step_down, taper, two_years, with_switch
from tests.unit.test_report_html import Page
from unclench.planning.taper_plan import Taper
from unclench.report.taper_calendar import calendar_html, style
from unclench.values import Jurisdiction

MADE_UP = {
    "long": taper,
    "step-down": step_down,
    "two years": two_years,
    "alternate days": alternate_days,
    "switch": with_switch,
    "held": held,
}


def made(given: Taper, *, large: bool = False) -> str:
    return calendar_html(given, ON, Jurisdiction.UK, MADE, large=large).decode("utf-8")


@pytest.fixture(scope="module", params=MADE_UP)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(made(MADE_UP[request.param]()))


@pytest.mark.verifies("O7")
def test_every_element_is_closed_and_ids_are_used_once(page: Page) -> None:
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for wanted in (attributes.get("aria-labelledby") or "").split():
            assert wanted in ids
        target = attributes.get("href") or ""
        assert not target.startswith("#") or target[1:] in ids


@pytest.mark.verifies("W3")
def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag in page.tags() if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.verifies("O7")
def test_nothing_is_fetched_and_nothing_runs(page: Page) -> None:
    assert "script" not in page.tags()
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert tag != "link"
    assert "url(" not in style()
    assert "@import" not in style()


@pytest.mark.verifies("O7")
def test_the_first_lines_name_the_country_and_that_nobody_reviewed_it() -> None:
    said = " ".join(Page(made(taper())).text)
    head = said[: said.index("Call 999 now")]
    assert "United Kingdom" in head
    assert "Not yet reviewed by a clinician" in head
    assert "unclench 0.1.0, knowledge 2026-11-22+0123abcd, seed 7" in said


def test_withdrawal_and_spasm_have_boxes_of_their_own() -> None:
    text = made(taper())
    weeks = text.count('class="week"')
    assert weeks == 44
    assert text.count('class="rating"') == 2 * weeks
    assert text.count('class="write"') == 2 * 7 * weeks


@pytest.mark.verifies("O7")
@pytest.mark.parametrize("text", [text for text in HOSTILE if text], ids=range(len(HOSTILE) - 1))
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    plain, spoilt = Page(made(hostile("text"))), Page(made(hostile(text)))
    assert [(tag, sorted(attributes)) for tag, attributes in spoilt.elements] == [
        (tag, sorted(attributes)) for tag, attributes in plain.elements
    ]


def test_hostile_text_of_a_plan_that_is_held_is_escaped_too() -> None:
    from dataclasses import replace

    spoilt = made(replace(held(), hold="<script>alert(1)</script>{{ 7*7 }}", urgency="</style>"))
    assert "<script" not in spoilt
    assert "&lt;script&gt;" in spoilt
    assert "{{ 7*7 }}" in spoilt
    assert spoilt.count("</style>") == 1


@pytest.mark.verifies("O7")
def test_same_input_same_bytes() -> None:
    assert made(taper()) == made(taper())
    assert made(taper()) != made(taper(), large=True)


def test_the_language_follows_the_jurisdiction() -> None:
    assert '<html lang="en-GB">' in made(taper())
    american = calendar_html(step_down(), ON, Jurisdiction.US, MADE).decode()
    assert '<html lang="en-US">' in american
