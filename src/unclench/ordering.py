"""What an order could become: judged again without its amount, or kept as near to what is asked as limits allow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from unclench.appraisal.findings import Appraisal
from unclench.consult import Opinion, opinion_of
from unclench.planning.candidates import REQUEST, REQUEST_CUT, candidates
from unclench.planning.plan import Candidate
from unclench.record.patient import Dosage, Patient
from unclench.values import Answer, Effect, Verdict

# Findings about how much was asked for, and not about this patient: a smaller order is judged on its own.
OF_THE_AMOUNT = frozenset({"dose", "duration", "supply"})


@dataclass(frozen=True, slots=True, eq=False)
class Rooms:
    """Room for a change of one order.

    `smaller`: the opinion on the same order without its amount, where nothing but the amount is at fault.
    `nearest`: what is asked for, cut to the limits of this patient and given an end.
    """

    smaller: Opinion | None = None
    nearest: Candidate | None = None


NONE = Rooms()


def room_for(opinion: Opinion) -> Rooms:
    """What the order behind this opinion could become; nothing where diazepam is taken already or is to be avoided."""
    appraisal = opinion.appraisal
    if appraisal.request is None or appraisal.purpose != "new":
        return NONE
    if _only_the_amount(appraisal):
        days = appraisal.request.days
        kept = days if days is not None and days <= appraisal.limits.days_max else None  # never longer than asked for
        less = _without_amount(opinion.patient, appraisal.request.ref, kept)
        smaller = opinion_of(less, on=appraisal.on, jurisdiction=appraisal.jurisdiction)
        return Rooms(smaller=smaller) if smaller.regimen is not None else NONE
    if opinion.regimen is None:
        return NONE
    near = (one for one in candidates(appraisal) if one.id in (REQUEST, REQUEST_CUT))
    return Rooms(nearest=next(near, None))


def _only_the_amount(appraisal: Appraisal) -> bool:
    """Whether nothing but the dose or the duration asked for makes this order one to avoid."""
    return appraisal.verdict is Verdict.AVOID and all(
        one.cause in OF_THE_AMOUNT
        for one in appraisal.findings
        if one.answer is Answer.YES and one.effect in (Effect.BLOCK, Effect.AVOID)
    )


def _without_amount(patient: Patient, reference: str, days: int | None) -> Patient:
    asked = patient.typed_request
    if asked is not None and asked.ref == reference:
        return replace(patient, typed_request=replace(asked, dosage=Dosage(), days=days, refills=None, quantity=""))
    supply = None if days is None else Decimal(days)
    return replace(
        patient,
        medications=tuple(
            replace(entry, dosage=Dosage(), days_supply=supply, refills=None, quantity="", ended=None)
            if entry.ref == reference
            else entry
            for entry in patient.medications
        ),
    )
