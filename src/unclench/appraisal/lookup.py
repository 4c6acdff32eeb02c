"""Looks entries up in the record and says yes, no or cannot-say: the one place that decides what supports a *no*.

A list supports *no* only if it holds an entry, is complete, and every entry that could matter was understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from unclench.appraisal.findings import Reply
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, any_of
from unclench.knowledge.recognise import Recognition, recognise
from unclench.record.codes import Atc, Code, Icd10cm, Loinc, OtherCode, RxNorm, Snomed
from unclench.record.patient import Allergy, Condition, ListState, PartialDate, Status

SYSTEM = {RxNorm: "rxnorm", Atc: "atc", Snomed: "snomed", Icd10cm: "icd10cm", Loinc: "loinc", OtherCode: "other"}

# Which question settles a group of conditions. A group without one is settled by no question: then nothing is asked.
QUESTION_OF_GROUP = {
    "sleep_apnoea": "sleep-apnoea",
    "obesity_hypoventilation": "sleep-apnoea",
    "severe_respiratory_insufficiency": "breathing-failure",
    "acute_respiratory_failure": "breathing-failure",
    "home_oxygen": "breathing-failure",
    "copd": "lung-disease",
    "asthma": "lung-disease",
    "severe_hepatic_insufficiency": "liver-disease",
    "decompensated_liver": "liver-disease",
    "cirrhosis": "liver-disease",
    "hepatic_disease_any": "liver-disease",
    "angle_closure_glaucoma_acute": "glaucoma",
    "angle_closure_glaucoma_other": "glaucoma",
    "open_angle_glaucoma": "glaucoma",
    "glaucoma_unspecified": "glaucoma",
    "myasthenia_gravis": "myasthenia",
    "alcohol_use_disorder": "alcohol-problem",
    "unhealthy_alcohol_use": "alcohol-problem",
    "alcohol_withdrawal": "alcohol-problem",
    "substance_use_disorder": "drug-use",
    "opioid_use_disorder": "drug-use",
    "benzodiazepine_dependence": "drug-use",
    "depression": "depression",
    "suicidality": "suicidal",
    "psychosis": "psychosis",
    "falls": "falls",
    "hip_fracture": "falls",
    "dementia": "memory",
    "delirium": "memory",
    "epilepsy": "epilepsy",
    "anxiety": "anxiety",
    "porphyria_acute": "porphyria",
    "hypoalbuminaemia": "low-albumin",
    "palliative_hospice": "palliative",
    "frailty": "frail",
    "malnutrition": "frail",
    "dysphagia": "swallowing",
    "lactose_intolerance": "lactose",
    "hypotension": "low-blood-pressure",
    "ckd": "kidney-disease",
    "peptic_ulcer": "ulcer",
    "gi_bleed": "ulcer",
    "heart_failure": "heart-disease",
    "ischaemic_heart_disease": "heart-disease",
    "arrhythmia": "heart-disease",
    "long_qt": "heart-disease",
    "intoxication": "intoxicated",
    "red_flag_spine": "red-flags",
    "sciatica": "leg-pain",
}


def pairs(codes: tuple[Code, ...]) -> tuple[tuple[str, str], ...]:
    """Codes as the plain (system, code) pairs that recognition takes."""
    return tuple((SYSTEM[type(code)], code.code) for code in codes)


def known(kind: str, codes: tuple[Code, ...], text: str) -> Recognition:
    return recognise(kind, pairs(codes), text)


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry with what it was recognised as."""

    entry: Condition
    recognition: Recognition

    @property
    def words(self) -> str:
        return f"{self.entry.text or 'entry without text'} ({self.entry.ref})"


def conditions(situation: Situation) -> tuple[Seen, ...]:
    """Every condition of the record, recognised once."""
    key = ("conditions",)
    if key not in situation.cache:
        situation.cache[key] = tuple(
            Seen(entry, known("condition", entry.codes, entry.text)) for entry in situation.patient.conditions
        )
    found: tuple[Seen, ...] = situation.cache[key]
    return found


def last_noted(entry: Condition) -> date | None:
    """When the entry was last written or began, as far as it says."""
    dates = [part.last for part in (entry.recorded, entry.began) if part is not None]
    return max(dates, default=None)


def is_outdated_acute(situation: Situation, seen: Seen) -> bool:
    """Rule DQ-10: a problem that passes by itself and is long past counts as over."""
    noted = last_noted(seen.entry)
    short_lived = {
        "acute_respiratory_failure",
        "intoxication",
        "delirium",
        "strain",
        "muscle_spasm",
        "alcohol_withdrawal",
    }
    if noted is None or not seen.recognition.groups & short_lived:
        return False
    return (situation.on - noted).days > situation.limit_of("ACUTE-PROBLEM-DAYS", "d")


def holds_now(situation: Situation, seen: Seen) -> bool:
    """Whether the entry speaks of the present. Without a status it does."""
    if seen.entry.status is Status.ENDED or seen.recognition.history:
        return False
    ended = seen.entry.ended
    if ended is not None and ended.last <= situation.on:
        return False
    return not is_outdated_acute(situation, seen)


def recently_recorded(situation: Situation, group: str) -> tuple[str, ...]:
    """Entries of a group, certain and open, that began or were written within this episode: no statement undoes them.

    Without a date an entry may be of any age, and a statement about today weighs more.
    """
    window = situation.limit_of("SPASM-ENTRY-DAYS", "d")
    return tuple(
        seen.words
        for seen, certain in matching(situation, frozenset({group}), ever=False)
        if certain and (noted := last_noted(seen.entry)) is not None and (situation.on - noted).days <= window
    )


def matching(situation: Situation, groups: frozenset[str], *, ever: bool) -> Iterator[tuple[Seen, bool]]:
    """Entries of these groups, and whether each is certain."""
    for seen in conditions(situation):
        if seen.recognition.groups & groups and (ever or holds_now(situation, seen)):
            yield seen, seen.entry.certain and not seen.recognition.hedged


def bearing(situation: Situation, topics: frozenset[str], *, ever: bool = False) -> tuple[str, ...]:
    """Entries that are none of these topics but could bear on them: not understood, or only half said."""
    return tuple(
        seen.words
        for seen in conditions(situation)
        if seen.recognition.could_bear_on & topics
        and not seen.recognition.groups & topics
        and (ever or not seen.recognition.understood or holds_now(situation, seen))
    )


def supports_no(state: ListState, unread: tuple[str, ...]) -> Reply:
    """Whether a list without a match means *no*: with why not, for the reader."""
    if unread:
        return Reply(
            CANNOT_SAY, (f"not understood: {unread[0]}" + (f" and {len(unread) - 1} more" if unread[1:] else ""),)
        )
    if not state.complete:
        return Reply(CANNOT_SAY, (state.why_not or "the list is not complete",))
    if state.entries < 1:
        return Reply(CANNOT_SAY, ("nothing is recorded",))
    return Reply(NO, ("not recorded",))


def condition(
    situation: Situation,
    groups: str | frozenset[str],
    *,
    ever: bool = False,
    question: str | None = None,
    yes: tuple[str, ...] = ("yes",),
) -> Reply:
    """Whether one of these conditions is there (or ever was): recorded, stated, or cannot-say.

    `yes`: the stated answers that mean it is there; any other stated answer means it is not.
    """
    wanted = frozenset(part.strip() for part in groups.split("|")) if isinstance(groups, str) else groups
    settles = {question or QUESTION_OF_GROUP.get(group, "") for group in wanted}
    if len(settles) > 1:
        # Groups that different questions settle: a no to one says nothing about the others.
        return any_of(
            condition(
                situation, frozenset(g for g in wanted if QUESTION_OF_GROUP.get(g, "") == asked), ever=ever, yes=yes
            )
            for asked in sorted(settles)
        )
    unsure: list[str] = []
    for seen, certain in matching(situation, wanted, ever=ever):
        if certain:
            return Reply(YES, (seen.words,))
        unsure.append(seen.words)
    asked = settles.pop()
    missing = (asked,) if asked else ()
    if asked and (said := situation.stated(asked)) is not None:
        return Reply(YES if said in yes else NO, (f"stated: {asked} = {said}",))
    if unsure:
        return Reply(CANNOT_SAY, tuple(f"not certain: {words}" for words in unsure), missing)
    reply = supports_no(situation.patient.conditions_state, bearing(situation, wanted, ever=ever))
    return reply if reply.answer is NO else Reply(CANNOT_SAY, reply.because, missing)


def days_since(when: PartialDate | None, on: date) -> int | None:
    """Whole days from the (earliest possible) date to `on`."""
    return None if when is None else (on - when.first).days


def allergies(situation: Situation) -> tuple[tuple[Allergy, Recognition], ...]:
    key = ("allergies",)
    if key not in situation.cache:
        situation.cache[key] = tuple(
            (entry, known("allergy", entry.codes, entry.text))
            for entry in situation.patient.allergies
            if not entry.is_none_known and entry.status is not Status.ENDED
        )
    found: tuple[tuple[Allergy, Recognition], ...] = situation.cache[key]
    return found
