"""The receptor: loads that compete, an antagonist, and gating in full against its reduced form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.knowledge import knowledge
from unclench.models import effects, receptor

L0, KG, C = (knowledge().parameter(f"PD-{name}").value for name in ("L0", "KG", "C"))
LOADS = np.linspace(0.0, 20.0, 401)


def full(agonist: np.ndarray, share: float, delta: float = 3.0) -> np.ndarray:
    """Gain over the response to the GABA that alone gives this share of the largest response, by the whole scheme."""
    gaba = float(receptor.gaba_for(share * receptor.most_open(l0=L0, c=C), l0=L0, kg=KG, c=C))
    opened = receptor.open_share(gaba, agonist, l0=L0, kg=KG, c=C, delta=delta)
    return opened / opened[0] - 1.0


@pytest.mark.verifies("M3")
def test_reduced_gating_is_exact_at_its_own_gaba() -> None:
    rest = 0.2 * receptor.most_open(l0=L0, c=C)
    reduced = receptor.potentiation(LOADS, open_at_rest=rest, delta=3.0)

    assert np.abs(full(LOADS, 0.2) - reduced).max() < 1e-12


def test_reduced_gating_at_other_gaba_departs_by_this_much() -> None:
    """The price of one fixed GABA, over all loads: measured here so that nobody takes it for exact elsewhere."""
    rest = 0.2 * receptor.most_open(l0=L0, c=C)
    reduced = receptor.potentiation(LOADS, open_at_rest=rest, delta=3.0)
    worst = {share: float(np.abs(full(LOADS, share) - reduced).max()) for share in (0.03, 0.1, 0.3, 0.5)}

    assert worst[0.03] == pytest.approx(0.56, abs=0.02)
    assert worst[0.1] == pytest.approx(0.30, abs=0.02)
    assert worst[0.3] == pytest.approx(0.24, abs=0.02)
    assert worst[0.5] == pytest.approx(0.58, abs=0.02)


def test_gating_meets_the_facts_of_the_dish() -> None:
    """With delta 3: +126 % at the EC20, +186 % at the EC3, a 2.2-fold shift, half of the gain at 0.75 K."""
    assert full(np.array([0.0, 1e9]), 0.2)[1] == pytest.approx(1.26, abs=0.01)
    assert full(np.array([0.0, 1e9]), 0.03)[1] == pytest.approx(1.86, abs=0.02)
    assert float(receptor.gaba_shift(3.0, l0=L0, kg=KG, c=C, agonist=1e9)) == pytest.approx(2.2, abs=0.03)
    _, half = receptor.hyperbola(open_at_rest=0.164, delta=3.0)
    assert float(half) == pytest.approx(0.75, abs=0.01)


@given(agonist=st.floats(0.0, 50.0), antagonist=st.floats(0.0, 1e4))
def test_antagonist_acts_alike_on_occupancy_and_gating(agonist: float, antagonist: float) -> None:
    """In the scheme it is a ligand with delta 1; alone the agonist would need this smaller load."""
    acting = receptor.under_antagonist(np.array(agonist), antagonist=antagonist)
    direct = receptor.occupancy(np.array(agonist), antagonist=antagonist)
    gaba = 30.0
    mixed = 1.0 / (
        1.0
        + L0
        * ((1.0 + gaba / KG) / (1.0 + gaba / (C * KG))) ** 2
        * (1.0 + agonist + antagonist)
        / (1.0 + 3.0 * agonist + antagonist)
    )

    assert float(receptor.occupancy(acting)) == pytest.approx(float(direct), abs=1e-12)
    assert float(receptor.open_share(gaba, acting, l0=L0, kg=KG, c=C, delta=3.0)) == pytest.approx(mixed, rel=1e-9)


@pytest.mark.verifies("M3")
def test_antagonist_reverses_and_the_effect_returns() -> None:
    """The agonist is untouched throughout; the antagonist comes and goes."""
    agonist = np.full(50, 1.5)
    antagonist = 400.0 * np.exp(-0.5 * ((np.arange(50) - 20.0) / 4.0) ** 2)
    acting = receptor.under_antagonist(agonist, antagonist=antagonist)
    sedated = effects.sedation(acting, half=0.3, shift=1.0, steepness=2.0)

    assert sedated[20] < 0.001
    assert sedated[[0, -1]] == pytest.approx(
        effects.sedation(agonist[:2], half=0.3, shift=1.0, steepness=2.0), rel=0.01
    )
    assert np.all(np.diff(sedated[:20]) <= 0)
    assert np.all(np.diff(sedated[21:]) >= 0)


@pytest.mark.verifies("M3")
@given(total=st.floats(1.0, 2000.0), fraction=st.floats(0.001, 0.4))
def test_doubling_the_unbound_fraction_doubles_the_load(total: float, fraction: float) -> None:
    def loaded(share: float) -> float:
        level = receptor.nanomolar(np.array([total * share]), molar_mass_g_per_mol=284.74)
        return float(receptor.load(level, kd_nm=50.0)[0])

    assert loaded(2 * fraction) == pytest.approx(2 * loaded(fraction), rel=1e-12)


def test_a_level_in_mass_becomes_one_in_moles() -> None:
    """406 ng/mL in all, of which 1.48 % unbound, is 21.1 nM: 10 mg by mouth."""
    level = receptor.nanomolar(np.array([406.0 * 0.0148]), molar_mass_g_per_mol=284.74)

    assert level[0] == pytest.approx(21.1, abs=0.05)
