"""What diazepam does in a body. Typical numbers, and in brackets the range of 9 in 10 people like this one.

A typical number may differ by 5 % and an end of a range by 10 % from what is written. All people here are normal
metabolisers of CYP2C19 with an albumin of 42 g/L.
"""

import re
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from unclench import simulate
from unclench.values import Dose, Phase, Regimen

title = "What diazepam does in a body"

LONG = 120  # days: long enough for the slowest of these bodies to reach steady state


def regimen(days: int, on: date) -> Regimen:
    return Regimen(on, (Phase(days, (Dose(Decimal(5), 10.0), Dose(Decimal(5), 22.0))),))


def said(span) -> str:
    return f"{span.typical:.3g} ({span.low:.3g} to {span.high:.3g})"


def near(found: str, written: str) -> str:
    """What is written, if what was found is near enough to it."""
    ours, theirs = ([float(part) for part in re.findall(r"[\d.]+", text)] for text in (found, written))
    close = [
        abs(a - b) <= share * b for a, b, share in zip(ours, theirs, (0.05, 0.10, 0.10)[: len(theirs)], strict=True)
    ]
    return written if all(close) else found


def body(spec):
    """Half-lives, time to steady state, average level per mg a day, and how long until all is gone after a week."""

    def look(case):
        appraisal = spec.appraise({**case, "answer": ", ".join(filter(None, ("cyp2c19=normal", case.get("answer"))))})
        week, long = simulate(appraisal, (regimen(7, spec.on), regimen(LONG, spec.on)))
        diazepam = long.curves[0]
        times = np.linspace((LONG - 1) * 24 + 10.0, LONG * 24 + 10.0, 97)

        def per_mg(line):
            inside = np.interp(times, diazepam.t_h, line)
            return float(np.trapezoid(inside, times) / 24 / float(long.regimen.max_mg_per_day))

        level = [per_mg(line) for line in (diazepam.typical, diazepam.p05, diazepam.p95)]
        found = {
            "half-life h": said(week.half_life_h),
            "nordazepam h": said(week.nordazepam_half_life_h),
            "steady state d": said(week.steady_state_days),
            "ng/mL per mg a day": f"{level[0]:.3g} ({level[1]:.3g} to {level[2]:.3g})",
            "peak ng/mL": said(week.peak_ng_ml),
            "build-up": said(week.accumulation),
            "gone d": said(week.gone_days),
        }
        return {name: near(value, case[name]) for name, value in found.items() if name in case}

    return look


@pytest.mark.verifies("M1", "M8")
def test_half_life_and_level(spec):
    """How long diazepam and its active metabolite stay, and how high it stands in the end for each mg a day."""
    spec.shows(
        """
        age | weight | problem   | medicine                      | half-life h         | nordazepam h        | steady state d      | ng/mL per mg a day
        ----+--------+-----------+-------------------------------+---------------------+---------------------+---------------------+--------------------
        42  | 80 kg  |           |                               | 55.2 (34.1 to 91.1) | 62.4 (34.9 to 117)  | 7.29 (4.44 to 12.3) | 23.6 (13.8 to 39.2)
        25  | 80 kg  |           |                               | 37.4 (23.5 to 62.1) | 50.5 (27.5 to 95.5) | 4.9 (3.01 to 8.27)  | 19.1 (11 to 31.6)
        78  | 80 kg  |           |                               | 89 (54.2 to 152)    | 80.4 (44.2 to 154)  | 11.9 (7.1 to 20.4)  | 30.4 (17.9 to 50.5)
        42  | 130 kg |           |                               | 163 (96.5 to 285)   | 121 (65.4 to 255)   | 21.1 (12.1 to 37.5) | 21.6 (12.6 to 35.8)
        42  | 80 kg  | Cirrhosis |                               | 123 (67.9 to 221)   | 143 (68.1 to 314)   | 16.7 (9.23 to 29.9) | 47.1 (26.4 to 78.9)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 147 (84.8 to 257)   | 158 (83.8 to 307)   | 20 (11.4 to 35)     | 67.3 (37.5 to 119)
        """,
        body(spec),
    )


@pytest.mark.verifies("M1", "M8")
def test_a_week(spec):
    """5 mg twice a day for a week: the highest level, the last day against the first, and the days until under a twentieth
    of the peak is left."""
    spec.shows(
        """
        age | weight | problem   | medicine                      | peak ng/mL       | build-up            | gone d
        ----+--------+-----------+-------------------------------+------------------+---------------------+--------------------
        42  | 80 kg  |           |                               | 296 (189 to 445) | 3.19 (2.42 to 4.11) | 14.5 (9.8 to 23.1)
        78  | 80 kg  |           |                               | 313 (205 to 461) | 3.72 (2.86 to 4.61) | 21.7 (14.4 to 34.8)
        42  | 130 kg |           |                               | 189 (124 to 281) | 2.9 (2.23 to 3.75)  | 35.6 (23.7 to 57.1)
        42  | 80 kg  | Cirrhosis |                               | 380 (245 to 558) | 4.37 (3.36 to 5.28) | 35.4 (21 to 63.6)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 460 (303 to 662) | 4.9 (3.84 to 5.82)  | 40 (25.6 to 66.2)
        """,
        body(spec),
    )
