"""Questions that many rows ask: age, conditions, medicines, allergies, measurements, and what was stated."""

from __future__ import annotations

from unclench.appraisal import measures
from unclench.appraisal.findings import Reply
from unclench.appraisal.lookup import allergies, condition, known
from unclench.appraisal.medicines import matches, takes_medicine
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation, all_of, any_of, ask, is_not, question
from unclench.record.patient import PartialDate, Status
from unclench.values import KnowledgeError

DAYS_A_YEAR = 365.25


def yes_if(holds: bool, *because: str) -> Reply:
    return Reply(YES if holds else NO, because)


def years_between(birth: PartialDate, situation: Situation) -> tuple[float, float]:
    """(youngest, oldest) whole-day age in years on the day."""
    on = situation.on

    def whole(day_of_birth: object) -> float:
        born = birth.first if day_of_birth == "first" else birth.last
        had = (on.month, on.day) >= (born.month, born.day)
        years = on.year - born.year - (0 if had else 1)
        last = (
            born.replace(year=born.year + years, day=min(born.day, 28))
            if born.month == 2
            else born.replace(year=born.year + years)
        )
        return years + max((on - last).days, 0) / DAYS_A_YEAR

    return whole("last"), whole("first")


def age_range(situation: Situation) -> tuple[float, float] | None:
    """Youngest and oldest age in years that the record allows. A birth after the day of the question tells no age."""
    birth = situation.patient.birth
    if birth is not None:
        return None if birth.first > situation.on else years_between(birth, situation)
    given = situation.patient.age_y_given
    if given is None:
        return None
    # "42" may be 42 years and 364 days; a fraction is taken as it is.
    return (given, given) if given != int(given) else (given, given + 0.999)


def age_words(situation: Situation) -> str:
    span = age_range(situation)
    return "age not recorded" if span is None else f"age {int(span[0])}"


def at_least(situation: Situation, years: float) -> Reply:
    span = age_range(situation)
    if span is None:
        return Reply(CANNOT_SAY, ("age not recorded",))
    if span[0] >= years:
        return Reply(YES, (age_words(situation),))
    return Reply(NO if span[1] < years else CANNOT_SAY, (age_words(situation),))


def needed(limit: float | None, name: str) -> float:
    """The limit of the row; a row without one is a fault of the knowledge base."""
    if limit is None:
        raise KnowledgeError(where=name, found="no limit", need="a limit in the row", fix="Fill the column `limit`.")
    return limit


@question
def age_at_least(situation: Situation, of: str, limit: float | None) -> Reply:
    return at_least(situation, needed(limit, "age_at_least"))


@question
def age_below(situation: Situation, of: str, limit: float | None) -> Reply:
    return is_not(at_least(situation, needed(limit, "age_below")))


@question
def age_months_below(situation: Situation, of: str, limit: float | None) -> Reply:
    return is_not(at_least(situation, needed(limit, "age_months_below") / 12))


@question
def age_at_least_65(situation: Situation, of: str, limit: float | None) -> Reply:
    """Older adult: the age is the row AGE-OLDER, so that a rule may use its own limit for something else."""
    return at_least(situation, situation.limit_of("AGE-OLDER", "a"))


@question
def age_below_18(situation: Situation, of: str, limit: float | None) -> Reply:
    return is_not(at_least(situation, situation.limit_of("AGE-ADULT", "a")))


@question
def is_adult(situation: Situation, of: str, limit: float | None) -> Reply:
    return at_least(situation, situation.limit_of("AGE-ADULT", "a"))


@question
def is_adult_under_65(situation: Situation, of: str, limit: float | None) -> Reply:
    return all_of([ask("is_adult", situation), is_not(ask("age_at_least_65", situation))])


@question
def is_female(situation: Situation, of: str, limit: float | None) -> Reply:
    sex = situation.patient.sex
    return Reply(CANNOT_SAY, ("sex not recorded",)) if sex is None else yes_if(sex == "female", sex)


@question
def has_condition(situation: Situation, of: str, limit: float | None) -> Reply:
    return condition(situation, of)


@question
def ever_had_condition(situation: Situation, of: str, limit: float | None) -> Reply:
    return condition(situation, of, ever=True)


@question
def takes(situation: Situation, of: str, limit: float | None) -> Reply:
    """Whether one of these is taken now. Diazepam itself never counts."""
    return takes_medicine(situation, of, besides="diazepam")


@question
def is_allergic_to(situation: Situation, of: str, limit: float | None) -> Reply:
    """An allergy to one of these: recorded, stated, or cannot-say. No-known-allergy must be recorded to count."""
    asked = "benzodiazepine-allergy" if "benzodiazepine" in of else "allergies"
    entries = allergies(situation)
    wanted = frozenset(part.strip().partition(":")[2] for part in of.split("|"))
    for entry, recognition in entries:
        if (
            (wanted & recognition.tags)
            or (wanted & set(recognition.drugs))
            or f"{next(iter(wanted))}_allergy" in recognition.groups
        ):
            return Reply(YES, (f"{entry.text or 'allergy'} ({entry.ref})",))
    said = situation.stated(asked)
    if said is not None:
        # "yes" to benzodiazepine allergy is a yes; "yes" to any allergy leaves open to what.
        sure = NO if said == "no" else (YES if asked == "benzodiazepine-allergy" else CANNOT_SAY)
        return Reply(sure, (f"stated: {asked} = {said}",), (asked,) if sure is CANNOT_SAY else ())
    unread = [entry for entry, recognition in entries if not recognition.understood]
    if unread:
        return Reply(CANNOT_SAY, (f"not understood: {unread[0].text or unread[0].ref}",), (asked,))
    none_known = any(entry.is_none_known and entry.status is not Status.ENDED for entry in situation.patient.allergies)
    if none_known or (entries and situation.patient.allergies_state.complete):
        return Reply(NO, ("no known allergy is recorded",) if none_known else ("not among the recorded allergies",))
    return Reply(CANNOT_SAY, ("allergies not recorded",), (asked,))


def compared(situation: Situation, of: str, limit: float | None, *, below: bool) -> Reply:
    bound = needed(limit, of)
    found = measures.latest(situation.patient, of, situation.on)
    if found is None:
        asked = {
            "albumin": ("low-albumin",),
            "bmi": ("height-cm", "weight-kg"),
            "weight": ("weight-kg",),
            "pain": ("pain",),
        }.get(of, ())
        return Reply(CANNOT_SAY, (f"{of} not recorded",), asked)
    if (below and found.comparator.startswith(">")) or (not below and found.comparator.startswith("<")):
        return Reply(CANNOT_SAY, (found.words,)) if (found.value < bound) == below else Reply(NO, (found.words,))
    return yes_if(found.value < bound if below else found.value >= bound, found.words)


@question
def measure_below(situation: Situation, of: str, limit: float | None) -> Reply:
    return compared(situation, of, limit, below=True)


@question
def measure_above(situation: Situation, of: str, limit: float | None) -> Reply:
    """At or above the limit. BMI is worked out from weight and height where it is not recorded."""
    if of == "bmi":
        index = measures.bmi(situation.patient, situation.on)
        if index is not None:
            return yes_if(index.value >= needed(limit, of), index.words)
        return (
            condition(situation, "obesity")
            if condition(situation, "obesity").answer is YES
            else compared(situation, of, limit, below=False)
        )
    return compared(situation, of, limit, below=False)


@question
def stated(situation: Situation, of: str, limit: float | None) -> Reply:
    """Whether a question was answered this way: "gain=no". Not asked yet: cannot-say."""
    key, _, value = of.partition("=")
    said = situation.stated(key)
    if said is None:
        return Reply(CANNOT_SAY, (), (key,))
    return yes_if(said == value, f"stated: {key} = {said}")


@question
def in_jurisdiction(situation: Situation, of: str, limit: float | None) -> Reply:
    return yes_if(situation.jurisdiction.value == of, situation.jurisdiction.value)


@question
def was_tried(situation: Situation, of: str, limit: float | None) -> Reply:
    """Tried without enough help, or ruled out: stated, or in the record as a stopped medicine or a procedure.

    A medicine still taken counts as tried: the spasm is there although it is taken. Enough help is not a failure.
    """
    replies = [tried_one(situation, part.strip()) for part in of.split("|")]
    return any_of(replies)


TRIED = {
    "therapy:non-drug": "tried-non-drug",
    "tag:nsaid": "tried-nsaid",
    "tag:topical_nsaid": "tried-nsaid",
    "tag:muscle_relaxant": "tried-relaxant",
    "drug:baclofen": "tried-baclofen",
    "drug:tizanidine": "tried-tizanidine",
}


def tried_one(situation: Situation, what: str) -> Reply:
    asked = TRIED.get(what)
    said = situation.stated(asked) if asked else None
    if said is not None:
        return yes_if(said in ("failed", "not-suitable"), f"stated: {asked} = {said}")
    if what.startswith("therapy:"):
        done = [
            entry
            for entry in situation.patient.procedures
            if "non_drug_therapy" in known("procedure", entry.codes, entry.text).groups
            and recent(situation, entry.performed)
        ]
        if done:
            return Reply(YES, (f"{done[0].text} ({done[0].ref})",))
    else:
        had = [m for m in situation.medicines if matches(m, what) and recent_medicine(situation, m)]
        if had:
            return Reply(YES, tuple(medicine.phrase for medicine in had))
    if asked is None:
        # Only a stand-in for a medicine that has its own question: no trial of it is recorded, and nothing is asked.
        return Reply(NO, (f"no trial of {what.partition(':')[2]} is recorded",))
    return Reply(CANNOT_SAY, ("not recorded whether it was tried",), (asked,))


def recent(situation: Situation, when: PartialDate | None, limit: str = "SPASM-ENTRY-DAYS") -> bool:
    """Whether a date lies within the days of this limit before the day of the question."""
    window = situation.limit_of(limit, "d")
    return when is not None and 0 <= (situation.on - when.last).days <= window


def recent_medicine(situation: Situation, medicine: object) -> bool:
    """Taken in the time of this episode, so far as the dates say."""
    entry = medicine.entry  # type: ignore[attr-defined]
    if medicine.active is YES:  # type: ignore[attr-defined]
        return True
    return entry is not None and any(recent(situation, part) for part in (entry.ended, entry.last_seen, entry.written))
