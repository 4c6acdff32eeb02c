"""What is prescribed for a taper, supply by supply, and what must be said of it: halves, liquid, limits of supply.

The count of a supply is that of its days, with half tablets rounded up to whole ones, and never more.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows import Product
from unclench.planning import words
from unclench.planning.dispense_stock import Stock
from unclench.planning.dispense_swing import PERCENT, Alternation
from unclench.planning.dispense_units import plain
from unclench.planning.plan import SupplyLine
from unclench.planning.supply import strength
from unclench.planning.taper_plan import Prescription, TaperDay, TaperSupply, Unit
from unclench.values import Jurisdiction, RegimenError

WHOLE = Decimal(1)
Days = tuple[TaperDay, ...]


def supply_of(
    days: Days, stock: Stock, facts: Knowledge, supply_days: int | None, alternations: tuple[Alternation, ...]
) -> TaperSupply:
    """Prescriptions, totals, the error of halves, and what must be said."""
    taken = tuple(day for day in days if day.intakes)
    interval = days_of_supply(stock, facts, supply_days)
    prescriptions = tuple(
        Prescription(part[0].on, part[-1].on, _lines(part, stock))
        for part in (taken[start : start + interval] for start in range(0, len(taken), interval))
    )
    totals: dict[str, Decimal] = {}
    for line in (line for prescription in prescriptions for line in prescription.lines):
        totals[line.product] = totals.get(line.product, Decimal(0)) + line.count
    lines = tuple(_line(row, totals[row.id]) for row in _rows(stock) if row.id in totals)
    halved = tuple(row for row in stock.tablets if row.id in _halved(taken, facts))
    return TaperSupply(
        prescriptions=prescriptions,
        lines=lines,
        total_mg=plain(sum((day.mg for day in taken), Decimal(0))),
        interval_days=interval,
        half_tablet_mg=tuple((row.id, *_half_mg(row, facts)) for row in halved),
        notes=(
            *_of_halves(halved, taken, lines, stock, facts),
            *_of_liquid(taken, stock, facts),
            *_of_avoided(lines, facts),
            *(_of_alternation(found, facts) for found in alternations),
            *_of_law(stock, facts),
        ),
    )


def days_of_supply(stock: Stock, facts: Knowledge, asked: int | None) -> int:
    """Days in one supply: as asked, within what the jurisdiction allows; without a wish, a row."""
    most = int(facts.limit(f"DISP-SUPPLY-MOST-{stock.jurisdiction.upper()}", "d"))
    if asked is None:
        return min(int(facts.limit("DISP-SUPPLY-DAYS", "d")), most)
    if not 1 <= asked <= most:
        raise RegimenError(
            where="the days of one supply",
            found=str(asked),
            need=f"1 to {most} days in {stock.jurisdiction.upper()}",
            fix="Dispense more often.",
        )
    return asked


def held_mg(day: TaperDay, facts: Knowledge) -> tuple[float, float]:
    """Least and most that a day's units may really hold. Whole tablets and liquid count as what they say."""
    low = high = 0.0
    for unit in (unit for intake in day.intakes for unit in intake.units):
        half = float(unit.mg_each / 2) if _half(unit, facts) else 0.0
        low += float(unit.mg) - half * (1 - facts.limit("DISP-HALF-LOW", "%") / PERCENT)
        high += float(unit.mg) + half * (facts.limit("DISP-HALF-HIGH", "%") / PERCENT - 1)
    return low, high


def averages_mg(day: TaperDay, facts: Knowledge) -> tuple[float, float]:
    """What such days hold on average: the two halves of a tablet make it whole, less what crumbles."""
    units = (unit for intake in day.intakes for unit in intake.units)
    halves = sum(float(unit.mg_each / 2) for unit in units if _half(unit, facts))
    return float(day.mg) - halves * facts.limit("DISP-HALF-LOST", "%") / PERCENT, float(day.mg)


def said(unit: Unit, facts: Knowledge) -> str:
    """One unit as it is written: "1.5 x 2 mg", or in mL and mg "0.8 mL (0.8 mg)"."""
    if _is_tablet(unit.product, facts):
        return f"{words.number(unit.count)} x {words.mg(unit.mg_each)}"
    return f"{words.number(unit.count)} mL ({words.mg(unit.mg)})"


def _is_tablet(product: str, facts: Knowledge) -> bool:
    row: Product = facts.get("products", product)
    return row.form == "tablet"


def _half(unit: Unit, facts: Knowledge) -> bool:
    return bool(unit.count % WHOLE) and _is_tablet(unit.product, facts)


def _rows(stock: Stock) -> tuple[Product, ...]:
    return (*stock.tablets, stock.liquid) if stock.liquid else stock.tablets


def _lines(days: Days, stock: Stock) -> tuple[SupplyLine, ...]:
    """The days' units added up, weakest tablet first, the liquid last."""
    counts: dict[str, Decimal] = {}
    for day in days:
        for intake in day.intakes:
            for unit in intake.units:
                counts[unit.product] = counts.get(unit.product, Decimal(0)) + unit.count
    tablets = {row.id for row in stock.tablets}
    return tuple(
        _line(row, counts[row.id].to_integral_value(ROUND_CEILING) if row.id in tablets else counts[row.id])
        for row in _rows(stock)
        if row.id in counts
    )


def _line(row: Product, count: Decimal) -> SupplyLine:
    return SupplyLine(row.id, row.name, strength(row), plain(count))


def _halved(days: Days, facts: Knowledge) -> set[str]:
    """Products of which halves are taken."""
    units = (unit for day in days for intake in day.intakes for unit in intake.units)
    return {unit.product for unit in units if _half(unit, facts)}


def _half_mg(row: Product, facts: Knowledge) -> tuple[float, float]:
    """Least and most in a half, to a microgram."""
    share = row.strength_mg / 2 / PERCENT
    low, high = (share * facts.limit(key, "%") for key in ("DISP-HALF-LOW", "DISP-HALF-HIGH"))
    return round(low, 3), round(high, 3)


def _of_halves(
    halved: tuple[Product, ...], days: Days, lines: tuple[SupplyLine, ...], stock: Stock, facts: Knowledge
) -> list[str]:
    """How far out a half may be, what it averages to, and what becomes of the halves that are left."""
    if not halved:
        return []
    said = []
    for row in halved:
        low, high = (words.number(round(end, 2)) for end in _half_mg(row, facts))
        measured = row.strength_mg == facts.limit("DISP-HALF-OF", "mg")
        key = "DISP-SAY-HALF-MEASURED" if measured else "DISP-SAY-HALF-TAKEN"
        said.append(facts.say(key, name=row.name, low=low, high=high, meant=words.number(row.strength_mg / 2)))
        if stock.jurisdiction is Jurisdiction.UK:
            said.append(facts.say("DISP-SAY-HALF-UK" if measured else "DISP-SAY-HALF-UK-OTHER", name=row.name))
    lost = words.number(facts.limit("DISP-HALF-LOST", "%"))
    said += [facts.say("DISP-SAY-HALF-AVERAGE", lost=lost), facts.say("DISP-SAY-HALF-MAKER")]
    left_mg = sum((line.strength_mg * line.count for line in lines), Decimal(0)) - sum(
        (day.mg for day in days), Decimal(0)
    )
    if left_mg:
        said.append(facts.say("DISP-SAY-ROUNDED", mg=words.number(left_mg)))
    small = [day.mg for day in days if day.mg < facts.limit("DISP-LIQUID-BELOW", "mg") and _halved((day,), facts)]
    if small:
        said.append(facts.say("DISP-SAY-LIQUID-ADVISED", mg=words.number(max(small))))
    return said


def _of_liquid(days: Days, stock: Stock, facts: Knowledge) -> list[str]:
    """When the liquid begins, and how it is written and measured."""
    if stock.liquid is None:
        return []
    first = next((day for day in days if day.intakes[0].units[0].product == stock.liquid.id), None)
    if first is None:
        return []
    step = words.number(facts.limit("DISP-LIQUID-STEP", "mL"))
    change = facts.say("DISP-SAY-CHANGE", date=words.day(first.on), mg=words.number(first.mg))
    return [
        facts.say("DISP-SAY-CHANGE-FIRST") if first is days[0] else change,
        facts.say("DISP-SAY-LIQUID-WRITE", name=stock.liquid.name, step=step),
        facts.say("DISP-SAY-LIQUID-HOME"),
        *([f"{stock.liquid.name}: {stock.liquid.note}"] if stock.liquid.note else []),
    ]


def _of_avoided(lines: tuple[SupplyLine, ...], facts: Knowledge) -> list[str]:
    most = words.number(facts.limit("PLAN-TABLETS-PER-DOSE", "1"))
    avoided = facts.limit("DISP-AVOIDED-TABLET", "mg")
    return [
        facts.say("DISP-SAY-AVOIDED", name=line.name, most=most)
        for line in lines
        if line.strength_mg >= avoided and _is_tablet(line.product, facts)
    ]


def _of_alternation(found: Alternation, facts: Knowledge) -> str:
    return facts.say(
        "DISP-SAY-ALTERNATE",
        mg=words.number(found.mg),
        high=words.number(found.high_mg),
        low=words.number(found.low_mg),
        swing=round(found.swing),
        daily=round(found.daily_swing),
    )


def _of_law(stock: Stock, facts: Knowledge) -> list[str]:
    """What the law and good practice say of one supply."""
    if stock.jurisdiction is Jurisdiction.US:
        refills, months = (facts.limit("DISP-REFILLS-US", "1"), facts.limit("DISP-REFILL-MONTHS-US", "mo"))
        return [facts.say("DISP-SAY-US", refills=words.number(refills), months=words.number(months))]
    valid, most, instalment = (
        words.number(facts.limit(key, "d")) for key in ("DISP-VALID-UK", "DISP-SUPPLY-MOST-UK", "DISP-INSTALMENT-UK")
    )
    return [facts.say("DISP-SAY-UK", valid=valid, most=most), facts.say("DISP-SAY-UK-INSTALMENTS", days=instalment)]
