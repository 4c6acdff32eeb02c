"""What is asked for: the draft order in the record, or the words of --request, and what the question then is."""

from __future__ import annotations

from unclench.appraisal.findings import CurrentUse
from unclench.appraisal.lookup import known
from unclench.appraisal.medicines import DIAZEPAM
from unclench.appraisal.situation import YES
from unclench.record.patient import Dosage, Medication, Patient, Request, Status
from unclench.values import RecordError


def asked_by(order: Medication) -> Request:
    """A draft order as a request."""
    days = int(order.days_supply) if order.days_supply is not None else None
    return Request(
        ref=order.ref,
        drug_text=order.text,
        codes=order.codes,
        dosage=order.dosage or Dosage(),
        days=days,
        refills=order.refills,
        quantity=order.quantity,
        reasons=order.reasons,
    )


def find_request(patient: Patient) -> tuple[Request | None, tuple[str, ...]]:
    """The one request, and what a reader should know about it. Two in the record are an error: choose.

    Raises
    ------
    RecordError
        when the record holds two requests for diazepam, or the typed one is for another medicine.
    """
    drafts = [
        entry
        for entry in patient.medications
        if entry.status is Status.DRAFT and DIAZEPAM in known("medicine", entry.codes, entry.text).drugs
    ]
    typed = patient.typed_request
    if typed is not None:
        if DIAZEPAM not in known("medicine", typed.codes, typed.drug_text).drugs:
            raise RecordError(
                where=typed.ref,
                found=repr(typed.drug_text),
                need="a request for diazepam",
                fix="Unclench judges diazepam only; other medicines are appraised as alternatives.",
            )
        told = tuple(f"The typed request replaces the draft order {draft.ref} in the record." for draft in drafts)
        return typed, told
    if len(drafts) > 1:
        raise RecordError(
            where=", ".join(draft.ref for draft in drafts),
            found=f"{len(drafts)} requests for diazepam",
            need="one",
            fix="Cancel all but one in the record, or give the one to judge with --request.",
        )
    return (asked_by(drafts[0]), ()) if drafts else (None, ())


def purpose_of(request: Request | None, use: CurrentUse) -> str:
    """new | continue | stop | none."""
    if request is not None and request.stop:
        return "stop"
    if use.answer is YES:
        return "continue"
    return "none" if request is None else "new"


def in_words(request: Request | None) -> str:
    """The request in one line, in our words and numbers."""
    if request is None:
        return ""
    if request.stop:
        return "stop diazepam" + {"now": ", at once", "taper": ", with a taper"}.get(request.stop_how, "")
    dosage = request.dosage
    parts = ["diazepam"]
    if dosage.mg_per_dose is not None:
        top = f" to {dosage.mg_per_dose_max}" if dosage.mg_per_dose_max is not None else ""
        parts.append(f"{dosage.mg_per_dose}{top} mg")
    else:
        parts.append("at a dose that is not given")
    if dosage.doses_per_day is not None:
        times = dosage.doses_per_day
        parts.append(
            {1: "once a day", 2: "twice a day"}.get(int(times), f"{times} times a day")
            if times == int(times)
            else f"{times} times a day"
        )
    if dosage.as_needed:
        parts.append("as needed")
    if request.days is not None:
        parts.append(f"for {request.days} day{'s' if request.days != 1 else ''}")
    if request.refills:
        parts.append(f"with {request.refills} refill{'s' if request.refills != 1 else ''}")
    return " ".join(parts)
