"""Counting one day out in tablets, exactly: which pieces, and how they are divided over the intakes.

Amounts are whole numbers of a kit's grain, the largest amount of which every piece is a multiple, so that no sum is
ever rounded. The method is dynamic programming over parts of a day. Costs are compared one after another and add up
over parts and over days, so the best of every day is the best of the taper, and nothing is taken greedily.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import combinations, product
from math import ceil, gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.int64]
NEVER = 1 << 60  # two of them still fit
PER_MG = 1000
FIELD = 1 << 12  # each cost stays below: pieces of a day are few
SQUARES = 1 << 22
REMEMBERED = 1 << 12  # doses of any size may be asked for: only so many answers are kept


def plain(value: Decimal) -> Decimal:
    """The same number without zeros at its end: 2.50 is 2.5, and 20 stays 20."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class Tablet(NamedTuple):
    product: str
    mg: Decimal
    halves: bool
    avoid: bool  # only where the number of tablets needs it


Kit = tuple[Tablet, ...]


class Cost(NamedTuple):
    """What is made small, the first first."""

    avoided: int
    halves: int
    pieces: int
    uneven: int


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What can be taken at one time from a kit: for each amount, in grains, its cost and the half tablets of each."""

    grain: Decimal
    cost: Costs
    counts: dict[int, tuple[int, ...]]

    def grains(self, mg: Decimal) -> int | None:
        """So many grains, or None where the amount is none of them."""
        whole, rest = divmod(mg, self.grain)
        return None if rest else int(whole)


@cache
def parts(kit: Kit, most_pieces: int) -> Parts:
    """Every amount of at most so many pieces, each made in the best way. Never more than one half of a kind."""
    halves_mg = [tablet.mg / 2 for tablet in kit]
    grain = Decimal(gcd(*(int(half * PER_MG) for half in halves_mg))) / PER_MG
    sizes = [int(half / grain) for half in halves_mg]
    best: dict[int, tuple[int, tuple[int, ...]]] = {}
    ranges = (range(0, 2 * most_pieces + 1, 1 if tablet.halves else 2) for tablet in kit)
    for counts in product(*ranges):
        pieces = sum(ceil(count / 2) for count in counts)
        if pieces > most_pieces:
            continue
        amount = sum(count * size for count, size in zip(counts, sizes, strict=True))
        avoided = sum(count for count, tablet in zip(counts, kit, strict=True) if tablet.avoid)
        found = (coded(Cost(avoided, sum(count % 2 for count in counts), pieces, amount**2)), counts)
        best[amount] = min(found, best.get(amount, found))
    cost = np.full(max(best) + 1, NEVER, dtype=np.int64)
    for amount, (least, _) in best.items():
        cost[amount] = least
    return Parts(grain, cost, {amount: counts for amount, (_, counts) in best.items()})


def coded(cost: Cost) -> int:
    """One number that is ordered as the costs are, and adds up as they do."""
    return ((cost.avoided * FIELD + cost.halves) * FIELD + cost.pieces) * SQUARES + cost.uneven


def decoded(code: int) -> Cost:
    rest, uneven = divmod(code, SQUARES)
    rest, pieces = divmod(rest, FIELD)
    return Cost(*divmod(rest, FIELD), pieces, uneven)


def together(one: Costs, other: Costs, upto: int) -> Costs:
    """The least cost of every sum of an amount from each."""
    out = np.full(upto + 1, NEVER, dtype=np.int64)
    for amount in np.flatnonzero(one[: upto + 1] < NEVER):
        rest = other[: upto + 1 - amount]
        reached = out[amount : amount + len(rest)]
        np.minimum(reached, one[amount] + rest, out=reached)
    return out


@cache
def makeable(kit: Kit, most_pieces: int, intakes: int) -> frozenset[Decimal]:
    """Every amount above nothing that a day of so many intakes can hold."""
    if not kit:
        return frozenset()
    stock = parts(kit, most_pieces)
    reached = stock.cost
    for _ in range(intakes - 1):
        reached = together(stock.cost, reached, len(reached) + len(stock.cost))
    return frozenset(plain(stock.grain * int(amount)) for amount in np.flatnonzero(reached < NEVER) if amount)


class Evenness(NamedTuple):
    """How large the largest part of a day may be before evenness counts more than whole tablets."""

    of_share: Decimal
    least_mg: Decimal


@dataclass(frozen=True, slots=True)
class Divided:
    """One day: half tablets of each of the kit by intake, the smallest intake first, and what it costs."""

    counts: tuple[tuple[int, ...], ...]
    cost: Cost


@lru_cache(maxsize=REMEMBERED)
def divided(kit: Kit, most_pieces: int, mg: Decimal, intakes: int, evenness: Evenness) -> Divided | None:
    """The best way to count out one day, or None. The largest part is allowed to grow only until there is a way."""
    stock = parts(kit, most_pieces)
    amount = stock.grains(mg)
    if amount is None or mg not in makeable(kit, most_pieces, intakes):
        return None
    allowed = max(mg / intakes * evenness.of_share, evenness.least_mg)
    first = int(allowed / stock.grain)
    larger = (size for size in sorted(stock.counts) if size > first)
    for largest in (first, *larger):
        cost = stock.cost[: min(largest, amount) + 1]
        chosen = cheapest(cost, amount, intakes)
        if chosen is not None:
            code = sum(int(stock.cost[part]) for part in chosen)
            return Divided(tuple(stock.counts[part] for part in sorted(chosen)), decoded(code))
    return None


def cheapest(cost: Costs, amount: int, intakes: int) -> tuple[int, ...] | None:
    """So many parts, some perhaps nothing, that sum to the amount at the least cost."""
    tables = [cost]  # tables[n]: the least cost of each sum of n + 1 parts
    for _ in range(intakes - 2):
        tables.append(together(cost, tables[-1], amount))
    chosen, rest = [], amount
    for table in reversed(tables[: intakes - 1]):
        here = cost[: rest + 1]
        others = np.full(len(here), NEVER, dtype=np.int64)
        low = max(0, rest + 1 - len(table))  # the others reach no further than their table
        others[low:] = table[rest - len(here) + 1 : rest - low + 1][::-1]
        total = here + others
        part = int(np.argmin(total))
        if total[part] >= NEVER:
            return None
        chosen.append(part)
        rest -= part
    if rest >= len(cost) or cost[rest] >= NEVER:
        return None
    return (*chosen, rest)


class Choosing(NamedTuple):
    """What counts in choosing pieces: the most at one time, evenness, and how many strengths are no puzzle."""

    most_pieces: int
    evenness: Evenness
    easy_strengths: int


def best_kit(tablets: Kit, days_at: Iterable[tuple[Decimal, int]], intakes: int, choosing: Choosing) -> Kit | None:
    """The strengths to use from the first day to the last, or None where even all together cannot make a dose.

    Every subset is tried. No avoided strength if it can be; no more strengths than are easy if it can be; then the
    fewest halves over all days, the fewest strengths, the fewest pieces.
    """
    wanted = tuple(days_at)
    doses = frozenset(mg for mg, _ in wanted)
    kits = [kit for size in range(1, len(tablets) + 1) for kit in combinations(tablets, size)]
    able = [kit for kit in kits if doses <= makeable(kit, choosing.most_pieces, intakes)]
    if not able:
        return None

    def puzzle(kit: Kit) -> tuple[bool, int]:
        return any(tablet.avoid for tablet in kit), max(0, len(kit) - choosing.easy_strengths)

    def cost(kit: Kit) -> tuple[object, ...]:
        made = [(divided(kit, choosing.most_pieces, mg, intakes, choosing.evenness), days) for mg, days in wanted]
        total = Cost(*(sum(day.cost[part] * days for day, days in made if day) for part in range(len(Cost._fields))))
        return total.avoided, total.halves, len(kit), total.pieces, total.uneven, kit

    easiest = min(map(puzzle, able))
    return min((kit for kit in able if puzzle(kit) == easiest), key=cost)
