"""The plan and the taper of a report on paper: what the page shows of them, as values for the template."""

from __future__ import annotations

from typing import Any

from unclench.report import wording as words
from unclench.report.content import Content
from unclench.values import Verdict

NOTHING_ASKED = "Nothing is asked of diazepam here."
NO_REGIMEN = "No regimen is proposed."


def plan_told(said: Content) -> dict[str, Any]:
    """The regimen with its days, dates and supply; or what to do instead."""
    plan = said.plan
    if plan.regimen is None:
        nothing = NOTHING_ASKED if said.verdict is None else NO_REGIMEN
        return {
            "title": "What to do instead" if said.verdict is Verdict.AVOID else "What to do",
            "regimen": "",
            "lines": plan.instead or (nothing,),
        }
    return {
        "title": "What to do",
        "heading": f"{words.capital(said.plan_heading)}:" if said.plan_heading else "",
        "regimen": f"Diazepam {said.regimen}",
        "reason": plan.chosen.reason if plan.chosen is not None else "",
        "days": tuple({"days": day.days, "dates": day.dates, "doses": day.doses} for day in said.calendar),
        "facts": tuple(_facts(said)),
        "lines": plan.titration,
        "first": plan.instead,
    }


def _facts(said: Content) -> list[tuple[str, tuple[str, ...]]]:
    plan = said.plan
    most = f"{words.amount(plan.max_daily_mg)} mg" if plan.max_daily_mg is not None else ""
    rows = [
        ("Most in a day", (most,) if most else ()),
        ("These doses until" if said.taper else "Last dose on", (said.stop_on,) if said.stop_on else ()),
        ("Review on", (", ".join(said.reviews),) if said.reviews else ()),
        ("Supply", said.supply),
    ]
    return [row for row in rows if row[1]]


def taper_told(said: Content) -> dict[str, Any] | None:
    """How stopping goes: the need, and the taper in brief where one is planned."""
    plan = said.taper_plan
    if plan is None:
        return {"need": said.taper, "because": said.plan.taper_because} if said.taper else None
    drive = ""
    if plan.drive is not None:
        drive = (
            f"at its peak {plan.drive.typical} ({plan.drive.interval}) {words.statements('taper-drive')[0]}; "
            f"worst fifth {plan.drive.worst_fifth} %."
        )
    return {
        "need": said.taper,
        "because": said.plan.taper_because,
        "hold": plan.hold,
        "urgency": plan.urgency,
        "line": f"{plan.headline}: {plan.line}" if plan.steps else "",
        "steps": tuple((step.from_on, step.length, step.dose) for step in plan.brief) if plan.steps else (),
        "broken": tuple(f"{one.say} {one.worst} ({one.rule})" for one in plan.broken) if plan.steps else (),
        "drive": drive if plan.steps else "",
        "notes": words.statements("taper-brief") if plan.steps else (),
    }
