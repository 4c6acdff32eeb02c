"""What must be said beside the numbers of effect, from rows."""

from __future__ import annotations

from unclench.simulation.effect_course import EffectNumber
from unclench.simulation.parameters import Numbers
from unclench.values import Answer, Standing

BACK_PAIN = frozenset({"acute-spasm", "low-back-pain-without-spasm", "sciatica"})
ALWAYS = ("EFF-SAY-LEVELS", "EFF-SAY-STRENGTH", "EFF-SAY-OVERLAP", "EFF-SAY-ALCOHOL-SCALE", "EFF-SAY-CO2")


def sentences(numbers: Numbers, *, indication: str, opioid: Answer, alcohol: Answer, others: bool) -> tuple[str, ...]:
    """What holds for every course, and what these medicines and this indication add."""
    keys = list(ALWAYS)
    if indication in BACK_PAIN:
        keys.append("EFF-SAY-BACK-PAIN")
    if opioid is not Answer.NO:
        keys.append("EFF-SAY-OPIOID" if opioid is Answer.YES else "EFF-SAY-OPIOID-UNKNOWN")
    if alcohol is not Answer.NO:
        keys.append("EFF-SAY-ALCOHOL" if alcohol is Answer.YES else "EFF-SAY-ALCOHOL-UNKNOWN")
    if others:
        keys.append("EFF-SAY-OTHERS")
    keys += ["EFF-SAY-TOLERANCE", "EFF-SAY-WITHDRAWAL"]
    return tuple(numbers.known.say(key) for key in keys)


def back_pain(numbers: Numbers, indication: str) -> tuple[EffectNumber, ...]:
    """The predicted difference of acute low back pain, as log-odds: its interval holds nothing, harm and benefit."""
    if indication not in BACK_PAIN:
        return ()
    low, high = numbers.range("PD-LBP-LOG-ODDS")
    return (
        EffectNumber(
            id="EFF-BACK-PAIN",
            name=numbers.known.say("EFF-BACK-PAIN-NAME"),
            typical=numbers.value("PD-LBP-LOG-ODDS", "1"),
            low=low,
            high=high,
            unit="log-odds",
            standing=Standing.DERIVED,
            monte_carlo_error=0.0,
            unsure_share=1.0,
        ),
    )
