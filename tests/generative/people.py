"""People who do not exist, drawn by Hypothesis: short records with any mix of problems, medicines, answers and gaps."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import yaml
from hypothesis import strategies as st

from unclench.knowledge import knowledge

ON = date(2026, 11, 21)

PROBLEMS = (
    *("Spasm of back muscles", "Low back pain", "Sciatica", "Multiple sclerosis", "Spastic hemiplegia", "Calf strain"),
    *("Essential hypertension", "Type 2 diabetes mellitus", "Asthma", "COPD", "Depression", "Epilepsy", "Insomnia"),
    *("Obstructive sleep apnoea", "Myasthenia gravis", "Cirrhosis of liver", "Chronic respiratory failure", "Dementia"),
    *("Alcohol dependence", "Opioid dependence in remission", "Schizophrenia", "Palliative care", "Falls", "Obesity"),
    *("Peptic ulcer", "Heart failure", "Open-angle glaucoma", "Chronic kidney disease stage 4", "Osteoporosis"),
    "A rare thing nobody has heard of",
)
MEDICINES = (
    *("naproxen 500 mg twice a day", "cyclobenzaprine 10 mg at night", "paracetamol 1 g four times a day"),
    *(
        "oxycodone 5 mg twice a day",
        "tramadol 50 mg twice a day",
        "zolpidem 10 mg at night",
        "clonazepam 0.5 mg at night",
    ),
    *(
        "pregabalin 75 mg twice a day",
        "amitriptyline 25 mg at night",
        "quetiapine 50 mg at night",
        "lisinopril 10 mg once a day",
    ),
    *("omeprazole 20 mg once a day", "fluvoxamine 100 mg once a day", "fluconazole 200 mg once a day"),
    *(
        "rifampicin 600 mg once a day",
        "carbamazepine 200 mg twice a day",
        "ritonavir 100 mg once a day",
        "sodium oxybate 3 g at night",
    ),
    *("baclofen 10 mg three times a day", "metformin 500 mg twice a day", "unheardofine 5 mg once a day"),
)
REQUESTS = (
    *(
        "diazepam 2 mg twice a day for 5 days",
        "diazepam 5 mg three times a day for 7 days",
        "diazepam 10 mg four times a day for 14 days",
    ),
    *(
        "diazepam 15 mg three times a day for 3 days",
        "diazepam 2 mg at night for 40 days",
        "diazepam 5 mg as needed",
        "stop diazepam now",
    ),
    *("taper diazepam", "diazepam for muscle spasm", "diazepam 5 mg at night for 7 days"),
)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Any mix of answers; most are left out."""
    found = {}
    for question in knowledge().table("questions"):
        if draw(st.integers(0, 3)) != 0:
            continue
        if question.kind == "number":
            top = min(question.high or 100.0, 100.0)
            found[question.id] = draw(st.integers(int(question.low or 0), int(top)))
        else:
            found[question.id] = draw(st.sampled_from(question.allowed))
    return found


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    """One record as it would be typed."""
    person: dict[str, Any] = {"patient": {}}
    person["patient"]["age"] = draw(st.sampled_from((0.3, 2, 9, 17, 18, 30, 42, 55, 64, 65, 78, 95)))
    person["patient"]["sex"] = draw(st.sampled_from(("male", "female")))
    if draw(st.booleans()):
        person["patient"]["weight"] = f"{draw(st.sampled_from((8, 30, 44, 70, 110, 160)))} kg"
        person["patient"]["height"] = "170 cm"
    problems = draw(st.lists(st.sampled_from(PROBLEMS), max_size=4, unique=True))
    medicines = draw(st.lists(st.sampled_from(MEDICINES), max_size=4, unique=True))
    person["problems"] = [{"name": name, "since": "2026-11-10"} for name in problems]
    person["medications"] = [f"{name}, since 2026-10-01" for name in medicines]
    if draw(st.booleans()):
        person["allergies"] = "none known"
    request = draw(st.sampled_from((*REQUESTS, "")))
    if request:
        person["request"] = request
    person["answers"] = draw(answers())
    return person


def typed(person: dict[str, Any]) -> bytes:
    return yaml.safe_dump(person, sort_keys=False).encode()


def with_problem(person: dict[str, Any], name: str) -> dict[str, Any]:
    more = copy.deepcopy(person)
    more["problems"].append({"name": name, "since": "2026-11-10"})
    return more


def with_medicine(person: dict[str, Any], words: str) -> dict[str, Any]:
    more = copy.deepcopy(person)
    more["medications"].append(f"{words}, since 2026-10-01")
    return more


def with_answer(person: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    more = copy.deepcopy(person)
    more["answers"][key] = value
    return more
