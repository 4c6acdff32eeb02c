"""Why levels differ: what of each person, and what of each estimate, stands behind a walk's columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import knowledge
from unclench.simulation import effects_drivers
from unclench.simulation.effect_course import Driver
from unclench.simulation.effects_draws import KNOWLEDGE, PERSON, Cause
from unclench.simulation.parameters import LIVER
from unclench.simulation.routes import DEPOTS
from unclench.simulation.summary import Walked

Array = NDArray[np.float64]

INTERACTION = "interaction"
# Purposes of the streams that make people differ, and the statement that says what each is.
OF_PEOPLE = {
    "clearance": "CAUSE-CLEARANCE",
    "tissue volume": "CAUSE-SPREAD",
    "central volume": "CAUSE-SPREAD",
    "absorption": "CAUSE-ABSORPTION",
    "nordazepam clearance": "CAUSE-NORDAZEPAM",
    INTERACTION: "CAUSE-INTERACTION",
}
OF_STUDIES = {
    "PK-CL-DIAZEPAM": "CAUSE-UNSURE-CLEARANCE",
    "PK-KU-CL": "CAUSE-UNSURE-CLEARANCE",
    "PK-V1-DIAZEPAM": "CAUSE-UNSURE-SPREAD",
    "PK-V3-DIAZEPAM": "CAUSE-UNSURE-SPREAD",
    **{f"PK-KA-{key}": "CAUSE-UNSURE-ABSORPTION" for key in dict.fromkeys(DEPOTS.values())},
    "PK-CL-NORDAZEPAM": "CAUSE-UNSURE-NORDAZEPAM",
    "PK-V-NORDAZEPAM": "CAUSE-UNSURE-NORDAZEPAM",
    **dict.fromkeys((*LIVER.values(), "PK-CIRRHOSIS-V", "PK-CIRRHOSIS-CLN"), "CAUSE-UNSURE-CIRRHOSIS"),
    "PK-DIALYSIS-CL": "CAUSE-UNSURE-DIALYSIS",
}
LEVELS = ("peak_ng_ml", "half_life_h", "accumulation", "gone_days")


def causes_of(walked: Walked) -> tuple[Cause, ...]:
    """One deviate per person and cause; only causes that play a part in this walk."""
    people, sample, known = walked.people, walked.people.sample, knowledge()
    played = dict(OF_PEOPLE)
    if len(walked.spans.starts_h) == 1 and walked.spans.log_sd == 0:
        del played[INTERACTION]
    # What the record does not hold was drawn.
    played |= {"age": "CAUSE-AGE"} if np.ptp(people.age_y) > 0 else {}
    played |= {"weight": "CAUSE-WEIGHT"} if np.ptp(people.weight_kg) > 0 else {}
    found = [
        Cause(known.say(words), PERSON, sample.normal(purpose)[: sample.people]) for purpose, words in played.items()
    ]
    for key, words in OF_STUDIES.items():
        if key in walked.numbers.used:
            found.append(Cause(known.say(words), KNOWLEDGE, sample.deviation(key, known)[: sample.people]))
    return tuple(found)


def level_drivers(walked: Walked, causes: tuple[Cause, ...], values: dict[str, Array]) -> tuple[Driver, ...]:
    """What the numbers of a course hang on."""
    people = walked.people.sample.people
    logs = np.stack([np.log(np.maximum(values[name][:people], 1e-9)) for name in LEVELS])
    shares = effects_drivers.shares(np.stack([cause.deviates for cause in causes]), logs)
    return effects_drivers.drivers(LEVELS, causes, shares)
