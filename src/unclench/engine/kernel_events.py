"""What happens to each person, in order: doses that arrive, infusions that start and end, changes of parameters.

Every person has an own line of events, so that a lag, a table of doses or a span may differ between neighbours.
"""

from __future__ import annotations

from typing import Any

from unclench.engine.compiled import Array, part

INTO_DEPOT, INTO_BODY, RATE_UP, RATE_DOWN, CHANGE = 0, 1, 2, 3, 4


@part
def sort(what: Array, count: int) -> None:
    """Events in order of time; of two at the same instant the one that was first stays first.

    By insertion: the doses come sorted, so that only changes and the ends of infusions have far to go.
    """
    for k in range(1, count):
        time, kind, how_much, at = what[k, 0], what[k, 1], what[k, 2], k
        while at > 0 and what[at - 1, 0] > time:
            what[at, 0], what[at, 1], what[at, 2] = what[at - 1, 0], what[at - 1, 1], what[at - 1, 2]
            at -= 1
        what[at, 0], what[at, 1], what[at, 2] = time, kind, how_much


@part
def timeline(p: int, starts: Array, doses: Any, what: Array) -> int:
    """Write the person's events to `what` (events, 3: time, kind, how much), sorted by time; return how many.

    Of two events at the same instant the change of parameters comes first, then the order of the doses.
    """
    at, amount, into, duration, lag = doses
    column = 0 if at.shape[1] == 1 else p
    count = 0
    for k in range(1, starts.shape[0]):
        what[count, 0], what[count, 1], what[count, 2] = starts[k], CHANGE, k
        count += 1
    for e in range(at.shape[0]):
        how_much, time, hours = amount[e, column], at[e, column], duration[e, column]
        if how_much > 0.0:
            if into[e, column] == 0:
                what[count, 0], what[count, 1], what[count, 2] = time + lag[p], INTO_DEPOT, how_much
            elif hours == 0.0:
                what[count, 0], what[count, 1], what[count, 2] = time, INTO_BODY, how_much
            else:
                what[count, 0], what[count, 1], what[count, 2] = time, RATE_UP, how_much / hours
                count += 1
                what[count, 0], what[count, 1], what[count, 2] = time + hours, RATE_DOWN, how_much / hours
            count += 1
    sort(what, count)
    return count
