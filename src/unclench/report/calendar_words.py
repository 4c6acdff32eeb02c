"""How a day of a taper is said to the person who takes it: tablets and mL, times of day, dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from unclench.knowledge import knowledge
from unclench.knowledge.rows import Product
from unclench.planning.taper_plan import Intake, Unit
from unclench.planning.words import listed, number, part_of_day
from unclench.report import wording as words
from unclench.values import RegimenError

HALF = Decimal("0.5")
# What the bundled fonts can draw, as first and last letter: Latin, Greek, Cyrillic, and marks of prose.
DRAWN = (
    ("\u0020", "\u007e"),
    ("\u00a1", "\u00ac"),
    ("\u00ae", "\u017e"),
    ("\u0391", "\u03a1"),
    ("\u03a3", "\u03c9"),
    ("\u0400", "\u045f"),
    ("\u2013", "\u2014"),
    ("\u2018", "\u201e"),
    ("\u2022", "\u2022"),
    ("\u2026", "\u2026"),
    ("\u20ac", "\u20ac"),
    ("\u2264", "\u2265"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Tablets of one strength, to be drawn: so many whole ones, and perhaps a half."""

    strength: str
    whole: int
    half: bool


@dataclass(frozen=True, slots=True)
class Take:
    """What is taken at one time of day."""

    clock_h: float
    part: str  # Morning
    at: str  # 8 am
    what: str  # 1 tablet of 5 mg and half a tablet of 2 mg
    row: str  # what stands before a row of boxes: the same, or where the amount differs each day, that the box says it
    box: str  # what stands in the box of a day: 6 mg, or the mL of a liquid
    pieces: tuple[Piece, ...]
    products: tuple[str, ...]


def take(intake: Intake) -> Take:
    """One intake in words. Units of the same product are joined first."""
    counts: dict[tuple[str, Decimal], Decimal] = {}
    for unit in intake.units:
        key = (unit.product, unit.mg_each)
        counts[key] = counts.get(key, Decimal(0)) + unit.count
    units = [Unit(*key, count) for key, count in sorted(counts.items(), key=lambda item: (-item[0][1], item[0][0]))]
    what = listed(said(unit) for unit in units)
    return Take(
        clock_h=intake.clock_h,
        part=words.capital(part_of_day(intake.clock_h).removeprefix("in the ").removeprefix("at ")),
        at=clock(intake.clock_h),
        what=what,
        row=what,
        box=box(units),
        pieces=tuple(piece(unit) for unit in units if is_tablet(unit)),
        products=tuple(unit.product for unit in units),
    )


def box(units: list[Unit]) -> str:
    """mL where only a liquid is measured, so that mg are never drawn up as mL."""
    if len(units) == 1 and not is_tablet(units[0]):
        return f"{number(units[0].count)} mL"
    return mg(sum((unit.mg for unit in units), Decimal(0)))


def product(unit: Unit) -> Product:
    row: Product = knowledge().get("products", unit.product)
    return row


def is_tablet(unit: Unit) -> bool:
    return product(unit).form == "tablet"


def is_liquid(key: str) -> bool:
    """Whether this is the id of a liquid. The other medicine of a switch is none of the products."""
    facts = knowledge()
    return facts.has("products", key) and facts.get("products", key).form != "tablet"


def said(unit: Unit) -> str:
    """Half a tablet of 2 mg; 2 and a half tablets of 5 mg; 2.5 mL of 1 mg/mL oral solution (2.5 mg)."""
    if not is_tablet(unit):
        return f"{number(unit.count)} mL of {product(unit).name.removeprefix('diazepam ')} ({mg(unit.mg)})"
    shown = piece(unit)
    strength = f"of {shown.strength} mg"
    if not shown.whole:
        return f"half a tablet {strength}"
    if shown.half:
        return f"{shown.whole} and a half tablets {strength}"
    return f"{words.counted(shown.whole, 'tablet')} {strength}"


def piece(unit: Unit) -> Piece:
    """Refuses what nobody can break: only whole tablets and halves."""
    whole, rest = divmod(unit.count, 1)
    if unit.count <= 0 or rest not in (0, HALF):
        raise RegimenError(
            where=f"the units of {unit.product}",
            found=f"{unit.count} tablets",
            need="whole tablets and halves",
            fix="Plan with a liquid, or with doses that halves make.",
        )
    return Piece(number(unit.mg_each), int(whole), rest == HALF)


def mg(value: Decimal) -> str:
    return f"{number(value)} mg"


def clock(hour: float) -> str:
    """8 am, 1:30 pm, 12 noon: understood alike in both countries."""
    minutes = round(hour * 60) % (24 * 60)
    hours, rest = divmod(minutes, 60)
    if not rest and hours in (0, 12):
        return "12 noon" if hours else "12 midnight"
    return f"{(hours - 1) % 12 + 1}{f':{rest:02d}' if rest else ''} {'am' if hours < 12 else 'pm'}"


def short(on: date) -> str:
    """Tue 8 Dec"""
    return words.short_day(on)


def long(on: date) -> str:
    """Tue 8 December 2026"""
    return f"{words.DAYS[on.weekday()]} {words.day(on)}"


def drawable(text: str) -> str:
    """Safe text whose every letter the bundled fonts hold: a letter that none holds becomes a question mark."""
    return "".join(
        letter if any(first <= letter <= last for first, last in DRAWN) else "?" for letter in words.clean(text)
    )
