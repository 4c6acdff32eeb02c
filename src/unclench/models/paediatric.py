"""Kinetics below 18 years: the published two-compartment model of children, with the adult's metabolites borrowed.

The published model knows body weight only. Liver disease and binding act on it as they do in adults, which is borrowed
too. At the 18th birthday the model changes and the curves jump; between 12 and 18 years the interval is widened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench.models.covariates import (
    Bodies,
    Disposition,
    Number,
    Reference,
    binding,
    metabolites,
    unbound_fractions,
)


@dataclass(frozen=True, slots=True, eq=False)
class ChildReference:
    """The published model, at 70 kg."""

    cl_l_per_h: Number
    v1_l: Number
    q_l_per_h: Number
    v2_l: Number


def child(ref: ChildReference, adult_ref: Reference, bodies: Bodies) -> Disposition:
    """Kinetics of children, before the spread between people."""
    share = bodies.weight_kg / adult_ref.weight_kg
    scaled = share**adult_ref.size_exponent
    fu, binding_cl, binding_v = binding(adult_ref, albumin_g_per_l=bodies.albumin_g_per_l, dialysis=bodies.dialysis)
    losses, volumes = metabolites(adult_ref, bodies, binding_cl=binding_cl, binding_v=binding_v, ageing=False)
    tissue = (adult_ref.cirrhosis_v if bodies.cirrhosis else 1.0) * binding_v
    return Disposition(
        cl_l_per_h=ref.cl_l_per_h * scaled * bodies.liver_cl * binding_cl,
        volumes_l=np.stack([ref.v1_l * share, ref.v2_l * share * tissue]),
        exchange_l_per_h=(ref.q_l_per_h * scaled)[None],
        metabolite_cl_l_per_h=losses,
        metabolite_v_l=volumes,
        unbound=unbound_fractions(adult_ref, fu),
    )
