"""Somebody who takes diazepam and wants to end it, read as any record is; and an own count of the rules of pace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from unclench.appraisal.appraise import appraise
from unclench.appraisal.findings import Appraisal
from unclench.record import parse_answer, read

ON = date(2026, 11, 22)
TIMES = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}


def takes(
    mg: Decimal | str | int,
    months: float = 14.0,
    *,
    times: int = 2,
    age: int | None = None,
    where: str = "us",
    medicines: Sequence[str | dict[str, str]] = (),
    answers: Sequence[str] = (),
) -> Appraisal:
    """What is thought of somebody who takes so many mg a day for so long."""
    patient = {"id": "taper"} | ({} if age is None else {"age": str(age)})
    own = {"name": "diazepam", "how": TIMES[times], "status": "active"}
    record = {"patient": patient, "medications": [own, *medicines], "request": "taper diazepam"}
    said = ("diazepam-now=yes", f"diazepam-mg-per-day={mg}", f"diazepam-months={months:g}", *answers)
    patient_read = read(json.dumps(record).encode(), on=ON, answers=tuple(map(parse_answer, said)))
    return appraise(patient_read, ON, where)


def most_in_14_days(mg: Decimal) -> Decimal:
    """A quarter of the dose, or 1 mg where that is more."""
    return max(mg / 4, Decimal(1))


def breaks_of_the_window(before_mg: Sequence[Decimal], doses: Sequence[Decimal], *, slack: str = "0") -> list[int]:
    """The days, counted from the first of `doses`, from which more is taken away in 14 days than may be.

    Every day is held against every one of the 14 that follow, `before_mg` being taken before and nothing after.
    """
    whole = [*before_mg, *doses, *[Decimal(0)] * 15]
    return [
        day - len(before_mg)
        for day in range(len(whole) - 14)
        if any(
            whole[day] - whole[later] > most_in_14_days(whole[day]) + Decimal(slack) for later in range(day, day + 15)
        )
    ]
