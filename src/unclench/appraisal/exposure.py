"""How the medicines of this person, and the genotype, change diazepam exposure: each, together, and over time."""

from __future__ import annotations

import math
from datetime import date

from unclench.appraisal import exposure_time, perpetrators
from unclench.appraisal.findings import CurrentMedicine, Exposure, ExposureChange
from unclench.appraisal.perpetrators import ESTIMATE, MEASURED, Strength, Taken
from unclench.knowledge import Knowledge
from unclench.models.enzymes import Shares, auc_ratio, clearance
from unclench.values import DAY_H

# Ranges are read as 90 % intervals: half their log width is this many standard deviations.
Z90 = 1.645


def exposure(
    medicines: tuple[CurrentMedicine, ...],
    *,
    cyp2c19: str | None,
    on: date,
    facts: Knowledge,
    horizon_days: int = 60,
) -> Exposure:
    """Every medicine's change of diazepam exposure, all together against a normal metaboliser, and clearance over time.

    The genotype is in the combined ratio and in the steps of clearance, not among the changes: no medicine makes it.
    A perpetrator that is only perhaps taken is named but not counted, and said so.
    """
    active = perpetrators.activity(cyp2c19, facts)
    changes: list[ExposureChange] = []
    counted: list[exposure_time.Acting] = []
    cannot_say: list[str] = []
    if cyp2c19 is None:
        cannot_say.append(facts.say("IX-GENOTYPE-ASSUMED"))
    for one in perpetrators.taken(medicines, facts, on):
        found = perpetrators.strength(one, cyp2c19, facts)
        if found is None:
            continue
        when = exposure_time.acting(found, one.courses, on, facts, horizon_days)
        if not when.spans:
            continue
        change = _change(found, one, when, on, facts)
        changes.append(change)
        if one.sure:
            counted.append(when)
        cannot_say.extend(_not_counted(found, one, facts))
    ratio, low, high, log_sd = _together(counted, cyp2c19, facts)
    steps = exposure_time.segments(counted, active, facts)
    return Exposure(tuple(changes), steps, ratio, low, high, log_sd, tuple(cannot_say))


def action_band(ratio: float, facts: Knowledge) -> str:
    """What the project proposes to do about a ratio: avoid-or-halve, reduce, none, lowered, or do-not-titrate."""
    if ratio >= facts.limit("IX-BAND-HIGH", "ratio"):
        return "avoid-or-halve"
    if ratio >= facts.limit("IX-BAND-MODERATE", "ratio"):
        return "reduce"
    if ratio <= facts.limit("IX-BAND-INDUCED", "ratio"):
        return "do-not-titrate"
    return "none" if ratio >= facts.limit("IX-BAND-LOW", "ratio") else "lowered"


def _genotype_spread(cyp2c19: str | None, facts: Knowledge) -> float:
    """Log standard deviation of what the genotype does to exposure, from the range of the CYP2C19 share."""
    share, active = facts.parameter("IX-F2C19"), perpetrators.activity(cyp2c19, facts)
    ends = [
        clearance(Shares(0.0, part, 1.0 - part), active, ())
        for part in (share.low or share.value, share.high or share.value)
    ]
    return math.log(max(ends) / min(ends)) / (2 * Z90)


def _together(
    counted: list[exposure_time.Acting], cyp2c19: str | None, facts: Knowledge
) -> tuple[float, float, float, float]:
    """Combined ratio at steady state with its range.

    Everything that is or will be taken counts at its full effect; what was stopped counts with what is left today.
    """
    blocks = [
        one.strength.diazepam if any(ended > 0 for _, ended in one.spans) else one.left_at(0.0) for one in counted
    ]
    parts = perpetrators.shares(facts)
    active = perpetrators.activity(cyp2c19, facts)
    spreads = [
        math.log(one.strength.high / one.strength.low) / (2 * Z90)
        for one in counted
        if not math.isclose(auc_ratio(parts, active, [one.strength.diazepam]), 1.0)
    ]
    ratio = 1.0 / clearance(parts, active, blocks)
    if len(spreads) > 1:
        # Nobody measured these together: the model's own error comes on top.
        spreads.append(math.log(facts.parameter("IX-SPREAD-MODEL").value) / Z90)
    spreads.append(_genotype_spread(cyp2c19, facts))
    log_sd = math.sqrt(sum(spread**2 for spread in spreads))
    others = [ratio]
    if cyp2c19 is None and blocks:
        others += [auc_ratio(parts, perpetrators.activity(other, facts), blocks) for other in ("IM", "RM")]
    wide = math.exp(Z90 * log_sd)
    return ratio, min(others) / wide, max(others) * wide, log_sd


def _change(found: Strength, one: Taken, when: exposure_time.Acting, on: date, facts: Knowledge) -> ExposureChange:
    direction = "lowers" if not found.shows_number else _direction(found.ratio, facts)
    began = min(span[0] for span in when.spans)
    last = max((course.until or date.max) for course in one.courses)
    until_day = None if last == date.max else (last - on).days + 1
    from_day = 1 if math.isinf(began) else round(began / DAY_H) + 1
    return ExposureChange(
        _name(one, facts),
        found.ratio,
        found.low,
        found.high,
        found.basis,
        direction,
        from_day if until_day is None else min(from_day, until_day),
        until_day,
        found.facts,
        _say(found, one, direction, on, facts),
        found.shows_number,
        one.sure,
    )


def _direction(ratio: float, facts: Knowledge) -> str:
    no_change = facts.limit("IX-NO-CHANGE", "ratio")
    if 1 / no_change < ratio < no_change:
        return "none"
    return "raises" if ratio > 1 else "lowers"


def _name(one: Taken, facts: Knowledge) -> str:
    """The project's own names, never the text of the record; a class behind the drugs it stands in for."""
    names = [facts.get("drugs", drug).name if facts.has("drugs", drug) else drug for drug in one.drugs]
    if not one.key.startswith("tag:"):
        return " with ".join(names)
    words = one.key.removeprefix("tag:").split("_")
    if words[0] == "hormonal":
        return "combined hormonal contraceptive"
    kind = "inducer" if "inducer" in words else "inhibitor"
    grade = words[-1] if words[-1] != kind else ""
    return f"{', '.join(names)} ({f'{grade} {words[0].upper()} {kind}'.strip()})"


def _figure(value: float) -> str:
    return f"{value:.1f}" if value >= 0.95 else f"{value:.2f}"


def _times(ratio: float, low: float, high: float) -> str:
    return f"about {_figure(ratio)} times the diazepam exposure ({_figure(low)} to {_figure(high)})"


def _say(found: Strength, one: Taken, direction: str, on: date, facts: Knowledge) -> str:
    name = _name(one, facts)
    name = name[:1].upper() + name[1:]
    if not found.shows_number:
        words = f"{name}: expected to lower diazepam levels, by how much is unconfirmed: check"
    else:
        people = f"measured in {found.people} people" if found.people else "measured; number of people not recorded"
        known = people if found.basis == MEASURED else found.basis
        known = "predicted by the enzyme model" if found.basis == perpetrators.PREDICTED else known
        size = _times(found.ratio, found.low, found.high)
        size = f"no change that matters, {size}" if direction == "none" else size
        words = f"{name}: {size}, {known}"
    return f"{words}{_when(one, on)}."


def _when(one: Taken, on: date) -> str:
    first = min((course.since or date.min) for course in one.courses)
    last = max((course.until or date.max) for course in one.courses)
    if last < on:
        return f"; stopped on {last.isoformat()}, the effect is fading"
    parts = [] if one.sure else ["if it is taken"]
    if first > on:
        parts.append(f"from {first.isoformat()}")
    if last < date.max:
        parts.append(f"until {last.isoformat()}")
    return f"; {' '.join(parts)}" if parts else ""


def _not_counted(found: Strength, one: Taken, facts: Knowledge) -> list[str]:
    name = _name(one, facts)
    if not one.sure:
        return [
            f"Whether {name} is taken now, by a route that reaches the liver, cannot be said: "
            "its effect on diazepam levels is not counted."
        ]
    if found.basis == ESTIMATE and found.induces:
        return [
            f"{name[:1].upper() + name[1:]} probably lowers diazepam levels; the size is unconfirmed, "
            "so the curves do not count on it."
        ]
    return []
