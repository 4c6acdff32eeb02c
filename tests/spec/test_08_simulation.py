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
        42  | 80 kg  |           |                               | 49 (31.1 to 80.2)   | 66.9 (37.1 to 125) | 6.49 (4.03 to 10.8) | 23.7 (13.5 to 40.5)
        25  | 80 kg  |           |                               | 34.1 (21.5 to 57.2) | 54 (30 to 104)     | 4.49 (2.76 to 7.63) | 19.1 (10.9 to 32.6)
        78  | 80 kg  |           |                               | 76.1 (47.3 to 128)  | 86.6 (47.3 to 161) | 10.2 (6.22 to 17)   | 30.6 (17.5 to 52.6)
        42  | 130 kg |           |                               | 152 (91.2 to 258)   | 138 (76 to 274)    | 19.6 (11.4 to 33.3) | 21.7 (12.5 to 37)
        42  | 80 kg  | Cirrhosis |                               | 89.2 (47.1 to 170)  | 146 (71.1 to 330)  | 12 (6.24 to 22.9)   | 38.1 (18.3 to 72.7)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 131 (75.2 to 230)   | 170 (89.8 to 329)  | 17.8 (10.2 to 31.4) | 67.5 (38.1 to 122)
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
        42  | 80 kg  |           |                               | 294 (188 to 446) | 3.11 (2.31 to 4.1)  | 14.3 (9.56 to 23.5)
        78  | 80 kg  |           |                               | 321 (212 to 476) | 3.69 (2.82 to 4.71) | 20.7 (14 to 33.9)
        42  | 130 kg |           |                               | 187 (124 to 274) | 2.92 (2.28 to 3.96) | 36.2 (24 to 58.7)
        42  | 80 kg  | Cirrhosis |                               | 360 (225 to 551) | 4.04 (2.91 to 5.15) | 31.3 (18.5 to 62)
        42  | 80 kg  |           | fluvoxamine 100 mg once a day | 478 (317 to 692) | 4.94 (3.95 to 5.98) | 39 (25.7 to 65)
        """,
        body(spec),
    )
