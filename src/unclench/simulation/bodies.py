"""The patient's body, once per column, with draws in place of what is not known, each of them said."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body
from unclench.knowledge import knowledge
from unclench.models import covariates
from unclench.models.covariates import Bodies
from unclench.simulation.parameters import LIVER, Numbers
from unclench.simulation.sample import Sample
from unclench.values import Answer

Array = NDArray[np.float64]


def bodies_of(
    body: Body,
    ref: covariates.Reference,
    numbers: Numbers,
    sample: Sample,
    assumed: list[str],
    *,
    is_child: bool,
) -> Bodies:
    """The bodies of all columns."""
    female = sample.sexes() if body.sex is None else sample.same(1.0 if body.sex == "female" else 0.0)
    if body.sex is None:
        assumed.append(knowledge().say("SIM-SEX"))
    if body.age_y is None:
        low, high = numbers.range("PK-REF-AGE")
        age = np.clip(sample.around("age", ref.age_y, numbers.log_sd("PK-REF-AGE")), low, high)
        assumed.append(knowledge().say("SIM-AGE", years=f"{ref.age_y:g}"))
    else:
        age = sample.same(body.age_y)
    weight = _weight(body, ref, numbers, sample, assumed, is_child=is_child)
    _say_organs(body, assumed)
    if body.albumin_g_per_l is None and body.dialysis is not Answer.YES:
        assumed.append(knowledge().say("SIM-ALBUMIN", albumin=f"{ref.albumin_g_per_l:g}"))
    return Bodies(
        age_y=age,
        female=female,
        weight_kg=weight,
        ideal_kg=_ideal(body, ref, numbers, sample, assumed, female=female, weight=weight, is_child=is_child),
        albumin_g_per_l=ref.albumin_g_per_l if body.albumin_g_per_l is None else body.albumin_g_per_l,
        liver_cl=numbers.liver_cl(body.cirrhosis),
        cirrhosis=body.cirrhosis in LIVER,
        dialysis=body.dialysis is Answer.YES,
    )


def extrapolated(
    numbers: Numbers,
    *,
    age_y: float | None,
    weight_kg: float | None,
    albumin_g_per_l: float | None,
    is_child: bool,
) -> tuple[str, ...]:
    """What of a body lies outside the people that the model rests on; None: not known."""
    checked = [("PK-STUDIED-ALBUMIN", "SIM-BEYOND-ALBUMIN", albumin_g_per_l)]
    if not is_child:
        checked += [
            # In full years, as people and studies count them: an age known to the year is the middle of that year.
            ("PK-STUDIED-AGE", "SIM-BEYOND-AGE", None if age_y is None else math.floor(age_y)),
            ("PK-STUDIED-WEIGHT", "SIM-BEYOND-WEIGHT", weight_kg),
        ]
    out = []
    for key, say, value in checked:
        low, high = numbers.range(key)
        if value is not None and not low <= value <= high:
            out.append(knowledge().say(say, value=f"{value:.3g}", low=f"{low:g}", high=f"{high:g}"))
    lowest = numbers.value("PK-CHILD-LOWEST-AGE", "a")
    if is_child and age_y is not None and age_y < lowest:
        out.append(knowledge().say("SIM-YOUNGEST", years=f"{lowest:g}"))
    return tuple(out)


def _weight(
    body: Body, ref: covariates.Reference, numbers: Numbers, sample: Sample, assumed: list[str], *, is_child: bool
) -> Array:
    if body.weight_kg is not None:
        return sample.same(body.weight_kg)
    if is_child and body.age_y is not None:
        slope = numbers.value("PK-CHILD-WEIGHT-SLOPE", "kg/a")
        centre = numbers.value("PK-CHILD-WEIGHT-BASE", "kg") + slope * body.age_y
        log_sd = numbers.log_sd("PK-CHILD-WEIGHT-SLOPE")
    else:
        centre, log_sd = ref.weight_kg, numbers.log_sd("PK-REF-WEIGHT")
    assumed.append(knowledge().say("SIM-WEIGHT", kg=f"{centre:.0f}"))
    return sample.around("weight", centre, log_sd)


def _ideal(
    body: Body,
    ref: covariates.Reference,
    numbers: Numbers,
    sample: Sample,
    assumed: list[str],
    *,
    female: Array,
    weight: Array,
    is_child: bool,
) -> Array:
    """Ideal weight; the patient's own weight where it cannot be known, so that no excess is invented."""
    if is_child:
        return weight
    if body.weight_kg is None:
        assumed.append(knowledge().say("SIM-EXCESS"))
        return weight
    if body.height_cm is not None:
        return covariates.ideal_weight(ref, height_cm=sample.same(body.height_cm), female=female)
    man, woman = numbers.value("PK-REF-HEIGHT-MAN", "cm"), numbers.value("PK-REF-HEIGHT-WOMAN", "cm")
    spread = np.exp(numbers.log_sd("PK-REF-HEIGHT-MAN") * sample.normal("height"))
    height = (man + (woman - man) * female) * spread
    assumed.append(knowledge().say("SIM-HEIGHT", cm=f"{height[-1]:.0f}"))
    return covariates.ideal_weight(ref, height_cm=height, female=female)


def _say_organs(body: Body, assumed: list[str]) -> None:
    """What is taken about liver, dialysis, genotype and pregnancy where the record is silent."""
    if body.cirrhosis is None:
        assumed.append(knowledge().say("SIM-CIRRHOSIS"))
    if body.dialysis is Answer.CANNOT_SAY:
        assumed.append(knowledge().say("SIM-DIALYSIS"))
    if body.cyp2c19 is None:
        assumed.append(knowledge().say("SIM-GENOTYPE"))
    if body.pregnant is Answer.YES:
        assumed.append(knowledge().say("SIM-PREGNANCY"))
