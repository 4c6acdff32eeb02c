"""Does it help to learn from a diary? Simulated people whose true recovery is known, planned again with and without.

python -m scripts.benefit_of_learning      writes evidence/learning_benefit.md (minutes)

Everybody begins the same usual taper, rates each day as the model of ratings says, and is planned again by the rules
of a diary: once with what the ratings teach about the recovery time, once without. The truth is followed through both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from tests import ratings_factory as factory
from tests.taper_people import ON, takes
from unclench.individual import ratings_model as model
from unclench.individual.diary_file import Diary, DiaryDay
from unclench.knowledge import knowledge
from unclench.planning import taper_ground
from unclench.planning.taper import plan_taper
from unclench.planning.taper_ground import Seen
from unclench.planning.taper_plan import Taper
from unclench.planning.taper_start import start_of_taper
from unclench.planning.taper_wish import Wish
from unclench.simulation.taper_model import Falling, falling

Array = NDArray[np.float64]

PAGE = Path(__file__).resolve().parent.parent / "evidence" / "learning_benefit.md"
SEED, PEOPLE, DAYS, MG, MONTHS = 20261122, 200, (28, 56), 20, 14.0
DAYS_A_MONTH = 30.4375
LONGER_D = 14
WISH = Wish(quick=True, pace="usual")
FAST_D, SLOW_D = 15.0, 30.0
TAIL_D = 42

HEAD = """# Does it help to learn from a diary?

Written by `python -m scripts.benefit_of_learning`. {people} simulated people, seed {seed} (set beforehand), each drawn
from the prior of kinetics, recovery and rating; {mg} mg a day for 14 months, then the usual taper, rated every day and
planned again on day 28 and day 56: by the rules of a diary alone ("without"), and with what the ratings teach of the
recovery time besides ("with"). Peak: the highest true drive from that day on, % of the reference, median (90th
percentile). Weeks: from that day to the last dose, median. Slower: whose rest is at least two weeks
longer with than without. Lower, higher: whose peak differs by more than a tenth.

| day | true recovery | people | first plan goes on | without | with | weeks without | with | slower | lower | higher |
|---|---|---|---|---|---|---|---|---|---|---|
{table}

All of it is arithmetic: people here withdraw as the model says, and whether real ones do is not known.
"""


@dataclass(frozen=True, slots=True)
class Course:
    """What one plan did to one person: the highest true drive from the day of planning on, and its length."""

    peak: float
    days: int
    decision: str


@dataclass(frozen=True, slots=True)
class Person:
    tau_off_d: float
    day: int
    goes_on: Course
    without: Course
    learnt: Course


@cache
def begun() -> tuple[Falling, tuple[float, ...]]:
    """People who may be the patient, from a stream that no plan knows, and the doses of the first plan."""
    appraisal = takes(MG)
    start = start_of_taper(appraisal, None, None, knowledge(), rungs=())
    assert start is not None
    crowd = falling(
        body=appraisal.body,
        exposure=appraisal.exposure,
        on=ON,
        history=start.history,
        seed=SEED + 1,
        people=PEOPLE,
        clock_h=start.clock_h,
    )
    schedule = plan_taper(appraisal, WISH).schedule
    assert schedule is not None
    return crowd, tuple(map(float, schedule.daily()))


def person(who: int, day: int) -> Person:
    """Draw one, let them rate until the day, plan both ways, and follow the truth."""
    crowd, planned = begun()
    rng = np.random.default_rng([SEED, who])
    prior = factory.PRIOR
    columns = model.Columns(np.zeros((1, 1)), np.ones(1), np.ones(1), np.zeros(1))
    drawn = model.person_of(prior, columns, model.prior_points(prior, columns, rng, 1))
    true = crowd.like(np.array([who]), drawn.tau_off_d)
    past = planned[:day]
    felt = true.drive(np.array(past))[:, 0] * true.reference / 100.0
    half = float(drawn.threshold[0]) * (1.0 / prior.noticed - 1.0)
    mean = drawn.baseline[0] + (model.TOP - drawn.baseline[0]) * felt / (felt + half)
    rated = factory.rates(drawn, 0, mean, np.arange(day), rng).rating
    kept = Diary(tuple(_rows(past, rated)), ON)

    def follow(doses: Sequence[float], decision: str) -> Course:
        whole = np.array([*past, *doses, *[0.0] * TAIL_D])
        return Course(float(true.drive(whole)[day:, 0].max()), len(doses), decision)

    def again(made: Taper) -> Course:
        assert made.schedule is not None
        assert made.learning is not None
        return follow(tuple(map(float, made.schedule.daily())), made.learning.decision)

    appraisal = takes(MG, MONTHS + day / DAYS_A_MONTH)
    with patch.object(taper_ground, "_ratings", return_value=None):
        without = plan_taper(appraisal, WISH, seen=Seen(kept))
    return Person(
        float(drawn.tau_off_d[0]),
        day,
        follow(planned[day:], ""),
        again(without),
        again(plan_taper(appraisal, WISH, seen=Seen(kept))),
    )


def _rows(past: Sequence[float], rated: Array) -> Iterator[DiaryDay]:
    for at, (mg, rating) in enumerate(zip(past, rated, strict=True)):
        yield DiaryDay(ON - timedelta(days=len(past) - at), Decimal(str(mg)), float(rating), None)


def _job(job: tuple[int, int]) -> Person:
    return person(*job)


def people(count: int = PEOPLE) -> list[Person]:
    """Everybody, planned again on each of the days."""
    jobs = [(who, day) for day in DAYS for who in range(count)]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(_job, jobs, chunksize=4))


GROUPS = (
    ("all", 0.0, np.inf),
    (f"below {FAST_D:g} d", 0.0, FAST_D),
    (f"{FAST_D:g} to {SLOW_D:g} d", FAST_D, SLOW_D),
    (f"above {SLOW_D:g} d", SLOW_D, np.inf),
)


def page(found: Sequence[Person]) -> str:
    rows = [
        _row(day, name, [one for one in found if one.day == day and low <= one.tau_off_d < high])
        for day in DAYS
        for name, low, high in GROUPS
    ]
    return HEAD.format(people=len(found) // len(DAYS), seed=SEED, mg=MG, table="\n".join(rows))


def _row(day: int, name: str, group: Sequence[Person]) -> str:
    ways = [[getattr(one, way) for one in group] for way in ("goes_on", "without", "learnt")]
    peaks = [np.array([course.peak for course in way]) for way in ways]
    days = [np.array([course.days for course in way]) for way in ways]
    shares = (days[2] >= days[1] + LONGER_D, peaks[2] < 0.9 * peaks[1], peaks[2] > 1.1 * peaks[1])
    cells = (
        str(day),
        name,
        str(len(group)),
        *(f"{np.median(peak):.0f} ({np.quantile(peak, 0.9):.0f})" for peak in peaks),
        *(f"{np.median(length) / 7:.0f}" for length in days[1:]),
        *(f"{100 * share.mean():.0f} %" for share in shares),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(people()), encoding="utf-8")
