"""Kinetics below 18 years: the published two-compartment model of children, with the adult's nordazepam borrowed.

The published model knows body weight only. Liver disease and binding act on it as they do in adults, which is borrowed
too. At the 18th birthday the model changes and the curves jump; between 12 and 18 years the interval is widened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench.models.covariates import Bodies, Disposition, Reference, binding, metabolite


@dataclass(frozen=True, slots=True)
class ChildReference:
    """The published model, at 70 kg."""

    cl_l_per_h: float
    v1_l: float
    q_l_per_h: float
    v2_l: float


def child(ref: ChildReference, adult_ref: Reference, bodies: Bodies) -> Disposition:
    """Kinetics of children, before the spread between people."""
    share = bodies.weight_kg / adult_ref.weight_kg
    scaled = share**adult_ref.size_exponent
    fu, binding_cl = binding(adult_ref, albumin_g_per_l=bodies.albumin_g_per_l, dialysis=bodies.dialysis)
    cln, vn = metabolite(adult_ref, bodies, binding_cl=binding_cl, ageing=False)
    tissue = adult_ref.cirrhosis_v if bodies.cirrhosis else 1.0
    return Disposition(
        cl_l_per_h=ref.cl_l_per_h * scaled * bodies.liver_cl * binding_cl,
        volumes_l=np.stack([ref.v1_l * share, ref.v2_l * share * tissue]),
        exchange_l_per_h=(ref.q_l_per_h * scaled)[None],
        cln_l_per_h=cln,
        vn_l=vn,
        fu=fu,
        fun=adult_ref.fun_ratio * fu,
    )
