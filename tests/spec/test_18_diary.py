"""What the diary does to the plan. Each case is a diary up to today, 22 November 2026: doses and ratings with the number
of days, oldest first ("10x14 9x7": 10 mg for 14 days, then 9 mg for 7; "." is a day that was not written down)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from unclench.individual.diary_file import Diary, DiaryDay
from unclench.knowledge import knowledge
from unclench.planning.base_dose import base_dose
from unclench.planning.replan import decide
from unclench.planning.taper_plan import Schedule, Step

title = "The diary of a taper"

TODAY = date(2026, 11, 22)


def days_of(text: str) -> list[str]:
    """ "10x14 9" -> fourteen times "10" and once "9"."""
    found: list[str] = []
    for part in text.split():
        value, _, count = part.partition("x")
        found += [value] * int(count or 1)
    return found


def diary_of(case: dict[str, str]) -> Diary:
    columns = {name: days_of(case.get(name, "")) for name in ("taken", "withdrawal", "spasm")}
    length = max(map(len, columns.values()))
    filled = {name: ["."] * (length - len(cells)) + cells for name, cells in columns.items()}
    rows = []
    for at in range(length):
        mg, *rated = (None if filled[name][at] == "." else filled[name][at] for name in columns)
        one, two = (None if rating is None else float(rating) for rating in rated)
        if mg is not None or one is not None or two is not None:
            on = TODAY - timedelta(days=length - 1 - at)
            rows.append(DiaryDay(on, None if mg is None else Decimal(mg), one, two))
    return Diary(tuple(rows), TODAY)


def schedule_of(text: str, length: int) -> Schedule | None:
    """The plan over the same days; the first dose is the one before the first cut."""
    if not text:
        return None
    steps = [part.partition("x") for part in text.split()]
    start = TODAY - timedelta(days=length - 1 - int(steps[0][2]))
    rest = tuple(Step(int(count), Decimal(mg)) for mg, _, count in steps[1:] if Decimal(mg))
    return Schedule(start, Decimal(steps[0][0]), rest)


def learnt_of(text: str) -> Any:
    """What the posterior says of the recovery time: "20 d", or "5-20 d" evenly between; empty: nothing was learnt."""
    if not text:
        return None
    return SimpleNamespace(trusted=True, doubts=(), tau_off_d=np.linspace(*_ends(text), 41))


def _ends(text: str) -> tuple[float, float]:
    low, _, high = text.removesuffix(" d").partition("-")
    return float(low), float(high or low)


def look(case: dict[str, str]) -> dict[str, str]:
    diary = diary_of(case)
    found = decide(diary, None, learnt_of(case.get("recovery", "")), knowledge())
    said = {
        "RATE-SEVERE-HOLD": "contact the prescriber", "RATE-NOT-THE-CUT": "not the cut", "RATE-SPASM-BACK": "treat the spasm",
        "RATE-BASE-NO-RESTART": "no restart alone", "RATE-ONE-BAD-DAY": "one bad day",
    }  # fmt: skip
    says = [word for key, word in said.items() if knowledge().say(key) in found.because]
    return {
        "decision": found.decision,
        "later steps": f"{found.step_share:g}",
        "largest cut": "" if found.largest_cut_mg is None else f"{found.largest_cut_mg.normalize():f} mg",
        "back to": "" if found.back_to_mg is None else f"{found.back_to_mg} mg",
        "says": ", ".join(says),
    }


@pytest.mark.verifies("P5", "M9")
def test_withdrawal_ratings_decide(spec):
    """The dose was cut from 10 to 9 mg two to four weeks ago. One bad day, even the worst, changes nothing; a week that is
    worse than the week before slows the rest; marked days stop the cuts; severe days call the prescriber; severe days that
    outlast a week's hold may go back one level, which the prescriber decides. After a hold the rest stays slower."""
    spec.shows(
        """
        taken      | withdrawal         | decision       | later steps | largest cut | back to | says
        -----------+--------------------+----------------+-------------+-------------+---------+------------------------
        10x14 9x14 | 1x28               | go-on          | 1           |             |         |
        10x14 9x14 | 1x27 10            | go-on          | 1           |             |         | one bad day
        10x14 9x14 | 1x20 9 1x7         | go-on          | 1           |             |         |
        10x14 9x14 | 1x24 7 1 7 1       | go-on          | 1           |             |         | one bad day
        10x14 9x14 | 1x21 3x7           | slower         | 0.5         | 0.5 mg      |         |
        10x14 9x14 | 1x21 2x7           | go-on          | 1           |             |         |
        10x14 9x14 | 3x14 4x14          | slower         | 0.5         | 0.5 mg      |         |
        10x14 9x14 | 1x23 5 2 5 2 5     | hold           | 0.5         | 0.5 mg      |         |
        10x14 9x14 | 1x26 8 9           | hold           | 0.5         | 0.5 mg      |         | contact the prescriber
        10x14 9x14 | 1x25 8 2 8         | hold           | 0.5         | 0.5 mg      |         | contact the prescriber
        10x14 9x14 | 1x18 8x10          | back-one-level | 0.5         | 0.5 mg      | 10 mg   | contact the prescriber
        10x14 9x14 | 1x14 6x7 1x7       | slower         | 0.5         | 0.5 mg      |         |
        """,
        look,
    )


@pytest.mark.verifies("P5", "M9")
def test_what_a_cut_does_not_explain_is_asked(spec):
    """The same ratings with no cut for four weeks: the dose stays, and somebody asks what else has changed.
    Asking does not undo what slows: later steps are smaller all the same."""
    spec.shows(
        """
        taken      | withdrawal     | decision | later steps | says
        -----------+----------------+----------+-------------+------------------------------------
        10x40      | 1x33 5x7       | ask      | 0.5         | not the cut
        10x40      | 1x33 8x7       | hold     | 0.5         | contact the prescriber, not the cut
        10x7 9x35  | 1x35 6x7       | ask      | 0.5         | not the cut
        """,
        look,
    )


@pytest.mark.verifies("P5", "M9")
def test_faster_needs_a_cut_that_was_hardly_felt(spec):
    """Two weeks of ratings at 2 or below after a cut, a recovery time of which nineteen of twenty draws are short, and no
    rising spasm.
    Faster never goes beyond the caps."""
    spec.shows(
        """
        taken      | withdrawal  | spasm     | recovery | decision | says
        -----------+-------------+-----------+----------+----------+----------------
        10x14 9x14 | 1x28        |           | 5 d      | faster   |
        10x14 9x14 | 1x28        |           |          | go-on    |
        10x14 9x14 | 1x28        |           | 12 d     | go-on    |
        10x14 9x14 | 1x28        |           | 2-10 d   | faster   |
        10x14 9x14 | 1x28        |           | 2-12 d   | go-on    |
        10x14 9x14 | 1x28        |           | 20 d     | slower   |
        10x14 9x14 | 1x22 3 1x5  |           | 5 d      | go-on    |
        10x28      | 1x28        |           | 5 d      | go-on    |
        10x21 9x7  | 1x28        |           | 5 d      | go-on    |
        10x14 9x14 | 1x28        | 2x21 6x7  | 5 d      | go-on    | treat the spasm
        """,
        look,
    )


@pytest.mark.verifies("P5", "M9")
def test_spasm_is_another_matter(spec):
    """Rising spasm asks for treatment of the illness and leaves the taper as it is; it never counts as withdrawal."""
    spec.shows(
        """
        taken      | withdrawal | spasm      | decision | says
        -----------+------------+------------+----------+----------------
        10x14 9x14 | 1x28       | 2x21 7x7   | go-on    | treat the spasm
        10x14 9x14 | 1x28       | 9x28       | go-on    |
        10x14 9x14 | 1x28       | 2x27 10    | go-on    |
        10x14 9x14 | 1x26 8 9   | 2x21 7x7   | hold     | contact the prescriber, treat the spasm
        """,
        look,
    )


@pytest.mark.verifies("P5", "M9")
def test_what_was_not_written_down_is_asked(spec):
    """Old ratings say nothing of today. A dose that is not known is never assumed."""
    spec.shows(
        """
        taken          | withdrawal      | decision | says
        ---------------+-----------------+----------+-----------------
        10x14 9x14     |                 | ask      |
        10x14 9x14     | 1x12 .x16       | ask      |
        10x14 9x6 .x8  | 1x28            | ask      |
        10x21 0x7      | 1x28            | ask      | no restart alone
        """,
        look,
    )


def base(case: dict[str, str]) -> dict[str, str]:
    diary = diary_of(case)
    length = len(days_of(case["taken"]))
    mg, because = base_dose(diary, schedule_of(case.get("planned", ""), length), knowledge())
    keys = ("RATE-BASE-NO-RESTART", "RATE-BASE-ENDED", "RATE-BASE-LOWER")
    return {
        "go on from": "ask" if mg is None else f"{mg} mg",
        "says": ", ".join(key.removeprefix("RATE-BASE-").lower() for key in keys if knowledge().say(key) in because),
    }


@pytest.mark.verifies("P5")
def test_where_the_rest_starts(spec):
    """The rest starts from what is really taken. One high or missed day is nothing; a lower dose that is borne is kept; a
    cut that was not made is seen; and after days without any dose nobody starts again alone."""
    spec.shows(
        """
        taken              | planned        | go on from | says
        -------------------+----------------+------------+-----------
        10x14 9x14         | 10x14 9x14     | 9 mg       |
        10x14 9x1          | 10x14 9x14     | 9 mg       |
        10x28              | 10x14 9x14     | 10 mg      |
        9x13 20            | 9x14           | 9 mg       |
        9x12 20 9          |                | 9 mg       |
        9x13 0             |                | 9 mg       |
        10x10 8x4          |                | 8 mg       |
        10x11 8x3          |                | 8 mg       | lower
        10x12 8x2          |                | 8 mg       | lower
        10x13 9            |                | 9 mg       | lower
        10x13 5            |                | 10 mg      |
        10x12 5x2          |                | 10 mg      |
        9x10 .x5 9x3       |                | 9 mg       |
        9x10 .x10          |                | ask        |
        10x10 0x4          | 10x10 9x14     | ask        | no-restart
        1x10 0x4           | 1x10 0x4       | 0 mg       | ended
        10x10 0x4 10       |                | ask        | no-restart
        2 1 2 1 2 1 2      |                | 1.50 mg    |
        2 0 2 0 2 0 2 0    |                | 1.00 mg    |
        """,
        base,
    )
