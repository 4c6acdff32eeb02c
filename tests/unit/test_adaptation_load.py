"""The load that adaptation follows: the one site, with less of what stays after diazepam, averaged over days."""

from __future__ import annotations

import numpy as np
import pytest

from unclench.knowledge import knowledge
from unclench.models import adaptation
from unclench.simulation import effects_model as model
from unclench.simulation import effects_times as times
from unclench.simulation.effects_draws import (
    CoMedication,
    adaptation_coefficients,
    adaptation_load,
    crowd_of,
    equal_in_adaptation,
    relative_load,
)
from unclench.simulation.parameters import ANALYTES, Numbers
from unclench.simulation.sample import Z90

PEOPLE = 400
NUMBERS = Numbers(knowledge(), {})
CROWD = crowd_of(NUMBERS, np.full(PEOPLE + 1, 40.0), seed=3, skip=frozenset())
FIXED = model.structure(NUMBERS)
HOURS = np.arange(0.0, 20 * 24.0 + 0.1, 0.5)


def row(key: str) -> float:
    return knowledge().parameter(key).value


@pytest.mark.verifies("M7")
def test_only_late_metabolites_count_less() -> None:
    whole, counted = model.load_per_ng_ml(CROWD.constants, FIXED), adaptation_coefficients(CROWD, FIXED)

    for analyte in ANALYTES:
        share = row("PD-LATE-ADAPTS") if analyte in {"nordazepam", "oxazepam"} else 1.0
        assert counted[analyte][-1] == pytest.approx(share * whole[analyte][-1])


def test_the_load_is_linear_in_every_level() -> None:
    levels = {name: np.full(PEOPLE + 1, 2.0 + at) for at, name in enumerate(ANALYTES)}
    found = adaptation_load(levels, CROWD, FIXED)
    by_hand = sum(levels[name] * each for name, each in adaptation_coefficients(CROWD, FIXED).items())

    assert found == pytest.approx(by_hand)
    assert adaptation_load({name: 3 * each for name, each in levels.items()}, CROWD, FIXED) == pytest.approx(3 * found)


def test_how_much_counts_is_drawn_as_wide_as_its_row() -> None:
    found = knowledge().parameter("PD-LATE-ADAPTS")
    low, high = np.quantile(CROWD.late_counted[:-1], [0.05, 0.95])

    assert low == pytest.approx(found.low, rel=0.35)
    assert high == pytest.approx(found.high, rel=0.25)
    assert CROWD.late_counted[-1] == pytest.approx(found.value)
    logs = np.log(CROWD.late_counted[:-1] / (1 - CROWD.late_counted[:-1]))
    width = np.diff(np.log([found.low / (1 - found.low), found.high / (1 - found.high)]))[0] / (2 * Z90)
    assert logs.std() == pytest.approx(width, rel=0.1)


@pytest.mark.verifies("M3")
def test_a_dose_that_tables_call_equal_is_equal_to_adaptation_too() -> None:
    """1.3 mg lorazepam a day is as 10 mg diazepam a day with its metabolites: of their load, what adaptation counts."""
    load, _ = relative_load(
        (CoMedication("lorazepam", row("PD-EQ-LORAZEPAM")),), np.zeros(1), NUMBERS, seed=3, people=PEOPLE
    )
    assert load is not None
    assert load[0, -1] == pytest.approx(10.0 * row("PD-LOAD-PER-MG"))
    assert equal_in_adaptation(load, NUMBERS)[0, -1] == pytest.approx(10.0 / row("PD-ED50"))


def test_averages_of_days_are_those_of_the_lines() -> None:
    """An odd last day, and times that are no part of a day."""
    t_h = np.array([6.0, 7.0, 20.0, 31.0, 60.0, 63.0])
    lines = np.stack([t_h, np.full(6, 4.0)], axis=1)
    middle_h, means = times.day_means(t_h, lines)

    assert middle_h == pytest.approx([18.0, 42.0, 58.5])
    assert means[:, 0] == pytest.approx([18.0, 42.0, 58.5])
    assert means[:, 1] == pytest.approx([4.0, 4.0, 4.0])


def drive(load: np.ndarray) -> np.ndarray:
    """After two years at the average load of the first day."""
    taus = {"tau_on_d": np.array([row("PD-TAU-ON")]), "tau_off_d": np.array([row("PD-TAU-OFF")])}
    level = times.day_means(HOURS, load)[1][0]
    start = adaptation.adapted_after(np.zeros(1), level=level / (1 + level), days=730.0, **taus)
    return model.drive_over(HOURS, load, start=start, **taus)


@pytest.mark.verifies("M7")
def test_an_unchanged_dose_drives_nothing_however_it_swings_within_the_day() -> None:
    swinging = (0.6 + 0.3 * np.sin(HOURS / 24.0 * 2.0 * np.pi))[:, None]

    assert drive(swinging).max() == 0.0


@pytest.mark.verifies("M7")
def test_a_fall_of_the_load_drives_and_the_drive_has_every_hour_asked_for() -> None:
    falling = (0.6 * np.exp2(-HOURS / 40.0))[:, None]
    found = drive(falling)

    assert found.shape == falling.shape
    assert 4.0 <= HOURS[found[:, 0].argmax()] / 24.0 <= 8.0
