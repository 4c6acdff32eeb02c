"""A thousand people like this patient, and the typical one: the body of the record, the rows, and the draws.

The last column is the typical person, with no deviation at all. What the record does not hold is drawn from a wide
spread around a stated value, and said; nothing is taken silently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body
from unclench.engine import draw
from unclench.knowledge import knowledge
from unclench.models import covariates, paediatric, population
from unclench.models.covariates import Bodies, Disposition
from unclench.models.pk import formed_mg_per_mg
from unclench.models.population import Absorption, Etas
from unclench.simulation.parameters import LIVER, Numbers
from unclench.values import Answer, EngineError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Everyone simulated; the typical person is the last column."""

    disposition: Disposition
    absorption: Absorption
    formed: Array  # mg of nordazepam per mg of diazepam cleared
    interaction: Array  # standard normal: how far each person's interaction is from the typical one
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """The draws of one seed: normal or uniform numbers by purpose, with the typical person at the end."""

    seed: int
    people: int

    def normal(self, purpose: str) -> Array:
        return np.append(draw.normal(self.seed, purpose, self.people), 0.0)

    def around(self, purpose: str, centre: float, log_sd: float) -> Array:
        """A lognormal spread around a value."""
        return centre * np.exp(log_sd * self.normal(purpose))

    def sexes(self) -> Array:
        """1 for a woman, 0 for a man; the typical person is half way."""
        return np.append((draw.uniform(self.seed, "sex", self.people) < 0.5).astype(np.float64), 0.5)

    def same(self, value: float) -> Array:
        return np.full(self.people + 1, float(value))


def people_like(body: Body, numbers: Numbers, *, seed: int, people: int, fed: bool) -> People:
    """Draw the people."""
    if people < 2:
        raise EngineError(where="simulation", found=f"{people} people", need="at least 2", fix="Ask for more people.")
    sample = Sample(seed, people)
    assumed: list[str] = []
    child_below = numbers.value("PK-ADULT-AGE", "a")
    is_child = body.age_y is not None and body.age_y < child_below
    cirrhosis, dialysis = body.cirrhosis in LIVER, body.dialysis is Answer.YES
    reference = numbers.reference(cirrhosis=cirrhosis, dialysis=dialysis)
    bodies = _bodies(body, reference, numbers, sample, assumed, is_child=is_child)
    if is_child:
        typical = paediatric.child(numbers.child_reference(), reference, bodies)
    else:
        typical = covariates.adult(reference, bodies)
    etas = _etas(body, numbers, sample, assumed, is_child=is_child)
    absorption = _absorption(numbers, etas, assumed, fed=fed)
    formed = formed_mg_per_mg(fm=absorption.fm, molar_ratio=numbers.value("PK-MOLAR-RATIO", "ratio"))
    return People(
        disposition=population.spread_disposition(typical, etas),
        absorption=absorption,
        formed=formed,
        interaction=sample.normal("interaction"),
        assumed=tuple(assumed),
    )


def _bodies(
    body: Body,
    ref: covariates.Reference,
    numbers: Numbers,
    sample: Sample,
    assumed: list[str],
    *,
    is_child: bool,
) -> Bodies:
    """The patient's body, once per person, with draws in place of what is not known."""
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


def _etas(body: Body, numbers: Numbers, sample: Sample, assumed: list[str], *, is_child: bool) -> Etas:
    """Deviations of every person. Clearance and volumes are correlated."""
    correlation = numbers.value("PK-CORR-CL-V", "1")
    extra = 0.0
    if is_child:
        cl_sd, central_sd, tissue_sd = numbers.log_sd("PK-KU-CL"), numbers.log_sd("PK-KU-V1"), 0.0
        extra = _say_child(body, numbers, assumed)
    else:
        unknown = None in (body.age_y, body.sex, body.weight_kg, body.cirrhosis, body.cyp2c19)
        cl_sd = numbers.value("PK-CL-SPREAD-UNKNOWN", "log-SD") if unknown else numbers.log_sd("PK-CL-DIAZEPAM")
        central_sd, tissue_sd = numbers.log_sd("PK-V1-DIAZEPAM"), numbers.log_sd("PK-V3-DIAZEPAM")
    clearance, metabolite = sample.normal("clearance"), sample.normal("nordazepam clearance")
    return Etas(
        cl=float(np.hypot(cl_sd, extra)) * clearance,
        central=central_sd * draw.correlated(clearance, sample.normal("central volume"), correlation),
        tissue=float(np.hypot(tissue_sd, extra))
        * draw.correlated(clearance, sample.normal("tissue volume"), correlation),
        cln=numbers.log_sd("PK-CL-NORDAZEPAM") * metabolite,
        vn=numbers.log_sd("PK-V-NORDAZEPAM")
        * draw.correlated(metabolite, sample.normal("nordazepam volume"), correlation),
        ka=numbers.log_sd("PK-KA-TABLET") * sample.normal("absorption"),
        lag=numbers.log_sd("PK-LAG-TABLET") * sample.normal("lag"),
        f=numbers.log_sd("PK-F-ORAL") * sample.normal("bioavailability"),
        fm=numbers.log_sd("PK-FM-NORDAZEPAM") * sample.normal("nordazepam formed"),
    )


def _say_child(body: Body, numbers: Numbers, assumed: list[str]) -> float:
    """State what is borrowed below 18 years; the further spread of adolescence."""
    assumed.append(knowledge().say("SIM-CHILD"))
    age = body.age_y if body.age_y is not None else 0.0
    lowest = numbers.value("PK-CHILD-LOWEST-AGE", "a")
    if age < lowest:
        assumed.append(knowledge().say("SIM-YOUNGEST", years=f"{lowest:g}"))
    if age < numbers.value("PK-TEEN-AGE", "a"):
        return 0.0
    assumed.append(knowledge().say("SIM-TEENS"))
    return numbers.value("PK-TEEN-SPREAD", "log-SD")


def _absorption(numbers: Numbers, etas: Etas, assumed: list[str], *, fed: bool) -> Absorption:
    ka, lag = numbers.value("PK-KA-TABLET", "1/h"), numbers.value("PK-LAG-TABLET", "h")
    share = numbers.value("PK-F-ORAL", "1")
    if fed:
        ka *= numbers.value("PK-FED-KA", "ratio")
        lag = numbers.value("PK-FED-LAG", "h")
        share *= numbers.value("PK-FED-F", "ratio")
    else:
        assumed.append(knowledge().say("SIM-FASTED"))
    return population.spread_absorption(
        ka_per_h=ka, lag_h=lag, f=share, fm=numbers.value("PK-FM-NORDAZEPAM", "1"), etas=etas
    )
