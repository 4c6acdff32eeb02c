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
from unclench.report.quantities import scale
from unclench.simulation.effect_course import Driver, EffectCourse, EffectNumber
from unclench.values import Jurisdiction, Standing

# The place of a sentence says which subject a number belongs to, in this order.
SUBJECTS = {
    "effect-relaxation": "Relaxation of muscle",
    "effect-drowsy": "Drowsiness",
    "effect-driving": "Driving and machines",
    "effect-breathing": "Breathing",
    "effect-tolerance": "Getting used to it",
    "effect-stopping": "If it were stopped abruptly",
}
RECEPTOR = "effect-receptor"
ELSEWHERE = "Also"
# Per subject: which effect is drawn, the first that there is, and over what.
DRAWN: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "effect-relaxation": ((("muscle",), "hours"), (("muscle",), "days")),
    "effect-drowsy": ((("drowsy",), "hours"), (("drowsy",), "days")),
    "effect-driving": ((("impairment",), "hours"), (("impairment",), "days")),
    "effect-breathing": ((("co2-slope",), "hours"), (("event-together", "co2-slope"), "days")),
    "effect-stopping": ((("withdrawal-drive",), "days"),),
}
PLACEBO, LEVEL = "EFF-DROWSY-PLACEBO", "EFF-STATED-LEVEL"
LOW_BACK_PAIN = "EFF-LOW-BACK-PAIN"
NO_CHANGE = 1.0  # as odds
MOST_DRIVERS = 2


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One number in its sentence, and how far it can be trusted."""

    id: str
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
    place: str
    heading: str
    mark: str  # "project estimate" where every answer is one
    panels: tuple[Panel, ...]
    answers: tuple[AnswerLine, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The section "What it will do, hour by hour"."""

    intro: tuple[str, ...]
    subjects: tuple[Subject, ...]
    notes: tuple[str, ...]
    receptor: tuple[AnswerLine, ...]  # for those who ask why
    hour_table: EffectTable
    day_table: EffectTable
    people: int

    @property
    def all_answers(self) -> tuple[AnswerLine, ...]:
        return (*(one for subject in self.subjects for one in subject.answers), *self.receptor)


def foreseen(consultation: Consultation) -> Foreseen | None:
    """Everything a report says about effect, or None where nothing is simulated."""
    course, jurisdiction = consultation.effects, consultation.appraisal.jurisdiction
    if course is None:
        return None
    by_id = {number.id: number for number in course.numbers}
    references = {effect: by_id[key] for effect, key in (("drowsy", PLACEBO), ("impairment", LEVEL)) if key in by_id}
    subjects = _subjects(course, by_id, references, jurisdiction)
    placed = {note for subject in subjects for note in subject.notes}
    intro = words.statements("effects")
    return Foreseen(
        intro=intro,
        subjects=subjects,
        notes=tuple(dict.fromkeys(say for say in course.says if say not in placed and say not in intro)),
        receptor=_answers(RECEPTOR, course, by_id, jurisdiction),
        hour_table=by_hour(course, jurisdiction),
        day_table=by_day(course, jurisdiction),
        people=course.people,
    )


def subject_of(key: str) -> str:
    """Where the sentence of a number stands: a key of SUBJECTS, "effect-placebo", or "" where it has no row."""
    return knowledge().get("statements", key).where if knowledge().has("statements", key) else ""


def _subjects(
    course: EffectCourse,
    by_id: dict[str, EffectNumber],
    references: dict[str, EffectNumber],
    jurisdiction: Jurisdiction,
) -> tuple[Subject, ...]:
    out = []
    for place, heading in (*SUBJECTS.items(), ("", ELSEWHERE)):
        answers = _answers(place, course, by_id, jurisdiction)
        if answers:
            marks = {one.mark for one in answers}
            drawn = panels(course, DRAWN.get(place, ()), references, jurisdiction)
            mark = marks.pop() if len(marks) == 1 else ""
            out.append(Subject(place, heading, mark, drawn, answers, _notes(place, course, by_id)))
    return tuple(out)


def _answers(
    place: str, course: EffectCourse, by_id: dict[str, EffectNumber], jurisdiction: Jurisdiction
) -> tuple[AnswerLine, ...]:
    of_it = (number for number in course.numbers if subject_of(number.id) == place)
    return tuple(answer(number, course, by_id, jurisdiction) for number in of_it)


def answer(
    number: EffectNumber, course: EffectCourse, by_id: dict[str, EffectNumber], jurisdiction: Jurisdiction
) -> AnswerLine:
    """A number in the words of its row; one without a row is named and shown."""
    shown = scale(number.unit, jurisdiction)
    typical, interval = shown.quantity(number.typical), shown.interval(number.low, number.high)
    blanks = {"typical": typical, "interval": interval, "name": number.name, "placebo": "", "level": ""}
    for blank, key in (("placebo", PLACEBO), ("level", LEVEL)):
        if key in by_id:
            blanks[blank] = scale(by_id[key].unit, jurisdiction).quantity(by_id[key].typical)
    says = (
        knowledge().say(number.id, **blanks)
        if knowledge().has("statements", number.id)
        else f"{words.capital(number.name)}: {typical} ({interval})."
    )
    drivers = sorted((one for one in course.drivers if one.answer == number.id), key=lambda one: -one.share)
    return AnswerLine(
        id=number.id,
        says=says,
        typical=typical,
        interval=interval,
        hangs_on=", ".join(_driver(one) for one in drivers[:MOST_DRIVERS]),
        mark=estimate_mark(number.standing),
        people=percent(1 - number.unsure_share),
        unsure=percent(number.unsure_share),
        error=shown.quantity(number.monte_carlo_error),
    )


def _driver(one: Driver) -> str:
    return f"{one.cause} ({percent(one.share)})"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def estimate_mark(standing: Standing) -> str:
    return {Standing.PROJECT: "project estimate", Standing.UNVERIFIED: "unconfirmed: check"}.get(standing, "")


def _notes(place: str, course: EffectCourse, by_id: dict[str, EffectNumber]) -> tuple[str, ...]:
    """What stands under the numbers of a subject: the sentences of its place, and those that depend on the numbers."""
    out: list[str] = []
    if place == "effect-drowsy" and PLACEBO in by_id:
        first = next(number for number in course.numbers if subject_of(number.id) == place)
        above = first.low > by_id[PLACEBO].typical
        out += words.statements("effect-drowsy-more" if above else "effect-drowsy-unsure")
    pain = by_id.get(LOW_BACK_PAIN)
    if place == "effect-relaxation" and pain is not None and pain.low <= NO_CHANGE <= pain.high:
        out += words.statements("effect-no-benefit")
    out += words.statements(f"{place}-note")
    return tuple(dict.fromkeys(out))
