"""What a body does to the kinetics of diazepam and its active metabolites in adults: equations of named numbers.

Every number may be one value, or an array with one value per person where the number itself is uncertain.

The exponent of age on clearance is for total drug and already holds the rise of the unbound fraction with age; the
unbound fraction here therefore follows albumin and dialysis only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Number = float | Array


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The reference man (70 kg, 40 years, albumin 43 g/L, fasting tablet) and how bodies differ from him."""

    cl_l_per_h: Number
    v1_l: Number
    q2_l_per_h: Number
    v2_l: Number
    q3_l_per_h: Number
    v3_l: Number
    cln_l_per_h: Number
    vn_l: Number
    clt_l_per_h: Number
    vt_l: Number
    clo_l_per_h: Number
    vo_l: Number
    weight_kg: float
    age_y: float
    albumin_g_per_l: float
    ibw_man_kg: float
    ibw_woman_kg: float
    ibw_kg_per_cm: float
    ibw_base_cm: float
    ibw_floor_kg: float
    size_cap: float
    size_exponent: float
    age_cl_exponent: Number
    age_v_exponent: Number
    sex_cl: Number
    sex_v: Number
    sex_clt: Number
    fat_v3: Number
    fat_vn: Number
    cirrhosis_v: Number
    cirrhosis_cln: Number
    fu: float
    fun_ratio: float
    fut_ratio: float
    fuo_ratio: float
    albumin_l_per_g: float
    dialysis_cl: Number
    dialysis_v: float
    dialysis_fu: float


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """One column per person. `female` runs from 0 to 1: one half where sex is not known and no draw is made."""

    age_y: Array
    female: Array
    weight_kg: Array
    ideal_kg: Array
    albumin_g_per_l: float
    liver_cl: Number  # multiple of clearance by liver disease; 1 for none
    cirrhosis: bool
    dialysis: bool


@dataclass(frozen=True, slots=True, eq=False)
class Disposition:
    """Kinetic parameters, one column per person."""

    cl_l_per_h: Array
    volumes_l: Array  # (compartments, people)
    exchange_l_per_h: Array  # (compartments - 1, people)
    metabolite_cl_l_per_h: Array  # (metabolites, people): nordazepam, temazepam, oxazepam
    metabolite_v_l: Array  # (metabolites, people)
    unbound: tuple[float, ...]  # unbound fractions of diazepam and of the metabolites


def ideal_weight(ref: Reference, *, height_cm: Array, female: Array) -> Array:
    """Devine's ideal weight in kg."""
    base = ref.ibw_man_kg + (ref.ibw_woman_kg - ref.ibw_man_kg) * female
    return np.maximum(base + ref.ibw_kg_per_cm * (height_cm - ref.ibw_base_cm), ref.ibw_floor_kg)


def size(ref: Reference, *, weight_kg: Array, ideal_kg: Array) -> Array:
    """The weight that clearance follows: clearance does not rise with fat."""
    return np.minimum(weight_kg, ref.size_cap * ideal_kg)


def weight_for_volume(*, weight_kg: Array, ideal_kg: Array, fat: Number) -> Array:
    """The weight that a volume follows, when each kilogram above the ideal counts `fat` times."""
    return np.where(weight_kg > ideal_kg, ideal_kg + fat * (weight_kg - ideal_kg), weight_kg)


def binding(ref: Reference, *, albumin_g_per_l: float, dialysis: bool) -> tuple[float, Number, float]:
    """Unbound fraction of diazepam, and the multiples by which total clearance and tissue volumes follow binding.

    With less albumin more of the total is cleared and more goes into tissues, so that unbound levels stay.
    """
    if dialysis:
        return ref.dialysis_fu, ref.dialysis_cl, ref.dialysis_v
    normal = 1.0 + ref.albumin_l_per_g * ref.albumin_g_per_l
    ratio = normal / (1.0 + ref.albumin_l_per_g * albumin_g_per_l)
    return ref.fu * ratio, ratio, ratio


def metabolites(
    ref: Reference, bodies: Bodies, *, binding_cl: Number, binding_v: float, ageing: bool = True
) -> tuple[Array, Array]:
    """Clearances and volumes of nordazepam, temazepam and oxazepam, (metabolites, people).

    Clearance of nordazepam falls with age in men only, and in cirrhosis. The other two are glucuronidated: neither age
    nor cirrhosis acts on them here.
    """
    own_size = size(ref, weight_kg=bodies.weight_kg, ideal_kg=bodies.ideal_kg) / ref.weight_kg
    grown = own_size**ref.size_exponent
    nordazepam = ref.cln_l_per_h * grown * binding_cl
    if ageing:
        nordazepam = nordazepam * (bodies.age_y / ref.age_y) ** (ref.age_cl_exponent * (1.0 - bodies.female))
    if bodies.cirrhosis:
        nordazepam = nordazepam * ref.cirrhosis_cln
    wide = weight_for_volume(weight_kg=bodies.weight_kg, ideal_kg=bodies.ideal_kg, fat=ref.fat_vn) / ref.weight_kg
    plain = bodies.weight_kg / ref.weight_kg
    clearances = (nordazepam, ref.clt_l_per_h * grown * ref.sex_clt**bodies.female, ref.clo_l_per_h * grown)
    return np.stack(clearances), np.stack([ref.vn_l * wide * binding_v, ref.vt_l * plain, ref.vo_l * plain])


def adult(ref: Reference, bodies: Bodies) -> Disposition:
    """Kinetics of adults, before the spread between people."""
    fu, binding_cl, binding_v = binding(ref, albumin_g_per_l=bodies.albumin_g_per_l, dialysis=bodies.dialysis)
    age = bodies.age_y / ref.age_y
    own_size = size(ref, weight_kg=bodies.weight_kg, ideal_kg=bodies.ideal_kg)
    clearance = ref.cl_l_per_h * (own_size / ref.weight_kg) ** ref.size_exponent * age**ref.age_cl_exponent
    clearance = clearance * ref.sex_cl**bodies.female * bodies.liver_cl * binding_cl
    tissue = age**ref.age_v_exponent * ref.sex_v**bodies.female * (ref.cirrhosis_v if bodies.cirrhosis else 1.0)
    tissue = tissue * binding_v
    wide = weight_for_volume(weight_kg=bodies.weight_kg, ideal_kg=bodies.ideal_kg, fat=ref.fat_v3)
    plain = bodies.weight_kg / ref.weight_kg
    losses, volumes = metabolites(ref, bodies, binding_cl=binding_cl, binding_v=binding_v)
    flow = np.ones_like(clearance)
    return Disposition(
        cl_l_per_h=clearance,
        volumes_l=np.stack([ref.v1_l * plain, ref.v2_l * plain * tissue, ref.v3_l * wide / ref.weight_kg * tissue]),
        exchange_l_per_h=np.stack([ref.q2_l_per_h * flow, ref.q3_l_per_h * flow]),
        metabolite_cl_l_per_h=losses,
        metabolite_v_l=volumes,
        unbound=unbound_fractions(ref, fu),
    )


def unbound_fractions(ref: Reference, fu: float) -> tuple[float, ...]:
    """Of diazepam, nordazepam, temazepam and oxazepam, which all follow the binding of diazepam."""
    return (fu, ref.fun_ratio * fu, ref.fut_ratio * fu, ref.fuo_ratio * fu)
