"""The patient as one draft order finds them: that order is the question, the other drafts go along with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from unclench.appraisal.lookup import known
from unclench.appraisal.medicines import DIAZEPAM
from unclench.record.patient import Medication, PartialDate, Patient, Status
from unclench.values import Answer


def is_diazepam(order: Medication) -> Answer:
    """Whether an order is for diazepam; cannot-say while it names no medicine."""
    if not order.codes and not order.text.strip():
        return Answer.CANNOT_SAY
    return Answer.YES if DIAZEPAM in known("medicine", order.codes, order.text).drugs else Answer.NO


def facing(patient: Patient, reference: str, *, beside: Collection[str], on: date) -> Patient:
    """The patient that an opinion on one draft order is asked about.

    Parameters
    ----------
    patient
        with every draft order of the call among its medications.
    reference
        of the order in question; "" where none is (patient-view).
    beside
        references of all draft orders of the call. Drafts of the record that are not among them count for nothing.

    An order of another medicine counts as taken from today on, whether it is the question or beside it. At most one
    diazepam draft stays: the one in question, or the first where another medicine is.
    """
    return replace(patient, medications=tuple(_kept(patient, reference, frozenset(beside), on)))


def _kept(patient: Patient, reference: str, beside: frozenset[str], on: date) -> Iterator[Medication]:
    drafts = [entry for entry in patient.medications if entry.status is Status.DRAFT]
    asked = [entry.ref for entry in drafts if entry.ref in {reference, *beside} and is_diazepam(entry) is Answer.YES]
    question = reference if reference in asked else next(iter(asked), "")
    today = PartialDate(on, on)
    for entry in patient.medications:
        if entry.status is not Status.DRAFT or entry.ref == question:
            yield entry
        elif entry.ref in {reference, *beside} and is_diazepam(entry) is Answer.NO:
            yield replace(entry, status=Status.ACTIVE, began=today, written=today, ended=None)
