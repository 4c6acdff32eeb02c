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
        42  | 80 kg  |           |                               | 50.3 (30.7 to 87)   | 67.3 (36.1 to 123)  | 6.65 (3.97 to 11.7) | 23.1 (13.5 to 39.2)
        25  | 80 kg  |           |                               | 35.5 (21.4 to 59.7) | 54.1 (29.5 to 99.3) | 4.65 (2.81 to 7.92) | 18.6 (10.7 to 32.3)
        78  | 80 kg  |           |                               | 76.9 (45.2 to 137)  | 87.3 (46.6 to 162)  | 10.3 (5.92 to 18.2) | 30 (17.5 to 51.7)
        42  | 130 kg |           |                               | 153 (87.3 to 270)   | 137 (72.8 to 274)   | 19.8 (11 to 35.5)   | 21.2 (12.4 to 35.7)
        42  | 80 kg  | Cirrhosis |                               | 112 (60.1 to 203)   | 153 (70.2 to 355)   | 15.2 (8.12 to 27.7) | 46.2 (25.4 to 81.5)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 134 (75.6 to 240)   | 171 (88.4 to 329)   | 18.3 (10.2 to 32.8) | 66 (35.8 to 116)
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
        42  | 80 kg  |           |                               | 298 (192 to 462) | 3.11 (2.34 to 4.11) | 14.4 (9.89 to 23.7)
        78  | 80 kg  |           |                               | 326 (214 to 487) | 3.67 (2.82 to 4.67) | 20.8 (13.9 to 34.9)
        42  | 130 kg |           |                               | 192 (127 to 293) | 2.9 (2.26 to 3.8)   | 36 (24 to 58.5)
        42  | 80 kg  | Cirrhosis |                               | 392 (259 to 584) | 4.35 (3.37 to 5.37) | 35 (20.6 to 67.3)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 476 (320 to 695) | 4.89 (3.9 to 5.89)  | 39.5 (25.9 to 67.1)
        """,
        body(spec),
    )
