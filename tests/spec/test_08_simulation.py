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
        42  | 80 kg  |           |                               | 49.3 (29.9 to 85.8) | 67.1 (38.4 to 129) | 6.51 (3.93 to 11.6) | 23.8 (13.7 to 39.9)
        25  | 80 kg  |           |                               | 33.8 (20.7 to 59.4) | 53.4 (30.1 to 103) | 4.43 (2.68 to 7.82) | 18.9 (10.9 to 31.9)
        78  | 80 kg  |           |                               | 78.2 (46.9 to 139)  | 88.3 (49.4 to 171) | 10.4 (6.22 to 18.7) | 31.3 (17.7 to 53.2)
        42  | 130 kg |           |                               | 153 (90 to 274)     | 138 (77.2 to 267)  | 19.7 (11.3 to 35.8) | 21.8 (12.6 to 36.5)
        42  | 80 kg  | Cirrhosis |                               | 89.3 (46.5 to 174)  | 147 (68.4 to 337)  | 12 (6.08 to 23.6)   | 38.2 (19.1 to 72.8)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 131 (78 to 241)     | 170 (92.8 to 339)  | 17.8 (10.6 to 33)   | 67.9 (37 to 118)
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
        42  | 80 kg  |           |                               | 284 (182 to 428) | 3.07 (2.28 to 4.07) | 14.4 (9.71 to 24.1)
        78  | 80 kg  |           |                               | 313 (201 to 464) | 3.65 (2.77 to 4.69) | 21.3 (14.1 to 35.8)
        42  | 130 kg |           |                               | 180 (118 to 272) | 2.84 (2.21 to 3.81) | 36.6 (24.7 to 61.3)
        42  | 80 kg  | Cirrhosis |                               | 349 (210 to 531) | 3.96 (2.82 to 5.18) | 31.5 (19 to 62.4)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 471 (309 to 684) | 4.86 (3.83 to 5.95) | 39.2 (24.7 to 67.2)
        """,
        body(spec),
    )
