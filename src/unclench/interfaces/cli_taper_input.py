"""What is typed or given beside a record for the verb `taper`: present use, a person, a diary, levels."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from unclench.interfaces.door import refused

if TYPE_CHECKING:
    from unclench.planning.taper_ground import Seen
    from unclench.record.patient import Patient, Stated

REQUEST = "taper diazepam"
DIAZEPAM = "diazepam"
DAYS_A_MONTH = 30.44
MOST_MONTHS = 1200
# Digits, and no power of ten: "1e-999999999" would be written out as a thousand million digits.
DOSE = re.compile(r"[+-]?([0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9})")
TIMES = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}


def named(drug: str) -> str:
    """What is taken, where a brand or stray spaces stand for diazepam itself."""
    from unclench.knowledge.medicines import read_medicine

    return DIAZEPAM if drug.casefold() == DIAZEPAM or read_medicine(drug).drugs == (DIAZEPAM,) else drug


def seen_of(diary: Path | None, levels: Path | None, day: date) -> Seen:
    from unclench.individual.diary_file import read_diary
    from unclench.individual.levels_file import read_levels
    from unclench.planning.taper_ground import Seen as Found

    return Found(
        diary=None if diary is None else read_diary(diary, until=day),
        levels=() if levels is None else read_levels(levels, on=day),
    )


def of_use(dose: str | None, months: float | None, days_a_week: float | None, drug: str) -> list[str]:
    """What was typed about present use of diazepam, as answers."""
    said = []
    if months is not None and not 0 < months <= MOST_MONTHS:
        raise refused(f"found {months:g} months, need more than 0, and at most {MOST_MONTHS}.")
    if days_a_week is not None and not 0 < days_a_week <= 7:
        raise refused(f"found {days_a_week:g} days a week, need more than 0, and at most 7.")
    mg = None if dose is None else _mg(dose)
    if drug.casefold() != DIAZEPAM:
        return []
    if mg is not None:
        said += ["diazepam-now=yes", f"diazepam-mg-per-day={mg:f}"]
    if months is not None:
        said.append(f"diazepam-months={months:g}")
    if days_a_week is not None:
        said.append(f"diazepam-days-per-week={days_a_week:g}")
    return said


def _mg(text: str) -> Decimal:
    number = text.strip().casefold().removesuffix("/day").removesuffix("a day").strip().removesuffix("mg").strip()
    if not DOSE.fullmatch(number):
        raise refused(f"found the dose {text[:40]!r}, need milligrams a day such as 20mg.")
    mg = Decimal(number)
    if mg <= 0:
        raise refused(f"found a dose of {text[:40]!r}, need more than 0 mg.")
    return mg


@dataclass(frozen=True, slots=True)
class Typed:
    """A person typed at the door, and what is taken."""

    age: float | None
    sex: str | None
    weight: float | None
    times: int | None
    drug: str
    dose: str | None
    months: float | None

    @property
    def is_person(self) -> bool:
        parts = (self.age, self.sex, self.weight, self.times)
        return self.drug.casefold() != DIAZEPAM or any(part is not None for part in parts)

    def record(self, day: date) -> bytes:
        """A short record, in the words a person would use."""
        if self.sex not in (None, "female", "male"):
            raise refused(f"found the sex {self.sex[:40] if self.sex else self.sex!r}, need female or male.")
        if self.times not in (None, *TIMES):
            raise refused(f"found {self.times} times a day, need 1 to {max(TIMES)}.")
        said: dict[str, object] = {"id": "typed"}
        said |= {} if self.age is None else {"age": f"{self.age:g}"}
        said |= {} if self.sex is None else {"sex": self.sex}
        said |= {} if self.weight is None else {"weight": f"{self.weight:g} kg"}
        medicine = {"name": self.drug, "how": TIMES[self.times or 2], "status": "active"}
        made = {"patient": said, "medications": [medicine], "request": REQUEST}
        if self.drug.casefold() != DIAZEPAM and self.dose is not None and self.months is not None:
            times = self.times or 1
            medicine |= {"how": TIMES[times], "dose": f"{_mg(self.dose) / times:f} mg"}
            medicine["since"] = str(day - timedelta(days=round(self.months * DAYS_A_MONTH)))
            del made["request"]
        return json.dumps(made).encode()


def read_or_typed(
    record: list[str] | None, typed: Typed, stated: Sequence[Stated], day: date, patient: str | None
) -> Patient:
    """The record, or one made of what was typed."""
    from unclench.record import read

    if record:
        if typed.is_person:
            raise refused("found a record and a person typed beside it, need one of them.")
        return read(record[0] if len(record) == 1 else tuple(record), on=day, answers=stated, patient_id=patient)
    if typed.dose is None or typed.months is None:
        raise refused("found no record, need one, or --dose and --months.")
    return read(typed.record(day), on=day, answers=stated)
