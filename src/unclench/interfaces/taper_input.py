"""What every door asks of a taper beside a record: present use, a person, wishes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from unclench.values import RecordError, RegimenError

if TYPE_CHECKING:
    from unclench.consult import Tapering
    from unclench.planning.taper_wish import Wish
    from unclench.record.patient import Patient, Stated

REQUEST = "taper diazepam"
DIAZEPAM = "diazepam"
DAYS_A_MONTH = 30.44
MOST_MONTHS = 1200
# Digits, and no power of ten: "1e-999999999" would be written out as a thousand million digits.
DOSE = re.compile(r"[+-]?([0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9})")
TIMES = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}
SEXES = ("female", "male")
PACES = ("slow", "usual", "fast", "auto")
MOST_WEEKS, MOST_SUPPLY_DAYS = 208, 180
TYPED = "what was typed"


def refused(found: str, need: str, fix: str = "Correct it.") -> RecordError:
    """A slip of the hand. `TYPED` tells it from a record that cannot be read."""
    return RecordError(where=TYPED, found=found, need=need, fix=fix)


def named(drug: str) -> str:
    """What is taken, where a brand or stray spaces stand for diazepam itself."""
    from unclench.knowledge.medicines import read_medicine

    return DIAZEPAM if drug.casefold() == DIAZEPAM or read_medicine(drug).drugs == (DIAZEPAM,) else drug


def of_use(dose: str | None, months: float | None, days_a_week: float | None, drug: str) -> list[str]:
    """What was typed about present use of diazepam, as answers.

    Raises
    ------
    RecordError
        for numbers that nobody can mean.
    """
    said = []
    if months is not None and not 0 < months <= MOST_MONTHS:
        raise refused(f"{months:g} months", f"more than 0, and at most {MOST_MONTHS}")
    if days_a_week is not None and not 0 < days_a_week <= 7:
        raise refused(f"{days_a_week:g} days a week", "more than 0, and at most 7")
    mg = None if dose is None else daily_mg(dose)
    if drug.casefold() != DIAZEPAM:
        return []
    if mg is not None:
        said += ["diazepam-now=yes", f"diazepam-mg-per-day={mg:f}"]
    if months is not None:
        said.append(f"diazepam-months={months:g}")
    if days_a_week is not None:
        said.append(f"diazepam-days-per-week={days_a_week:g}")
    return said


def daily_mg(text: str) -> Decimal:
    """20, 20mg, 20 mg a day.

    Raises
    ------
    RecordError
        for anything else, and for nothing at all.
    """
    number = text.strip().casefold().removesuffix("/day").removesuffix("a day").strip().removesuffix("mg").strip()
    if not DOSE.fullmatch(number):
        raise refused(f"the dose {text[:40]!r}", "milligrams a day such as 20mg")
    mg = Decimal(number)
    if mg <= 0:
        raise refused(f"a dose of {text[:40]!r}", "more than 0 mg")
    return mg


@dataclass(frozen=True, slots=True)
class Typed:
    """A person typed at a door, and what is taken."""

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
        if self.sex not in (None, *SEXES):
            raise refused(f"the sex {self.sex[:40] if self.sex else self.sex!r}", " or ".join(SEXES))
        if self.times not in (None, *TIMES):
            raise refused(f"{self.times} times a day", f"1 to {max(TIMES)}")
        said: dict[str, object] = {"id": "typed"}
        said |= {} if self.age is None else {"age": f"{self.age:g}"}
        said |= {} if self.sex is None else {"sex": self.sex}
        said |= {} if self.weight is None else {"weight": f"{self.weight:g} kg"}
        medicine = {"name": self.drug, "how": TIMES[self.times or 2], "status": "active"}
        made = {"patient": said, "medications": [medicine], "request": REQUEST}
        if self.drug.casefold() != DIAZEPAM and self.dose is not None and self.months is not None:
            times = self.times or 1
            medicine |= {"how": TIMES[times], "dose": f"{daily_mg(self.dose) / times:f} mg"}
            medicine["since"] = str(day - timedelta(days=round(self.months * DAYS_A_MONTH)))
            del made["request"]
        return json.dumps(made).encode()

    def patient(self, day: date, stated: Sequence[Stated]) -> Patient:
        """The person of that record.

        Raises
        ------
        RecordError
            where the dose or the duration is missing.
        """
        from unclench.record import read

        if self.dose is None or self.months is None:
            raise refused("no record", "one, or a dose and the months for which it was taken")
        return read(self.record(day), on=day, answers=stated)


def wished(
    *,
    pace: str = "auto",
    weeks: int | None = None,
    peak: float | None = None,
    start_on: date | None = None,
    products: Sequence[str] = (),
    supply_days: int | None = None,
    alternate_days: bool = False,
    quick: bool = False,
) -> Wish:
    """What is asked of a taper, checked.

    Raises
    ------
    RecordError
        for a wish that nobody can mean, or for two that exclude each other.
    """
    from unclench.planning.taper_wish import Wish as Asked

    if pace not in PACES:
        raise refused(f"the pace {pace[:40]!r}", f"one of {', '.join(PACES)}")
    if weeks is not None and not 1 <= weeks <= MOST_WEEKS:
        raise refused(f"{weeks} weeks", f"1 to {MOST_WEEKS}")
    if peak is not None and not 0 < peak < 1000:
        raise refused(f"a peak of {peak:g} %", "a number above 0 and below 1000")
    if peak is not None and weeks is not None:
        raise refused("a number of weeks and a peak", "one of them: each follows from the other")
    if supply_days is not None and not 1 <= supply_days <= MOST_SUPPLY_DAYS:
        raise refused(f"{supply_days} days of supply", f"1 to {MOST_SUPPLY_DAYS}")
    return Asked(
        start_on=start_on,
        pace=pace,
        weeks=weeks,
        peak_percent=peak,
        products=tuple(products),
        supply_days=supply_days,
        alternate_days=alternate_days,
        quick=quick,
    )


def check_drug(made: Tapering, drug: str) -> None:
    """A drug that was typed is diazepam, or one of its kind.

    Raises
    ------
    RegimenError
        for any other medicine.
    """
    from unclench.knowledge import knowledge
    from unclench.planning.switch_from import switch_from

    if drug.casefold() != DIAZEPAM and switch_from(made.appraisal, knowledge()) is None:
        raise RegimenError(
            where="the drug that is taken",
            found=repr(drug[:40]),
            need="diazepam, or a benzodiazepine or Z-drug",
            fix="Write its name as on the box. Other medicines are not tapered here.",
        )
