"""Why levels differ: what of each person, and what of each estimate, stands behind a walk's columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import knowledge
from unclench.simulation import effects_drivers
from unclench.simulation.effect_course import Driver
from unclench.simulation.effects_draws import KNOWLEDGE, PERSON, Cause
from unclench.simulation.summary import Walked

Array = NDArray[np.float64]

# Purposes of the streams that make people differ, and what each is in words.
OF_PEOPLE = {
    "clearance": "how fast this person clears diazepam",
    "tissue volume": "how widely diazepam spreads in this person",
    "central volume": "how widely diazepam spreads in this person",
    "absorption": "how fast this person absorbs diazepam",
    "nordazepam clearance": "how fast this person clears nordazepam",
    "interaction": "how strongly other medicines act in this person",
}
OF_BODIES = {"age": "age, which is not recorded", "weight": "weight, which is not recorded"}
OF_STUDIES = {
    "PK-CL-DIAZEPAM": "what studies leave unsure of clearance",
    "PK-KU-CL": "what studies leave unsure of clearance",
    "PK-V1-DIAZEPAM": "what studies leave unsure of spread in the body",
    "PK-V3-DIAZEPAM": "what studies leave unsure of spread in the body",
    "PK-KA-TABLET": "what studies leave unsure of absorption",
    "PK-CL-NORDAZEPAM": "what studies leave unsure of nordazepam",
    "PK-V-NORDAZEPAM": "what studies leave unsure of nordazepam",
}
LEVELS = ("peak_ng_ml", "half_life_h", "accumulation", "gone_days")


def causes_of(walked: Walked) -> tuple[Cause, ...]:
    """One deviate per person and cause; only causes that play a part in this walk."""
    people, sample, known = walked.people, walked.people.sample, knowledge()
    found = [Cause(words, PERSON, sample.normal(purpose)[: sample.people]) for purpose, words in OF_PEOPLE.items()]
    if len(walked.spans.starts_h) == 1 and walked.spans.log_sd == 0:
        found = [one for one in found if one.name != OF_PEOPLE["interaction"]]
    if np.ptp(people.age_y) > 0:
        found.append(Cause(OF_BODIES["age"], PERSON, sample.normal("age")[: sample.people]))
    if "PK-REF-WEIGHT" in walked.numbers.used and any("Weight not recorded" in line for line in people.assumed):
        found.append(Cause(OF_BODIES["weight"], PERSON, sample.normal("weight")[: sample.people]))
    for key, words in OF_STUDIES.items():
        if key in walked.numbers.used:
            found.append(Cause(words, KNOWLEDGE, sample.deviation(key, known)[: sample.people]))
    return tuple(found)


def level_drivers(walked: Walked, causes: tuple[Cause, ...], values: dict[str, Array]) -> tuple[Driver, ...]:
    """What the numbers of a course hang on."""
    people = walked.people.sample.people
    logs = np.stack([np.log(np.maximum(values[name][:people], 1e-9)) for name in LEVELS])
    shares = effects_drivers.shares(np.stack([cause.deviates for cause in causes]), logs)
    return effects_drivers.drivers(LEVELS, causes, shares)
