"""What may be used to make the doses of a taper: which tablets, whether halved, and which liquid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows import Product
from unclench.planning import words
from unclench.planning.dispense_units import Choosing, Evenness, Kit, Tablet
from unclench.planning.supply import products, strength
from unclench.values import Jurisdiction, RegimenError, Standing

TABLETS, LIQUID, NO_HALVES = "tablets", "liquid", "no-halves"
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Stock:
    """What may be used. Tablets weakest first; `liquid`: at most one."""

    jurisdiction: Jurisdiction
    tablets: tuple[Product, ...]
    liquid: Product | None
    halves: bool

    def __post_init__(self) -> None:
        if not self.tablets and self.liquid is None:
            raise RegimenError(
                where="the products", found="none", need="tablets or a liquid", fix="Name at least one product."
            )


@dataclass(frozen=True, slots=True)
class Making:
    """The project's choices about what is sensible to count out or to measure."""

    choosing: Choosing
    avoided_mg: Decimal
    step_ml: Decimal
    step_to_ml: Decimal
    coarse_ml: Decimal
    least_ml: Decimal
    most_ml: Decimal
    liquid_below_mg: Decimal
    once_upto_mg: Decimal
    grid_mg: Decimal
    grid_above_mg: Decimal
    gap: Decimal
    gap_least_mg: Decimal


@cache
def making(facts: Knowledge) -> Making:
    """The rows, as numbers."""

    def of(key: str, unit: str) -> Decimal:
        return Decimal(str(facts.limit(key, unit)))

    return Making(
        choosing=Choosing(
            int(of("PLAN-TABLETS-PER-DOSE", "1")),
            Evenness(of("DISP-UNEVEN", "%") / PERCENT, of("DISP-UNEVEN-LEAST", "mg")),
            int(of("DISP-STRENGTHS", "1")),
        ),
        avoided_mg=of("DISP-AVOIDED-TABLET", "mg"),
        step_ml=of("DISP-LIQUID-STEP", "mL"),
        step_to_ml=of("DISP-LIQUID-STEP-TO", "mL"),
        coarse_ml=of("PLAN-LIQUID-STEP", "mL"),
        least_ml=of("DISP-LIQUID-LEAST", "mL"),
        most_ml=of("DISP-LIQUID-MOST", "mL"),
        liquid_below_mg=of("DISP-LIQUID-BELOW", "mg"),
        once_upto_mg=of("DISP-ONCE-UPTO", "mg"),
        grid_mg=of("DISP-GRID", "mg"),
        grid_above_mg=of("DISP-GRID-ABOVE", "mg/d"),
        gap=of("DISP-GAP", "%") / PERCENT,
        gap_least_mg=of("DISP-GAP-LEAST", "mg"),
    )


def kit_of(stock: Stock, made: Making) -> Kit:
    """All tablets of the stock. What is known to have no score line is never halved."""
    return tuple(
        Tablet(row.id, strength(row), stock.halves and row.scored != "no", strength(row) >= made.avoided_mg)
        for row in stock.tablets
    )


def stock_of(facts: Knowledge, jurisdiction: Jurisdiction | str, wanted: Sequence[str] = ()) -> Stock:
    """What is asked for, or the default: confirmed tablets with halves, and the confirmed oral solution.

    `wanted`: "tablets", "liquid", strengths of tablets ("2", "2 mg", "2,5"), ids of products, "no-halves".
    The concentrate is used only when its id is given.

    Raises
    ------
    RegimenError
        for a product that does not exist, is unconfirmed, or is not of this jurisdiction; it says what exists.
    """
    country = Jurisdiction(jurisdiction)
    tablets, solutions = (products(facts, country, form) for form in ("tablet", "solution"))
    asked = [part for text in wanted for part in map(str.strip, text.casefold().split(",")) if part]
    halves = NO_HALVES not in asked
    asked = [part for part in asked if part != NO_HALVES]
    if not asked:
        return Stock(country, tablets, next(iter(solutions), None), halves)
    chosen: dict[str, Product] = {}
    for part in asked:
        for row in _meant(facts, country, part, tablets, solutions):
            chosen[row.id] = row
    liquids = [row for row in chosen.values() if row.form != "tablet"]
    if len(liquids) > 1:
        raise _refused(
            country, " and ".join(row.id for row in liquids), "one liquid: two strengths get mixed up", facts
        )
    of_tablets = sorted(
        (row for row in chosen.values() if row.form == "tablet"), key=lambda row: (row.strength_mg, row.id)
    )
    return Stock(country, tuple(of_tablets), next(iter(liquids), None), halves)


def _meant(
    facts: Knowledge, country: Jurisdiction, part: str, tablets: tuple[Product, ...], solutions: tuple[Product, ...]
) -> tuple[Product, ...]:
    """The products that one word of the choice stands for."""
    if part == TABLETS:
        return tablets
    if part == LIQUID:
        found = solutions[:1]
    elif (size := _strength(part)) is not None:
        found = tuple(row for row in tablets if strength(row) == size)
    else:
        found = tuple(row for row in facts.table("products") if row.id.casefold() == part)
        if any(row.standing is Standing.UNVERIFIED for row in found):
            raise _refused(country, part, "a product that is confirmed: check locally whether it can be had", facts)
        if any(row.jurisdiction != country for row in found):
            raise _refused(country, part, f"a product of {country.upper()}", facts)
    if not found:
        raise _refused(country, part, "a product that exists here", facts)
    return found


def _strength(part: str) -> Decimal | None:
    number = part.removesuffix("mg").strip()
    plain = number.isascii() and number.replace(".", "", 1).isdigit()
    return Decimal(number) if plain else None


def _refused(country: Jurisdiction, found: str, need: str, facts: Knowledge) -> RegimenError:
    usable = [
        row
        for row in facts.table("products")
        if row.jurisdiction == country and row.standing is not Standing.UNVERIFIED
    ]
    sizes = words.listed(words.number(strength(row)) for row in usable if row.form == "tablet")
    others = words.listed(f"{row.id} ({row.name})" for row in usable if row.form != "tablet")
    return RegimenError(
        where="the products",
        found=repr(found),
        need=need,
        fix=f"{country.upper()} has tablets of {sizes} mg, and {others}.",
    )
