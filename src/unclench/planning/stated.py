"""The doses that a request states, as a regimen to simulate. It is no candidate: limits are not applied, only shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import groupby, pairwise

from unclench.appraisal.findings import Appraisal
from unclench.knowledge import knowledge
from unclench.knowledge.load import Knowledge
from unclench.planning.candidates import clock_h
from unclench.planning.shapes import SLOTS
from unclench.record.patient import Dosage, Request
from unclench.simulation.routes import FORMS, check_route
from unclench.values import Answer, Dose, Phase, Regimen, RegimenError

DAY_H = 24
ROUTES = {"nasal": "intranasal"}  # words of a record, where the model has another
MOST_PER_DAY = 24
_EXAMPLE = 'State it whole: "diazepam 5 mg three times a day for 7 days".'


def stated_regimen(appraisal: Appraisal, *, form: str | None = None, at_h: Sequence[float] = ()) -> Regimen:
    """What is asked for, dose by dose: the highest of a range of doses, and all doses of "as needed".

    Doses rarer than daily are spread evenly. `at_h`: the hours of the clock; else those of the plans.
    `form`: of the product; else the usual one of the route.

    Raises
    ------
    RegimenError
        when nothing is asked for, when no dose, no times a day or no number of days is stated, or for a route or form
        that the model does not know.
    """
    asked = appraisal.request
    if asked is None:
        raise _refused("no request", "a request, in the record or by --request")
    if asked.stop:
        raise _refused("a request to stop", "doses")
    mg = asked.dosage.mg_per_dose_max or asked.dosage.mg_per_dose
    if mg is None:
        raise _refused("no dose in mg", "the mg of one dose")
    if asked.days is None:
        raise _refused("no number of days", "how many days")
    hours = tuple(sorted(at_h))
    counts = _counts(asked, mg, asked.days, hours)
    doses = {count: _doses(count, mg, hours, knowledge()) for count in set(counts)}
    phases = tuple(Phase(sum(1 for _ in same), doses[count]) for count, same in groupby(counts))
    said = asked.dosage.route or "oral"
    route = ROUTES.get(said, said)
    made = Regimen(
        appraisal.on,
        phases,
        as_needed=bool(asked.dosage.as_needed),
        route=route,
        form=form or next((known for its_route, known in FORMS if its_route == route), ""),
    )
    check_route(made)
    return made


def _counts(asked: Request, mg: Decimal, days: int, hours: Sequence[float]) -> list[int]:
    """How many doses on each day."""
    per_day = _per_day(asked.dosage, mg, hours)
    passed = [_whole(per_day * day) for day in range(days + 1)]
    return [after - before for before, after in pairwise(passed)]


def _per_day(dosage: Dosage, mg: Decimal, hours: Sequence[float]) -> Decimal:
    said = dosage.doses_per_day
    if said is None and hours:
        said = Decimal(len(hours))
    if said is None and dosage.max_mg_per_day is not None:
        said = Decimal(int(dosage.max_mg_per_day / mg))
    if said is None or said <= 0 or said > MOST_PER_DAY:
        raise _refused("no number of doses a day" if not said else f"{said:f} doses a day", "how often a day")
    if hours and said != len(hours) and said >= 1:
        raise _refused(f"{said:f} doses a day and {len(hours)} hours of the clock", "an hour for each dose")
    if dosage.max_mg_per_day is not None:
        said = min(said, Decimal(max(int(dosage.max_mg_per_day / mg), 1)))
    return said


def _whole(doses: Decimal) -> int:
    """Rounded up, so that the first day of all has a dose; a third of a dose three times is one dose, not two."""
    return int(round(doses, 6).to_integral_value(ROUND_CEILING))


def _doses(count: int, mg: Decimal, hours: Sequence[float], facts: Knowledge) -> tuple[Dose, ...]:
    """One day: at the hours asked for, else those of the plans, else evenly from the morning on."""
    if hours:
        clock = hours[:count]
    elif count in SLOTS:
        clock = tuple(clock_h(slot, facts) for slot in SLOTS[count])
    else:
        morning = clock_h(SLOTS[2][0], facts)
        clock = tuple(sorted((morning + DAY_H * turn / count) % DAY_H for turn in range(count)))
    return tuple(Dose(mg, hour) for hour in clock)


def above_limits(appraisal: Appraisal) -> tuple[str, ...]:
    """Rules about the request itself that were answered yes: above the label, a high start, another route."""
    rules = {row.id: row for row in knowledge().table("rules")}
    return tuple(
        one.rule
        for one in appraisal.findings
        if one.stage == "dosing"
        and one.answer is Answer.YES
        and any(when.startswith("request") for when in rules[one.rule].when)
    )


def _refused(found: str, need: str) -> RegimenError:
    return RegimenError(where="the regimen to simulate", found=found, need=need, fix=_EXAMPLE)
