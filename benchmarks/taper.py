"""A taper: the search for 40 weeks over 200 draws, planning it whole, and planning the rest after a rating.

    python -m benchmarks.taper

The peer of the search is SciPy's Powell method on the same criterion, over doses of any size without caps or products,
stopped after as many looks as it is given. What both reach is printed: less is better.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from scipy.optimize import minimize

from benchmarks.measure import Measured, side_by_side
from unclench.appraisal.appraise import appraise
from unclench.individual.diary_file import Diary, read_diary
from unclench.knowledge import knowledge
from unclench.planning.dispense_doses import reachable
from unclench.planning.dispense_stock import stock_of
from unclench.planning.taper import plan_taper, rungs_of
from unclench.planning.taper_best import Searched, judge_of, searched
from unclench.planning.taper_caps import caps_of
from unclench.planning.taper_ground import NOTHING_SEEN, Seen, ground
from unclench.planning.taper_pace import choose_pace, length_for
from unclench.planning.taper_start import start_of_taper
from unclench.planning.taper_wish import Wish
from unclench.record import read
from unclench.simulation.taper_model import SEARCHED

ON = date(2026, 11, 22)
SEED = 20261122
WEEKS = 40
LOOKS = 400
SEARCH_BAR_MS, AGAIN_BAR_MS = 2000.0, 300.0
RECORD = b"""
patient: {id: example-taper, age: 52, sex: female, weight: 68 kg}
medications:
  - {name: diazepam, dose: 10 mg, how: twice a day, since: 2025-09-22}
request: taper diazepam
"""
FORTY, QUICK = Wish(weeks=WEEKS), Wish(quick=True)
APPRAISAL = appraise(read(RECORD, on=ON), ON)


def diary() -> Diary:
    """33 days, one cut, and what a person may write down."""
    first = ON - timedelta(days=33)
    lines = [
        f"{first + timedelta(days=day)},{18 if day < 19 else 14.5},{1 + (day % 3 == 0) + 2 * (20 < day < 28)},2"
        for day in range(33)
    ]
    return read_diary("\n".join(["date,mg_taken,withdrawal,spasm", *lines, ""]).encode(), until=ON)


def search() -> Searched:
    """Everyone drawn, and the 40 weeks searched: all that the bar is about."""
    facts, stock = knowledge(), stock_of(knowledge(), APPRAISAL.jurisdiction)
    start = start_of_taper(APPRAISAL, None, None, facts, rungs=reachable(stock, Decimal(100), 1))
    assert start is not None
    stands = ground(APPRAISAL, start, NOTHING_SEEN, reachable(stock, start.from_mg, 2), seed=SEED, people=SEARCHED)
    assert stands.people is not None
    return searched(APPRAISAL, FORTY, start, rungs_of(stock, start), caps_of(facts), stands.people, facts)


def by_scipy() -> float:
    """The lowest worst fifth that Powell finds in so many looks, from a straight line."""
    facts, stock = knowledge(), stock_of(knowledge(), APPRAISAL.jurisdiction)
    start = start_of_taper(APPRAISAL, None, None, facts, rungs=reachable(stock, Decimal(100), 1))
    assert start is not None
    stands = ground(APPRAISAL, start, NOTHING_SEEN, reachable(stock, start.from_mg, 2), seed=SEED, people=SEARCHED)
    assert stands.people is not None
    pace, _ = choose_pace(APPRAISAL, "auto", facts)
    length = length_for(pace, start, rungs_of(stock, start), caps_of(facts), facts, weeks=WEEKS)
    judged = judge_of(length, start, stands.people, facts)
    line = float(start.from_mg) * (1.0 - np.arange(1, length.slots + 1) / (length.slots + 1))

    def look(shares: np.ndarray) -> float:
        doses = np.minimum.accumulate(np.clip(shares, 0.0, 1.0)) * float(start.from_mg)
        return float(judged.worst(doses[None])[0])

    found = minimize(look, line / float(start.from_mg), method="Powell", options={"maxfev": LOOKS})
    return float(found.fun)


def results() -> list[Measured]:
    """The search, the whole plan, and the rest planned again."""
    seen = Seen(diary=diary())
    peer = f"SciPy Powell, {LOOKS} looks, no caps or products"
    return [
        side_by_side(f"search a taper of {WEEKS} weeks, 200 draws", search, peer, by_scipy, bar_ms=SEARCH_BAR_MS),
        side_by_side(
            "plan the rest after a rating (33 days of diary)",
            lambda: plan_taper(APPRAISAL, QUICK, seen=seen, seed=SEED),
            "the first plan, as quickly",
            lambda: plan_taper(APPRAISAL, QUICK, seed=SEED),
            bar_ms=AGAIN_BAR_MS,
        ),
        side_by_side(
            "plan a taper whole, with other ways beside it",
            lambda: plan_taper(APPRAISAL, seed=SEED),
            "the same as quickly as for live use",
            lambda: plan_taper(APPRAISAL, QUICK, seed=SEED),
        ),
    ]


def main() -> None:
    from benchmarks.__main__ import table

    found = plan_taper(APPRAISAL, FORTY, seed=SEED)
    assert found.loss is not None
    here, free = found.loss
    print(f"worst fifth: here {here:.1f}, without caps and products {free:.1f}, by SciPy {by_scipy():.1f}")
    print(table(results()))


if __name__ == "__main__":
    main()
