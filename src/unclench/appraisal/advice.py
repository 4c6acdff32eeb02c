"""Which sentences of advice apply to this patient. The words are rows; the report shows them."""

from __future__ import annotations

from unclench.appraisal.situation import Situation, evaluate
from unclench.values import Answer


def advice_for(situation: Situation, offered: bool) -> tuple[str, ...]:
    """Ids in file order. Without diazepam only what holds without it.

    A sentence whose question cannot be answered is given: hearing it once too often does no harm, missing it may.
    """
    return tuple(
        row.id
        for row in situation.facts.table("advice")
        if (offered or row.even_without_diazepam == "yes") and evaluate(row, situation).answer is not Answer.NO
    )
