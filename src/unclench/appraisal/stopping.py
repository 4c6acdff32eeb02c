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
        lead = "STOP-WITH-TAPER" if with_taper else "STOP-NOT-AT-ONCE"
        lead = "STOP-SPECIALIST" if need == "specialist" else lead
    elif need == "step-down":
        verdict, held, lead = (
            Verdict.USABLE_WITH_CHANGES,
            "change",
            "STOP-STEP-DOWN",
        )
    else:
        verdict, held, lead = Verdict.REASONABLE, "otherwise", "STOP-NO-TAPER"
    return Judgement(judgement.findings, verdict, held, (situation.facts.say(lead), *because))
