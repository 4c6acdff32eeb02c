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
        age | weight | problem   | medicine                      | half-life h         | nordazepam h       | steady state d      | ng/mL per mg a day
        ----+--------+-----------+-------------------------------+---------------------+--------------------+---------------------+--------------------
        42  | 80 kg  |           |                               | 49 (29.2 to 83.4)   | 66.8 (35 to 131)   | 6.46 (3.84 to 11.2) | 23.5 (13.9 to 39.2)
        25  | 80 kg  |           |                               | 34.4 (20.9 to 58.3) | 53.8 (28.6 to 106) | 4.49 (2.7 to 7.7)   | 18.9 (10.9 to 31.8)
        78  | 80 kg  |           |                               | 75.5 (44.8 to 134)  | 86.7 (45.4 to 169) | 10 (5.81 to 17.7)   | 30.4 (18 to 50.9)
        42  | 130 kg |           |                               | 151 (84.5 to 266)   | 138 (71.6 to 281)  | 19.4 (10.7 to 34.6) | 21.5 (12.7 to 35.8)
        42  | 80 kg  | Cirrhosis |                               | 109 (57.8 to 195)   | 151 (71.5 to 344)  | 14.7 (7.73 to 26.2) | 46.8 (25.6 to 81.1)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 130 (75.5 to 238)   | 170 (88.4 to 336)  | 17.7 (10.2 to 32.6) | 66.9 (37.9 to 114)
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
        42  | 80 kg  |           |                               | 303 (197 to 452) | 3.04 (2.32 to 3.88) | 14.2 (9.62 to 23.7)
        78  | 80 kg  |           |                               | 332 (218 to 477) | 3.59 (2.81 to 4.48) | 20.5 (14 to 34.3)
        42  | 130 kg |           |                               | 195 (128 to 282) | 2.84 (2.19 to 3.68) | 35.7 (23.9 to 58.3)
        42  | 80 kg  | Cirrhosis |                               | 402 (259 to 573) | 4.27 (3.29 to 5.22) | 34.1 (21.4 to 65.2)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 489 (327 to 691) | 4.81 (3.81 to 5.76) | 38.7 (24.4 to 67.4)
        """,
        body(spec),
    )
