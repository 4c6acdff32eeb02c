"""What to dispense: tablets or liquid that add up to the regimen exactly, from products that exist."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows import Product
from unclench.planning import words
from unclench.planning.plan import Supply, SupplyLine
from unclench.values import Jurisdiction, Phase, Regimen, RegimenError, Standing

Counts = tuple[tuple[Decimal, int], ...]


def strength(product: Product) -> Decimal:
    return Decimal(f"{product.strength_mg:g}")


def products(facts: Knowledge, jurisdiction: Jurisdiction, form: str) -> tuple[Product, ...]:
    """What may be chosen automatically: confirmed, of this country and form, weakest first."""
    fitting = (
        row
        for row in facts.table("products")
        if row.jurisdiction == jurisdiction and row.form == form and row.standing is not Standing.UNVERIFIED
    )
    return tuple(sorted(fitting, key=lambda row: (row.strength_mg, row.id)))


@lru_cache(maxsize=20_000)  # bounded: doses come from whoever asks
def tablets_for(mg: Decimal, strengths: tuple[Decimal, ...], most: int) -> Counts | None:
    """Fewest whole tablets for one dose, or None. Strengths are few and doses small: trying all is enough."""
    best: Counts | None = None
    for count in range(1, most + 1):
        for chosen in _multisets(strengths, count):
            if sum(chosen, Decimal(0)) == mg:
                found = tuple(sorted(Counter(chosen).items()))
                best = found if best is None or found > best else best
        if best is not None:
            return best
    return None


def _multisets(items: tuple[Decimal, ...], count: int) -> tuple[tuple[Decimal, ...], ...]:
    if count == 0:
        return ((),)
    return tuple((item, *rest) for index, item in enumerate(items) for rest in _multisets(items[index:], count - 1))


def best_strengths(doses: frozenset[Decimal], strengths: tuple[Decimal, ...], most: int) -> tuple[Decimal, ...] | None:
    """The fewest strengths from which every dose can be made of whole tablets; then the fewest tablets."""
    for size in range(1, len(strengths) + 1):
        fitting = []
        for chosen in combinations(strengths, size):
            made = [tablets_for(dose, chosen, most) for dose in sorted(doses)]
            if all(counts is not None for counts in made):
                tablets = sum(number for counts in made for _, number in counts or ())
                fitting.append((tablets, chosen))
        if fitting:
            return min(fitting)[1]
    return None


def most_tablets(facts: Knowledge) -> int:
    return int(facts.limit("PLAN-TABLETS-PER-DOSE", "1"))


def can_be_made(mg: Decimal, facts: Knowledge, jurisdiction: Jurisdiction, form: str) -> bool:
    """Whether one dose can be measured or counted out exactly."""
    if mg <= 0:
        return False
    stock = products(facts, jurisdiction, form)
    if form == "tablet":
        return tablets_for(mg, tuple(map(strength, stock)), most_tablets(facts)) is not None
    step = Decimal(str(facts.limit("PLAN-LIQUID-STEP", "mL")))
    return any(mg / strength(product) % step == 0 for product in stock)


def largest_dose(at_most: Decimal, facts: Knowledge, jurisdiction: Jurisdiction, form: str) -> Decimal | None:
    """The largest dose of whole milligrams, or `at_most` itself, that can be made exactly."""
    whole = [Decimal(step) for step in range(int(at_most), 0, -1)]
    for mg in [at_most, *whole] if at_most not in whole else whole:
        if can_be_made(mg, facts, jurisdiction, form):
            return mg
    return None


def supply(given: Regimen, facts: Knowledge, jurisdiction: Jurisdiction) -> Supply:
    """Products, counts and a line for each run of days. What is listed adds up to the regimen."""
    stock = products(facts, jurisdiction, given.form)
    phases = words.joined(given.phases)
    made = _liquid(phases, stock, facts) if given.form != "tablet" else _tablets(phases, stock, facts)
    if made is None:
        wanted = ", ".join(sorted({words.mg(dose.mg) for phase in phases for dose in phase.doses}))
        raise RegimenError(
            where="the supply",
            found=f"doses of {wanted} as {given.form}",
            need=f"doses that {jurisdiction.upper()} products make exactly",
            fix="Choose doses that whole tablets or the oral solution can give.",
        )
    lines, per_day = made
    total = sum((line.strength_mg * line.count for line in lines), Decimal(0))
    counts = {line.product: line.count for line in lines}
    largest = max(row.strength_mg for row in stock)
    # The notes of smaller tablets are about halves: beside the point while tablets are whole.
    notes = tuple(
        f"{row.name}: {row.note}"
        for row in stock
        if row.id in counts
        and row.note
        and (given.form != "tablet" or row.strength_mg == largest or counts[row.id] % 1)
    )
    return Supply(lines, total, 0, given.days, per_day, notes)


def _tablets(
    phases: tuple[Phase, ...], stock: tuple[Product, ...], facts: Knowledge
) -> tuple[tuple[SupplyLine, ...], tuple[tuple[int, int, str], ...]] | None:
    wanted = frozenset(dose.mg for phase in phases for dose in phase.doses)
    chosen = best_strengths(wanted, tuple(map(strength, stock)), most_tablets(facts))
    if chosen is None:
        return None
    totals: Counter[Decimal] = Counter()
    per_day, first = [], 1
    for phase in phases:
        said = []
        for dose in phase.doses:
            counts = tablets_for(dose.mg, chosen, most_tablets(facts)) or ()
            for size, count in counts:
                totals[size] += count * phase.days
            tablets = words.listed(f"{count} x {words.mg(size)}" for size, count in counts)
            said.append(f"{tablets} at {words.clock(dose.clock_h)}")
        per_day.append((first, first + phase.days - 1, "; ".join(said) or "none"))
        first += phase.days
    lines = tuple(
        SupplyLine(row.id, row.name, strength(row), Decimal(totals[strength(row)]))
        for row in stock
        if totals[strength(row)]
    )
    return lines, tuple(per_day)


def _liquid(
    phases: tuple[Phase, ...], stock: tuple[Product, ...], facts: Knowledge
) -> tuple[tuple[SupplyLine, ...], tuple[tuple[int, int, str], ...]] | None:
    step = Decimal(str(facts.limit("PLAN-LIQUID-STEP", "mL")))
    wanted = {dose.mg for phase in phases for dose in phase.doses}
    row = next((row for row in stock if all(mg / strength(row) % step == 0 for mg in wanted)), None)
    if row is None:
        return None
    per_day, first, total = [], 1, Decimal(0)
    for phase in phases:
        total += phase.mg_per_day * phase.days
        said = "; ".join(
            f"{words.number(dose.mg / strength(row))} mL ({words.mg(dose.mg)}) at {words.clock(dose.clock_h)}"
            for dose in phase.doses
        )
        per_day.append((first, first + phase.days - 1, said or "none"))
        first += phase.days
    return (SupplyLine(row.id, row.name, strength(row), total / strength(row)),), tuple(per_day)
