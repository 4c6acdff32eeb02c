"""Every effect is monotone and bounded, whatever the constants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.models import adaptation, breathing, effects, receptor, tolerance

LOADS = np.concatenate([[0.0], np.geomspace(1e-6, 1e5, 200)])
POSITIVE = st.floats(0.02, 20.0)
SHARE = st.floats(0.0, 1.0)
STEEP = st.floats(0.5, 9.0)
TINY = 1e-12


def rising(values: np.ndarray) -> bool:
    return bool(np.all(np.diff(values) >= -TINY))


@pytest.mark.verifies("M4")
@given(most=SHARE, half=POSITIVE, shift=st.floats(1.0, 5.0), steep=STEEP, carry=SHARE)
def test_reflex_and_tone(most: float, half: float, shift: float, steep: float, carry: float) -> None:
    removed = effects.reflex_excess_removed(LOADS, most=most, half=half, shift=shift, steepness=steep)
    tone = effects.tone_removed(removed, carried_over=carry)

    assert rising(removed)
    assert removed[0] == pytest.approx(0.0, abs=1e-5)
    assert removed.max() <= most
    assert np.all(tone <= removed)
    assert np.all(tone >= 0)


@pytest.mark.verifies("M5")
@given(half=POSITIVE, steep=STEEP, per_year=st.floats(0.0, 0.05), slope=st.floats(0.0, 8.0), most=st.floats(0.1, 6.0))
def test_sedation_drowsiness_and_impairment(
    half: float, steep: float, per_year: float, slope: float, most: float
) -> None:
    ages = np.linspace(17.0, 85.0, 30)
    shift = effects.age_shift(ages, per_year=per_year, from_y=25.0, low_y=17.0, high_y=85.0)
    by_age = effects.sedation(np.full(30, 0.3), half=half, shift=shift, steepness=steep)
    sedated = effects.sedation(LOADS, half=half, shift=1.0, steepness=steep)
    drowsy = effects.drowsy_probability(sedated, on_placebo=0.1, slope=slope)
    impaired = effects.impairment_g_per_l(sedated, most=most)

    assert rising(by_age)
    assert rising(sedated)
    assert rising(drowsy)
    assert rising(impaired)
    assert 0.0 <= sedated.min() <= sedated.max() <= 1.0
    assert drowsy[0] == pytest.approx(0.1, abs=1e-4)
    assert drowsy.max() < 1.0
    assert impaired.max() <= most


@pytest.mark.verifies("M5")
@given(impaired=st.floats(0.0, 3.0), alcohol=st.floats(0.0, 2.0), extra=SHARE)
def test_alcohol_adds_up_and_never_takes_away(impaired: float, alcohol: float, extra: float) -> None:
    level = np.array([impaired])
    plain = effects.with_alcohol_g_per_l(level, alcohol_g_per_l=alcohol, extra=0.0)[0]
    more = effects.with_alcohol_g_per_l(level, alcohol_g_per_l=alcohol, extra=extra)[0]

    assert plain == pytest.approx(impaired + alcohol)
    assert more >= plain
    assert more <= plain + extra * min(impaired, alcohol) + TINY
    assert effects.with_alcohol_g_per_l(level, alcohol_g_per_l=0.0, extra=extra)[0] == pytest.approx(impaired)
    assert effects.with_alcohol_g_per_l(level + 0.1, alcohol_g_per_l=alcohol, extra=extra)[0] >= more


@pytest.mark.verifies("M6")
@given(lost=SHARE, half=POSITIVE, shift=st.floats(1.0, 5.0), steep=STEEP, opioid=st.floats(0.05, 1.0), weight=SHARE)
def test_breathing(lost: float, half: float, shift: float, steep: float, opioid: float, weight: float) -> None:
    slope = breathing.co2_slope(LOADS, most_lost=lost, half=half, shift=shift, steepness=steep)
    both = breathing.slope_together(slope, of_opioid=opioid, weight=weight)
    deeper = breathing.slope_together(slope, of_opioid=opioid * 0.9, weight=weight)

    assert rising(-slope)
    assert slope.min() >= 1.0 - lost - TINY
    assert slope[0] == pytest.approx(1.0, abs=1e-5)
    assert np.all(both <= opioid + TINY)
    assert np.all(both > -TINY)
    assert np.all(deeper <= both)


@pytest.mark.verifies("M6")
@given(by_sedation=st.floats(-2.0, 6.0), by_opioid=st.floats(-2.0, 8.0), together=st.floats(-6.0, 6.0))
def test_events_never_become_less_likely(by_sedation: float, by_opioid: float, together: float) -> None:
    shares = np.linspace(0.0, 1.0, 21)
    grid = np.array(
        [
            breathing.event_log_odds(
                shares, opioid=opioid, by_sedation=by_sedation, by_opioid=by_opioid, together=together
            )
            for opioid in shares
        ]
    )

    assert np.all(np.diff(grid, axis=0) >= -TINY)
    assert np.all(np.diff(grid, axis=1) >= -TINY)
    assert grid[0, 0] == 0.0


@pytest.mark.verifies("M7")
@given(h_fast=st.floats(0.0, 1.6), h_slow=st.floats(0.0, 2.2), one=SHARE, other=SHARE)
def test_tolerance_only_ever_raises_the_load_that_is_needed(
    h_fast: float, h_slow: float, one: float, other: float
) -> None:
    shift = float(tolerance.sedation_shift(np.array(one), np.array(other), h_fast=h_fast, h_slow=h_slow))

    assert 1.0 <= shift <= (1.0 + h_fast) * (1.0 + h_slow) + TINY
    assert rising(tolerance.drive(LOADS, half=0.3))
    assert tolerance.drive(LOADS, half=0.3).max() <= 1.0


@given(load=st.floats(0.0, 1e4), antagonist=st.floats(0.0, 1e4))
def test_occupancy_is_a_share_that_an_antagonist_lowers(load: float, antagonist: float) -> None:
    alone = float(receptor.occupancy(np.array(load)))
    beside = float(receptor.occupancy(np.array(load), antagonist=antagonist))

    assert 0.0 <= beside <= alone < 1.0 or load == 0.0 or alone <= 1.0
    assert beside <= alone


@pytest.mark.verifies("M7")
@given(seed=st.integers(0, 10**6), start=SHARE)
def test_adaptation_stays_between_what_it_has_seen(seed: int, start: float) -> None:
    rng = np.random.default_rng(seed)
    days, effect = np.cumsum(rng.uniform(0.1, 20.0, 30)), rng.random((30, 4))
    found = adaptation.adapted(
        days,
        effect,
        tau_on_d=rng.uniform(20.0, 300.0, 4),
        tau_off_d=rng.uniform(2.0, 40.0, 4),
        start=np.full(4, start),
    )
    drive = adaptation.withdrawal_drive(found, effect)

    assert found.min() >= min(start, float(effect.min())) - TINY
    assert found.max() <= max(start, float(effect.max())) + TINY
    assert drive.min() >= 0.0
    assert drive.max() <= 1.0
