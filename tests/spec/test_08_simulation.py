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
        42  | 80 kg  |           |                               | 61.3 (36.9 to 101)  | 67.9 (36.9 to 124) | 7.93 (4.71 to 13.1) | 23.8 (14.3 to 39.1)
        25  | 80 kg  |           |                               | 42.5 (25.9 to 69.6) | 59.8 (32.5 to 109) | 5.47 (3.3 to 8.98)  | 21 (12.5 to 34.5)
        78  | 80 kg  |           |                               | 96.1 (56.4 to 160)  | 79.2 (43.1 to 145) | 12.5 (7.29 to 20.8) | 27.7 (16.7 to 45.5)
        42  | 130 kg |           |                               | 165 (97.8 to 274)   | 142 (77.1 to 259)  | 20.8 (12.1 to 34.8) | 21.8 (13.1 to 35.7)
        42  | 80 kg  | Cirrhosis |                               | 135 (78.9 to 224)   | 151 (82.1 to 276)  | 18 (10.5 to 30)     | 47.5 (29 to 77.5)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 159 (90.1 to 282)   | 172 (92.6 to 327)  | 21.5 (12 to 38.3)   | 67.8 (39.3 to 114)
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
        42  | 80 kg  |           |                               | 300 (191 to 454) | 2.92 (2.32 to 3.63) | 15.6 (10.7 to 24.7)
        78  | 80 kg  |           |                               | 296 (195 to 443) | 3.16 (2.6 to 3.8)   | 21.8 (14.9 to 34.3)
        42  | 130 kg |           |                               | 198 (131 to 295) | 2.54 (2.13 to 3.12) | 36.6 (25.2 to 56.8)
        42  | 80 kg  | Cirrhosis |                               | 379 (257 to 556) | 3.85 (3.21 to 4.58) | 37.1 (25.5 to 58.6)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 457 (310 to 659) | 4.36 (3.59 to 5.16) | 42.6 (27 to 70)
        """,
        body(spec),
    )
