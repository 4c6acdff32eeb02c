"""How a switch is said. Only composes: every sentence is a row."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from unclench.knowledge.equivalence import Equivalence
from unclench.knowledge.load import Knowledge
from unclench.planning.taper_plan import Switch
from unclench.planning.words import day, listed, number

Said = tuple[tuple[str, str], ...]  # (row, sentence)
PERCENT = 100


def told(
    switch: Switch, facts: Knowledge, equal: Equivalence, *, exact: Decimal, by_dose: bool, is_slowed: bool
) -> Said:
    """Everything that is said of a planned switch: the dose first, then the way, then what is not known."""
    drug, steps = switch.drug, tuple(switch.steps())
    changes = [steps[0], *(after for before, after in pairwise(steps) if after.other_mg != before.other_mg)]
    left = listed(number(one.other_mg) for one in changes[:-1])
    first, last = switch.review or (steps[0].on, steps[0].on)
    blanks: dict[str, dict[str, object]] = {
        **_dose(switch, equal, exact),
        "SWITCH-STEPS": {"parts": len(changes), "first": day(changes[0].on), "last": day(changes[-1].on)},
        "SWITCH-ABRUPT": {},
        ("SWITCH-DOSE-BY-DOSE" if by_dose else "SWITCH-STRENGTHS"): {"drug": drug, "doses": left},
        "SWITCH-REVIEW": {
            "first": day(first),
            "last": day(last),
            "low": (first - steps[0].on).days,
            "high": (last - steps[0].on).days,
        },
        "SWITCH-NO-CUT": {"date": "" if switch.first_cut_on is None else day(switch.first_cut_on)},
        "SWITCH-BUILD-UP": {"drug": drug},
        "SWITCH-EQUIVOCAL": {"drug": drug},
    }
    if is_slowed:
        blanks["SWITCH-SLOWED"] = {}
    return tuple((key, facts.say(key, **values)) for key, values in blanks.items())


def _dose(switch: Switch, equal: Equivalence, exact: Decimal) -> dict[str, dict[str, object]]:
    """The dose, its range, and by how much it may be too little."""
    mg, to_mg = float(switch.from_mg), switch.to_mg or Decimal(0)
    most = equal.diazepam_mg(mg, equal.guideline_low_mg)
    blanks: dict[str, dict[str, object]] = {
        "SWITCH-DOSE": {
            "drug": switch.drug.capitalize(),
            "from_mg": number(switch.from_mg),
            "to_mg": number(to_mg),
            "named": span(float(exact), most),
            "span": span(switch.low_mg, switch.high_mg),
        }
    }
    if to_mg < exact:
        blanks["SWITCH-ROUNDED"] = {"exact": rounded(exact), "to_mg": number(to_mg)}
    if equal.low_mg == equal.high_mg:
        blanks["SWITCH-NO-RANGE"] = {"drug": switch.drug}
    blanks["SWITCH-LOW"] = {}
    less = round(PERCENT * (1 - float(to_mg) / most))
    if less > 0:
        blanks["SWITCH-UNDER"] = {"most": rounded(most), "percent": less}
    else:
        blanks["SWITCH-UNDER-EQUAL"] = {}
    return blanks


def sources(facts: Knowledge, equal: Equivalence, mg: Decimal) -> Said:
    """Every confirmed row, and what it makes of this dose."""
    found = []
    for row in equal.rows:
        source = facts.get("sources", row.source)
        amounts = [amount for amount in (row.low_mg, row.mg, row.high_mg) if amount is not None]
        low, high = amounts[0], amounts[-1]
        value = f"{rounded(row.mg)} ({span(low, high)})" if row.mg is not None and low < high else span(low, high)
        says = facts.say(
            "SWITCH-SOURCE",
            source=f"{' '.join(part for part in (source.publisher, source.year) if part)} ({row.locator})",
            amount=value,
            drug=equal.drug,
            equal=span(equal.diazepam_mg(float(mg), high), equal.diazepam_mg(float(mg), low)),
        )
        found.append((row.id, says))
    return tuple(found)


def rounded(mg: float | Decimal) -> str:
    """Three figures: 13.3, 6.67, 40."""
    return number(float(f"{mg:.3g}"))


def span(low: float, high: float) -> str:
    """10 to 13.3; one number where both are the same."""
    return rounded(low) if rounded(low) == rounded(high) else f"{rounded(low)} to {rounded(high)}"
