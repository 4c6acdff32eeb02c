"""Orders and charts of people who do not exist, for counting cards. Every share below is a guess of this project.

No prescribing data was read for it. The shares are round numbers that a prescriber would not find absurd; they are
here to be argued with and replaced by those of a real site. The draw is fixed: the same number gives the same people.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

ON = date(2026, 11, 21)
SEED = 20261121
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"

Json = dict[str, Any]
Shares = Sequence[tuple[Any, float]]

# Years of age at the order.
AGES: Shares = (((18, 34), 0.26), ((35, 49), 0.30), ((50, 64), 0.27), ((65, 79), 0.13), ((80, 92), 0.04))
# What the order for diazepam says it is for.
REASONS: Shares = (
    ("Spasm of back muscles", 0.45),
    ("Muscle spasm of neck", 0.20),
    ("Low back pain", 0.15),
    ("Spasticity", 0.05),
    ("", 0.15),
)
# (mg, times a day, days, refills); None: not said.
DOSES: Shares = (
    ((5, 3, 7, 0), 0.25),
    ((2, 3, 7, 0), 0.15),
    ((5, 2, 10, 0), 0.15),
    ((5, 1, 5, 0), 0.15),
    ((2, 2, 5, 0), 0.10),
    ((5, 3, None, None), 0.10),
    ((10, 3, 10, 0), 0.06),
    ((10, 4, 30, 1), 0.04),
)
# Chance of each in a problem list; the second number is for 65 years and more.
PROBLEMS: dict[str, tuple[float, float]] = {
    "Essential hypertension": (0.18, 0.55),
    "Type 2 diabetes mellitus": (0.07, 0.20),
    "Depression": (0.12, 0.12),
    "Asthma": (0.09, 0.07),
    "Obstructive sleep apnea": (0.05, 0.09),
    "COPD": (0.02, 0.12),
    "Alcohol dependence": (0.03, 0.02),
    "Opioid dependence": (0.015, 0.005),
    "Epilepsy": (0.012, 0.012),
    "Open-angle glaucoma": (0.01, 0.06),
    "Cirrhosis of liver": (0.004, 0.008),
    "Falls": (0.0, 0.12),
    "Dementia": (0.0, 0.06),
    "Myasthenia gravis": (0.0003, 0.0006),
}
PREGNANT = 0.02  # of women of 18 to 45
# Chance of each in a medication list; the second number is for 65 years and more.
MEDICINES: dict[str, tuple[float, float]] = {
    "naproxen 500 MG Oral Tablet": (0.30, 0.15),
    "oxycodone hydrochloride 5 MG Oral Tablet": (0.07, 0.08),
    "tramadol hydrochloride 50 MG Oral Tablet": (0.05, 0.05),
    "cyclobenzaprine hydrochloride 10 MG Oral Tablet": (0.12, 0.05),
    "gabapentin 300 MG Oral Capsule": (0.07, 0.12),
    "sertraline 50 MG Oral Tablet": (0.10, 0.09),
    "amitriptyline 25 MG Oral Tablet": (0.04, 0.04),
    "zolpidem tartrate 10 MG Oral Tablet": (0.03, 0.04),
    "clonazepam 0.5 MG Oral Tablet": (0.02, 0.02),
    "lisinopril 10 MG Oral Tablet": (0.14, 0.40),
    "atorvastatin 20 MG Oral Tablet": (0.12, 0.45),
    "metformin hydrochloride 500 MG Oral Tablet": (0.06, 0.16),
    "omeprazole 20 MG Oral Capsule": (0.10, 0.20),
    "fluconazole 200 MG Oral Tablet": (0.004, 0.004),
    "fluvoxamine maleate 100 MG Oral Tablet": (0.002, 0.001),
}
TAKES_DIAZEPAM = 0.10  # of those for whom diazepam is ordered: many of these orders are renewals
TAKES_DIAZEPAM_OTHERS = 0.02  # of everybody else
LONG_USE = 0.5  # of those who take it: for more than a month
NO_KNOWN_ALLERGY = 0.7  # of charts say so
# What else is ordered in the same clinic.
OTHER_ORDERS: Shares = (
    ("amoxicillin 500 MG Oral Capsule", 0.20),
    ("lisinopril 10 MG Oral Tablet", 0.20),
    ("atorvastatin 20 MG Oral Tablet", 0.18),
    ("metformin hydrochloride 500 MG Oral Tablet", 0.12),
    ("omeprazole 20 MG Oral Capsule", 0.10),
    ("sertraline 50 MG Oral Tablet", 0.08),
    ("oxycodone hydrochloride 5 MG Oral Tablet", 0.06),
    ("gabapentin 300 MG Oral Capsule", 0.03),
    ("zolpidem tartrate 10 MG Oral Tablet", 0.02),
    ("fluconazole 200 MG Oral Tablet", 0.01),
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """One order, and the record that goes with it."""

    draft: Json
    record: bytes


def diazepam_orders(count: int, seed: int = SEED) -> Iterator[Ordered]:
    """Orders of diazepam for spasm, or without a reason."""
    draw = random.Random(seed)
    for _ in range(count):
        reason = one_of(draw, REASONS)
        mg, times, days, refills = one_of(draw, DOSES)
        draft = order("r1", f"Diazepam {mg} MG Oral Tablet", {2: "197590", 5: "197591", 10: "197589"}[mg])
        draft |= dosage(mg, times, days, refills)
        if reason:
            draft["reasonCode"] = [{"text": reason}]
        yield Ordered(draft, chart(draw, draft, [reason] if reason else [], TAKES_DIAZEPAM))


def other_orders(count: int, seed: int = SEED + 1) -> Iterator[Ordered]:
    """Orders of other medicines in the same clinic."""
    draw = random.Random(seed)
    for _ in range(count):
        draft = order("r1", one_of(draw, OTHER_ORDERS), "")
        yield Ordered(draft, chart(draw, draft, [], TAKES_DIAZEPAM_OTHERS))


def one_of(draw: random.Random, shares: Shares) -> Any:
    values, weights = zip(*shares, strict=True)
    return draw.choices(values, weights)[0]


def chart(draw: random.Random, draft: Json, reasons: list[str], takes_diazepam: float) -> bytes:
    """A record as a client would send it: no answers, since no chart holds any."""
    age = draw.randint(*one_of(draw, AGES))
    old = int(age >= 65)
    sex = draw.choice(("male", "female"))
    problems = [*reasons, *(name for name, chance in PROBLEMS.items() if draw.random() < chance[old])]
    if sex == "female" and age <= 45 and draw.random() < PREGNANT:
        problems.append("Pregnant")
    medicines = [name for name, chance in MEDICINES.items() if draw.random() < chance[old]]
    held: list[Json] = [
        {
            "resourceType": "Patient",
            "id": "p",
            "gender": sex,
            "birthDate": f"{ON.year - age}-{draw.randint(1, 11):02}-15",
        }
    ]
    held += [condition(number, name) for number, name in enumerate(problems)]
    held += [taken(number, name, "2026-09-01") for number, name in enumerate(medicines)]
    if draw.random() < takes_diazepam:
        since = "2026-06-01" if draw.random() < LONG_USE else "2026-11-10"
        held.append(taken(99, "Diazepam 5 MG Oral Tablet", since) | dosage(5, 2, None, None))
    if draw.random() < NO_KNOWN_ALLERGY:
        held.append(
            {
                "resourceType": "AllergyIntolerance",
                "id": "a",
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "code": {
                    "coding": [{"system": "http://snomed.info/sct", "code": "716186003"}],
                    "text": "No known allergy",
                },
                "patient": {"reference": "Patient/p"},
            }
        )
    entries = [{"resource": one} for one in (draft, *held)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def order(ident: str, text: str, code: str, status: str = "draft", on: str = ON.isoformat()) -> Json:
    coding = {"coding": [{"system": RXNORM, "code": code}]} if code else {}
    return {
        "resourceType": "MedicationRequest",
        "id": ident,
        "status": status,
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "authoredOn": on,
        "medicationCodeableConcept": {**coding, "text": text},
    }


def taken(number: int, text: str, since: str) -> Json:
    return order(f"m{number}", text, "", status="active", on=since)


def dosage(mg: int, times: int, days: int | None, refills: int | None) -> Json:
    repeat = {"frequency": times, "period": 1, "periodUnit": "d"}
    dose = {"value": mg, "unit": "mg", "system": UCUM, "code": "mg"}
    made: Json = {"dosageInstruction": [{"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": dose}]}]}
    dispense: Json = {}
    if days is not None:
        dispense["expectedSupplyDuration"] = {"value": days, "unit": "days", "system": UCUM, "code": "d"}
    if refills is not None:
        dispense["numberOfRepeatsAllowed"] = refills
    return {**made, **({"dispenseRequest": dispense} if dispense else {})}


def condition(number: int, name: str) -> Json:
    return {
        "resourceType": "Condition",
        "id": f"c{number}",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "onsetDateTime": "2026-11-15" if number == 0 else "2024-03-01",
        "code": {"text": name},
        "subject": {"reference": "Patient/p"},
    }
