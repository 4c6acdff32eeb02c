"""What a switch means for the taper that follows: how the other drug counts, and who stands there at the first cut."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from unclench.appraisal.current_use import regimen_now
from unclench.appraisal.findings import Appraisal, CurrentUse, Exposure, RiskFound
from unclench.appraisal.taper_need import decide, pace_features
from unclench.knowledge.equivalence import equivalence
from unclench.knowledge.load import Knowledge
from unclench.planning.switch_from import switch_from
from unclench.planning.switch_words import rounded
from unclench.planning.taper_plan import Switch
from unclench.planning.words import number
from unclench.values import DAY_H, Answer, RegimenError

DAYS_A_WEEK = 7.0
SLOWER, YEAR, HIGH_DOSE = "slower", "PF-YEAR", "PF-HIGH-DOSE"
DOSES_A_DAY = 2


def use_as_diazepam(appraisal: Appraisal, facts: Knowledge) -> CurrentUse | None:
    """The other drug as the diazepam that guidelines call equal, lowest to highest: for the need of a taper.

    None where nothing of the kind is taken, more than one is, or none is compared with diazepam.
    """
    taken = switch_from(appraisal, facts)
    equal = equivalence(facts, taken.drug) if taken is not None else None
    if taken is None or equal is None:
        return None
    entries = [one for one in appraisal.medicines if one.active is not Answer.NO and taken.drug in one.drugs]
    since = min((one.since for one in entries if one.since is not None), default=None)
    days = None if since is None else max((appraisal.on - since).days, 0)
    mg = taken.mg_per_day
    ends = (equal.cautious_mg, equal.guideline_low_mg)
    low, high = (None, None) if mg is None else (Decimal(rounded(equal.diazepam_mg(float(mg), end))) for end in ends)
    needed = any(one.entry and one.entry.dosage and one.entry.dosage.as_needed for one in entries)
    return CurrentUse(
        answer=Answer.YES if all(one.active is Answer.YES for one in entries) else Answer.CANNOT_SAY,
        mg_per_day_low=low,
        mg_per_day_high=high,
        duration_days_low=days,
        duration_days_high=days,
        days_per_week_low=0.0 if needed else DAYS_A_WEEK,
        days_per_week_high=DAYS_A_WEEK,
        since=since,
        regimen=None,
        because=(*(one.phrase for one in entries), facts.say("SWITCH-AS-DIAZEPAM", drug=taken.drug)),
    )


def after_switch(appraisal: Appraisal, switch: Switch, facts: Knowledge) -> Appraisal:
    """The appraisal as it will be on the day of the first cut: diazepam alone is taken, and the other drug no more.

    For adaptation the other drug counts as if it had been that dose of diazepam all along. The need for a taper is that
    of the use before the switch, read by what guidelines call equal. Raises RegimenError for a switch that is held.
    """
    if switch.to_mg is None or switch.first_cut_on is None:
        raise RegimenError(
            where="the taper after a switch", found="a switch that is held", need="a planned one", fix=switch.hold
        )
    before = use_as_diazepam(appraisal, facts)
    waits = (switch.first_cut_on - appraisal.on).days
    used = None if before is None else before.duration_days_high
    days = waits + (int(facts.limit("DEPENDENCE-DAYS-ANY", "d")) if used is None else used)
    blanks = {"drug": switch.drug, "mg": number(switch.to_mg)}
    use = CurrentUse(
        answer=Answer.YES,
        mg_per_day_low=switch.to_mg,
        mg_per_day_high=switch.to_mg,
        duration_days_low=days,
        duration_days_high=days,
        days_per_week_low=DAYS_A_WEEK,
        days_per_week_high=DAYS_A_WEEK,
        since=None if before is None else before.since,
        regimen=regimen_now(switch.to_mg, DOSES_A_DAY, days, switch.first_cut_on),
        because=(facts.say("SWITCH-AFTER", **blanks),),
    )
    # That it is a second drug of the kind beside diazepam no longer holds once it is gone.
    gone = {one.phrase for one in appraisal.medicines if switch.drug in one.drugs}
    risks = tuple(risk for risk in appraisal.taper_risks if not (risk.because and gone.issuperset(risk.because)))
    need = decide(before or use, None, None, appraisal.body.age_y, risks, facts)
    return replace(
        appraisal,
        on=switch.first_cut_on,
        purpose="stop",
        request=None,
        current_use=use,
        medicines=tuple(one for one in appraisal.medicines if switch.drug not in one.drugs),
        exposure=_later(appraisal.exposure, waits),
        taper_risks=risks,
        pace_features=_slower(before or use, risks, facts),
        taper_need=need.need,
        taper_because=(*use.because, *need.because),
        taper_views=need.views,
        taper_hold=need.hold,
        taper_urgency=need.urgency,
    )


def _slower(use: CurrentUse, risks: tuple[RiskFound, ...], facts: Knowledge) -> tuple[tuple[str, str, str], ...]:
    """What asks for another pace: what is known of the person, and how long and how much of the other drug it was."""
    rows = {row.id: row for row in facts.table("stopping_risks")}
    days, mg = use.duration_days_low, use.mg_per_day_low
    own = [YEAR] if days is not None and days >= rows[YEAR].limit else []
    own += [HIGH_DOSE] if mg is not None and mg > rows[HIGH_DOSE].limit else []
    known = tuple(one for one in pace_features(risks) if one[2] == SLOWER)
    return known + tuple((key, rows[key].title, SLOWER) for key in own)


def _later(exposure: Exposure, days: int) -> Exposure:
    """The same changes of exposure, counted from so many days later."""
    return replace(
        exposure,
        changes=tuple(
            replace(
                one,
                from_day=one.from_day - days,
                until_day=None if one.until_day is None else one.until_day - days,
            )
            for one in exposure.changes
        ),
        segments=tuple(replace(one, from_h=one.from_h - days * DAY_H) for one in exposure.segments),
    )
