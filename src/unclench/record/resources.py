"""The parts of FHIR R4 that are read: one msgspec Struct per resource type, with only the elements that are used.

What is not named here is skipped by the decoder without being built, which is what makes reading fast.
`docs/record.md` lists the elements for people; a test keeps the two in step.
"""

from __future__ import annotations

from typing import Any

import msgspec


class _Part(msgspec.Struct, rename="camel", gc=False):
    """A piece of a resource. Every element is optional: what is required is judged by the reader, not the decoder."""


class Coding(_Part):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(_Part):
    coding: list[Coding] | None = None
    text: str | None = None


class Reference(_Part):
    reference: str | None = None
    display: str | None = None


class Quantity(_Part):
    value: float | None = None
    unit: str | None = None
    code: str | None = None
    comparator: str | None = None


class Range(_Part):
    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(_Part):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(_Part):
    start: str | None = None
    end: str | None = None


class Repeat(_Part):
    bounds_period: Period | None = None
    bounds_duration: Quantity | None = None
    frequency: float | None = None
    frequency_max: float | None = None
    period: float | None = None
    period_unit: str | None = None
    when: list[str] | None = None
    time_of_day: list[str] | None = None


class Timing(_Part):
    repeat: Repeat | None = None
    code: Concept | None = None


class DoseAndRate(_Part):
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None


class DosageInstruction(_Part):
    sequence: float | None = None
    text: str | None = None
    patient_instruction: str | None = None
    timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: Concept | None = None
    route: Concept | None = None
    dose_and_rate: list[DoseAndRate] | None = None
    max_dose_per_period: Ratio | None = None
    dose_quantity: Any = None  # STU3 only: a tell-tale, never read


class AdministeredDose(_Part):
    text: str | None = None
    dose: Quantity | None = None
    route: Concept | None = None


class DispenseRequest(_Part):
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None
    number_of_repeats_allowed: int | None = None


class Ingredient(_Part):
    item_codeable_concept: Concept | None = None


class Reaction(_Part):
    substance: Concept | None = None
    manifestation: list[Concept] | None = None
    severity: str | None = None


class Component(_Part):
    code: Concept | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: str | None = None
    value_integer: int | None = None
    value_boolean: bool | None = None
    data_absent_reason: Concept | None = None


class Patient(_Part):
    id: str | None = None
    gender: str | None = None
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None


class Condition(_Part):
    id: str | None = None
    subject: Reference | None = None
    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    category: list[Concept] | None = None
    severity: Concept | None = None
    code: Concept | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    abatement_string: str | None = None
    recorded_date: str | None = None


class AllergyIntolerance(_Part):
    id: str | None = None
    patient: Reference | None = None
    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    code: Concept | None = None
    reaction: list[Reaction] | None = None


class Medication(_Part):
    id: str | None = None
    code: Concept | None = None
    ingredient: list[Ingredient] | None = None


class _OfMedicine(_Part):
    """What orders, statements, dispenses and administrations share."""

    id: str | None = None
    status: str | None = None
    subject: Reference | None = None
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    medication: Any = None  # R5 only: a tell-tale, never read
    contained: list[dict[str, Any]] | None = None
    reason_code: list[Concept] | None = None
    reason_reference: list[Reference] | None = None


class MedicationRequest(_OfMedicine):
    intent: str | None = None
    do_not_perform: bool | None = None
    authored_on: str | None = None
    status_reason: Concept | None = None
    dosage_instruction: list[DosageInstruction] | None = None
    dispense_request: DispenseRequest | None = None


class MedicationStatement(_OfMedicine):
    status_reason: list[Concept] | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date_asserted: str | None = None
    based_on: list[Reference] | None = None
    derived_from: list[Reference] | None = None
    dosage: list[DosageInstruction] | None = None


class MedicationDispense(_OfMedicine):
    status_reason_codeable_concept: Concept | None = None
    authorizing_prescription: list[Reference] | None = None
    quantity: Quantity | None = None
    days_supply: Quantity | None = None
    when_prepared: str | None = None
    when_handed_over: str | None = None
    dosage_instruction: list[DosageInstruction] | None = None


class MedicationAdministration(_OfMedicine):
    status_reason: list[Concept] | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    request: Reference | None = None
    dosage: AdministeredDose | None = None


class Observation(_Part):
    id: str | None = None
    status: str | None = None
    subject: Reference | None = None
    code: Concept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_instant: str | None = None
    issued: str | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: str | None = None
    value_integer: int | None = None
    value_boolean: bool | None = None
    value_date_time: str | None = None
    value_range: Range | None = None
    data_absent_reason: Concept | None = None
    component: list[Component] | None = None


class Procedure(_Part):
    id: str | None = None
    status: str | None = None
    subject: Reference | None = None
    code: Concept | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None


Resource = (
    Patient
    | Condition
    | AllergyIntolerance
    | Medication
    | MedicationRequest
    | MedicationStatement
    | MedicationDispense
    | MedicationAdministration
    | Observation
    | Procedure
)

READ: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Patient,
        Condition,
        AllergyIntolerance,
        Medication,
        MedicationRequest,
        MedicationStatement,
        MedicationDispense,
        MedicationAdministration,
        Observation,
        Procedure,
    )
}


class Link(_Part):
    relation: str | None = None
    url: str | None = None


class Entry(_Part):
    full_url: str | None = None
    resource: msgspec.Raw = msgspec.Raw(b"")


class Bundle(_Part):
    resource_type: str | None = None
    type: str | None = None
    total: int | None = None
    link: list[Link] | None = None
    entry: list[Entry] | None = None
