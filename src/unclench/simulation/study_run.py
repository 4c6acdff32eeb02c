"""A whole table of arms: read, simulated arm by arm; one that cannot be simulated never stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from unclench.appraisal.perpetrators import keys_of
from unclench.knowledge import knowledge
from unclench.knowledge.load import Knowledge
from unclench.simulation.study import REPLICATES, SEED, Prediction, study, study_effect
from unclench.simulation.study_arm import Arm
from unclench.simulation.study_effects import EffectArm
from unclench.simulation.study_table import Refusal, arms_of, rows_of
from unclench.values import EngineError, RecordError


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The arms of a table that are understood, and those that are not."""

    arms: tuple[Arm | EffectArm, ...]
    refusals: tuple[Refusal, ...]
    known: Knowledge


def read_arms(content: bytes, levels_h: Mapping[str, tuple[float, ...]] | None = None) -> Table:
    """Read a table of arms. `levels_h`: further times at which the level of an arm is wanted.

    Raises
    ------
    RecordError
        when the table as a whole cannot be used.
    """
    known = knowledge()
    arms, refusals = arms_of(rows_of(content), keys_of(known), levels_h)
    return Table(arms, refusals, known)


def run(
    table: Table,
    *,
    seed: int = SEED,
    replicates: int = REPLICATES,
    progress: Callable[[float], None] | None = None,
) -> tuple[tuple[Prediction, ...], tuple[Refusal, ...]]:
    """Predictions of every arm, in the order of the table, and everything that was refused.

    `progress` hears the share of arms that are done.
    """
    predictions: list[Prediction] = []
    refusals = list(table.refusals)
    for done, arm in enumerate(table.arms):
        if progress is not None:
            progress(done / len(table.arms))
        try:
            if isinstance(arm, EffectArm):
                found, cannot = study_effect(arm, table.known, seed=seed, replicates=replicates)
            else:
                found, cannot = study(arm, table.known, seed=seed, replicates=replicates)
        except (RecordError, EngineError) as error:
            key = arm.arm.key if isinstance(arm, EffectArm) else arm.key
            refusals.append(Refusal(key, error.where, error.found, error.need, error.fix))
            continue
        predictions.extend(found)
        refusals.extend(cannot)
    return tuple(predictions), tuple(refusals)
