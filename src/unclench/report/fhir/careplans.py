"""What to do, in its order, as a CarePlan: steps before diazepam, the proposed order, checks, reviews, the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from unclench.appraisal.findings import Appraisal
from unclench.knowledge import knowledge
from unclench.planning.plan import Plan
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.fhir.narrative import narrative
from unclench.report.fhir.parts import Json, coding, concept, filled, period, remarks
from unclench.report.fhir.scene import DEVICE, RULE, Scene

KIND = "CarePlan"


def care_plan(
    scene: Scene,
    appraisal: Appraisal,
    plan: Plan | None,
    taper: Taper | None,
    orders: list[Json],
    support: list[Json],
) -> Json | None:
    """`orders`: references to the proposals. `support`: to what speaks for it. None where there is nothing to do."""
    steps = [*_steps(plan), *_regimen(plan), *_taper(taper)]
    if not steps and not orders:
        return None
    say = knowledge().say
    title = say("FHIR-PLAN")
    heading = plan.words if plan is not None else ""
    first, last = _span(scene, plan, taper)
    return filled(
        **scene.base(KIND),
        text=narrative(title, heading, (_told(step) for step in steps), say("FHIR-PROPOSAL")),
        status="draft",
        intent="proposal",
        title=title,
        description=words.clean(heading),
        subject=scene.subject,
        period=period(first, last) if last is not None else {"start": first.isoformat()},
        created=scene.day(),
        author=scene.link(DEVICE),
        addresses=scene.evidence(appraisal.indication.because, ("Condition",)),
        supportingInfo=support,
        activity=[*({"reference": order} for order in orders), *({"detail": step} for step in steps)],
        note=remarks((say("FHIR-PROPOSAL"),)),
    )


def _span(scene: Scene, plan: Plan | None, taper: Taper | None) -> tuple[date, date | None]:
    ends = [on for on in (plan.stop_on if plan else None, taper.days[-1].on if taper and taper.days else None) if on]
    last = max(ends) if ends else None
    return scene.on, last if last is None or last >= scene.on else scene.on


def step(what: str, *, rule: str = "", on: date | None = None, when: str = "", kind: str = "Task") -> Json:
    """One thing to do: nothing here has begun."""
    timing: Json = {"scheduledPeriod": period(on, on)} if on is not None else {}
    if not timing and words.clean(when):
        timing = {"scheduledString": words.clean(when)}
    return filled(
        kind=kind,
        code=concept([coding(RULE, rule)] if rule else [], when) or None,
        status="not-started",
        description=words.clean(what),
        **timing,
    )


def _told(step_: Json) -> str:
    when = step_.get("scheduledPeriod", {}).get("start", step_.get("scheduledString", ""))
    return f"{when}: {step_['description']}" if when else str(step_["description"])


def _kept(steps: Iterable[Json]) -> list[Json]:
    return [one for one in steps if "description" in one]


def _steps(plan: Plan | None) -> list[Json]:
    """What comes instead of diazepam, or first."""
    return _kept(step(text) for text in plan.instead) if plan is not None else []


def _regimen(plan: Plan | None) -> list[Json]:
    if plan is None or plan.regimen is None:
        return []
    say = knowledge().say
    out = [step(watch.what, rule=watch.rule, on=watch.on, when=watch.when) for watch in plan.monitoring]
    out += [step(say("FHIR-REVIEW"), on=on, kind="Appointment") for on in plan.review_on]
    out += [step(text) for text in plan.titration]
    if plan.stop_on is not None:
        out.append(step(say("FHIR-STOP", on=words.day(plan.stop_on)), on=plan.stop_on))
    if plan.taper_needed != "none":
        out.append(step(" ".join((f"{words.TAPERS[plan.taper_needed]}.", *plan.taper_because))))
        out += [step(text) for text in (plan.taper_urgency, plan.taper_hold) if text]
    return _kept(out)


def _taper(taper: Taper | None) -> list[Json]:
    if taper is None:
        return []
    say = knowledge().say
    out = [step(text) for text in (taper.urgency, taper.hold) if text]
    switch = taper.switch
    if switch is not None:
        out += [
            step(
                say(
                    "FHIR-SWITCH",
                    drug=switch.drug,
                    other=words.amount(day.other_mg),
                    diazepam=words.amount(day.diazepam_mg),
                ),
                on=day.on,
            )
            for day in switch.steps()
        ]
    out += [
        step(say("FHIR-CUT", before=words.amount(cut.from_mg), after=words.amount(cut.to_mg)), on=cut.on)
        for cut in taper.cuts
    ]
    out += [step(sentence, rule=rule) for rule, sentence in taper.holds_at]
    return _kept(out)
