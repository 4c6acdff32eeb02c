"""Rows that cards are made of: every tier can be reached and said, reasons are the published ones, orders are real."""

from __future__ import annotations

from itertools import chain

import pytest

from unclench.knowledge import knowledge
from unclench.knowledge.rows_cards import CardTier
from unclench.knowledge.wording import words_of
from unclench.report.card_text import inside, own, say
from unclench.report.card_tiers import HOLDS, INDICATORS, ORDER, OTHER, USE
from unclench.report.drafts import SENT
from unclench.report.schema_cards import SUMMARY_BELOW
from unclench.values import Effect, Jurisdiction

TIERS: tuple[CardTier, ...] = knowledge().table("card_tiers")
HOOKS = {"order-select", "order-sign", "patient-view"}
CATEGORIES = {
    "cds-not-applicable",
    "cds-suboptimal-context",
    "recipient-disagrees-evidence",
    "recipient-concerns-outcomes",
    "does-not-align-preferences",
    "not-convenient-feasible",
}


@pytest.mark.verifies("O6")
@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.id)
def test_a_tier_names_what_exists(tier: CardTier) -> None:
    assert tier.holds in HOLDS
    assert tier.indicator in INDICATORS
    assert tier.about in (ORDER, OTHER, USE)
    assert set(tier.hooks) <= HOOKS
    assert knowledge().has("statements", tier.say)
    assert not tier.say_taken or knowledge().has("statements", tier.say_taken)
    assert ("patient-view" in tier.hooks) == (tier.about == USE)


@pytest.mark.verifies("O6")
def test_every_situation_of_the_code_is_in_a_row_and_no_order_is_used_twice() -> None:
    assert {tier.holds for tier in TIERS} == set(HOLDS)
    for about in (ORDER, OTHER, USE):
        places = [tier.order for tier in TIERS if tier.about == about]
        assert len(places) == len(set(places))


@pytest.mark.verifies("O6")
@pytest.mark.point(57)
def test_critical_is_only_for_contraindications() -> None:
    assert {tier.holds for tier in TIERS if tier.indicator == "critical"} == {"blocked"}


@pytest.mark.verifies("O6")
@pytest.mark.point(56)
@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.id)
def test_every_summary_is_short_with_the_longest_reason_it_can_have(tier: CardTier) -> None:
    rules = knowledge().table("rules")
    blocks = [rule for rule in rules if Effect.BLOCK in (rule.effect, rule.effect_spasticity)]
    titles = [inside(rule.title) for rule in (blocks if tier.holds == "blocked" else rules)]
    for law in Jurisdiction:
        longest = max((own(title, law) for title in titles), key=len)
        for key in {tier.say, tier.say_taken} - {""}:
            said = say(key, law, reason=longest, count="12 questions", days="1234 days")
            assert len(said) < SUMMARY_BELOW, said


@pytest.mark.verifies("O6")
@pytest.mark.point(76)
def test_every_override_reason_belongs_to_a_published_category_and_every_category_is_there() -> None:
    rows = {row.code: row for row in knowledge().table("override_reasons")}

    assert {row.category for row in rows.values()} == CATEGORIES
    assert set(rows) >= CATEGORIES
    assert {row.category for row in rows.values() if row.offered == "yes"} == CATEGORIES
    assert all(row.offered in ("yes", "no") and row.display for row in rows.values())


@pytest.mark.verifies("O6")
def test_a_replacement_is_a_known_product_of_its_alternative_at_the_dose_of_its_row() -> None:
    for row in knowledge().table("replacements"):
        alternative = knowledge().get("alternatives", row.alternative)
        products = {one.rxnorm: one for one in knowledge().table("drug_products")}
        assert products[row.rxnorm].drugs == (alternative.drug,)
        assert alternative.step <= 2
        assert f"{row.mg:g} mg" in alternative.dose
        assert words_of(row.name)[0] == words_of(alternative.drug)[0]
        assert 1 <= row.days <= knowledge().limit("DAYS-SPASM", "d")


@pytest.mark.verifies("O6")
@pytest.mark.parametrize("name", SENT)
def test_everything_that_may_be_missing_has_a_name_for_a_reader(name: str) -> None:
    assert say(f"CARD-SENT-{name.upper()}", Jurisdiction.US)


@pytest.mark.verifies("O6")
def test_spellings_are_those_that_rows_use() -> None:
    """No pair that nothing needs, and none that changes a word into itself."""
    kinds = ("rules", "alternatives", "alternative_checks", "statements")
    rows = chain.from_iterable(knowledge().table(kind) for kind in kinds)
    text = " ".join(
        str(getattr(row, column, ""))
        for row in rows
        if getattr(row, "where", "") != "spelling-us"
        for column in ("title", "say", "name", "text", "because", "dose", "evidence")
    ).lower()
    for row in knowledge().table("statements"):
        if row.where == "spelling-us":
            british, american = row.text.split(" = ")
            assert british != american
            assert british in text, british
