"""What a regimen will do, in words: answers by subject, each with its interval, what it hangs on and how sure it is.

Nothing is computed here: numbers of an effect course are put into the sentences of their rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from unclench.consult import Consultation
from unclench.knowledge import knowledge
from unclench.report import wording as words
from unclench.report.effect_plots import Panel, panels
from unclench.report.effect_tables import EffectTable, by_day, by_hour
from unclench.report.quantities import ALCOHOL_UNIT, scale
from unclench.report.subjects import SUBJECTS, SubjectPlan
from unclench.simulation.effect_course import Driver, EffectCourse, EffectNumber
from unclench.values import Jurisdiction, Standing

MOST_DRIVERS = 2
MAIN, FEW_STEP_H = ("muscle", "drowsy", "impairment", "co2-slope"), 6
# Rows that a sentence or a drawing is held against.
PLACEBO, LEVEL, WITH_ALCOHOL = "PD-DROWSY-PLACEBO", "PD-BACK-UNDER", "PD-ALCOHOL-REFERENCE"
LOW_BACK_PAIN, DROWSY = "EFF-BACK-PAIN", ("EFF-DROWSY-DAY-1", "EFF-DROWSY-PEAK")
PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One number in its sentence, and how far it can be trusted."""

    id: str
    name: str
    says: str
    typical: str
    interval: str
    hangs_on: str  # "how fast this person clears diazepam (45 %), ..."
    mark: str  # "project estimate", or nothing
    people: str  # share of the interval that is differences between people
    unsure: str  # share that studies leave unsure
    error: str  # Monte Carlo error of the wider end


@dataclass(frozen=True, slots=True)
class Subject:
    key: str
    heading: str
    mark: str  # "project estimate" where every answer is one
    panels: tuple[Panel, ...]
    answers: tuple[AnswerLine, ...]
    notes: tuple[str, ...]
    more: tuple[str, ...]  # for those who ask


@dataclass(frozen=True, slots=True)
class EffectSection:
    """The section "What it will do, hour by hour"."""

    intro: tuple[str, ...]
    subjects: tuple[Subject, ...]
    answers: tuple[AnswerLine, ...]  # every one, also those that stand under no subject
    few_hours: EffectTable  # the main effects every six hours, for a narrow page
    hour_table: EffectTable
    day_table: EffectTable
    people: int


def effect_section(consultation: Consultation) -> EffectSection | None:
    """Everything a report says about effect, or None where nothing is simulated."""
    course, jurisdiction = consultation.effects, consultation.appraisal.jurisdiction
    if course is None:
        return None
    return EffectSection(
        intro=(*words.statements("effects-intro"), *_by_place(course).get("", ())),
        subjects=subjects(course, jurisdiction, drawn=True),
        answers=tuple(answer(number, course, jurisdiction) for number in course.numbers),
        few_hours=by_hour(course, jurisdiction, step_h=FEW_STEP_H, only=MAIN),
        hour_table=by_hour(course, jurisdiction),
        day_table=by_day(course, jurisdiction),
        people=course.people,
    )


def subjects(course: EffectCourse, jurisdiction: Jurisdiction, *, drawn: bool) -> tuple[Subject, ...]:
    """What is told subject by subject, with drawings or without."""
    numbers = {number.id: number for number in course.numbers}
    answers = {key: answer(number, course, jurisdiction) for key, number in numbers.items()}
    placed = _by_place(course)
    return tuple(
        Subject(
            plan.key,
            plan.heading,
            _shared_mark([answers[key] for key in plan.numbers if key in answers]),
            panels(course, plan.drawings, references(), jurisdiction) if drawn else (),
            tuple(answers[key] for key in plan.numbers if key in answers),
            _notes(plan, numbers, placed.get(plan.key, ())),
            placed.get(f"{plan.key} more", ()),
        )
        for plan in SUBJECTS
        if any(key in answers for key in plan.numbers)
    )


def _by_place(course: EffectCourse) -> dict[str, tuple[str, ...]]:
    """The sentences of a course by the subject they belong to; "" holds those of none, which are said at the head."""
    facts = knowledge()
    subject = {
        facts.get("statements", key).text: place
        for plan in SUBJECTS
        for keys, place in ((plan.says, plan.key), (plan.more, f"{plan.key} more"))
        for key in keys
    }
    out: dict[str, tuple[str, ...]] = {}
    for say in dict.fromkeys(course.says):
        key = subject.get(say, "")
        out[key] = (*out.get(key, ()), say)
    return out


def answer(number: EffectNumber, course: EffectCourse, jurisdiction: Jurisdiction) -> AnswerLine:
    """A number in its sentence; one without a sentence is named and shown."""
    shown, said = scale(number.unit, jurisdiction), f"{number.id}-SAID"
    bare, quantity = shown.number(number.typical), shown.quantity(number.typical)
    interval = shown.interval(number.low, number.high)
    if knowledge().has("statements", said):
        blanks = {"typical": quantity, "number": bare, "interval": interval, **_compared(jurisdiction)}
        says = knowledge().say(said, **blanks)
    else:
        says = f"{words.capital(number.name)}: {quantity} ({interval})."
    drivers = sorted((one for one in course.drivers if one.answer == number.id), key=lambda one: -one.share)
    return AnswerLine(
        id=number.id,
        name=number.name,
        says=says,
        typical=quantity if quantity in says else bare,
        interval=interval,
        hangs_on=", ".join(_driver(one) for one in drivers[:MOST_DRIVERS]),
        mark=estimate_mark(number.standing),
        people=words.percent(1 - number.unsure_share),
        unsure=words.percent(number.unsure_share),
        error=f"{words.number(number.monte_carlo_error * shown.factor, 1)} {shown.unit}",
    )


def _compared(jurisdiction: Jurisdiction) -> dict[str, str]:
    """What sentences hold a number against: the placebo rate, the stated mark, the alcohol taken with it."""
    alcohol = scale(ALCOHOL_UNIT, jurisdiction)
    return {
        "placebo": words.number(parameter(PLACEBO) * PERCENT),
        "level": alcohol.quantity(parameter(LEVEL)),
        "with_alcohol": alcohol.quantity(parameter(WITH_ALCOHOL)),
    }


def references() -> dict[str, tuple[float, str]]:
    """The broken line of a drawing, in the unit of its curve, and its name."""
    return {"drowsy": (parameter(PLACEBO) * PERCENT, "placebo"), "impairment": (parameter(LEVEL), "alcohol")}


def parameter(key: str) -> float:
    return knowledge().parameter(key).value


def _driver(one: Driver) -> str:
    return f"{one.cause} ({words.percent(one.share)})"


def estimate_mark(standing: Standing) -> str:
    return {Standing.PROJECT: "project estimate", Standing.UNVERIFIED: "unconfirmed: check"}.get(standing, "")


def _shared_mark(answers: list[AnswerLine]) -> str:
    marks = {one.mark for one in answers}
    return marks.pop() if len(marks) == 1 else ""


def _notes(plan: SubjectPlan, numbers: dict[str, EffectNumber], says: tuple[str, ...]) -> tuple[str, ...]:
    """What stands under the numbers of a subject: what follows from them, what the course says, what always holds."""
    out: list[str] = []
    if drowsy := [numbers[key] for key in DROWSY if key in plan.numbers and key in numbers]:
        # The whole course, not its first day alone: build-up can outrun tolerance.
        typical, high = (how_drowsy(max(at)) for at in ([one.typical for one in drowsy], [one.high for one in drowsy]))
        row = "REPORT-DROWSY-WORD" if typical == high else "REPORT-DROWSY-WORDS"
        out.append(knowledge().say(row, typical=typical, high=high))
    pain = numbers.get(LOW_BACK_PAIN) if LOW_BACK_PAIN in plan.numbers else None
    if pain is not None and pain.low <= 0 <= pain.high:
        out += words.statements("effects-no-benefit")
    out += [*says, *(words.statements(plan.where) if plan.where else ())]
    return tuple(dict.fromkeys(out))


def how_drowsy(in_100: float) -> str:
    """How much more often than on placebo, in words. Where one word ends is a choice of this project."""
    more = round(in_100) - parameter(PLACEBO) * PERCENT  # of what is shown, so that words and number agree
    for key in ("REPORT-DROWSY-MUCH", "REPORT-DROWSY-SOME"):
        if more >= knowledge().limit(key, "%"):
            return knowledge().say(key)
    return knowledge().say("REPORT-DROWSY-LITTLE")
