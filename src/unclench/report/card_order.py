"""What a diazepam order asks for, held against the limits that the appraisal set for this patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from unclench.appraisal.findings import Appraisal
from unclench.planning import words as plan_words
from unclench.record.patient import Request
from unclench.report.card_text import say
from unclench.report.wording import amount, counted
from unclench.values import Regimen

NEW_COURSE = "DOSE-01"


@dataclass(frozen=True, slots=True)
class Excess:
    """One thing that the order asks for and that is above its limit, or missing. `rule` set the limit."""

    rule: str
    words: str


def excess(appraisal: Appraisal) -> tuple[Excess, ...]:
    """Everything in which a new order goes beyond its limits; nothing for one that only goes on."""
    asked = appraisal.request
    if asked is None or asked.stop or appraisal.purpose != "new":
        return ()
    return tuple(_above(appraisal, asked))


def _above(appraisal: Appraisal, asked: Request) -> Iterator[Excess]:
    law, limits, dosage = appraisal.jurisdiction, appraisal.limits, asked.dosage
    set_by = dict(appraisal.limits.set_by)
    mg = dosage.mg_per_dose_max or dosage.mg_per_dose
    times = int(dosage.doses_per_day.to_integral_value(ROUND_CEILING)) if dosage.doses_per_day is not None else None

    def over(limit: str, key: str, asked_for: str, most: str) -> Excess:
        return Excess(set_by.get(limit, NEW_COURSE), say(key, law, asked=asked_for, limit=most))

    if mg is not None and mg > limits.dose_max_mg:
        yield over("dose_max_mg", "CARD-ABOVE-DOSE", amount(mg), amount(limits.dose_max_mg))
    daily = dosage.max_mg_per_day or (mg * times if mg is not None and times is not None else None)
    if daily is not None and daily > limits.day_max_mg:
        yield over("day_max_mg", "CARD-ABOVE-DAY", amount(daily), amount(limits.day_max_mg))
    if mg is not None and limits.start_mg < mg <= limits.dose_max_mg:
        yield over("start_mg", "CARD-ABOVE-START", amount(mg), amount(limits.start_mg))
    if times is not None and times > limits.times_max:
        yield over("times_max", "CARD-ABOVE-TIMES", plan_words.times(times), plan_words.times(limits.times_max))
    if asked.days is not None and asked.days > limits.days_max:
        yield over("days_max", "CARD-ABOVE-DAYS", counted(asked.days, "day"), counted(limits.days_max, "day"))
    if asked.refills is not None and asked.refills > limits.refills_max:
        yield over(
            "refills_max",
            "CARD-ABOVE-REFILLS",
            counted(asked.refills, "refill"),
            counted(limits.refills_max, "refill"),
        )
    if mg is None or times is None:
        yield Excess(NEW_COURSE, say("CARD-NO-DOSE", law))
    elif asked.days is None:
        yield Excess(NEW_COURSE, say("CARD-NO-END", law))


def same_doses(appraisal: Appraisal, regimen: Regimen) -> bool:
    """Whether a regimen has the doses that are asked for, every day, so that only its end is new."""
    asked = appraisal.request
    if asked is None or asked.dosage.mg_per_dose is None or asked.dosage.doses_per_day is None:
        return False
    if asked.dosage.mg_per_dose_max not in (None, asked.dosage.mg_per_dose) or len(regimen.phases) > 1:
        return False
    doses = regimen.phases[0].doses
    return Decimal(len(doses)) == asked.dosage.doses_per_day and {one.mg for one in doses} == {asked.dosage.mg_per_dose}


def as_asked(appraisal: Appraisal, regimen: Regimen) -> bool:
    """Whether a regimen is just what the order says, end and refills included."""
    asked = appraisal.request
    return (
        asked is not None
        and same_doses(appraisal, regimen)
        and asked.days == regimen.days
        and (asked.refills or 0) <= appraisal.limits.refills_max
    )
