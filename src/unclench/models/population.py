"""How people differ from the typical one: spreads on the log or logit scale, applied to named numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.models.covariates import Disposition

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Etas:
    """Deviations from the typical person, on the log scale (`f` and `fm`: logit), already times their spread."""

    cl: Array
    central: Array
    tissue: Array
    cln: Array
    vn: Array
    ka: Array
    lag: Array
    f: Array
    fm: Array


@dataclass(frozen=True, slots=True, eq=False)
class Absorption:
    """Oral absorption and formation of nordazepam, one column per person."""

    ka_per_h: Array
    lag_h: Array
    f: Array
    fm: Array


def shift_logit(share: float, eta: Array) -> Array:
    """A share moved on the logit scale, so that it stays between 0 and 1."""
    return 1.0 / (1.0 + (1.0 - share) / share * np.exp(-eta))


def spread_disposition(typical: Disposition, etas: Etas) -> Disposition:
    """Each person's own clearances and volumes. Exchange flows do not vary between people."""
    volumes = typical.volumes_l.copy()
    volumes[0] *= np.exp(etas.central)
    volumes[1:] *= np.exp(etas.tissue)
    return Disposition(
        cl_l_per_h=typical.cl_l_per_h * np.exp(etas.cl),
        volumes_l=volumes,
        exchange_l_per_h=typical.exchange_l_per_h,
        cln_l_per_h=typical.cln_l_per_h * np.exp(etas.cln),
        vn_l=typical.vn_l * np.exp(etas.vn),
        fu=typical.fu,
        fun=typical.fun,
    )


def spread_absorption(*, ka_per_h: float, lag_h: float, f: float, fm: float, etas: Etas) -> Absorption:
    """Each person's own absorption."""
    return Absorption(
        ka_per_h=ka_per_h * np.exp(etas.ka),
        lag_h=lag_h * np.exp(etas.lag),
        f=shift_logit(f, etas.f),
        fm=shift_logit(fm, etas.fm),
    )
