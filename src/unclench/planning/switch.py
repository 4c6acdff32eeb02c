"""From another benzodiazepine or Z-drug to diazepam: how much, in which steps, and when not.

The dose is the lowest that a guideline names, rounded down to what the products make; the range of every table read
stands beside it. One part of the other drug is replaced at a time, over one to two weeks, and nothing is cut until
diazepam has settled. Above a dose, or where something speaks against diazepam, nothing is planned but the way to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from unclench.knowledge.equivalence import Equivalence, drugs_with_equivalent, equivalence, unconfirmed
from unclench.knowledge.load import Knowledge
from unclench.planning.switch_words import Said, rounded, sources, told
from unclench.planning.taper_plan import Switch, SwitchDay
from unclench.planning.words import number
from unclench.values import RegimenError

WHERE = "a switch to diazepam"
DIAZEPAM = "diazepam"
SWITCHED = frozenset({"benzodiazepine", "z_drug"})
WEEK_DAYS = 7
FINEST = Decimal("0.001")  # thirds of a dose are told to so much of a milligram


@dataclass(frozen=True, slots=True)
class Reason:
    """Something about this patient that speaks against a switch. `stops`: then none is planned."""

    say: str
    fact: str
    stops: bool


def plan_switch(
    facts: Knowledge,
    drug: str,
    mg_per_day: Decimal,
    *,
    on: date,
    make: Sequence[Decimal],
    weeks: int | None = None,
    doses_per_day: int = 1,
    against: Sequence[Reason] = (),
) -> Switch:
    """The switch from `mg_per_day` of a drug (an id of drugs.csv), beginning on `on`.

    `make`: daily doses of diazepam that the products make. `doses_per_day`: of the other drug; one is replaced at a
    time.

    Raises
    ------
    RegimenError
        for a drug without a confirmed equivalent, a dose that is no dose, or a length beyond one to two weeks.
    """
    equal = _compared(facts, drug)
    compared = _switch(facts, equal, _dose(mg_per_day), against)
    longest = int(facts.limit("SWITCH-WEEKS-MOST", "wk"))
    length = _weeks(facts, weeks, longest)
    exact = equal.cautious_diazepam_mg(mg_per_day)
    to_mg = max((dose for dose in make if 0 < dose <= exact), default=None)
    held = _held(facts, equal, mg_per_day, exact=exact, stopped=any(one.stops for one in against), made=to_mg)
    if held or to_mg is None:
        return _said(compared, held)
    is_slowed = bool(against) and length < longest
    parts = _parts(facts, doses_per_day)
    starts = _starts(parts, (longest if is_slowed else length) * WEEK_DAYS)
    days = _days(mg_per_day, to_mg, on, starts, settle=int(facts.limit("SWITCH-SETTLE-DAYS", "d")), make=make)
    planned = replace(
        compared, to_mg=to_mg, days=days, review=_review(facts, on), first_cut_on=days[-1].on + timedelta(days=1)
    )
    says = told(planned, facts, equal, exact=exact, by_dose=doses_per_day == parts, is_slowed=is_slowed)
    return _said(planned, says)


def _dose(mg: Decimal) -> Decimal:
    if not (mg.is_finite() and mg > 0):
        raise RegimenError(
            where=WHERE, found=f"{mg} mg a day", need="a dose above 0 mg", fix="Enter what is really taken in a day."
        )
    return mg


def _weeks(facts: Knowledge, weeks: int | None, longest: int) -> int:
    shortest = int(facts.limit("SWITCH-WEEKS-LEAST", "wk"))
    if weeks is not None and not shortest <= weeks <= longest:
        raise RegimenError(
            where=WHERE,
            found=f"{weeks} weeks",
            need=f"{shortest} to {longest} weeks",
            fix="Leave the length out: the longest is taken.",
        )
    return longest if weeks is None else weeks


def _compared(facts: Knowledge, drug: str) -> Equivalence:
    """What tables say of the drug; refused where nothing confirmed does, for there is nothing to guess from."""
    found = equivalence(facts, drug)
    if found is not None:
        return found
    need = f"one of {', '.join(drugs_with_equivalent(facts))}"
    if drug == DIAZEPAM:
        raise RegimenError(where=WHERE, found="diazepam", need=need, fix="It is diazepam already: taper it.")
    if not is_switched(facts, drug):
        raise RegimenError(
            where=WHERE,
            found=f"{drug!r}, no benzodiazepine or Z-drug known here",
            need=need,
            fix="Check the name: the generic name is wanted.",
        )
    which = "only an unconfirmed table" if unconfirmed(facts, drug) else "no table that was read"
    raise RegimenError(
        where=WHERE,
        found=f"{drug}, which {which} compares with diazepam",
        need=need,
        fix=f"Do not guess: taper {drug} itself, or ask a specialist which dose of diazepam to take.",
    )


def is_switched(facts: Knowledge, drug: str) -> bool:
    """Whether a drug is a benzodiazepine or Z-drug other than diazepam."""
    return drug != DIAZEPAM and facts.has("drugs", drug) and bool(SWITCHED & set(facts.get("drugs", drug).tags))


def _switch(facts: Knowledge, equal: Equivalence, mg: Decimal, against: Sequence[Reason]) -> Switch:
    """What tables say of the dose and what speaks against a switch; no day is planned yet."""
    cares = _cares(facts, equal)
    return Switch(
        drug=equal.drug,
        from_mg=mg,
        to_mg=None,
        low_mg=equal.diazepam_mg(float(mg), equal.high_mg),
        high_mg=equal.diazepam_mg(float(mg), equal.low_mg),
        days=(),
        sources=sources(facts, equal, mg),
        against=(*(reason.say for reason in against), *(says for _, says in cares)),
        says=(),
        curves=(),
        facts=tuple(dict.fromkeys((*equal.facts, *(key for key, _ in cares), *(reason.fact for reason in against)))),
    )


def _cares(facts: Knowledge, equal: Equivalence) -> Said:
    """Sentences of care that belong to the drug, whoever takes it."""
    own = f"SWITCH-DRUG-{equal.drug.upper()}"
    found = [(own, facts.say(own))] if facts.has("statements", own) else []
    if equal.half_life.value_h >= facts.limit("SWITCH-LONG-HALF", "h"):
        found.append(("SWITCH-LONG", facts.say("SWITCH-LONG", drug=equal.drug.capitalize())))
    return tuple(found)


def _held(
    facts: Knowledge, equal: Equivalence, mg: Decimal, *, exact: Decimal, stopped: bool, made: Decimal | None
) -> Said:
    """Why nothing is planned; empty where a switch is planned. The dose is read at its most cautious corner."""
    most, limit = equal.diazepam_mg(float(mg), equal.guideline_low_mg), facts.limit("HIGH-DOSE", "mg/d")
    if most > limit:
        key, blanks = "SWITCH-HIGH", {"from_mg": number(mg), "high": rounded(most), "limit": rounded(limit)}
    elif stopped:
        key, blanks = "SWITCH-STOPPED", {}
    elif made is None:
        key, blanks = "SWITCH-TOO-LITTLE", {"exact": rounded(exact)}
    else:
        return ()
    return ((key, facts.say(key, drug=equal.drug, **blanks)),)


def _said(switch: Switch, said: Said) -> Switch:
    """With its sentences: the reason to hold where no day is planned."""
    words = tuple(says for _, says in said)
    facts = tuple(dict.fromkeys((*switch.facts, *(key for key, _ in said))))
    if switch.days:
        return replace(switch, says=words, facts=facts)
    return replace(switch, hold=" ".join(words), facts=facts)


def _parts(facts: Knowledge, doses_per_day: int) -> int:
    """A dose at a time is always makeable; a single dose is halved."""
    least, most = (int(facts.limit(f"SWITCH-PARTS-{end}", "1")) for end in ("LEAST", "MOST"))
    return min(max(doses_per_day, least), most)


def _starts(parts: int, length_days: int) -> tuple[int, ...]:
    return tuple(part * length_days // parts for part in range(parts))


def _days(
    from_mg: Decimal, to_mg: Decimal, on: date, starts: Sequence[int], *, settle: int, make: Sequence[Decimal]
) -> tuple[SwitchDay, ...]:
    """Every day: the other drug less one part from each start on, and diazepam in its place.

    On the way diazepam is rounded up to what the products make, never above its goal: it takes days to build up,
    the other drug is gone sooner.
    """
    parts = len(starts)
    made = sorted(dose for dose in make if dose <= to_mg)
    pairs = []
    for part in range(1, parts + 1):
        left = (from_mg * (parts - part) / parts).quantize(FINEST, ROUND_HALF_UP)
        pairs.append((Decimal(number(left)), next(dose for dose in made if dose * parts >= to_mg * part)))
    ends = (*starts[1:], starts[-1] + settle)
    return tuple(
        SwitchDay(on + timedelta(days=day), *pair)
        for pair, start, end in zip(pairs, starts, ends, strict=True)
        for day in range(start, end)
    )


def _review(facts: Knowledge, on: date) -> tuple[date, date]:
    low, high = (int(facts.limit(f"SWITCH-REVIEW-{end}", "d")) for end in ("FROM", "TO"))
    return on + timedelta(days=low), on + timedelta(days=high)
