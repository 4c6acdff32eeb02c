"""From what was gathered to one Patient: whose record it is, what belongs to them, what can support a *no*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from unclench.record import fhir_entries, resources
from unclench.record.contradictions import folded, notice_contradictions
from unclench.record.decode import Gathered, Held
from unclench.record.desk import Desk, relative
from unclench.record.fhir_medications import medications
from unclench.record.patient import ListState, Medication, Noticed, Patient, Request, Stated, Status
from unclench.values import RecordError

_MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration")
_SEXES = ("female", "male")
SHOWN_IDS = 5
MAX_ENTRIES = 20_000
"""Of one kind, for one person. Measurements may be more: they cost little."""


def patient_of(
    gathered: Gathered,
    *,
    on: date,
    where: str,
    source: str,
    request: Request | None = None,
    answers: Sequence[Stated] = (),
    patient_id: str | None = None,
    most_entries: int = MAX_ENTRIES,
) -> Patient:
    """The one person of what was read."""
    who = _person(gathered, where, patient_id)
    desk = Desk(on, list(gathered.noticed))
    for held in gathered.held:
        desk.add(held)
    theirs = _belonging(desk, gathered, who)
    by_kind: dict[str, list[Held]] = {}
    for held in theirs:
        by_kind.setdefault(held.kind, []).append(held)
    _refuse_too_many(by_kind, where, most_entries)
    conditions = [fhir_entries.condition(desk, h.ref, h.it) for h in by_kind.get("Condition", ())]
    allergies = [fhir_entries.allergy(desk, h.ref, h.it) for h in by_kind.get("AllergyIntolerance", ())]
    procedures = [fhir_entries.procedure(desk, h.ref, h.it) for h in by_kind.get("Procedure", ())]
    observations = [o for h in by_kind.get("Observation", ()) for o in fhir_entries.observations(desk, h.ref, h.it)]
    taken = medications(desk, [held for held in theirs if held.kind in _MEDICINES])
    person: resources.Patient = who.it
    died = desk.day(who.ref, "the date of death", person.deceased_date_time)
    made = Patient(
        ref=who.ref,
        birth=desk.day(who.ref, "the birth date", person.birth_date),
        sex=person.gender if person.gender in _SEXES else None,
        deceased=bool(person.deceased_boolean) or person.deceased_date_time is not None,
        deceased_on=died,
        conditions=folded(desk, [c for c in conditions if c is not None]),
        medications=folded(desk, taken),
        allergies=folded(desk, [a for a in allergies if a is not None]),
        observations=folded(desk, observations),
        procedures=folded(desk, [p for p in procedures if p is not None]),
        conditions_state=ListState(0, False),
        medications_state=ListState(0, False),
        allergies_state=ListState(0, False),
        typed_request=request,
        answers=tuple(answers),
        noticed=(),
        source=source,
    )
    return finished(desk, made, gathered.cut)


def _refuse_too_many(by_kind: dict[str, list[Held]], where: str, most: int) -> None:
    for kind, entries in by_kind.items():
        if kind != "Observation" and len(entries) > most:
            raise RecordError(
                where=where,
                found=f"{len(entries)} entries of {kind} for one person",
                need=f"at most {most}",
                fix="Check the export: entries may be repeated. Leave out the oldest that are over.",
            )


def finished(desk: Desk, made: Patient, cut: dict[str, str]) -> Patient:
    """The patient with the states of its lists and everything that was noticed, contradictions too."""
    made = notice_contradictions(desk, made)
    return replace(
        made,
        conditions_state=_state(len(made.conditions), [cut.get("Condition")]),
        medications_state=_state(_taken(made.medications), [cut.get(kind) for kind in (*_MEDICINES, "Medication")]),
        allergies_state=_state(len(made.allergies), [cut.get("AllergyIntolerance")]),
        noticed=_shortened(desk.noticed),
    )


def _taken(found: tuple[Medication, ...]) -> int:
    """Entries besides requests: a draft says nothing about what is taken."""
    return sum(one.status is not Status.DRAFT for one in found)


def _state(entries: int, cuts: list[str | None]) -> ListState:
    why = next((cut for cut in cuts if cut), "")
    if not entries:
        why = why or "it holds no entry"
    return ListState(entries, not why, why)


def _person(gathered: Gathered, where: str, patient_id: str | None) -> Held:
    people: dict[str, Held] = {}
    for number, held in enumerate(gathered.held):
        if held.kind == "Patient":
            people[held.it.id or held.full_url or str(number)] = held
    if patient_id is not None:
        wanted = patient_id.removeprefix("Patient/")
        if wanted in people:
            return people[wanted]
        raise no_such_patient(where, wanted, list(people))
    if len(people) == 1:
        return next(iter(people.values()))
    if people:
        raise several_patients(where, list(people))
    others = len(gathered.held)
    raise RecordError(
        where=where,
        found=f"no Patient resource ({others} other resources that could be read)"
        if others
        else "no FHIR resource that can be used",
        need="exactly one Patient",
        fix="Add the file that holds the Patient: several files, or a folder, are read together as one record.",
    )


def several_patients(where: str, ids: list[str]) -> RecordError:
    """Mixing two people up is the worst that can happen here, so it is refused, with the way out."""
    return RecordError(
        where=where,
        found=f"{len(ids)} patients" + _shown_ids(ids),
        need="one patient",
        fix="Choose one with --patient ID.",
    )


def no_such_patient(where: str, wanted: str, ids: list[str]) -> RecordError:
    return RecordError(
        where=where,
        found=f"no patient {wanted[:80]!r} among {len(ids)}" + _shown_ids(ids),
        need="a patient of this record",
        fix="Give --patient one of the ids.",
    )


def _shown_ids(ids: list[str]) -> str:
    if not ids:
        return ""
    return f" ({', '.join(ids[:SHOWN_IDS])}{', ...' if len(ids) > SHOWN_IDS else ''})"


def _belonging(desk: Desk, gathered: Gathered, who: Held) -> list[Held]:
    """The resources whose subject is this person. One that names nobody is theirs too, and that is said."""
    own = {who.full_url, f"Patient/{who.it.id}", f"urn:uuid:{who.it.id}"} - {"", "Patient/None", "urn:uuid:None"}
    theirs: list[Held] = []
    strangers: list[Held] = []
    nameless: list[Held] = []
    known: dict[str, bool] = {}
    for held in gathered.held:
        if held.kind in ("Patient", "Medication"):
            continue
        subject = held.it.patient if held.kind == "AllergyIntolerance" else held.it.subject
        reference = subject.reference if subject is not None else None
        if not reference:
            nameless.append(held)
            theirs.append(held)
            continue
        mine = known.get(reference)
        if mine is None:
            mine = known[reference] = _is_own(reference, own)
        (theirs if mine else strangers).append(held)
    if not own and len(known) == 1:
        theirs, strangers = theirs + strangers, []
    for held in strangers:
        desk.note("not-for-patient", held.ref, f"belongs to {_subject(held)}: left out")
    if nameless:
        desk.note("unreadable", nameless[0].ref, f"{len(nameless)} entries name no patient: taken as this one's")
    return theirs


def _is_own(reference: str, own: set[str]) -> bool:
    if reference in own or relative(reference) in own:
        return True
    # A search ("Patient?identifier=...") names nobody by id; in a record of one person it can only be this one.
    return "?" in reference


def _subject(held: Held) -> str:
    subject: Any = held.it.patient if held.kind == "AllergyIntolerance" else held.it.subject
    return str(subject.reference)[:60]


def _shortened(noticed: list[Noticed]) -> tuple[Noticed, ...]:
    """A hundred notices of one kind about one sort of entry are one notice with a number."""
    groups: dict[tuple[str, str], list[Noticed]] = {}
    for one in noticed:
        groups.setdefault((one.kind, one.ref.split("/")[0].split("[")[0]), []).append(one)
    out: list[Noticed] = []
    for (kind, _), members in groups.items():
        if len(members) > 8 and kind in ("future", "not-for-patient", "duplicate", "unreadable"):
            out.extend(members[:3])
            out.append(Noticed(kind, members[3].ref, f"and {len(members) - 3} more like these"))
        else:
            out.extend(members)
    return tuple(out)
