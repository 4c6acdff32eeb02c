"""The verdict on a request to stop is about stopping in the way asked (CONTRACTS 1)."""

from __future__ import annotations

from unclench.appraisal.judge import Judgement
from unclench.appraisal.situation import Situation
from unclench.values import Verdict


def judge_stopping(situation: Situation, judgement: Judgement, need: str, because: tuple[str, ...]) -> Judgement:
    """At once where a taper is needed: avoid. With a taper, or a step-down: usable with changes. Else reasonable."""
    if judgement.verdict is None or situation.request is None:
        return judgement
    with_taper = situation.request.stop_how == "taper"
    if need in ("taper", "specialist"):
        verdict, held = (Verdict.USABLE_WITH_CHANGES, "change") if with_taper else (Verdict.AVOID, "block-or-avoid")
        lead = "Stopping with a taper is the way." if with_taper else "Do not stop at once: dependence is likely."
    elif need == "step-down":
        verdict, held, lead = (
            Verdict.USABLE_WITH_CHANGES,
            "change",
            "A short step-down is kinder than stopping at once.",
        )
    else:
        verdict, held, lead = Verdict.REASONABLE, "otherwise", "It can be stopped without a taper."
    return Judgement(judgement.findings, verdict, held, (lead, *because))
