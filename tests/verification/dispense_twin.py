"""The slow, obvious twin of dispensing: try every handful of pieces for every intake, and every set of strengths."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import combinations, combinations_with_replacement

ZERO = Decimal(0)


def handfuls(strengths, halves, most):
    """Every choice of pieces for one intake: whole tablets, and at most one half of each strength."""
    pieces = [(size, Decimal(1)) for size in strengths] + (
        [(size, Decimal("0.5")) for size in strengths] if halves else []
    )
    for count in range(most + 1):
        for chosen in combinations_with_replacement(pieces, count):
            split = [size for size, part in chosen if part != 1]
            if len(split) == len(set(split)):
                yield chosen


@cache
def amounts(strengths, halves, most):
    """amount -> the distinct (avoided half tablets, halves, pieces) with which one intake can hold it."""
    found = {}
    for chosen in handfuls(strengths, halves, most):
        mg = sum((size * part for size, part in chosen), ZERO)
        avoided = int(sum(2 * part for size, part in chosen if size >= 10))
        cost = (avoided, sum(part != 1 for _, part in chosen), len(chosen))
        found.setdefault(mg, set()).add(cost)
    return found


def ways(mg, intakes, table):
    """Every division of a day over the intakes, the smallest part first, with its cost."""
    sizes = sorted(table)

    def divide(rest, left, least):
        if left == 1:
            if rest >= least and rest in table:
                yield (rest,)
            return
        for size in sizes:
            if least <= size <= rest / left:
                for others in divide(rest - size, left - 1, size):
                    yield (size, *others)

    for division in divide(mg, intakes, ZERO):
        costs = [(0, 0, 0)]
        for size in division:
            costs = [tuple(map(sum, zip(cost, more, strict=True))) for cost in costs for more in table[size]]
        for cost in costs:
            yield division, cost


def best_day(mg, intakes, strengths, halves, most):
    """(largest part where above the allowed, avoided, halves, pieces, sum of squares): the least, or None."""
    allowed = max(mg / intakes * Decimal("1.5"), Decimal(2))
    table = amounts(strengths, halves, most)
    return min(
        (
            (max(division[-1], allowed), *cost, sum(size * size for size in division))
            for division, cost in ways(mg, intakes, table)
        ),
        default=None,
    )


def best_set(doses, intakes, strengths, halves, most):
    """The set of strengths of the least puzzle (an avoided one, more than two), then halves, strengths, pieces."""
    found = []
    for size in range(1, len(strengths) + 1):
        for chosen in combinations(strengths, size):
            days = [best_day(mg, intakes, chosen, halves, most) for mg in doses]
            if all(day is not None for day in days):
                avoided, halves, pieces = map(sum, zip(*(day[1:4] for day in days), strict=True))
                puzzle = (any(mg >= 10 for mg in chosen), max(0, size - 2))
                found.append((*puzzle, avoided, halves, size, pieces, chosen))
    return min(found, default=None)
