"""The static enzyme model against the table it was published with for this project, and its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from unclench.models.enzymes import (
    Block,
    Shares,
    auc_ratio,
    clearance,
    clearance_at,
    inducer_level,
    inhibitor_level,
    left,
    rescaled,
)

DIAZEPAM = Shares(cyp3a4=0.26, cyp2c19=0.52, other=0.22)
ACTIVITY = {"NM": 1.0, "IM": 0.5, "PM": 0.0}

PUBLISHED = {
    "none": (Block(), (1.0, 1.35, 2.08)),
    "strong CYP3A4 inhibitor": (Block(cyp3a4=0.80), (1.26, 1.88, 3.7)),
    "moderate CYP3A4 inhibitor": (Block(cyp3a4=0.55), (1.17, 1.68, 3.0)),
    "strong CYP2C19 inhibitor": (Block(cyp2c19=0.95), (1.98, 2.03, 2.08)),
    "fluconazole": (Block(0.65, 0.95), (2.99, 3.1, 3.2)),
    "voriconazole": (Block(0.85, 0.70), (2.41, 3.0, 3.9)),
    "fluvoxamine": (Block(0.46, 0.95), (2.59, 2.7, 2.8)),
    "rifampicin": (Block(-3.3, -3.5), (0.27, 0.40, 0.75)),
}


@pytest.mark.verifies("A3")
@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_table_is_reproduced(name: str) -> None:
    block, expected = PUBLISHED[name]
    for (phenotype, active), wanted in zip(ACTIVITY.items(), expected, strict=True):
        against_normal = 1 / clearance(DIAZEPAM, active, [block])
        assert against_normal == pytest.approx(wanted, rel=0.015), phenotype


def test_a_poor_metaboliser_loses_nothing_to_a_cyp2c19_inhibitor() -> None:
    assert auc_ratio(DIAZEPAM, 0.0, [Block(cyp2c19=0.95)]) == 1.0


def test_inhibitors_multiply_and_inducers_add() -> None:
    assert left([0.5, 0.5]) == 0.25
    assert left([-1.0, -2.0]) == 4.0
    assert left([0.5, -1.0]) == 1.0
    assert left([]) == 1.0


@pytest.mark.parametrize("measured", [1.2, 1.35, 2.2, 2.5, 2.86, 5.0])
def test_a_rescaled_perpetrator_gives_its_measured_ratio_alone(measured: float) -> None:
    block = rescaled(Block(0.46, 0.95), DIAZEPAM, measured)
    assert auc_ratio(DIAZEPAM, 1.0, [block]) == pytest.approx(measured)
    assert max(block.cyp3a4, block.cyp2c19) < 1


def test_an_inducer_is_rescaled_too() -> None:
    block = rescaled(Block(-3.3, -3.5), DIAZEPAM, 0.25)
    assert auc_ratio(DIAZEPAM, 1.0, [block]) == pytest.approx(0.25)
    assert block.factor == pytest.approx(1.0)


@pytest.mark.parametrize("block", [Block(), Block(cyp3a4=0.5)], ids=["no enzyme known", "other direction"])
def test_what_the_enzymes_cannot_explain_is_a_factor(block: Block) -> None:
    assert rescaled(block, DIAZEPAM, 0.84) == Block(factor=0.84)


def levels(*hours: float) -> NDArray[np.float64]:
    return np.array(hours)


def test_an_inhibitor_acts_at_once_and_goes_with_its_half_life() -> None:
    assert inhibitor_level(levels(-1, 0, 48, 72, 96, math.inf), 0, 48, 24).tolist() == [0, 1, 1, 0.5, 0.25, 0]
    assert inhibitor_level(levels(-math.inf, math.inf), 0, math.inf, 24).tolist() == [0, 1]
    assert inhibitor_level(levels(-math.inf, math.inf), -math.inf, 48, 24).tolist() == [1, 0]


def test_an_inducer_comes_and_goes_by_turnover() -> None:
    assert inducer_level(levels(-5, 0, 72, 144, math.inf), 0, math.inf, 72, 96).tolist() == [0, 0, 0.5, 0.75, 1]
    (ten_days,) = inducer_level(levels(240), 0, math.inf, 72, 96)
    assert ten_days == pytest.approx(0.9, abs=0.01), "nine tenths after ten days"
    (two_weeks,) = inducer_level(levels(14 * 24), -math.inf, 0, 72, 96)
    assert two_weeks == pytest.approx(0.09, abs=0.01), "nine tenths gone after 14"
    (part,) = inducer_level(levels(72 + 96), 0, 72, 72, 96)
    assert part == pytest.approx(0.25), "half reached, then half lost"


def test_many_hours_at_once_agree_with_one_at_a_time() -> None:
    blocks = [Block(0.46, 0.95), Block(-3.3, -3.5), Block(0.3, -0.5, 1.7), Block(factor=0.84)]
    there, induced = levels(0.0, 0.2, 0.7, 1.0), levels(1.0, 0.5, 0.1, 0.0)
    fast = clearance_at(DIAZEPAM, 0.5, [(block, there, induced) for block in blocks])
    for place, many in enumerate(fast):
        slow = [
            Block(
                block.cyp3a4 * (there if block.cyp3a4 > 0 else induced)[place],
                block.cyp2c19 * (there if block.cyp2c19 > 0 else induced)[place],
                block.factor ** (there if block.factor > 1 else induced)[place],
            )
            for block in blocks
        ]
        assert many == pytest.approx(clearance(DIAZEPAM, 0.5, slow))
