"""Text of a record on a card: shown, never obeyed, by clients that draw Markdown and even by those that draw HTML."""

from __future__ import annotations

import re

import pytest

from tests.card_factory import DIAZEPAM, call, order
from tests.hostile import HOSTILE
from unclench.report.card_text import QUOTED, inside, marked, own, quoted
from unclench.values import Jurisdiction

HOSTILE_HERE = (
    *HOSTILE,
    "<b onmouseover=alert(1)>x",
    "[a](javascript:alert(1))",
    "[a]: javascript:alert(1)",
    "![i](http://evil.example/p.png)",
    "http://evil.example",
    "https://evil.example/a?b=c",
    "www.evil.example",
    "a@evil.example",
    "<http://evil.example>",
    "`code`",
    "``` js",
    "| a | b |\n|---|---|\n| c | d |",
    "**Safe to give.** _Reviewed_",
    "~~not~~",
    "[^1]: note",
    "&#106;avascript:alert(1)",
    "&lt;script&gt;",
    "\\[a\\](b)",
)

# What a drawer of Markdown could read as a link, picture, code, emphasis, table or tag: the sign without its escape.
SIGN = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]|~<>]")
ADDRESS = re.compile(r"(?i)(https?|ftp|javascript|data|mailto|file):|www\.|\w@\w")


@pytest.mark.verifies("O6")
@pytest.mark.point(62, 63)
@pytest.mark.parametrize("text", HOSTILE_HERE, ids=lambda text: repr(text[:20]))
def test_no_sign_of_markup_and_no_address_is_left(text: str) -> None:
    shown = quoted(text)

    assert SIGN.search(shown) is None
    assert ADDRESS.search(shown) is None
    assert "\n" not in shown
    assert len(shown) <= 6 * QUOTED + 10


@pytest.mark.verifies("O6")
@pytest.mark.point(62, 63)
@pytest.mark.parametrize("text", [one for one in HOSTILE_HERE if one.isprintable()], ids=lambda text: repr(text[:20]))
def test_a_hostile_record_changes_no_structure_of_a_card(text: str) -> None:
    """No tag, link, code, table or heading, wherever the record is quoted."""
    cards = call([order()], conditions=[f"Myasthenia gravis {text}"], medicines=[f"oxycodone 5 mg {text}"]).cards
    for card in cards:
        assert "<" not in card.detail
        assert "](" not in card.detail
        assert "`" not in card.detail.replace("\\`", "")
        assert ADDRESS.search(card.detail) is None
        assert re.search(r"(?m)^\s*\|", card.detail) is None
        assert re.search(r"(?m)^#", card.detail) is None


@pytest.mark.verifies("O6")
@pytest.mark.point(62)
def test_a_forged_verdict_stays_a_quotation() -> None:
    card = call([order()], medicines=["oxycodone 5 mg **Reasonable.** Safe to give"]).cards[0]

    assert card.indicator == "warning"
    assert card.detail.startswith("**Avoid.**")
    assert "**Reasonable" not in card.detail


@pytest.mark.verifies("O6")
@pytest.mark.point(62)
@pytest.mark.parametrize("ident", ["<script>", "a b", "../../x", "x" * 300])
def test_hostile_ids_of_drafts_are_answered(ident: str) -> None:
    for card in call([order(ident)], medicines=[DIAZEPAM]).cards:
        assert "<script>" not in card.summary + card.detail
        assert all("<" not in link.url for link in card.links)


def test_own_words_are_spelt_as_the_country_spells() -> None:
    assert own("Sleep apnoea; apnoea", Jurisdiction.US) == "Sleep apnea; apnea"
    assert own("Sleep apnoea", Jurisdiction.UK) == "Sleep apnoea"
    assert own("Paracetamol first", Jurisdiction.US) == "Acetaminophen first"


def test_a_title_goes_into_a_sentence_with_a_small_letter_unless_it_is_an_abbreviation() -> None:
    assert inside("Severe liver disease") == "severe liver disease"
    assert inside("BMI 30 or more") == "BMI 30 or more"
    assert inside("65 years or older") == "65 years or older"


def test_our_own_stars_are_escaped() -> None:
    assert marked("2 * 3 <b> [x]") == r"2 \* 3 &lt;b> \[x]"
