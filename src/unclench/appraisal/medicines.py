"""Which medicines are, or may be, taken now. An active status alone is no evidence of present use (rule DQ-03)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from unclench.appraisal.findings import CurrentMedicine, Reply
from unclench.appraisal.lookup import known, matching, supports_no
from unclench.appraisal.situation import CANNOT_SAY, NO, YES, Situation
from unclench.record.patient import Medication, Status
from unclench.values import Answer

DIAZEPAM = "diazepam"
UNDATED = "undated"
# Which question settles a class of medicines; any other class is settled by `other-medicines`.
QUESTION_OF_CLASS = {
    "tag:opioid": "takes-opioid",
    "tag:sodium_oxybate": "oxybate",
    "tag:benzodiazepine": "takes-sedative",
    "tag:z_drug": "takes-sedative",
    "tag:cns_depressant": "takes-sedative",
    "tag:herbal_sedative": "herbal",
    "tag:cannabinoid": "herbal",
}


def evidence_dates(entry: Medication) -> tuple[date | None, date | None]:
    """(first day, last day that speaks for use) as far as the entry says."""
    starts = [part.first for part in (entry.began, entry.written) if part is not None]
    lasts = [part.last for part in (entry.written, entry.began, entry.last_seen) if part is not None]
    last = max(lasts, default=None)
    if last is not None and entry.days_supply is not None:
        last = last + timedelta(days=int(entry.days_supply))
    return min(starts, default=None), last


def given(last: date | None, on: date, current_days: float) -> tuple[Answer, str]:
    """A dispense or administration without an order: it speaks for use as long as its supply lasts."""
    if last is None:
        return CANNOT_SAY, "given, without a date"
    if last >= on:
        return YES, f"dispensed, supply until {last}"
    return (CANNOT_SAY if (on - last).days <= current_days else NO), f"last given {last}"


def activity(entry: Medication, on: date, *, stale_days: float, current_days: float) -> tuple[Answer, str]:
    """Whether an entry is evidence of use on the day, and the words for it."""
    since, last = evidence_dates(entry)
    ended = entry.ended
    if ended is not None and ended.last <= on:
        return NO, f"ended {ended.last}"
    if entry.kind in ("dispense", "administration"):
        return given(last, on, current_days)
    if entry.status is Status.ENDED:
        return (YES, f"until {ended.first}") if ended is not None and ended.first > on else (NO, "ended")
    if entry.status is Status.ON_HOLD:
        return CANNOT_SAY, "on hold"
    if last is not None and (on - last).days > stale_days:
        return CANNOT_SAY, f"marked active, but nothing after {last}: stale"
    if since is None:
        return YES, UNDATED
    return YES, f"starts {since}" if since > on else f"since {since}"


def newest_date(situation: Situation) -> date | None:
    """The latest date of the whole record up to the day of the question: an undated entry is at most that recent."""
    patient = situation.patient
    dates = [
        part.last
        for group in (patient.medications, patient.conditions, patient.observations, patient.procedures)
        for entry in group
        for part in (getattr(entry, name, None) for name in DATED)
        if part is not None and part.last <= situation.on
    ]
    return max(dates, default=None)


DATED = ("written", "began", "ended", "last_seen", "recorded", "taken", "performed")


def undated(answer: Answer, words: str, newest: date | None, on: date, stale_days: float) -> tuple[Answer, str]:
    """An undated entry counts as taken, but not in a record where nothing is recent."""
    if answer is YES and words == UNDATED and newest is not None and (on - newest).days > stale_days:
        return CANNOT_SAY, f"undated, in a record without any entry since {newest}: stale"
    return answer, words


def current_medicines(situation: Situation) -> tuple[CurrentMedicine, ...]:
    """Every medicine of the record apart from drafts, with whether it is taken now. Diazepam included."""
    stale = situation.limit_of("STALE-DAYS", "d")
    current = situation.limit_of("CURRENT-DAYS", "d")
    newest = newest_date(situation)
    found = []
    for entry in situation.patient.medications:
        if entry.status is Status.DRAFT:
            continue
        recognition = known("medicine", entry.codes, entry.text)
        active, words = activity(entry, situation.on, stale_days=stale, current_days=current)
        active, words = undated(active, words, newest, situation.on, stale)
        dosage = entry.dosage
        daily = None
        if dosage and dosage.mg_per_dose is not None and dosage.doses_per_day is not None:
            daily = dosage.mg_per_dose * dosage.doses_per_day
        since, _ = evidence_dates(entry)
        found.append(
            CurrentMedicine(
                name=entry.text or "medicine without text",
                drugs=recognition.drugs,
                tags=recognition.tags,
                active=active,
                since=since,
                until=entry.ended.last if entry.ended else None,
                mg_per_day=daily,
                refs=(entry.ref, *entry.merged),
                entry=entry,
                phrase=f"{entry.text or 'medicine without text'} ({words}; {entry.ref})",
            )
        )
    return tuple(found)


def matches(medicine: CurrentMedicine, of: str) -> bool:
    """Whether a medicine is one of "tag:opioid | drug:clozapine"."""
    tags, drugs = classes(of)
    return not (tags.isdisjoint(medicine.tags) and drugs.isdisjoint(medicine.drugs))


@cache
def classes(of: str) -> tuple[frozenset[str], frozenset[str]]:
    """The tags and the drugs that the words of a row name."""
    named: dict[str, set[str]] = {"tag": set(), "drug": set()}
    for part in of.split("|"):
        kind, _, name = part.strip().partition(":")
        named.setdefault(kind, set()).add(name)
    return frozenset(named["tag"]), frozenset(named["drug"])


def unread_medicines(situation: Situation) -> tuple[str, ...]:
    """Medicines that may be taken now and that nobody understood."""
    key = ("unread medicines",)
    if key not in situation.cache:
        situation.cache[key] = tuple(
            medicine.phrase
            for medicine in situation.medicines
            if medicine.active is not NO
            and medicine.entry is not None
            and not known("medicine", medicine.entry.codes, medicine.entry.text).understood
        )
    found: tuple[str, ...] = situation.cache[key]
    return found


def list_supports_no(situation: Situation) -> Reply:
    """Whether the medication list can support *no*. A list that holds diazepam alone cannot."""
    others = [medicine for medicine in situation.medicines if DIAZEPAM not in medicine.drugs]
    if not others:
        return Reply(CANNOT_SAY, ("no other medicine is recorded",))
    return supports_no(situation.patient.medications_state, unread_medicines(situation))


def takes_medicine(situation: Situation, of: str, *, besides: str = "") -> Reply:
    """Whether a medicine of these classes is taken now. `besides`: a drug id that does not count."""
    hits = [m for m in situation.medicines if matches(m, of) and not (besides and set(m.drugs) == {besides})]
    sure = [medicine for medicine in hits if medicine.active is YES]
    if sure:
        return Reply(YES, tuple(medicine.phrase for medicine in sure))
    if "tag:opioid" in of:
        # A problem list may hold what the medication list lacks: long-term use of an opioid (Z79.891).
        noted = [seen.words for seen, sure in matching(situation, frozenset({"long_term_opioid"}), ever=False) if sure]
        if noted:
            return Reply(YES, tuple(noted))
    asked = next(
        (QUESTION_OF_CLASS[p.strip()] for p in of.split("|") if p.strip() in QUESTION_OF_CLASS), "other-medicines"
    )
    said = situation.stated(asked)
    specific = asked != "other-medicines"
    if specific and said is not None:
        return Reply(YES if said == "yes" else NO, (f"stated: {asked} = {said}",))
    unsure = [medicine for medicine in hits if medicine.active is CANNOT_SAY]
    if unsure:
        return Reply(CANNOT_SAY, tuple(medicine.phrase for medicine in unsure), (asked,))
    reply = list_supports_no(situation)
    return reply if reply.answer is NO else Reply(CANNOT_SAY, reply.because, (asked,))
