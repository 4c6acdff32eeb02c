"""Someone who takes another benzodiazepine or Z-drug: whether it is switched first, and who stands there then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from unclench.appraisal.findings import Appraisal, Need
from unclench.appraisal.taper_need import decide
from unclench.knowledge import knowledge
from unclench.planning.switch_after import after_switch, use_as_diazepam
from unclench.planning.switch_from import switch_of
from unclench.planning.taper_plan import Switch
from unclench.planning.words import number
from unclench.values import Answer

NONE, STEP_DOWN, SPECIALIST = "none", "step-down", "specialist"


@dataclass(frozen=True, slots=True, eq=False)
class Switched:
    """`after` is the appraisal of the day of the first cut; None where nothing is planned, and `hold` says why."""

    need: Need
    hold: str
    switch: Switch | None
    after: Appraisal | None


def switched(appraisal: Appraisal, make: Sequence[Decimal], *, seed: int) -> Switched | None:
    """The switch before a taper; None where diazepam is taken already, or nothing of its kind."""
    facts = knowledge()
    if appraisal.current_use.answer is Answer.YES:
        return None
    found = switch_of(appraisal, facts, make=make, seed=seed)
    if found is None:
        return None
    taken, switch = found
    use = use_as_diazepam(appraisal, facts)
    if use is None:
        return Switched(Need(SPECIALIST, (taken.hold, *taken.says), taken.facts), taken.hold, None, None)
    # That another drug of the kind is taken is the matter itself here, and no danger on top.
    own = {one.phrase for one in appraisal.medicines if taken.drug in one.drugs}
    risks = tuple(risk for risk in appraisal.taper_risks if not (risk.because and own.issuperset(risk.because)))
    need = decide(use, None, None, appraisal.body.age_y, risks, facts)
    if taken.mg_per_day is not None and use.mg_per_day_low is not None and use.mg_per_day_high is not None:
        low, high = (number(mg) for mg in (use.mg_per_day_low, use.mg_per_day_high))
        counted = facts.say(
            "NEED-COUNTED-AS", drug=taken.drug.capitalize(), mg=number(taken.mg_per_day), low=low, high=high
        )
        need = replace(need, because=(counted, *need.because))
    if need.need == NONE:
        return Switched(need, "", None, None)
    if need.need == STEP_DOWN:
        return Switched(need, facts.say("TAPER-OTHER-STEP-DOWN", drug=taken.drug), None, None)
    if need.need == SPECIALIST:
        return Switched(need, facts.say("TAPER-OTHER-HOLD", drug=taken.drug), None, None)
    if switch is None or switch.first_cut_on is None:
        return Switched(need, taken.hold if switch is None else switch.hold, switch, None)
    return Switched(need, "", switch, after_switch(appraisal, switch, facts))
