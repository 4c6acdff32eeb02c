"""From unbound levels to the load on one receptor site: delay, competition, occupancy and gating.

Arrays have people (or draws) on the last axis, and time, where there is time, on the first. The load A of a ligand is
its unbound level at the site over its dissociation constant; loads of agonists that compete for one site add up, and
every effect of this project is a monotone function of their sum. Tuk and co-workers (1999) recovered the parameters of
midazolam and its active metabolite that way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.models.filters import filtered

Array = NDArray[np.float64]

NM_PER_NG_ML_PER_MOLAR_MASS = 1000.0


def nanomolar(ng_ml: Array, *, molar_mass_g_per_mol: float) -> Array:
    """A level in nM. Unbound levels in give unbound levels out."""
    molar: Array = ng_ml * (NM_PER_NG_ML_PER_MOLAR_MASS / molar_mass_g_per_mol)
    return molar


def load(unbound_nm: Array, *, kd_nm: Array | float) -> Array:
    """What one ligand brings to the site, in units of its dissociation constant. Loads of agonists add up."""
    found: Array = unbound_nm / kd_nm
    return found


def at_the_site(t_h: Array, loads: Array, *, ke0_per_h: Array | float) -> Array:
    """Loads after the delay between plasma and site (first order, ke0), exact between points joined by lines.

    Loads of several ligands that share one delay may be added first: the delay is linear. The site starts in balance.
    """
    rates = np.broadcast_to(np.asarray(ke0_per_h, dtype=np.float64), loads.shape[1:])
    return filtered(t_h, loads, rates_per_h=rates, start=loads[0])


def under_antagonist(agonist: Array, *, antagonist: Array | float) -> Array:
    """The load that would act as much alone as `agonist` does beside an antagonist without efficacy (Gaddum).

    The agonist itself stays where it is, so its action returns as the antagonist leaves. Occupancy and gating agree
    on this form: an antagonist enters both as a load with delta = 1.
    """
    acting: Array = agonist / (1.0 + antagonist)
    return acting


def occupancy(agonist: Array, *, antagonist: Array | float = 0.0) -> Array:
    """Share of sites that agonists hold, 0 up to 1."""
    share: Array = agonist / (1.0 + antagonist + agonist)
    return share


def open_share(gaba: Array | float, agonist: Array, *, l0: float, kg: float, c: float, delta: Array | float) -> Array:
    """Share of channels that are open: two GABA sites (`gaba` and `kg` in one unit) and one modulator site.

    Monod, Wyman and Changeux: closed and open states in balance, L0 of them closed for one open at rest; GABA binds the
    open state 1/c times, the modulator `delta` times as tightly. A full agonist has delta about 3, an antagonist 1.
    """
    closed_by_gaba = ((1.0 + np.asarray(gaba) / kg) / (1.0 + np.asarray(gaba) / (c * kg))) ** 2
    share: Array = 1.0 / (1.0 + l0 * closed_by_gaba * (1.0 + agonist) / (1.0 + delta * agonist))
    return share


def potentiation(agonist: Array, *, open_at_rest: float, delta: Array | float) -> Array:
    """Reduced form of gating: gain of the response to one fixed amount of GABA, as a share of that response.

    At fixed GABA the whole scheme is exactly this hyperbola, whatever L0, KG and c: only the share that GABA alone
    opens enters. What it leaves out is that GABA varies.
    """
    most, half = hyperbola(open_at_rest=open_at_rest, delta=delta)
    gain: Array = most * agonist / (agonist + half)
    return gain


def hyperbola(*, open_at_rest: float, delta: Array | float) -> tuple[Array, Array]:
    """Largest gain, and load of half of it: the functional EC50 is that many dissociation constants."""
    closed_per_open = 1.0 / open_at_rest - 1.0
    ratio = np.asarray(delta, dtype=np.float64)
    return closed_per_open * (ratio - 1.0) / (ratio + closed_per_open), (1.0 + closed_per_open) / (
        ratio + closed_per_open
    )


def gaba_for(open_now: Array | float, *, l0: Array | float, kg: float, c: float) -> Array:
    """The GABA (in the unit of `kg`) that opens this share of channels."""
    root = np.sqrt((1.0 / np.asarray(open_now) - 1.0) / l0)  # (1 + g/KG) / (1 + g/(c KG))
    found: Array = kg * (1.0 - root) / (root / c - 1.0)
    return found


def most_open(*, l0: float, c: float) -> float:
    """The share of channels that saturating GABA opens alone."""
    return 1.0 / (1.0 + l0 * c * c)


def gaba_shift(delta: Array | float, *, l0: float, kg: float, c: float, agonist: float) -> Array:
    """How many times less GABA is needed beside this load of agonist for half of what GABA alone can open."""
    half = 0.5 * most_open(l0=l0, c=c)
    fewer = l0 * (1.0 + agonist) / (1.0 + np.asarray(delta) * agonist)
    shift: Array = gaba_for(half, l0=l0, kg=kg, c=c) / gaba_for(half, l0=fewer, kg=kg, c=c)
    return shift
