"""What could be switched to diazepam in this patient, and what speaks against it. Read from the appraisal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from unclench.appraisal.findings import Appraisal, CurrentMedicine, Finding
from unclench.knowledge.equivalence import equivalence
from unclench.knowledge.load import Knowledge
from unclench.planning.switch import DIAZEPAM, Reason, is_switched, plan_switch
from unclench.planning.switch_crossing import crossed
from unclench.planning.switch_words import Said
from unclench.planning.taper_plan import Switch
from unclench.planning.words import listed, number
from unclench.simulation.simulate import SEED
from unclench.values import Answer, Effect

STOPS = "switch-stops"  # `where` of a reason for which no switch is planned
ANAESTHETIC = "anaesthetic"
MOST_TITLES = 8
AGAINST = "SWITCH-AGAINST-"


@dataclass(frozen=True, slots=True)
class SwitchFrom:
    """The one benzodiazepine or Z-drug that is taken now, or why none can be switched from.

    `hold` says what must be found out, or who must be asked, first; then nothing is planned.
    """

    drug: str  # id of drugs.csv; "" where more than one is taken
    mg_per_day: Decimal | None
    doses_per_day: int
    hold: str
    says: tuple[str, ...]
    facts: tuple[str, ...]


def switch_from(appraisal: Appraisal, facts: Knowledge) -> SwitchFrom | None:
    """What is, or may be, taken besides diazepam; None where nothing of the kind is."""
    taken = [one for one in appraisal.medicines if one.active is not Answer.NO and _drugs(one, facts)]
    if not taken:
        return None
    sure = [one for one in taken if one.active is Answer.YES]
    unsure = [one for one in taken if one.active is not Answer.YES]
    drugs = tuple(dict.fromkeys(drug for one in taken for drug in _drugs(one, facts)))
    takes_diazepam = appraisal.current_use.answer is Answer.YES
    mixed = tuple(one.name for one in taken if len(one.drugs) > 1)
    says = (("SWITCH-MIXED", facts.say("SWITCH-MIXED", listed=listed(mixed))),) if mixed else ()
    if len(drugs) > 1 or takes_diazepam:
        amounts = [_amount(one) for one in taken] + ([_diazepam(appraisal)] if takes_diazepam else [])
        return _found("", None, 0, _hold(facts, "SWITCH-TWO", listed=listed(amounts)), says)
    drug = drugs[0]
    if unsure:
        return _found(drug, None, 0, _hold(facts, "SWITCH-PERHAPS", listed=listed(one.phrase for one in unsure)), says)
    mg, doses = _daily(sure)
    return _found(drug, mg, doses, _unfit(sure, mg, drug, facts), says)


def reasons_against(appraisal: Appraisal, facts: Knowledge) -> tuple[Reason, ...]:
    """What in this patient speaks against diazepam in place of another drug, from the rules that were answered.

    What blocks diazepam stops the switch. What is not settled is told, and never counts as no.
    """
    found, open_titles = [], []
    for finding in appraisal.findings:
        own = f"{AGAINST}{finding.rule}"
        if finding.answer is Answer.YES:
            found += _reason(finding, own, facts)
        elif finding.answer is Answer.CANNOT_SAY and (finding.effect is Effect.BLOCK or _stops(own, facts)):
            open_titles.append(finding.title)
    if open_titles:
        key = f"{AGAINST}OPEN"
        titles = list(dict.fromkeys(open_titles))
        more = [f"and {len(titles) - MOST_TITLES} more"] if len(titles) > MOST_TITLES else []
        found.append(Reason(facts.say(key, titles="; ".join([*titles[:MOST_TITLES], *more])), key, stops=False))
    if appraisal.exposure.ratio >= facts.limit("IX-BAND-MODERATE", "ratio"):
        key = f"{AGAINST}EXPOSURE"
        found.append(Reason(facts.say(key), key, stops=False))
    return tuple(sorted(found, key=lambda reason: not reason.stops))


def switch_of(
    appraisal: Appraisal, facts: Knowledge, *, make: Sequence[Decimal], weeks: int | None = None, seed: int = SEED
) -> tuple[SwitchFrom, Switch | None] | None:
    """What is taken, and the switch from it, followed; no switch where what is taken must be found out first.

    Raises RegimenError for a length beyond one to two weeks.
    """
    taken = switch_from(appraisal, facts)
    if taken is None or taken.hold or taken.mg_per_day is None:
        return None if taken is None else (taken, None)
    planned = plan_switch(
        facts,
        taken.drug,
        taken.mg_per_day,
        on=appraisal.on,
        make=make,
        weeks=weeks,
        doses_per_day=taken.doses_per_day,
        against=reasons_against(appraisal, facts),
    )
    return taken, crossed(planned, appraisal, facts, seed=seed)


def _drugs(medicine: CurrentMedicine, facts: Knowledge) -> tuple[str, ...]:
    return tuple(drug for drug in medicine.drugs if is_switched(facts, drug))


def _found(drug: str, mg: Decimal | None, doses: int, hold: Said, says: Said) -> SwitchFrom:
    return SwitchFrom(
        drug=drug,
        mg_per_day=mg,
        doses_per_day=doses,
        hold=" ".join(words for _, words in hold),
        says=tuple(words for _, words in says),
        facts=tuple(key for key, _ in (*hold, *says)),
    )


def _hold(facts: Knowledge, key: str, **blanks: object) -> Said:
    return ((key, facts.say(key, **blanks)),)


def _unfit(sure: Sequence[CurrentMedicine], mg: Decimal | None, drug: str, facts: Knowledge) -> Said:
    """Why what is known of the drug and recorded of its doses is not enough to switch from."""
    named = drug.capitalize()
    if equivalence(facts, drug) is None:
        return _hold(facts, "SWITCH-NO-EQUIVALENT", drug=drug)
    dosages = [one.entry.dosage for one in sure if one.entry is not None and one.entry.dosage is not None]
    routes = [dosage.route for dosage in dosages]
    # What is also given in theatre or as a rescue counts as swallowed only where the record says so.
    unsaid = "oral" if any(ANAESTHETIC in one.tags for one in sure) else None
    if any(route not in ("oral", unsaid) for route in routes or [None]):
        return _hold(facts, "SWITCH-NOT-BY-MOUTH", drug=named)
    if any(dosage.as_needed for dosage in dosages):
        return _hold(facts, "SWITCH-AS-NEEDED", drug=named)
    # Of a product with two ingredients, the recorded amount may be that of either.
    if mg is None or any(len(one.drugs) > 1 for one in sure):
        return _hold(facts, "SWITCH-NO-DOSE", drug=drug)
    return ()


def _daily(sure: Sequence[CurrentMedicine]) -> tuple[Decimal | None, int]:
    """Milligrams and doses a day of all entries together; None where any leaves its dose open."""
    amounts = [one.mg_per_day for one in sure]
    given = [mg for mg in amounts if mg is not None]
    doses = [
        one.entry.dosage.doses_per_day
        for one in sure
        if one.entry is not None and one.entry.dosage is not None and one.entry.dosage.doses_per_day is not None
    ]
    total = sum(given, Decimal(0))
    return (total if total > 0 and len(given) == len(amounts) else None), max(int(sum(doses, Decimal(0))), 1)


def _amount(medicine: CurrentMedicine) -> str:
    if medicine.mg_per_day is None:
        return f"{medicine.name} (daily dose not recorded)"
    return f"{medicine.name} ({number(medicine.mg_per_day)} mg a day)"


def _diazepam(appraisal: Appraisal) -> str:
    low, high = appraisal.current_use.mg_per_day_low, appraisal.current_use.mg_per_day_high
    if low is None or high is None:
        return f"{DIAZEPAM} (daily dose not recorded)"
    return f"{DIAZEPAM} ({number(low) if low == high else f'{number(low)} to {number(high)}'} mg a day)"


def _stops(key: str, facts: Knowledge) -> bool:
    return facts.has("statements", key) and facts.get("statements", key).where == STOPS


def _reason(finding: Finding, key: str, facts: Knowledge) -> list[Reason]:
    if facts.has("statements", key):
        return [Reason(facts.say(key), finding.rule, stops=_stops(key, facts))]
    if finding.effect is Effect.BLOCK:
        return [Reason(facts.say(f"{AGAINST}BLOCK", title=finding.title), finding.rule, stops=True)]
    return []
