"""Questions about what is asked for: dose, days, supply, form and route."""

from __future__ import annotations

from decimal import Decimal

from unclench.appraisal.findings import Reply
from unclench.appraisal.lookup import known
from unclench.appraisal.questions_general import needed, yes_if
from unclench.appraisal.situation import NO, YES, Situation, any_of, question
from unclench.record.patient import Request

NOTHING_ASKED = Reply(NO, ("nothing is asked for",))


def mg_per_day(request: Request) -> Decimal | None:
    """The highest daily dose that the request allows."""
    dosage = request.dosage
    if dosage.max_mg_per_day is not None:
        return dosage.max_mg_per_day
    single = single_mg(request)
    return None if single is None or dosage.doses_per_day is None else single * dosage.doses_per_day


def single_mg(request: Request) -> Decimal | None:
    dosage = request.dosage
    return dosage.mg_per_dose_max if dosage.mg_per_dose_max is not None else dosage.mg_per_dose


def planned_days(situation: Situation) -> int | None:
    """Days asked for, refills counted; for someone already taking it, the days so far are part of the course."""
    request = situation.request
    use = situation.current_use
    so_far = use.duration_days_low or 0 if use is not None and use.answer is YES else 0
    if request is None or request.days is None:
        return so_far or None
    return so_far + request.days * (1 + (request.refills or 0))


@question
def planned_days_above(situation: Situation, of: str, limit: float | None) -> Reply:
    """Not said how long: no, since the plan then sets the days and the stop date itself."""
    days = planned_days(situation)
    if days is None:
        return Reply(NO, ("no duration is asked for; the plan sets one",))
    return yes_if(days > needed(limit, "planned_days_above"), f"{days} days in all")


@question
def planned_days_at_most(situation: Situation, of: str, limit: float | None) -> Reply:
    days = planned_days(situation)
    return (
        Reply(NO, ("no duration is asked for",))
        if days is None
        else yes_if(days <= needed(limit, "planned_days_at_most"), f"{days} days in all")
    )


@question
def request_above_label(situation: Situation, of: str, limit: float | None) -> Reply:
    """Above the single or daily maximum of the US label; in spasticity in the UK rule DOSE-04 has the ceiling."""
    request = situation.request
    if request is None:
        return NOTHING_ASKED
    single, daily = single_mg(request), mg_per_day(request)
    cap = situation.limit_of("CAP-US", "mg/d")
    if situation.jurisdiction.value == "uk" and situation.indication and situation.indication.entity == "spasticity":
        cap = situation.limit_of("CAP-UK-SPASTICITY", "mg/d")
    replies = [
        Reply(NO)
        if single is None
        else yes_if(single > situation.limit_of("CAP-DOSE", "mg"), f"asked for: {single} mg at once"),
        Reply(NO) if daily is None else yes_if(daily > cap, f"asked for: {daily} mg a day"),
    ]
    return any_of(replies)


@question
def request_above_mg_per_day(situation: Situation, of: str, limit: float | None) -> Reply:
    request = situation.request
    daily = mg_per_day(request) if request is not None else None
    if daily is None:
        return Reply(NO, ("no daily dose is asked for",))
    spastic = situation.indication is not None and situation.indication.entity in (
        "spasticity",
        "stiff-person",
        "athetosis",
    )
    limit_mg = needed(limit, "request_above_mg_per_day")
    # DOSE-03 is about spasm, DOSE-04 about spasticity; the limit tells which row asks.
    about_spasticity = limit_mg > situation.limit_of("CAP-US", "mg/d")
    return yes_if(spastic == about_spasticity and daily > limit_mg, f"asked for: {daily} mg a day")


@question
def request_mg_per_day_starts_above(situation: Situation, of: str, limit: float | None) -> Reply:
    """Whether the first day would hold more than the limit: an order without steps starts as it goes on."""
    daily = mg_per_day(situation.request) if situation.request is not None else None
    if daily is None:
        return Reply(NO, ("no daily dose is asked for",))
    return yes_if(daily > needed(limit, "request_mg_per_day_starts_above"), f"asked for: {daily} mg a day")


@question
def request_dose_at_least(situation: Situation, of: str, limit: float | None) -> Reply:
    request = situation.request
    single = single_mg(request) if request is not None else None
    if single is None:
        return Reply(NO, ("no single dose is asked for",))
    return yes_if(single >= needed(limit, "request_dose_at_least"), f"asked for: {single} mg at once")


@question
def request_as_needed_is_open(situation: Situation, of: str, limit: float | None) -> Reply:
    """As needed, without a daily ceiling or without days. A dose and how often at most are a ceiling."""
    request = situation.request
    if request is None or not request.dosage.as_needed:
        return Reply(NO, ("not as needed",))
    dosage = request.dosage
    most = dosage.max_mg_per_day is not None or None not in (dosage.mg_per_dose, dosage.doses_per_day)
    lacking = [
        words
        for words, there in (
            ("a maximum in 24 hours", most),
            ("a number of days", request.days is not None),
        )
        if not there
    ]
    return yes_if(
        bool(lacking), f"as needed without {' and '.join(lacking)}" if lacking else "as needed with its limits"
    )


@question
def request_supply_above(situation: Situation, of: str, limit: float | None) -> Reply:
    """More days than the limit at once, or any refill; in acute spasm only."""
    request = situation.request
    if request is None:
        return NOTHING_ASKED
    if situation.indication is not None and situation.indication.entity in ("spasticity", "stiff-person", "athetosis"):
        return Reply(NO, ("not acute spasm",))
    refills = request.refills or 0
    long = request.days is not None and request.days > needed(limit, "request_supply_above")
    words = f"asked for: {request.days if request.days is not None else 'no number of'} days, {refills} refills"
    return yes_if(long or refills > 0, words)


@question
def requests_liquid(situation: Situation, of: str, limit: float | None) -> Reply:
    request = situation.request
    if request is None:
        return NOTHING_ASKED
    text = f"{request.drug_text} {request.dosage.text}".casefold()
    liquid = any(
        word in text for word in ("solution", "liquid", "syrup", "concentrate", "suspension", "ml", "intensol")
    )
    return yes_if(liquid, f"asked for: {request.drug_text}")


@question
def request_not_oral(situation: Situation, of: str, limit: float | None) -> Reply:
    request = situation.request
    if request is None:
        return NOTHING_ASKED
    route = request.dosage.route
    text = request.drug_text.casefold()
    other = next((word for word in ("rectal", "nasal", "inject", "suppositor", "buccal", "gel") if word in text), None)
    if route is None and other is None:
        return Reply(NO, ("route not given: taken as by mouth",))
    return yes_if(route not in (None, "oral") or other is not None, f"asked for: {route or other}")


@question
def has_unmapped_diazepam(situation: Situation, of: str, limit: float | None) -> Reply:
    """A diazepam entry that was identified by its text alone."""
    for medicine in situation.medicines:
        if "diazepam" in medicine.drugs and medicine.entry is not None:
            by_code = known("medicine", medicine.entry.codes, "")
            if "diazepam" not in by_code.drugs:
                return Reply(YES, (medicine.phrase,))
    return Reply(NO)


@question
def diazepam_dose_is_unreadable(situation: Situation, of: str, limit: float | None) -> Reply:
    for medicine in situation.medicines:
        if "diazepam" in medicine.drugs and medicine.active is not NO and medicine.mg_per_day is None:
            problem = medicine.entry.dosage.problem if medicine.entry and medicine.entry.dosage else ""
            return Reply(YES, (f"{medicine.phrase}: {problem or 'no dose is given'}",))
    return Reply(NO)
