"""How people differ from the typical one: spreads on the log or logit scale, applied to named numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.models.covariates import Disposition, Number

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Etas:
    """Deviations from the typical person, on the log scale (`f` and `fm`: logit), already times their spread."""

    cl: Array
    central: Array
    tissue: Array
    metabolite_cl: Array  # (metabolites, people)
    metabolite_v: Array  # (metabolites, people)
    ka: Array
    lag: Array
    f: Array
    fm: Array


@dataclass(frozen=True, slots=True, eq=False)
class Absorption:
    """How a dose enters, one column per person. `direct`: into the vein, where `ka_per_h` means nothing."""

    ka_per_h: Array
    lag_h: Array
    f: Array
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Formation:
    """Shares of molecules: what becomes of diazepam and its metabolites. Each one number, or one per person."""

    nordazepam: Number  # of cleared diazepam
    temazepam: Number  # of the rest of cleared diazepam
    oxazepam_by_nordazepam: Number  # of cleared nordazepam
    oxazepam_by_temazepam: Number  # of cleared temazepam


@dataclass(frozen=True, slots=True)
class MolarMasses:
    """g/mol."""

    diazepam: float
    nordazepam: float
    temazepam: float
    oxazepam: float


def shift_logit(share: Number, eta: Array) -> Array:
    """A share moved on the logit scale, so that it stays between 0 and 1."""
    moved: Array = 1.0 / (1.0 + (1.0 - share) / share * np.exp(-eta))
    return moved


def spread_disposition(typical: Disposition, etas: Etas) -> Disposition:
    """Each person's own clearances and volumes. Exchange flows do not vary between people."""
    volumes = typical.volumes_l.copy()
    volumes[0] *= np.exp(etas.central)
    volumes[1:] *= np.exp(etas.tissue)
    return Disposition(
        cl_l_per_h=typical.cl_l_per_h * np.exp(etas.cl),
        volumes_l=volumes,
        exchange_l_per_h=typical.exchange_l_per_h,
        metabolite_cl_l_per_h=typical.metabolite_cl_l_per_h * np.exp(etas.metabolite_cl),
        metabolite_v_l=typical.metabolite_v_l * np.exp(etas.metabolite_v),
        unbound=typical.unbound,
    )


def spread_absorption(*, ka_per_h: Number, lag_h: Number, f: Number, etas: Etas) -> Absorption:
    """Each person's own absorption from a depot."""
    return Absorption(ka_per_h=ka_per_h * np.exp(etas.ka), lag_h=lag_h * np.exp(etas.lag), f=shift_logit(f, etas.f))


def into_vein(people: int) -> Absorption:
    """A dose into the vein: all of it, at once."""
    return Absorption(ka_per_h=np.ones(people), lag_h=np.zeros(people), f=np.ones(people), direct=True)


def formed_mg_per_mg(shares: Formation, masses: MolarMasses, etas: Etas) -> tuple[Array, Array]:
    """(metabolites, people) mg formed per mg of diazepam cleared; (metabolites, metabolites, people) passed on.

    Metabolites in the order nordazepam, temazepam, oxazepam. Temazepam takes its share of what does not become
    nordazepam, so that no more than one molecule comes of one.
    """
    nordazepam = shift_logit(shares.nordazepam, etas.fm)
    temazepam = (1.0 - nordazepam) * shares.temazepam
    none, one = np.zeros_like(nordazepam), np.ones_like(nordazepam)
    parent = masses.diazepam
    formed = np.stack([nordazepam * masses.nordazepam / parent, temazepam * masses.temazepam / parent, none])
    passed_on = np.zeros((3, 3, nordazepam.size))
    passed_on[0, 2] = one * shares.oxazepam_by_nordazepam * masses.oxazepam / masses.nordazepam
    passed_on[1, 2] = one * shares.oxazepam_by_temazepam * masses.oxazepam / masses.temazepam
    return formed, passed_on
