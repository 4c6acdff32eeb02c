"""Synthetic consultations for tests of reports: every kind of outcome, without the stages that make them.

Numbers here are placeholders with the right shape, not evidence. Names of people do not occur.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from unclench.appraisal.findings import (
    AlternativeAppraisal,
    Appraisal,
    Asked,
    Body,
    ClearanceSegment,
    CombinedFound,
    Conditional,
    CurrentUse,
    DoseLimits,
    Exposure,
    ExposureChange,
    Finding,
    Indication,
)
from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.planning.plan import Candidate, Considered, Plan, Supply, SupplyLine, Watch
from unclench.record.patient import Dosage, ListState, Patient, Request
from unclench.simulation.course import Course, Curve, Span
from unclench.values import (
    Answer,
    Dose,
    Effect,
    Jurisdiction,
    MadeWith,
    Phase,
    Regimen,
    Severity,
    Standing,
    Verdict,
)

ON = date(2026, 11, 22)
ANALYTES = ("diazepam", "nordazepam", "temazepam", "oxazepam")
KINDS = ("avoid", "not-first-line", "usable-with-changes", "reasonable", "none", "child", "continuing", "not-simulated")


def regimen(days: int = 7) -> Regimen:
    low = Phase(2, (Dose(Decimal("2"), 22.0),))
    high = Phase(days - 2, (Dose(Decimal("2"), 14.0), Dose(Decimal("5.0"), 22.0)))
    return Regimen(ON, (low, high))


def levels(given: Regimen, ke: float, ka: float, scale: float, t_h: np.ndarray) -> np.ndarray:
    out = np.zeros_like(t_h)
    for at, mg in given.timed():
        since = np.clip(t_h - at, 0, None)
        out += float(mg) * scale * ka / (ka - ke) * (np.exp(-ke * since) - np.exp(-ka * since))
    return out


def curve(analyte: str, kind: str, given: Regimen) -> Curve:
    t_h = np.linspace(0, (given.days + 14) * 24, (given.days + 14) * 24 * 4 + 1)
    slow = {"nordazepam": (0.009, 0.02, 8.0), "temazepam": (0.07, 0.02, 0.9), "oxazepam": (0.1, 0.02, 0.7)}
    ke, ka, scale = slow.get(analyte, (0.018, 1.2, 20.0))
    middle = levels(given, ke, ka, scale, t_h) * (0.02 if kind == "unbound" else 1.0)
    return Curve(
        analyte,
        kind,
        "ng/mL",
        t_h,
        middle,
        middle * 0.5,
        middle * 0.8,
        middle * 1.02,
        middle * 1.3,
        middle * 1.9,
        sure_low=middle * 0.9,
        sure_high=middle * 1.12,
    )


def course(given: Regimen | None = None) -> Course:
    given = given or regimen()
    return Course(
        regimen=given,
        curves=tuple(curve(a, k, given) for a in ANALYTES for k in ("total", "unbound")),
        peak_ng_ml=Span(243.21, 131.0, 441.9, "ng/mL", 215.0, 276.0, 0.19, 6.2),
        nordazepam_peak_ng_ml=Span(160.0, 70.1, 330.0, "ng/mL"),
        end_ng_ml=Span(201.0, 90.0, 400.0, "ng/mL"),
        accumulation=Span(2.84, 1.9, 4.1, "ratio"),
        steady_state_days=Span(9.6, 5.1, 21.0, "days"),
        half_life_h=Span(47.0, 24.0, 101.0, "h"),
        nordazepam_half_life_h=Span(78.0, 41.0, 150.0, "h"),
        gone_days=Span(14.2, 8.0, 30.1, "days"),
        background_ng_ml=None,
        people=1000,
        assumed=(
            "Albumin is not recorded: 42 g/L was taken.",
            "CYP2C19 is not known: the mix of this population was taken.",
        ),
        facts=("PK-CL", "PK-V"),
    )


def finding(rule: str, title: str, effect: Effect, severity: Severity, **more: object) -> Finding:
    made = Finding(
        rule=rule,
        stage="precaution",
        title=title,
        severity=severity,
        effect=effect,
        answer=Answer.YES,
        say=f"{title}: what it means for the dose, in one sentence a prescriber reads once.",
        because=("recorded 2024-03-01 (Condition/12)",),
        missing=(),
        standing=Standing.READ,
        source="SRC-FDA-LABEL",
        cause=rule.lower(),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def findings() -> tuple[Finding, ...]:
    change, note, unsure = Effect.CHANGE, Effect.NOTE, Answer.CANNOT_SAY
    return (
        finding("POP-01", "Age 65 or above", Effect.CHANGE, Severity.MAJOR, cause="older"),
        finding("PRE-11", "Fall in the last year", change, Severity.CAUTION, cause="older"),
        finding("INT-11", "Omeprazole slows the clearance of diazepam", change, Severity.CAUTION, cause="cyp2c19"),
        finding("DOSE-02", "Lowest dose, shortest time", change, Severity.REQUIRED),
        finding("DOSE-03", "Not above the label of this jurisdiction", change, Severity.REQUIRED),
        finding("DEP-04", "Two earlier courses this year", change, Severity.MAJOR, standing=Standing.UNVERIFIED),
        finding("PRE-20", "Drives for a living", change, Severity.CAUTION, standing=Standing.PROJECT),
        finding("DOSE-09", "Liquid is not needed", change, Severity.CAUTION),
        finding("COUN-01", "Explain how long it stays", note, Severity.INFO),
        finding("COUN-02", "Store it locked", note, Severity.INFO),
        finding(
            "CI-04", "Myasthenia gravis", Effect.BLOCK, Severity.CONTRAINDICATED, answer=unsure, missing=("myasthenia",)
        ),
        finding("INT-01", "Opioids", Effect.AVOID, Severity.AVOID, answer=unsure, missing=("takes-opioid",)),
        finding(
            "PRE-07", "Alcohol", Effect.AVOID, Severity.MAJOR, answer=unsure, missing=("drinks-alcohol", "audit-c")
        ),
    )


def questions() -> tuple[Asked, ...]:
    yes_no = ("yes", "no")
    why = "An opioid with diazepam can stop breathing."
    return (
        Asked(
            "takes-opioid", "Is an opioid taken now, prescribed or not?", why, "yes-no", yes_no, "", ("INT-01",), True
        ),
        Asked(
            "myasthenia",
            "Is myasthenia gravis known?",
            "It is a contraindication.",
            "yes-no",
            yes_no,
            "",
            ("CI-04",),
            True,
        ),
        Asked(
            "drinks-alcohol", "Is alcohol drunk?", "Alcohol adds to sedation.", "yes-no", yes_no, "", ("PRE-07",), True
        ),
        Asked(
            "red-flags",
            "Any red flag of the spine?",
            "They need examination first.",
            "yes-no",
            yes_no,
            "",
            ("PATH-01",),
            True,
        ),
        Asked("drives", "Does the person drive?", "Driving is impaired.", "yes-no", yes_no, "", ("PRE-20",), False),
        Asked("weight-kg", "What is the weight?", "It sharpens the simulation.", "number", (), "kg", (), False),
        Asked(
            "tried-nsaid",
            "Was an NSAID tried?",
            "It comes first.",
            "choice",
            ("not-tried", "helped", "failed"),
            "",
            (),
            True,
        ),
    )


def alternatives() -> tuple[AlternativeAppraisal, ...]:
    def one(key: str, name: str, result: str, **more: object) -> AlternativeAppraisal:
        made = AlternativeAppraisal(
            id=key,
            name=name,
            kind="drug",
            result=result,
            say="Why it suits or does not, in a sentence.",
            dose="250 to 500 mg twice a day" if result in ("offer", "caution") else "",
            evidence="two trials",
            strength="moderate",
            because=("kidney function 88 mL/min/1.73 m2 (Observation/4)",),
            missing=(),
            facts=(key,),
        )
        return replace(made, **more)  # type: ignore[arg-type]

    return (
        one("ALT-01", "Superficial heat", "offer", kind="non-drug", dose="", step=1),
        one("ALT-02", "Keeping active, early physiotherapy", "offer", kind="non-drug", dose="", step=1),
        one("ALT-03", "Naproxen", "caution", step=2, missing=("ulcer",)),
        one("ALT-04", "Tizanidine", "cannot-say", step=3, missing=("liver-disease",)),
        one("ALT-05", "Baclofen", "not-for-this-patient", say="It is for spasticity, not for reflex spasm."),
        one("ALT-06", "Carisoprodol", "not-for-this-patient", say="It leads to dependence."),
    )


def exposure() -> Exposure:
    return Exposure(
        changes=(
            ExposureChange(
                "omeprazole 20 mg",
                1.36,
                1.12,
                1.61,
                "measured",
                "raises",
                0,
                None,
                ("RATIO-OMEPRAZOLE",),
                "Slows the step to nordazepam.",
            ),
            ExposureChange(
                "St John's wort",
                0.7,
                0.4,
                0.9,
                "project estimate, not measured",
                "lowers",
                3,
                10,
                (),
                "May speed clearance.",
                shows_number=False,
            ),
        ),
        segments=(ClearanceSegment(float("-inf"), 0.74, 1.0),),
        ratio=1.36,
        low=1.12,
        high=1.61,
        log_sd=0.11,
    )


def plan(chosen: Regimen | None, **more: object) -> Plan:
    considered: tuple[Considered, ...] = ()
    if chosen is not None:
        words = "2 mg at night for 2 days, then 2 mg at 14:00 and 5 mg at night; 7 days in all"
        considered = (
            Considered(
                Candidate("A", words, chosen, "starts low", ("DOSE-02",)),
                course(chosen),
                True,
                "The lowest of those that build up slowly.",
            ),
            Considered(
                Candidate("B", "5 mg three times a day for 7 days", regimen(5), "as requested", ()),
                course(),
                False,
                "Above the start for this age.",
            ),
        )
    made = Plan(
        regimen=chosen,
        words=considered[0].candidate.words if considered else "",
        heading="",
        max_daily_mg=chosen.max_mg_per_day if chosen else None,
        start_on=ON if chosen else None,
        stop_on=chosen.last_day if chosen else None,
        review_on=(ON + timedelta(days=3),) if chosen else (),
        supply=Supply(
            lines=(
                SupplyLine("US-TABLET-2", "diazepam 2 mg tablet", Decimal("2"), Decimal("7")),
                SupplyLine("US-TABLET-5", "diazepam 5 mg tablet", Decimal("5"), Decimal("5.0")),
            ),
            total_mg=chosen.total_mg,
            refills=0,
            days=7,
            per_day=((1, 2, "1 x 2 mg at 22:00"),),
            notes=("No halves needed.",),
        )
        if chosen
        else None,
        monitoring=(
            Watch(ON + timedelta(days=3), "day 4", "Ask about drowsiness, falls and how much spasm is left.", "MON-01"),
            Watch(None, "any time", "Slow breathing, confusion: stop and send to emergency care.", "MON-02"),
        )
        if chosen
        else (),
        titration=("Raise to twice a day on day 3 only if spasm still limits and there is no drowsiness by day.",)
        if chosen
        else (),
        taper_needed="none",
        taper_because=(),
        taper=None,
        instead=(),
        considered=considered,
        chosen=considered[0] if considered else None,
        facts=("US-TABLET-2", "US-TABLET-5"),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def appraisal(verdict: Verdict | None, **more: object) -> Appraisal:
    general = tuple(row.id for row in knowledge().table("advice") if not row.when)
    made = Appraisal(
        on=ON,
        jurisdiction=Jurisdiction.US,
        purpose="new",
        indication=Indication("acute-spasm", "acute muscle spasm of the back", Answer.YES, ("Condition/1",)),
        request=Request(
            "MedicationRequest/1", "diazepam 5 mg", (), Dosage(mg_per_dose=Decimal("5"), doses_per_day=Decimal("3")), 7
        ),
        request_text="diazepam 5 mg three times a day for 7 days (MedicationRequest/1)",
        current_use=CurrentUse(Answer.NO, None, None, None, None, None, None, None, None, ("not recorded",)),
        medicines=(),
        findings=findings(),
        cleared=(),
        verdict=verdict,
        verdict_because=("Age, a fall and omeprazole each call for a lower dose.",),
        provided_that=("An opioid is taken", "Myasthenia gravis") if verdict is not Verdict.AVOID else (),
        conditional_on=(
            Conditional("takes-opioid", "yes", Verdict.AVOID),
            Conditional("takes-opioid", "no", Verdict.USABLE_WITH_CHANGES),
        ),
        questions=questions(),
        body=Body(
            72.0,
            "female",
            61.5,
            162.0,
            None,
            None,
            Answer.CANNOT_SAY,
            None,
            Answer.NO,
            ("weight 61.5 kg (Observation/5)",),
        ),
        exposure=exposure(),
        limits=DoseLimits(Decimal("2"), Decimal("5"), Decimal("15"), 7, 3, 0, 3, (("start_mg", "POP-01"),)),
        regimen_allowed=verdict is not Verdict.AVOID,
        regimen_heading="",
        alternatives=alternatives(),
        noticed=(
            "Two weights differ by 20 kg; the later one was used.",
            "An active order of 2019 was not counted as taken.",
        ),
        unrecognised=("MedicationStatement/9: 'blue pills from abroad'",),
        taper_need="none",
        taper_because=(),
        advice=general,
        facts=("POP-01", "RATIO-OMEPRAZOLE", "US-TABLET-2"),
        combined=(
            CombinedFound(
                "PD-01",
                "Opioids",
                ("oxycodone",),
                "both slow breathing",
                "slower breathing",
                "major",
                "Avoid together.",
                "boxed warning",
                Standing.READ,
                True,
            ),
        ),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def patient() -> Patient:
    whole = ListState(3, True)
    return Patient(
        "Patient/synthetic",
        None,
        "female",
        False,
        None,
        (),
        (),
        (),
        (),
        (),
        whole,
        whole,
        whole,
        None,
        (),
        (),
        "FHIR R4 bundle (collection)",
        72.0,
    )


def made_with() -> MadeWith:
    return MadeWith("0.1.0", "2026-11-22+abcdef12", ON, (("numpy", "2.0.0"), ("msgspec", "0.20.0")), 20261122)


def consultation(kind: str = "usable-with-changes") -> Consultation:
    """One of KINDS."""
    given = regimen()
    instead = ("Heat, movement and an NSAID first.", "Review in 3 days.")
    no_plan = plan(None, instead=instead)
    block = finding("CI-01", "Severe respiratory insufficiency", Effect.BLOCK, Severity.CONTRAINDICATED)
    match kind:
        case "avoid":
            one = appraisal(Verdict.AVOID, findings=(block, *findings()), verdict_because=("It is contraindicated.",))
            return Consultation(patient(), one, (), no_plan, made_with())
        case "not-first-line":
            one = appraisal(Verdict.NOT_FIRST_LINE, regimen_heading="only if nothing else")
            chosen = plan(given, heading="Only if nothing else has worked", instead=instead)
        case "usable-with-changes":
            one, chosen = (
                appraisal(Verdict.USABLE_WITH_CHANGES, regimen_heading="provided that no opioid is taken"),
                plan(given),
            )
        case "reasonable":
            one = appraisal(
                Verdict.REASONABLE,
                findings=findings()[3:4],
                provided_that=(),
                questions=(),
                conditional_on=(),
                noticed=(),
                unrecognised=(),
                jurisdiction=Jurisdiction.UK,
            )
            chosen = plan(given)
        case "none":
            one = appraisal(
                None,
                findings=(),
                verdict_because=("Neither diazepam nor a request for it is recorded.",),
                provided_that=(),
                questions=(),
                conditional_on=(),
                alternatives=(),
                request=None,
                request_text="",
                purpose="none",
                advice=(),
                exposure=replace(exposure(), changes=()),
            )
            return Consultation(patient(), one, (), plan(None), made_with())
        case "child":
            body = Body(4.5, "male", 17.0, None, None, None, Answer.NO, None, Answer.NO)
            one = appraisal(Verdict.USABLE_WITH_CHANGES, body=body, regimen_allowed=False)
            return Consultation(patient(), one, (), plan(None, instead=("Ask a paediatric specialist.",)), made_with())
        case "continuing":
            now = Regimen(
                ON - timedelta(days=400), (Phase(400, (Dose(Decimal("10"), 8.0), Dose(Decimal("10"), 22.0))),)
            )
            use = CurrentUse(
                Answer.YES, Decimal("15"), Decimal("20"), 380, 400, 7.0, 7.0, now.start, now, ("MedicationRequest/2",)
            )
            one = appraisal(Verdict.USABLE_WITH_CHANGES, purpose="continue", current_use=use, taper_need="taper")
            chosen = plan(
                None,
                instead=("Review the need, then taper.",),
                taper_needed="taper",
                taper_because=("Daily use for more than a year.",),
            )
            background = replace(course(now), background_ng_ml=Span(300.0, 150.0, 600.0, "ng/mL"))
            return Consultation(patient(), one, (background,), chosen, made_with())
        case "not-simulated":
            one = appraisal(Verdict.USABLE_WITH_CHANGES)
            return Consultation(patient(), one, (), replace(plan(given), considered=(), chosen=None), made_with())
        case _:
            raise ValueError(kind)
    courses = tuple(item.course for item in chosen.considered)
    return Consultation(patient(), one, courses, chosen, made_with())


def hostile_consultation(text: str) -> Consultation:
    """The fullest consultation, with this text in every place that a record can reach."""
    full = consultation("usable-with-changes")
    one = full.appraisal
    return replace_in(full, text, one)


def replace_in(full: Consultation, text: str, one: Appraisal) -> Consultation:
    spoilt = replace(
        one,
        request_text=text,
        verdict_because=(text,),
        provided_that=(text,),
        noticed=(text,),
        unrecognised=(text,),
        indication=replace(one.indication, name=text, cause=text),
        findings=tuple(replace(found, because=(text,), title=text) for found in one.findings),
        exposure=replace(
            one.exposure, changes=tuple(replace(c, perpetrator=text, say=text) for c in one.exposure.changes)
        ),
        alternatives=tuple(replace(a, because=(text,), name=text) for a in one.alternatives),
        body=replace(one.body, facts=(text,)),
        combined=tuple(replace(both, medicines=(text,), title=text) for both in one.combined),
        request=replace(one.request, drug_text=text) if one.request else None,
    )
    return Consultation(replace(full.patient, ref=text, source=text), spoilt, full.courses, full.plan, full.made_with)
