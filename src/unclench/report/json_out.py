"""A consultation as JSON: the keys of the published schema, in its order, the same bytes for the same input."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from unclench.appraisal.findings import Appraisal, CombinedFound, ExposureChange
from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.planning.plan import Plan, Supply
from unclench.report import schema as out
from unclench.report import wording as words
from unclench.report.basis import advice_told, facts_used, limits, shown_course
from unclench.report.drawing import kept_points
from unclench.report.json_effects import effects_out
from unclench.report.json_taper import made_with_out, taper_out
from unclench.report.json_values import array as _array
from unclench.report.json_values import finite as _float
from unclench.report.merge import merged
from unclench.report.plots import find
from unclench.report.schema_types import SupplyLineOut
from unclench.simulation.course import Course, Span
from unclench.values import Answer, MadeWith, Regimen


def to_json(consultation: Consultation) -> bytes:
    """The bytes of one consultation, indented, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(to_document(consultation)), indent=2) + b"\n"


def to_document(consultation: Consultation) -> out.ConsultationOut:
    """The consultation as plain values of the published shape."""
    appraisal, made_with = consultation.appraisal, consultation.made_with
    return out.ConsultationOut(
        jurisdiction=appraisal.jurisdiction.value,
        on=_day(appraisal.on),
        request=_request(appraisal),
        verdict=appraisal.verdict.value if appraisal.verdict is not None else None,
        conditional_on=tuple(
            out.ConditionalOut(one.question, one.if_answer, one.verdict.value) for one in appraisal.conditional_on
        ),
        questions=tuple(
            out.QuestionOut(
                one.id,
                _text(one.ask),
                _text(one.why),
                one.kind,
                one.allowed,
                one.unit,
                one.matters_to,
                one.changes_verdict,
            )
            for one in appraisal.questions
        ),
        findings=_findings(appraisal),
        exposure=_exposure(consultation),
        effects=effects_out(consultation),
        candidates=_candidates(consultation.plan),
        plan=_plan(appraisal, consultation.plan, made_with),
        alternatives=_alternatives(appraisal),
        advice=_advice(consultation),
        facts=facts_used(consultation),
        limits=_texts(limits(consultation)),
        seed=made_with.seed,
        made_with=made_with_out(made_with),
    )


def _text(text: str) -> str:
    return words.clean(text)


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words.clean(text) for text in texts)


def _day(on: date) -> str:
    return on.isoformat()


def _day_or_none(on: date | None) -> str | None:
    return on.isoformat() if on is not None else None


def _float_or_none(value: float | Decimal | None) -> float | None:
    return None if value is None else _float(value)


def _exact(value: Decimal) -> float:
    return float(value)


def _span(span: Span) -> out.SpanOut:
    return out.SpanOut(
        _float(span.typical),
        _float(span.low),
        _float(span.high),
        sure_low=_float_or_none(span.sure_low),
        sure_high=_float_or_none(span.sure_high),
        unsure_share=_float_or_none(span.unsure_share),
        monte_carlo_error=_float_or_none(span.monte_carlo_error),
    )


def _request(appraisal: Appraisal) -> out.RequestOut:
    asked, found, use = appraisal.request, appraisal.indication, appraisal.current_use
    purpose: Any = appraisal.purpose
    return out.RequestOut(
        purpose=purpose,
        text=_text(appraisal.request_text),
        asked=out.AskedForOut(
            ref=_text(asked.ref),
            drug=_text(asked.drug_text),
            mg_per_dose=_float_or_none(asked.dosage.mg_per_dose),
            doses_per_day=_float_or_none(asked.dosage.doses_per_day),
            days=asked.days,
            stop=asked.stop,
        )
        if asked is not None
        else None,
        indication=out.IndicationOut(found.entity, _text(found.name), found.answer.value, _texts(found.because)),
        current_use=out.CurrentUseOut(
            answer=use.answer.value,
            mg_per_day_low=_float_or_none(use.mg_per_day_low),
            mg_per_day_high=_float_or_none(use.mg_per_day_high),
            duration_days_low=use.duration_days_low,
            duration_days_high=use.duration_days_high,
            since=_day_or_none(use.since),
            because=_texts(use.because),
        ),
        noticed=_texts(appraisal.noticed),
        unrecognised=_texts(appraisal.unrecognised),
    )


def _findings(appraisal: Appraisal) -> tuple[out.FindingOut, ...]:
    """In the order of the merged view; each member of a cause follows the one that heads it."""
    place: dict[tuple[bool, str], int] = {}
    heads: set[tuple[bool, str]] = set()
    for one in merged(appraisal.findings):
        unsure = one.answer is Answer.CANNOT_SAY
        heads.add((unsure, one.rule))
        for rule in (one.rule, *one.others):
            place[unsure, rule] = len(place)
    kept = [finding for finding in appraisal.findings if finding.answer is not Answer.NO]
    kept.sort(key=lambda finding: place[finding.answer is Answer.CANNOT_SAY, finding.rule])
    return tuple(
        out.FindingOut(
            rule=one.rule,
            title=_text(one.title),
            stage=one.stage,
            effect=one.effect.value,
            severity=one.severity.value,
            answer=one.answer.value,
            say=_text(one.say),
            because=_texts(one.because),
            missing=one.missing,
            cause=one.cause,
            heads_cause=(one.answer is Answer.CANNOT_SAY, one.rule) in heads,
            source=one.source,
            standing=one.standing.value,
        )
        for one in kept
    )


def _exposure(consultation: Consultation) -> out.ExposureOut:
    course, _ = shown_course(consultation)
    proposed = consultation.plan.chosen is not None
    return out.ExposureOut(
        of=None if course is None else "proposed-regimen" if proposed else "current-use",
        diazepam=_curve(course, "diazepam"),
        nordazepam=_curve(course, "nordazepam"),
        temazepam=_curve(course, "temazepam"),
        oxazepam=_curve(course, "oxazepam"),
        background_ng_ml=_span(course.background_ng_ml) if course and course.background_ng_ml else None,
        accumulation_ratio=_span(course.accumulation) if course else None,
        steady_state_days=_span(course.steady_state_days) if course else None,
        gone_days=_span(course.gone_days) if course else None,
        people=course.people if course else None,
        assumed=_texts(course.assumed) if course else (),
        extrapolated=_texts(course.extrapolated) if course else (),
        interactions=tuple(_interaction(change) for change in consultation.appraisal.exposure.changes),
        combined=tuple(_combined(one) for one in consultation.appraisal.combined),
    )


def _curve(course: Course | None, analyte: str) -> out.CurveOut | None:
    curve = find(course, analyte) if course is not None else None
    if course is None or curve is None:
        return None
    kept = kept_points(curve.t_h, curve.typical)
    peak, half_life = {
        "diazepam": (course.peak_ng_ml, course.half_life_h),
        "nordazepam": (course.nordazepam_peak_ng_ml, course.nordazepam_half_life_h),
    }.get(analyte, (None, None))
    return out.CurveOut(
        t_h=_array(curve.t_h[kept]),
        typical_ng_ml=_array(curve.typical[kept]),
        p05_ng_ml=_array(curve.p05[kept]),
        p25_ng_ml=_array(curve.p25[kept]),
        p50_ng_ml=_array(curve.p50[kept]),
        p75_ng_ml=_array(curve.p75[kept]),
        p95_ng_ml=_array(curve.p95[kept]),
        sure_low_ng_ml=_array(curve.sure_low[kept]) if curve.sure_low is not None else None,
        sure_high_ng_ml=_array(curve.sure_high[kept]) if curve.sure_high is not None else None,
        peak_ng_ml=_span(peak) if peak is not None else None,
        half_life_h=_span(half_life) if half_life is not None else None,
    )


def _interaction(change: ExposureChange) -> out.InteractionOut:
    direction: Any = change.direction
    shown = change.shows_number
    return out.InteractionOut(
        perpetrator=_text(change.perpetrator),
        direction=direction,
        ratio=_float(change.ratio) if shown else None,
        low=_float(change.low) if shown else None,
        high=_float(change.high) if shown else None,
        basis=change.basis if shown else words.UNCONFIRMED,
        from_day=change.from_day,
        until_day=change.until_day,
        say=_text(change.say),
        facts=tuple(sorted(change.facts)),
    )


def _combined(one: CombinedFound) -> out.CombinedOut:
    severity: Any = one.severity
    return out.CombinedOut(
        one.fact,
        _text(one.title),
        _texts(one.medicines),
        _text(one.mechanism),
        _text(one.effect),
        severity,
        _text(one.do),
        _text(one.evidence),
        one.standing.value,
        one.certain,
    )


def regimen(given: Regimen) -> out.RegimenOut:
    return out.RegimenOut(
        start=_day(given.start),
        last_day=_day(given.last_day),
        phases=tuple(
            out.PhaseOut(phase.days, tuple(out.DoseOut(_exact(dose.mg), _float(dose.clock_h)) for dose in phase.doses))
            for phase in given.phases
        ),
        as_needed=given.as_needed,
        route=given.route,
        form=given.form,
        max_mg_per_day=_exact(given.max_mg_per_day),
        total_mg=_exact(given.total_mg),
    )


def _candidates(plan: Plan) -> tuple[out.CandidateOut, ...]:
    return tuple(
        out.CandidateOut(
            id=one.candidate.id,
            words=_text(one.candidate.words),
            why=_text(one.candidate.why),
            rules=one.candidate.rules,
            regimen=regimen(one.candidate.regimen),
            chosen=one.chosen,
            reason=_text(one.reason),
            peak_ng_ml=_span(one.course.peak_ng_ml),
        )
        for one in plan.considered
    )


def _supply(supply: Supply) -> out.SupplyOut:
    return out.SupplyOut(
        lines=tuple(
            SupplyLineOut(line.product, _text(line.name), _exact(line.strength_mg), _exact(line.count))
            for line in supply.lines
        ),
        total_mg=_exact(supply.total_mg),
        refills=supply.refills,
        days=supply.days,
        notes=_texts(supply.notes),
    )


def _plan(appraisal: Appraisal, plan: Plan, made_with: MadeWith) -> out.PlanOut:
    need: Any = plan.taper_needed
    return out.PlanOut(
        regimen=regimen(plan.regimen) if plan.regimen is not None else None,
        words=_text(plan.words),
        heading=_text(plan.heading or appraisal.regimen_heading),
        verdict_because=_texts(appraisal.verdict_because),
        provided_that=_texts(appraisal.provided_that),
        max_daily_mg=_exact(plan.max_daily_mg) if plan.max_daily_mg is not None else None,
        start_on=_day_or_none(plan.start_on),
        stop_on=_day_or_none(plan.stop_on),
        review_on=tuple(_day(on) for on in plan.review_on),
        titration=_texts(plan.titration),
        supply=_supply(plan.supply) if plan.supply is not None else None,
        monitoring=tuple(
            out.WatchOut(_day_or_none(one.on), _text(one.when), _text(one.what), one.rule) for one in plan.monitoring
        ),
        taper_needed=need,
        taper_because=_texts(plan.taper_because),
        taper=taper_out(plan.taper, on=appraisal.on, jurisdiction=appraisal.jurisdiction, made_with=made_with)
        if plan.taper is not None
        else None,
        instead=_texts(plan.instead),
    )


def _alternatives(appraisal: Appraisal) -> tuple[out.AlternativeOut, ...]:
    made = []
    for one in appraisal.alternatives:
        result: Any = one.result
        made.append(
            out.AlternativeOut(
                one.id,
                _text(one.name),
                one.kind,
                result,
                _text(one.say),
                _text(one.dose),
                _text(one.evidence),
                one.strength,
                _texts(one.because),
                one.missing,
                one.tried.value,
                one.step,
            )
        )
    return tuple(made)


def _advice(consultation: Consultation) -> tuple[out.AdviceOut, ...]:
    rows = [knowledge().get("advice", key) for key in advice_told(consultation)]
    return tuple(out.AdviceOut(row.id, row.topic, row.say, row.rate, row.source, row.standing.value) for row in rows)
