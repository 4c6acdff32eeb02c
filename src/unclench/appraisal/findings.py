"""What appraisal hands on: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from unclench.record.patient import Medication, Request
from unclench.values import Answer, Effect, Jurisdiction, Regimen, Severity, Standing, Verdict


@dataclass(frozen=True, slots=True)
class Reply:
    """One question's answer about one patient on one day.

    `because`: short sentences that point into the record. `missing`: ids of questions whose answer would settle it.
    """

    answer: Answer
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer about one patient on one day. Not: alert, hit, flag."""

    rule: str
    stage: str
    title: str
    severity: Severity
    effect: Effect
    answer: Answer
    say: str
    because: tuple[str, ...]
    missing: tuple[str, ...]
    standing: Standing
    source: str
    cause: str


@dataclass(frozen=True, slots=True)
class Indication:
    """What is being treated. `entity` is one of: acute-spasm, low-back-pain-without-spasm, chronic-low-back-pain,
    sciatica, spasticity, stiff-person, athetosis, tetanus, cramp, drug-induced-dystonia, outside-scope, unknown."""

    entity: str
    name: str
    answer: Answer  # how sure: yes, or cannot-say
    because: tuple[str, ...]
    missing: tuple[str, ...] = ()
    body_region: str = ""  # back | neck | limb | ""
    cause: str = ""  # multiple sclerosis, cerebral palsy, strain...
    possible: tuple[str, ...] = ()  # entities that the answers could still make it


@dataclass(frozen=True, slots=True)
class CurrentMedicine:
    """A medicine that is, or may be, taken now. `drugs`: ids in the knowledge base; empty when not recognised."""

    name: str
    drugs: tuple[str, ...]
    tags: frozenset[str]
    active: Answer
    since: date | None
    until: date | None
    mg_per_day: Decimal | None
    refs: tuple[str, ...]
    stated: bool = False
    entry: Medication | None = None
    phrase: str = ""  # "active since 2024-01-01 (MedicationRequest/3)"


@dataclass(frozen=True, slots=True)
class CurrentUse:
    """Diazepam as it is probably taken now. Ranges where the record leaves room."""

    answer: Answer
    mg_per_day_low: Decimal | None
    mg_per_day_high: Decimal | None
    duration_days_low: int | None
    duration_days_high: int | None
    days_per_week_low: float | None
    days_per_week_high: float | None
    since: date | None
    regimen: Regimen | None  # as probably taken, ending on the day before `on`; None when the dose is not known
    because: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """What the kinetic model needs to know of this body. None: not known; the model then says what it took instead.

    `cirrhosis`: "none" | "A" | "B" | "C" | "unclassed" | None.  `cyp2c19`: "PM" | "IM" | "NM" | "RM" | "UM" | None.
    """

    age_y: float | None
    sex: str | None
    weight_kg: float | None
    height_cm: float | None
    albumin_g_per_l: float | None
    cirrhosis: str | None
    dialysis: Answer
    cyp2c19: str | None
    pregnant: Answer
    facts: tuple[str, ...] = ()  # "weight 82 kg (Observation/5, 2026-11-01)"


@dataclass(frozen=True, slots=True)
class ExposureChange:
    """One medicine's effect on diazepam exposure (AUC with / without, at steady state)."""

    perpetrator: str
    ratio: float
    low: float
    high: float
    basis: str  # measured | predicted | "project estimate, not measured"
    direction: str  # raises | lowers | none
    from_day: int  # day of the course (1 = `on`), 1 or less when already taken
    until_day: int | None
    facts: tuple[str, ...]
    say: str
    shows_number: bool = True  # False where the row is unverified: direction only
    counts: bool = True  # False where it is not certain that the medicine is taken now: then it is not in the segments


@dataclass(frozen=True, slots=True)
class ClearanceSegment:
    """From `from_h` (hours after midnight of `on`; -inf: the past) clearances are these multiples of this body's."""

    from_h: float
    diazepam: float
    nordazepam: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """All exposure changes together: what each does, and what they do to clearance over time."""

    changes: tuple[ExposureChange, ...]
    segments: tuple[ClearanceSegment, ...]
    ratio: float  # combined, at steady state
    low: float
    high: float
    log_sd: float  # uncertainty of the combined ratio, for the simulation
    cannot_say: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoseLimits:
    """The tightest of all rules that fired, and which rule set each."""

    start_mg: Decimal
    dose_max_mg: Decimal
    day_max_mg: Decimal
    days_max: int
    times_max: int
    refills_max: int
    review_day: int
    set_by: tuple[tuple[str, str], ...]  # (limit, rule id)


@dataclass(frozen=True, slots=True)
class Conditional:
    """What one possible answer to one question would do to the verdict."""

    question: str
    if_answer: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that this consultation still has, in order of importance."""

    id: str
    ask: str
    why: str
    kind: str
    allowed: tuple[str, ...]
    unit: str
    matters_to: tuple[str, ...]  # rule ids
    changes_verdict: bool


@dataclass(frozen=True, slots=True)
class AlternativeAppraisal:
    """An alternative appraised like diazepam itself."""

    id: str
    name: str
    kind: str
    result: str  # offer | caution | not-for-this-patient | cannot-say
    say: str
    dose: str  # "" unless offer or caution
    evidence: str
    strength: str
    because: tuple[str, ...]
    missing: tuple[str, ...]
    facts: tuple[str, ...]
    tried: Answer = Answer.CANNOT_SAY
    step: int = 0


@dataclass(frozen=True, slots=True)
class CombinedFound:
    """What a medicine taken now does together with diazepam to effect. `certain`: it is surely taken."""

    fact: str
    title: str
    medicines: tuple[str, ...]
    mechanism: str
    effect: str
    severity: str  # contraindicated | major | moderate | minor
    do: str
    evidence: str
    standing: Standing
    certain: bool


@dataclass(frozen=True, slots=True)
class SourceView:
    """What one source says of the need for a taper here."""

    fact: str
    name: str
    need: str  # none | step-down | taper | specialist
    agrees: bool
    say: str


@dataclass(frozen=True, slots=True)
class RiskFound:
    """Something that makes stopping harder, or easier: known to hold, or not ruled out. What is ruled out is left out.

    `urgency` and `from_days` belong to dangers; `early`: a step-down becomes a taper.
    """

    id: str
    title: str
    kind: str  # danger | slower | faster
    answer: Answer  # yes or cannot-say
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    urgency: str = ""  # now | today | days | before-a-cut
    from_days: float | None = None
    early: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """Whether stopping needs a taper, why, who agrees, and what to do until a specialist has seen the patient."""

    need: str  # none | step-down | taper | specialist
    because: tuple[str, ...]
    rules: tuple[str, ...]  # ids of every row behind it
    views: tuple[SourceView, ...] = ()
    hold: str = ""  # only where a specialist is needed
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Appraisal:
    """Everything Unclench thinks about the question, before any regimen.

    `purpose`: new | continue | stop | none. `verdict` is None where no assessment is due; `verdict_because` says why.
    """

    on: date
    jurisdiction: Jurisdiction
    purpose: str
    indication: Indication
    request: Request | None
    request_text: str
    current_use: CurrentUse
    medicines: tuple[CurrentMedicine, ...]
    findings: tuple[Finding, ...]  # yes and cannot-say, ranked; merged by the report through `cause`
    cleared: tuple[Finding, ...]  # answered no
    verdict: Verdict | None
    verdict_because: tuple[str, ...]
    provided_that: tuple[str, ...]  # sentences; the verdict holds provided that
    conditional_on: tuple[Conditional, ...]
    questions: tuple[Asked, ...]
    body: Body
    exposure: Exposure
    limits: DoseLimits
    regimen_allowed: bool
    regimen_heading: str  # "" | "only if nothing else" | "provided that ..."
    alternatives: tuple[AlternativeAppraisal, ...]
    noticed: tuple[str, ...]
    unrecognised: tuple[str, ...]
    taper_need: str  # none | step-down | taper | specialist
    taper_because: tuple[str, ...]
    advice: tuple[str, ...]  # ids of advice rows that apply
    facts: tuple[str, ...]  # ids of every row used
    combined: tuple[CombinedFound, ...] = ()
    takes_now: str = ""  # present use of diazepam in words
    patient_ref: str = ""  # names the streams of random numbers; never shown
    taper_views: tuple[SourceView, ...] = ()
    taper_hold: str = ""  # "" unless a specialist is needed
    taper_urgency: str = ""
    taper_risks: tuple[RiskFound, ...] = ()  # known, or not ruled out
    pace_features: tuple[tuple[str, str, str], ...] = ()  # (id, words, slower | faster)
