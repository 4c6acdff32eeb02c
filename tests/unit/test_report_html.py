"""The page: self-contained, escaped, accessible in its structure."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests.consultation_factory import KINDS, consultation, hostile_consultation
from tests.effect_factory import WITH_EFFECTS, hostile_effects, with_effects
from tests.hostile import HOSTILE
from unclench.report.html import style, to_html

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """Elements in order, whether each is closed, ids, and visible words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]


@pytest.fixture(params=[*KINDS, *(f"{kind} with effects" for kind in WITH_EFFECTS)])
def page(request) -> Page:
    kind = request.param.removesuffix(" with effects")
    return Page(to_html(consultation(kind) if kind == request.param else with_effects(kind)))


@pytest.mark.verifies("O2")
def test_every_element_is_closed_and_ids_are_used_once(page):
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for wanted in (attributes.get("aria-labelledby") or "").split():
            assert wanted in ids


@pytest.mark.verifies("W3")
def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(tag[1]) for tag in page.tags() if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.verifies("W3")
def test_landmarks_language_skip_link_and_captions(page):
    tags = page.tags()
    for landmark in ("header", "main", "footer"):
        assert tags.count(landmark) == 1
    assert dict(page.elements)["html"]["lang"] in ("en-US", "en-GB")
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
    assert any(tag == "a" and attributes.get("href") == "#main" for tag, attributes in page.elements)
    assert all(attributes.get("role") == "img" for tag, attributes in page.elements if tag == "svg")
    assert tags.count("svg") == tags.count("desc")


def test_nothing_is_fetched_and_nothing_runs(page):
    assert "script" not in page.tags()
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert tag != "link"
    assert "url(" not in style()
    assert "@import" not in style()


@pytest.mark.parametrize("text", [text for text in HOSTILE if text], ids=range(len(HOSTILE) - 1))
def test_hostile_text_adds_no_element_and_no_attribute(text):
    plain, spoilt = Page(to_html(hostile_consultation("text"))), Page(to_html(hostile_consultation(text)))
    assert [(tag, sorted(attributes)) for tag, attributes in spoilt.elements] == [
        (tag, sorted(attributes)) for tag, attributes in plain.elements
    ]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text], ids=range(len(HOSTILE) - 1))
def test_hostile_text_of_an_effect_course_adds_no_element_and_no_attribute(text):
    plain, spoilt = Page(to_html(hostile_effects("text"))), Page(to_html(hostile_effects(text)))
    assert [(tag, sorted(attributes)) for tag, attributes in spoilt.elements] == [
        (tag, sorted(attributes)) for tag, attributes in plain.elements
    ]


def test_no_expression_of_a_template_is_run_from_a_record():
    assert "{{ 7*7 }}" in to_html(hostile_consultation("{{ 7*7 }}"))


@pytest.mark.parametrize("kind", ["avoid", "child", "none"])
def test_no_regimen_means_no_calendar_and_no_curve(kind):
    text = to_html(consultation(kind))
    assert 'class="calendar"' not in text
    assert "<svg" not in text


def test_the_language_follows_the_jurisdiction():
    assert 'lang="en-GB"' in to_html(consultation("reasonable"))
    assert 'lang="en-US"' in to_html(consultation("avoid"))


def test_an_unconfirmed_number_is_not_shown():
    assert "size not known" in to_html(consultation())
    assert "x 0.7" not in to_html(consultation())


def test_a_course_of_what_is_taken_now_is_not_called_a_recommendation():
    assert "this is not a recommendation" in to_html(consultation("continuing"))


def test_what_was_never_studied_stands_beside_the_curves():
    one = consultation("continuing")
    (made,) = one.courses
    far = to_html(replace(one, courses=(replace(made, extrapolated=("Older than <anyone> studied.",)),)))
    assert "<strong>Outside what was studied:</strong> Older than &lt;anyone&gt; studied." in far
    assert "Outside what was studied" not in to_html(one)


def test_what_studies_leave_unsure_of_a_level_has_a_column_where_it_is_known():
    assert "215 to 276" in to_html(consultation())
    assert "Chance in the simulation" in to_html(consultation())


def luminance(colour: str) -> float:
    colour = colour.removeprefix("#")
    if len(colour) == 3:
        colour = "".join(char * 2 for char in colour)
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.verifies("W3")
@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["bg", "card", "tint"])
@pytest.mark.parametrize("ink", ["ink", "soft", "link", "avoid", "second", "change", "good", "none"])
def test_words_stand_out_from_their_ground(scheme, ground, ink):
    block = re.findall(r":root\{([^}]*)\}", style())[scheme]
    colours = dict(re.findall(r"--(\w+):(#\w+)", block))
    light, dark = sorted((luminance(colours[ground]), luminance(colours[ink])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
