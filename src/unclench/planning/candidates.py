"""Every regimen worth simulating: shapes, the request and present use, each cut to the limits of this patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from unclench.appraisal.findings import Appraisal
from unclench.knowledge import knowledge
from unclench.knowledge.load import Knowledge
from unclench.planning import words
from unclench.planning.plan import Candidate
from unclench.planning.shapes import SLOTS, SPASM, SPASTICITY, Shape, Step
from unclench.planning.supply import can_be_made, largest_dose, products
from unclench.record.patient import Dosage
from unclench.values import Answer, Dose, Jurisdiction, Phase, Regimen

LONG_TERM = frozenset({"spasticity", "stiff-person", "athetosis"})
# Findings that make a tablet the wrong form: unsafe swallowing, lactose, a liquid asked for.
LIQUID_RULES = frozenset({"PRE-01", "POP-28", "DOSE-11"})
REQUEST, REQUEST_CUT, CONTINUE = "REQUEST", "REQUEST-CUT", "CONTINUE"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of this patient, never wider than the caps of the label."""

    start_mg: Decimal
    dose_mg: Decimal
    day_mg: Decimal
    first_day_mg: Decimal
    days: int
    times: int
    set_by: tuple[str, ...]


def candidates(appraisal: Appraisal) -> tuple[Candidate, ...]:
    """At most eight regimens within the limits, in a fixed order; none where no regimen may be proposed."""
    facts = knowledge()
    if not may_propose(appraisal, facts) or is_rarer_than_daily(appraisal):
        return ()
    bounds = bounds_of(appraisal, facts)
    if appraisal.purpose == "continue":
        found = tuple(_continued(appraisal, bounds, facts))
    else:
        found = (*_requested(appraisal, bounds, facts), *_shaped(appraisal, bounds, facts))
    distinct: dict[Regimen, Candidate] = {}
    for candidate in found:
        distinct.setdefault(candidate.regimen, candidate)
    return tuple(distinct.values())[: int(facts.limit("PLAN-CAP-CANDIDATES", "1"))]


def may_propose(appraisal: Appraisal, facts: Knowledge) -> bool:
    """A regimen is proposed for a known adult, when appraisal allows one and the question is not how to stop."""
    age = appraisal.body.age_y
    adult = age is not None and age >= facts.limit("AGE-ADULT", "a")
    return (
        appraisal.regimen_allowed
        and appraisal.verdict is not None
        and adult
        and appraisal.purpose in ("new", "continue")
    )


def is_rarer_than_daily(appraisal: Appraisal) -> bool:
    """Asked for less often than daily: every course planned here would be more than that."""
    asked = appraisal.request
    times = asked.dosage.doses_per_day if asked is not None else None
    return appraisal.purpose == "new" and times is not None and times < 1


def _first_day(appraisal: Appraisal, facts: Knowledge) -> Decimal:
    """The most on the first day: less in spasticity, where the dose climbs by the week."""
    if is_long_term(appraisal) and appraisal.purpose == "new":
        return Decimal(str(facts.limit("PLAN-START-DAY-SPASTICITY", "mg/d")))
    return day_cap(appraisal, facts)


def is_long_term(appraisal: Appraisal) -> bool:
    return appraisal.indication.entity in LONG_TERM


def day_cap(appraisal: Appraisal, facts: Knowledge) -> Decimal:
    """The label's daily ceiling in this jurisdiction."""
    if appraisal.jurisdiction is Jurisdiction.US:
        return Decimal(str(facts.limit("CAP-US", "mg/d")))
    key = "CAP-UK-SPASTICITY" if is_long_term(appraisal) else "CAP-UK-SPASM"
    return Decimal(str(facts.limit(key, "mg/d")))


def bounds_of(appraisal: Appraisal, facts: Knowledge) -> Bounds:
    given = appraisal.limits
    horizon = int(facts.limit("DAYS-SPASTICITY" if is_long_term(appraisal) else "DAYS-SPASM", "d"))
    if appraisal.purpose == "new" and appraisal.request is not None and appraisal.request.days:
        horizon = min(horizon, appraisal.request.days)  # never longer than asked for
    dose = min(given.dose_max_mg, Decimal(str(facts.limit("CAP-DOSE", "mg"))))
    day = min(given.day_max_mg, day_cap(appraisal, facts))
    left = days_left(appraisal, facts)
    if left is not None:
        horizon = min(horizon, left)
    return Bounds(
        start_mg=min(given.start_mg, dose, day),
        dose_mg=min(dose, day),
        day_mg=day,
        first_day_mg=min(day, _first_day(appraisal, facts)),
        days=max(1, min(given.days_max, horizon)),
        times=min(given.times_max, max(SLOTS)),
        set_by=tuple(sorted({rule for _, rule in given.set_by})),
    )


def days_left(appraisal: Appraisal, facts: Knowledge) -> int | None:
    """Days until present use for acute spasm is longer than a course should be; None where no such end is set."""
    palliative = any(one.rule == "PRE-05" and one.answer is Answer.YES for one in appraisal.findings)
    used = appraisal.current_use.duration_days_low
    if appraisal.purpose != "continue" or is_long_term(appraisal) or palliative or used is None:
        return None
    return int(facts.get("rules", "DEP-01").limit) - used


def form_of(appraisal: Appraisal, facts: Knowledge) -> str:
    """Tablets, unless a finding speaks against them and a confirmed liquid exists."""
    against = any(row.rule in LIQUID_RULES and row.answer is Answer.YES for row in appraisal.findings)
    return "solution" if against and products(facts, appraisal.jurisdiction, "solution") else "tablet"


def fits(step: tuple[Dose, ...], bounds: Bounds, *, first: bool) -> bool:
    """Whether one day of doses keeps within the limits; the first step also within the starting dose."""
    highest = bounds.start_mg if first else bounds.dose_mg
    return (
        len(step) <= bounds.times
        and all(dose.mg <= highest for dose in step)
        and sum((dose.mg for dose in step), Decimal(0)) <= (bounds.first_day_mg if first else bounds.day_mg)
    )


def clock_h(slot: str, facts: Knowledge) -> float:
    return facts.limit(f"PLAN-CLOCK-{slot.upper()}", "h")


def _doses(step: Step, facts: Knowledge) -> tuple[Dose, ...]:
    return tuple(
        Dose(Decimal(str(facts.limit(f"PLAN-DOSE-{size.upper()}", "mg"))), clock_h(slot, facts)) for slot, size in step
    )


def _climb(shape: Shape, bounds: Bounds, step_days: int, largest_step: Decimal, facts: Knowledge) -> tuple[Phase, ...]:
    """Climb the steps while the limits and the days allow."""
    kept: list[tuple[Dose, ...]] = []
    for step in shape.steps:
        taken = _doses(step, facts)
        rise = (
            sum((dose.mg for dose in taken), Decimal(0)) - sum((dose.mg for dose in kept[-1]), Decimal(0))
            if kept
            else 0
        )
        if len(kept) * step_days >= bounds.days or rise > largest_step or not fits(taken, bounds, first=not kept):
            break
        kept.append(taken)
    if not kept:
        return ()
    last = bounds.days - step_days * (len(kept) - 1)
    return (*(Phase(step_days, taken) for taken in kept[:-1]), Phase(last, kept[-1]))


def _shaped(appraisal: Appraisal, bounds: Bounds, facts: Knowledge) -> Iterator[Candidate]:
    long_term, form = is_long_term(appraisal), form_of(appraisal, facts)
    step_days = int(facts.limit("PLAN-STEP-DAYS-SPASTICITY" if long_term else "PLAN-STEP-DAYS-SPASM", "d"))
    largest_step = Decimal(str(facts.limit("PLAN-STEP-MG", "mg")))
    for shape in SPASTICITY if long_term else SPASM:
        phases = _climb(shape, bounds, step_days, largest_step, facts)
        if phases:
            made = Regimen(appraisal.on, phases, as_needed=shape.as_needed, form=form)
            rules = ("DOSE-05" if long_term else "DOSE-01", *bounds.set_by)
            why = facts.say(f"SHAPE-{'SPASTICITY' if long_term else 'SPASM'}-{shape.id}")
            yield Candidate(shape.id, words.regimen(made), made, why, tuple(dict.fromkeys(rules)))


def _requested(appraisal: Appraisal, bounds: Bounds, facts: Knowledge) -> Iterator[Candidate]:
    """The request itself, or the nearest course below it that keeps every limit."""
    asked = appraisal.request
    if asked is None or asked.stop or asked.dosage.route not in (None, "oral"):
        return
    dosage = asked.dosage
    mg = dosage.mg_per_dose_max or dosage.mg_per_dose
    times = _asked_times(dosage, mg)
    if mg is None or mg <= 0 or times < 1:
        return
    asked_days = asked.days or bounds.days
    form = form_of(appraisal, facts)
    doses = _cut(mg, times, bounds, facts, appraisal.jurisdiction, form)
    if doses is None:
        return
    made = Regimen(appraisal.on, (Phase(bounds.days, doses),), as_needed=bool(dosage.as_needed), form=form)
    same = (len(doses), doses[0].mg, made.days) == (times, mg, asked_days)
    nearest = "the nearest to the request within the limits and the products"
    why = "as requested" if same else f"{nearest}; asked for: {words.mg(mg)} {words.times(times)}"
    if not same and asked.days:
        why += f" for {words.days(asked.days)}"
    yield Candidate(REQUEST if same else REQUEST_CUT, words.regimen(made), made, why, bounds.set_by)


def _asked_times(dosage: Dosage, mg: Decimal | None) -> int:
    """Doses a day as asked, within a daily ceiling that the order names; 0 when it does not say."""
    said = dosage.doses_per_day
    if said is not None and said < 1:
        return 0
    times = [int(said.to_integral_value(ROUND_CEILING))] if said is not None else []
    if dosage.max_mg_per_day is not None and mg is not None and mg > 0:
        times.append(int(dosage.max_mg_per_day / mg))
    return min(times, default=0)


def _cut(
    mg: Decimal, times: int, bounds: Bounds, facts: Knowledge, jurisdiction: Jurisdiction, form: str
) -> tuple[Dose, ...] | None:
    """The largest equal doses that keep the limits and can be made; fewer times a day only if nothing else fits."""
    for count in range(min(times, bounds.times), 0, -1):
        at_most = min(mg, bounds.start_mg, bounds.dose_mg, bounds.first_day_mg / count)
        dose = largest_dose(at_most, facts, jurisdiction, form)
        if dose is not None and dose >= min(mg, Decimal(str(facts.limit("PLAN-DOSE-LOW", "mg")))):
            return tuple(Dose(dose, clock_h(slot, facts)) for slot in SLOTS[count])
    return None


def _continued(appraisal: Appraisal, bounds: Bounds, facts: Knowledge) -> Iterator[Candidate]:
    """Present use, unchanged, until the review. Never raised; none when it is above the limits or not known."""
    form, left = form_of(appraisal, facts), days_left(appraisal, facts)
    if left is not None and left < 1:
        return
    for doses in _present(appraisal, bounds, facts):
        makeable = all(can_be_made(dose.mg, facts, appraisal.jurisdiction, form) for dose in doses)
        if makeable and fits(doses, bounds, first=False):
            made = Regimen(appraisal.on, (Phase(bounds.days, doses),), form=form)
            why = "the present dose, unchanged until the review; it is not raised and not stopped suddenly"
            yield Candidate(CONTINUE, words.regimen(made), made, why, bounds.set_by)
            return


def _present(appraisal: Appraisal, bounds: Bounds, facts: Knowledge) -> Iterator[tuple[Dose, ...]]:
    """The doses as probably taken, then the same day's amount in equal doses, fewest first."""
    use = appraisal.current_use
    taken = next((phase.doses for phase in reversed(use.regimen.phases) if phase.doses), ()) if use.regimen else ()
    if taken:
        yield taken
    daily = sum((dose.mg for dose in taken), Decimal(0)) if taken else use.mg_per_day_low
    if daily:
        for count in range(1, bounds.times + 1):
            yield tuple(Dose(daily / count, clock_h(slot, facts)) for slot in SLOTS[count])
