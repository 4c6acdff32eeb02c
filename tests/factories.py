"""Minimal appraisals and courses for tests of planning: right in shape, synthetic in content."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from unclench.appraisal.findings import (
    Appraisal,
    Body,
    CurrentUse,
    DoseLimits,
    Exposure,
    Finding,
    Indication,
)
from unclench.record.patient import Dosage, Request
from unclench.simulation.course import Course, Span
from unclench.values import Answer, Effect, Jurisdiction, Regimen, Severity, Standing, Verdict

ON = date(2026, 11, 22)
NOT_TAKEN = CurrentUse(Answer.NO, None, None, None, None, None, None, None, None, ())
LIMITS = DoseLimits(Decimal(5), Decimal(10), Decimal(40), 7, 4, 0, 3, (("start_mg", "DOSE-01"),))
BODY = Body(44.0, "female", 70.0, 168.0, 42.0, "none", Answer.NO, None, Answer.NO)


def limits(**more: Any) -> DoseLimits:
    return replace(LIMITS, **more)


def finding(rule: str, stage: str = "population", effect: Effect = Effect.CHANGE, **more: Any) -> Finding:
    made = Finding(
        rule=rule,
        stage=stage,
        title=rule,
        severity=Severity.CAUTION,
        effect=effect,
        answer=Answer.YES,
        say=f"What {rule} says.",
        because=(),
        missing=(),
        standing=Standing.PROJECT,
        source="SRC-PROJECT",
        cause=rule.lower(),
    )
    return replace(made, **more)


def request(mg: str | None = "5", times: str | None = "3", days: int | None = 7, **more: Any) -> Request:
    dosage = Dosage(
        mg_per_dose=None if mg is None else Decimal(mg),
        doses_per_day=None if times is None else Decimal(times),
        as_needed=more.pop("as_needed", None),
        route=more.pop("route", None),
        max_mg_per_day=more.pop("max_mg_per_day", None),
    )
    return Request(ref="--request", drug_text="diazepam", codes=(), dosage=dosage, days=days, **more)


def use(mg: str | None, days: int | None, per_week: float | None = 7.0, answer: Answer = Answer.YES) -> CurrentUse:
    amount = None if mg is None else Decimal(mg)
    return CurrentUse(answer, amount, amount, days, days, per_week, per_week, None, None, ())


def appraisal(**more: Any) -> Appraisal:
    """An adult with acute spasm, a reasonable verdict and no request, changed as asked."""
    made = Appraisal(
        on=ON,
        jurisdiction=Jurisdiction.US,
        purpose="new",
        indication=Indication("acute-spasm", "acute muscle spasm", Answer.YES, ()),
        request=None,
        request_text="",
        current_use=NOT_TAKEN,
        medicines=(),
        findings=(),
        cleared=(),
        verdict=Verdict.REASONABLE,
        verdict_because=(),
        provided_that=(),
        conditional_on=(),
        questions=(),
        body=BODY,
        exposure=Exposure((), (), 1.0, 1.0, 1.0, 0.0),
        limits=LIMITS,
        regimen_allowed=True,
        regimen_heading="",
        alternatives=(),
        noticed=(),
        unrecognised=(),
        taper_need="none",
        taper_because=(),
        advice=(),
        facts=(),
    )
    return replace(made, **more)


def spasticity(**more: Any) -> Appraisal:
    kept = {
        "indication": Indication("spasticity", "spasticity", Answer.YES, ()),
        "limits": limits(days_max=28, review_day=7),
    }
    return appraisal(**(kept | more))


def course(given: Regimen) -> Course:
    """A stand-in for the simulation: the peak follows the highest day, so that more dose is a higher level."""
    peak = float(given.max_mg_per_day) * 20
    return Course(
        regimen=given,
        curves=(),
        peak_ng_ml=Span(peak, peak / 2, peak * 2, "ng/mL"),
        nordazepam_peak_ng_ml=Span(peak / 2, peak / 4, peak, "ng/mL"),
        end_ng_ml=Span(peak / 2, peak / 4, peak, "ng/mL"),
        accumulation=Span(2.5, 1.8, 3.6, "ratio"),
        steady_state_days=Span(9, 5, 20, "days"),
        half_life_h=Span(45, 22, 95, "h"),
        nordazepam_half_life_h=Span(80, 45, 150, "h"),
        gone_days=Span(14, 8, 29, "days"),
        background_ng_ml=None,
        people=0,
        assumed=(),
        facts=(),
    )
