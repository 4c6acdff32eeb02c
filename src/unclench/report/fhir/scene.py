"""What every resource of one Bundle shares: names that follow from the content, the patient, the day, the record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from unclench.appraisal.findings import Appraisal
from unclench.consult import Consultation
from unclench.record.resources import READ
from unclench.report.fhir.parts import Json, filled, reference
from unclench.values import Jurisdiction, MadeWith

NAMESPACE = uuid5(NAMESPACE_URL, "unclench:fhir")
# Our own code systems. They name rows of the knowledge base and are explained by `unclench explain`.
RULE, FACT, QUESTION, VERDICT, SOURCE, EDITION = (
    f"urn:unclench:{name}" for name in ("rule", "fact", "question", "verdict", "source", "edition")
)
DEVICE = "Device"
_POINTER = re.compile(r"\b([A-Z][A-Za-z]{2,40}/[A-Za-z0-9.-]{1,64})(?![\w/-])", re.ASCII)
_PATIENT = re.compile(r"Patient/[A-Za-z0-9.-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scene:
    """`key`: a digest of the report and of whom it is about, from which every name in the Bundle is made."""

    key: str
    on: date
    jurisdiction: Jurisdiction
    made_with: MadeWith
    subject: Json
    record: frozenset[str]  # "Condition/1": what may be referred to

    def ident(self, kind: str, what: str = "") -> str:
        return str(uuid5(NAMESPACE, f"{self.key}|{kind}|{what}"))

    def link(self, kind: str, what: str = "") -> Json:
        """A reference to another resource of this Bundle."""
        return reference(f"urn:uuid:{self.ident(kind, what)}", kind)

    def base(self, kind: str, what: str = "") -> Json:
        return {"resourceType": kind, "id": self.ident(kind, what)}

    def day(self) -> str:
        return self.on.isoformat()

    def evidence(self, sentences: Iterable[str], kinds: tuple[str, ...] = ()) -> list[Json]:
        """What the sentences point to in the record, each once. A pointer to what is not there is none."""
        found = dict.fromkeys(name for sentence in sentences for name in _POINTER.findall(sentence))
        return [
            reference(name) for name in found if name in self.record and (not kinds or name.partition("/")[0] in kinds)
        ]


def scene(appraisal: Appraisal, patient_ref: str, record: Iterable[str], document: bytes, made: MadeWith) -> Scene:
    return Scene(
        key=sha256(document + b"|" + patient_ref.encode("utf-8", "replace")).hexdigest(),
        on=appraisal.on,
        jurisdiction=appraisal.jurisdiction,
        made_with=made,
        subject=subject(patient_ref),
        record=frozenset(name for name in record if _POINTER.fullmatch(name) and name.partition("/")[0] in READ),
    )


def subject(patient_ref: str) -> Json:
    """The patient as the record refers to them, and never a name."""
    known = _PATIENT.fullmatch(patient_ref)
    return filled(reference=patient_ref) if known else {"display": "The patient of the record"}


def entries(consultation: Consultation) -> list[str]:
    """The places of everything that the record holds."""
    of = consultation.patient
    groups = (of.conditions, of.medications, of.allergies, of.observations, of.procedures)
    found = [entry.ref for group in groups for entry in group]
    return [*found, *(ref for one in of.medications for ref in one.merged)]
