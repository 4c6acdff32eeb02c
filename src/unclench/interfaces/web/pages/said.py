"""What the main page shows of a consultation besides the report: questions as fields, and where the sliders begin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from unclench.appraisal.findings import Appraisal, Asked
from unclench.consult import Consultation
from unclench.interfaces.web.pages.entered import Entered
from unclench.knowledge import knowledge
from unclench.planning.plan import Plan
from unclench.record.patient import Status
from unclench.report import wording as words
from unclench.report.explained import UNITS
from unclench.values import Regimen, Verdict

FEW = 5  # choices that stand side by side; more become a list
MOST_MG, MOST_TIMES, MOST_DAYS = 20, 6, 90  # where the sliders end; the fields beside them reach no further
START = (Decimal(2), 2, 7)  # where nothing is asked for: a place for the sliders, said to be no proposal
MOST_MEDICINES = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be given. `verdict`: what it would make of the verdict; None where that is not worked out."""

    value: str
    label: str
    verdict: Verdict | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Field:
    """A question with its input."""

    id: str
    ask: str
    why: str
    kind: str  # buttons | list | number
    choices: tuple[Choice, ...]
    unit: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given on the page."""

    id: str
    ask: str
    value: str


@dataclass(frozen=True, slots=True)
class Preset:
    """Doses that the sliders can be set to."""

    name: str
    mg: str
    times: int
    days: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A medicine of the record, which the bench can leave out."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the sliders begin. `age`: whole years, "" where it is not recorded."""

    start: Preset
    presets: tuple[Preset, ...]
    is_asked: bool  # the start is what was asked for or proposed
    age: str
    medicines: tuple[Taken, ...]


def fields(appraisal: Appraisal, ids: tuple[str, ...]) -> tuple[Field, ...]:
    """These questions of the consultation, each with what its answers would change."""
    asked = {one.id: one for one in appraisal.questions}
    return tuple(_field(asked[key], appraisal) for key in ids if key in asked)


def _field(asked: Asked, appraisal: Appraisal) -> Field:
    row = knowledge().get("questions", asked.id)
    turns = {one.if_answer: one.verdict for one in appraisal.conditional_on if one.question == asked.id}
    choices = tuple(
        Choice(
            value,
            words.capital(value.replace("-", " ")),
            turns.get(value),
            f"then {words.VERDICTS[turns[value]].lower()}" if value in turns else "",
        )
        for value in asked.allowed
    )
    kind = "number" if not choices else "buttons" if len(choices) <= FEW else "list"
    return Field(asked.id, asked.ask, asked.why, kind, choices, _unit(asked.unit), _bound(row.low), _bound(row.high))


def _unit(ucum: str) -> str:
    return UNITS.get(ucum, ucum)


def _bound(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def given(form: Entered) -> tuple[Given, ...]:
    """The answers given on the page so far, each with its question."""
    facts = knowledge()
    known = [(key, value) for key, value in form.answers.items() if facts.has("questions", key)]
    return tuple(Given(key, facts.get("questions", key).ask, value) for key, value in known)


def bench(consultation: Consultation, form: Entered) -> Bench:
    """The sliders: at the doses of a link, else as proposed, else as asked for, else low."""
    appraisal = consultation.appraisal
    proposed, asked = _proposed(consultation.plan), _asked(appraisal)
    linked = None
    if form.doses is not None:
        linked = Preset("As linked", f"{form.doses.mg:g}", form.doses.times, form.doses.days)
    if linked is not None and asked is not None and (linked.times, linked.days) == (asked.times, asked.days):
        asked = None if float(linked.mg) == float(asked.mg) else asked
    presets = tuple(one for one in (linked, proposed, asked) if one is not None)
    nothing = Preset("Start", str(START[0]), START[1], START[2])
    age = appraisal.body.age_y
    taken = (one for one in consultation.patient.medications if one.status is Status.ACTIVE)
    return Bench(
        start=presets[0] if presets else nothing,
        presets=presets,
        is_asked=bool(presets),
        age=str(int(age)) if age is not None else "",
        medicines=tuple(Taken(one.ref, one.text) for one in taken)[:MOST_MEDICINES],
    )


def _proposed(plan: Plan) -> Preset | None:
    """The proposed regimen, where it is the same dose at every time: the sliders know no other."""
    even = _even(plan.regimen) if plan.regimen is not None else None
    return Preset("As proposed", *even) if even is not None and plan.chosen is not None else None


def _even(regimen: Regimen) -> tuple[str, int, int] | None:
    amounts = {dose.mg for phase in regimen.phases for dose in phase.doses}
    counts = {len(phase.doses) for phase in regimen.phases}
    if len(amounts) != 1 or len(counts) != 1:
        return None
    return words.amount(amounts.pop()), counts.pop(), regimen.days


def _asked(appraisal: Appraisal) -> Preset | None:
    request = appraisal.request
    if request is None or request.stop or request.days is None:
        return None
    mg, often = request.dosage.mg_per_dose_max or request.dosage.mg_per_dose, request.dosage.doses_per_day
    if mg is None or often is None or not 1 <= often <= MOST_TIMES or often != int(often):
        return None
    if request.days > MOST_DAYS or mg > 100:
        return None
    return Preset("As asked", words.amount(mg), int(often), request.days)
