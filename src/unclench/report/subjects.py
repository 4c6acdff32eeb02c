"""What is told about effect, subject by subject: which numbers, which sentences, which drawings."""

from __future__ import annotations

from dataclasses import dataclass

Drawing = tuple[tuple[str, ...], str]  # the first of these effects that there is, over "hours" or "days"


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """`numbers`, `says` and `more` are ids of rows; `where` names the sentences of the report that always stand there.

    What is said in `says` must be seen beside the numbers; `more` is for those who ask.
    """

    key: str
    heading: str
    numbers: tuple[str, ...]
    says: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    where: str = ""


SUBJECTS = (
    SubjectPlan(
        "relaxation",
        "Relaxation of muscle",
        ("EFF-REFLEX-PEAK", "EFF-TONE-PEAK", "EFF-BACK-PAIN"),
        ("EFF-SAY-STRENGTH",),
        ("EFF-SAY-BACK-PAIN", "EFF-SAY-OVERLAP"),
        ((("muscle",), "hours"), (("muscle",), "days")),
    ),
    SubjectPlan(
        "drowsiness",
        "Drowsiness",
        ("EFF-DROWSY-DAY-1", "EFF-DROWSY-PEAK", "EFF-DROWSY-STEADY"),
        ("EFF-SAY-OTHERS",),
        (),
        ((("drowsy",), "hours"), (("drowsy",), "days")),
    ),
    SubjectPlan(
        "driving",
        "Driving and machines",
        ("EFF-IMPAIRED-PEAK", "EFF-NEXT-MORNING", "EFF-BACK-UNDER", "EFF-IMPAIRED-ALCOHOL"),
        ("EFF-SAY-ALCOHOL", "EFF-SAY-ALCOHOL-UNKNOWN"),
        ("EFF-SAY-ALCOHOL-SCALE",),
        ((("impairment",), "hours"), (("impairment",), "days")),
        "effects-driving",
    ),
    SubjectPlan(
        "breathing",
        "Breathing",
        ("EFF-CO2-SLOPE", "EFF-CO2-TOGETHER", "EFF-EVENT-TOGETHER"),
        ("EFF-SAY-CO2", "EFF-SAY-OPIOID", "EFF-SAY-OPIOID-UNKNOWN"),
        (),
        ((("co2-slope",), "hours"), (("event-together", "co2-slope"), "days")),
    ),
    SubjectPlan("tolerance", "Getting used to it", ("EFF-TOLERANCE-END",), (), ("EFF-SAY-TOLERANCE",)),
    SubjectPlan(
        "stopping",
        "If it were stopped abruptly",
        ("EFF-WITHDRAWAL-PEAK",),
        (),
        ("EFF-SAY-WITHDRAWAL",),
        ((("withdrawal-drive",), "days"),),
        "effects-stopping",
    ),
)
