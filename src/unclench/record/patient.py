"""The patient as the record tells it: values, no opinion. What matters is decided in `appraisal`.

Every entry keeps `ref`, the place it came from ("Condition/abc", "problems[2]"), and its text as written.
Text is hostile: it is shown only through the escaping of `report`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from unclench.record.codes import Code


class Status(StrEnum):
    """Clinical or order status, reduced to what every source can say."""

    ACTIVE = "active"
    ENDED = "ended"  # resolved, inactive, remission, completed, stopped
    ON_HOLD = "on-hold"
    DRAFT = "draft"  # an order that is not yet one: status draft, or intent proposal or plan
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date that may lack day or month. `first` and `last` bound it; equal when it is exact."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class Condition:
    ref: str
    codes: tuple[Code, ...]
    text: str
    status: Status
    began: PartialDate | None = None
    recorded: PartialDate | None = None
    ended: PartialDate | None = None
    remission: bool = False
    kind: str = "problem"  # problem | encounter-diagnosis | reason
    certain: bool = True  # False for provisional, differential or suspected
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Dosage:
    """How an order is to be taken, as far as it says so. None is "not said"."""

    text: str = ""
    mg_per_dose: Decimal | None = None
    mg_per_dose_max: Decimal | None = None
    doses_per_day: Decimal | None = None
    as_needed: bool | None = None
    max_mg_per_day: Decimal | None = None
    route: str | None = None  # oral | rectal | nasal | im | iv | other
    problem: str = ""  # why a number that is present cannot be used ("1 without a unit")


@dataclass(frozen=True, slots=True)
class Medication:
    """An order, statement, dispense or administration of one product."""

    ref: str
    codes: tuple[Code, ...]
    text: str
    kind: str  # order | statement | dispense | administration
    status: Status
    written: PartialDate | None = None
    began: PartialDate | None = None
    ended: PartialDate | None = None
    last_seen: PartialDate | None = None  # latest dispense or administration that belongs to it
    days_supply: Decimal | None = None
    quantity: str = ""
    refills: int | None = None
    dosage: Dosage | None = None
    strength_mg: Decimal | None = None  # of one unit, when the product text says so
    reasons: tuple[tuple[tuple[Code, ...], str], ...] = ()  # (codes, text) for each reason
    stop_reason: str = ""
    merged: tuple[str, ...] = ()  # refs of dispenses etc. merged into it


@dataclass(frozen=True, slots=True)
class Allergy:
    ref: str
    codes: tuple[Code, ...]
    text: str
    status: Status
    is_none_known: bool = False  # "no known allergy": a statement of absence, not an allergy
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One measurement or score. `value` and `unit` as recorded; conversion is `record.units.convert`."""

    ref: str
    codes: tuple[Code, ...]
    text: str
    value: float | None = None
    unit: str = ""
    comparator: str = ""  # "<", ">", "<=", ">="
    value_codes: tuple[Code, ...] = ()
    value_text: str = ""
    taken: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    ref: str
    codes: tuple[Code, ...]
    text: str
    status: Status
    performed: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: the draft order in the record, or the words of --request."""

    ref: str  # "MedicationRequest/1" or "--request"
    drug_text: str
    codes: tuple[Code, ...]
    dosage: Dosage
    days: int | None = None
    refills: int | None = None
    quantity: str = ""
    reasons: tuple[tuple[tuple[Code, ...], str], ...] = ()
    stop: bool = False  # "stop diazepam": the question is about stopping
    stop_how: str = ""  # "" | "now" | "taper"
    carry_on: bool = False  # "continue diazepam ...": what is taken now, not more of it


@dataclass(frozen=True, slots=True)
class Stated:
    """An answer that a person gave: stated, not recorded."""

    question: str
    value: str
    where: str  # "--answer", "--answers file.yaml", "answers section"


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something about the record that a reader should know: left out, stale, doubled, contradictory."""

    # cancelled | refuted | entered-in-error | not-for-patient | duplicate | contradiction | future | unreadable
    kind: str
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class ListState:
    """Whether a list can support the answer *no* (CONTRACTS 2), apart from whether its entries are recognised."""

    entries: int
    complete: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Patient:
    """One person, as recorded. Nothing is assumed: what is not known is None or an empty list with its state."""

    ref: str
    birth: PartialDate | None
    sex: str | None  # "female" | "male" | None (other and unknown are None)
    deceased: bool
    deceased_on: PartialDate | None
    conditions: tuple[Condition, ...]
    medications: tuple[Medication, ...]
    allergies: tuple[Allergy, ...]
    observations: tuple[Observation, ...]
    procedures: tuple[Procedure, ...]
    conditions_state: ListState
    medications_state: ListState
    allergies_state: ListState
    typed_request: Request | None  # from --request or `request:`; drafts stay in medications
    answers: tuple[Stated, ...]
    noticed: tuple[Noticed, ...]
    source: str  # "FHIR R4 bundle (collection)", "NDJSON folder", "short record"
    age_y_given: float | None = None  # a short record may give an age instead of a birth date
