"""The people of a virtual study: many replicates of the arm, each of as many people as the arm had.

Columns: replicate by replicate. Every replicate has one draw of what studies leave unsure, the same for all its people
and for all arms of the same seed; every person has a body and deviations of their own. What the arm does not say is
drawn from a stated population (rows STUDY-...), and what was drawn is said.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from unclench.engine import draw
from unclench.knowledge.load import Knowledge
from unclench.models import covariates, paediatric
from unclench.models.covariates import Bodies, Disposition, Number, Reference
from unclench.models.paediatric import ChildReference
from unclench.models.population import Etas, Formation, spread_disposition
from unclench.simulation import routes
from unclench.simulation.bodies import extrapolated
from unclench.simulation.parameters import Numbers
from unclench.simulation.people import METABOLITES
from unclench.simulation.sample import Sample
from unclench.simulation.study_arm import Arm
from unclench.values import RecordError

Array = NDArray[np.float64]
Record = TypeVar("Record", Reference, ChildReference, Formation)
# Bounds of memory and time of one arm: about a gigabyte, and about a minute.
MOST_COLUMNS = 400_000
MOST_LEVELS = 200_000_000
CENTIMETRES = ("PK-REF-HEIGHT-MAN", "PK-REF-HEIGHT-WOMAN")


@dataclass(frozen=True, slots=True)
class Draws:
    """Columns and random numbers of one arm."""

    seed: int
    replicates: int
    n: int
    key: str

    @property
    def columns(self) -> int:
        return self.replicates * self.n

    def normal(self, purpose: str) -> Array:
        return draw.normal(self.seed, purpose, self.columns, self.key)

    def between(self, purpose: str, low: float, high: float) -> Array:
        return low + (high - low) * draw.uniform(self.seed, purpose, self.columns, self.key)

    def each(self, value: Number) -> Number:
        """A draw per replicate as a number per person."""
        return value if isinstance(value, float | int) else np.repeat(value[: self.replicates], self.n)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Everybody of all replicates, with what was drawn in place of what the arm does not say."""

    draws: Draws
    numbers: Numbers
    reference: Reference
    age_y: Array
    weight_kg: Array
    disposition: Disposition
    etas: Etas
    drawn: tuple[str, ...]
    extrapolated: tuple[str, ...]  # what of the arm lies outside the people that the model rests on


def check_size(where: str, found: int, most: int, what: str) -> None:
    """Refuse an arm that would exhaust memory or time, before anything is drawn.

    Raises
    ------
    RecordError
        when `found` is above `most`.
    """
    if found > most:
        raise RecordError(
            where=where, found=f"{found:,} {what}", need=f"at most {most:,}", fix="Ask for fewer replicates."
        )


def group_of(arm: Arm, known: Knowledge, *, seed: int, replicates: int) -> Group:
    """Draw the people of an arm."""
    numbers = Numbers(known, {}, Sample(seed, max(replicates, 2)))
    n = arm.n or int(numbers.value("STUDY-N", "people"))
    drawn: list[str] = [*arm.said, *([] if arm.n else [f"n {n}"])]
    check_size("n", n * replicates, MOST_COLUMNS, "people times replicates")
    draws = Draws(seed, replicates, n, arm.publication or arm.key)
    reference = each_of(draws, numbers.reference(cirrhosis=arm.liver is not None, dialysis=arm.dialysis))
    age = _ages(arm, numbers, draws, drawn)
    women = arm.women if arm.sex_said else numbers.value("STUDY-WOMEN", "1")
    female = (draw.uniform(seed, "sex", draws.columns, draws.key) < women).astype(np.float64)
    if not arm.sex_said:
        drawn.append(f"{100 * women:.0f} % women")
    is_child = arm.people == "child" or bool(np.all(age < numbers.value("PK-ADULT-AGE", "a")))
    weight, ideal = _weights(arm, numbers, reference, draws, drawn, age=age, female=female, is_child=is_child)
    bodies = Bodies(
        age_y=age,
        female=female,
        weight_kg=weight,
        ideal_kg=ideal,
        albumin_g_per_l=reference.albumin_g_per_l,
        liver_cl=draws.each(numbers.liver_cl(arm.liver)),
        cirrhosis=arm.liver is not None,
        dialysis=arm.dialysis,
    )
    if is_child:
        typical = paediatric.child(each_of(draws, numbers.child_reference()), reference, bodies)
    else:
        typical = covariates.adult(reference, bodies)
    etas = _etas(arm, numbers, draws, is_child=is_child)
    beyond = _extrapolated(arm, numbers, is_child=is_child)
    return Group(draws, numbers, reference, age, weight, spread_disposition(typical, etas), etas, tuple(drawn), beyond)


def each_of(draws: Draws, record: Record) -> Record:
    """A record of numbers, each with one value per person where it had one per replicate."""
    return type(record)(**{part.name: draws.each(getattr(record, part.name)) for part in fields(record)})  # type: ignore[arg-type]  # what was one number stays one


def _extrapolated(arm: Arm, numbers: Numbers, *, is_child: bool) -> tuple[str, ...]:
    """What the arm says of ages and weight, held against the people that the model rests on."""
    found: dict[str, None] = {}
    for age in (arm.ages.low, arm.ages.mean, arm.ages.high):
        said = extrapolated(numbers, age_y=age, weight_kg=arm.weight_kg, albumin_g_per_l=None, is_child=is_child)
        found |= dict.fromkeys(said)
    return tuple(found)


def _ages(arm: Arm, numbers: Numbers, draws: Draws, drawn: list[str]) -> Array:
    ages = arm.ages
    if ages.mean is not None and ages.low is None:
        if arm.summary == "regression line":
            return np.full(draws.columns, ages.mean)
        around: Array = ages.mean * np.exp(numbers.value("STUDY-AGE-SPREAD", "log-SD") * draws.normal("age"))
        return around
    if ages.mean is not None and ages.low is not None and ages.high is not None:
        spread = np.log(ages.high / max(ages.low, ages.mean / 10)) / 4
        clipped: Array = np.clip(ages.mean * np.exp(spread * draws.normal("age")), ages.low, ages.high)
        return clipped
    if ages.low is not None and ages.high is not None:
        return draws.between("age", ages.low, ages.high)
    words = {"young": "YOUNG", "elderly": "ELDERLY", "volunteers": "VOLUNTEERS", "patients": "PATIENTS"}
    words |= {"obese": "OBESE", "child": "CHILDREN"}
    key = f"STUDY-AGE-{words[ages.word or arm.people]}"
    numbers.value(key, "a")
    low, high = numbers.range(key)
    drawn.append(f"age {low:g}-{high:g}")
    return draws.between("age", low, high)


def _weights(
    arm: Arm,
    numbers: Numbers,
    ref: Reference,
    draws: Draws,
    drawn: list[str],
    *,
    age: Array,
    female: Array,
    is_child: bool,
) -> tuple[Array, Array]:
    """Weight and ideal weight of everybody."""
    if is_child:
        slope, base = numbers.value("PK-CHILD-WEIGHT-SLOPE", "kg/a"), numbers.value("PK-CHILD-WEIGHT-BASE", "kg")
        if arm.weight_kg is None:
            drawn.append("weight by age")
        centre = base + slope * age
        if arm.weight_kg is not None:
            centre = centre * (arm.weight_kg / np.median(centre))
        weight = centre * np.exp(numbers.log_sd("PK-CHILD-WEIGHT-SLOPE") * draws.normal("weight"))
        return weight, weight
    typical = arm.weight_kg
    if typical is None and arm.people == "obese":
        typical = numbers.value("STUDY-OBESE-WEIGHT", "kg")
        drawn.append(f"weight {typical:g} kg")
    if typical is None:
        weight = _volunteers(arm, numbers, draws, drawn, female=female)
        usual = _usual_kg(numbers, female)
    else:
        spread = numbers.value("STUDY-WEIGHT-SPREAD", "log-SD")
        weight = typical * np.exp(spread * draws.normal("weight") - spread**2 / 2)
        usual = np.full(draws.columns, typical)
    if arm.people == "obese":
        over = numbers.value("STUDY-OBESE-IDEAL", "ratio") if arm.ibw_percent is None else arm.ibw_percent / 100
        return weight, weight / over
    man, woman = (numbers.value(key, "cm") for key in CENTIMETRES)
    ideal = covariates.ideal_weight(ref, height_cm=man + (woman - man) * female, female=female)
    # Excess weight is that of the group, as the fit of the parameters has it; a tall or heavy person adds none.
    return weight, weight * np.minimum(ideal / usual, 1.0)


def _usual_kg(numbers: Numbers, female: Array) -> Array:
    man, woman = numbers.value("STUDY-WEIGHT-MAN", "kg"), numbers.value("STUDY-WEIGHT-WOMAN", "kg")
    return np.where(female > 0, woman, man)


def _volunteers(arm: Arm, numbers: Numbers, draws: Draws, drawn: list[str], *, female: Array) -> Array:
    usual = _usual_kg(numbers, female)
    man, woman = numbers.value("STUDY-WEIGHT-MAN", "kg"), numbers.value("STUDY-WEIGHT-WOMAN", "kg")
    share = numbers.value("STUDY-WEIGHT-EAST-ASIAN", "ratio") if arm.east_asian else 1.0
    drawn.append(f"weight {man * share:.0f} kg men, {woman * share:.0f} kg women")
    spread = np.where(female > 0, numbers.log_sd("STUDY-WEIGHT-WOMAN"), numbers.log_sd("STUDY-WEIGHT-MAN"))
    weight: Array = share * usual * np.exp(spread * draws.normal("weight"))
    return weight


def _etas(arm: Arm, numbers: Numbers, draws: Draws, *, is_child: bool) -> Etas:
    """Deviations of every person: the spreads of the model, and one stream of random numbers per publication."""
    tied = numbers.value("PK-CORR-CL-V", "1")
    if is_child:
        cl_sd, central_sd, tissue_sd = numbers.log_sd("PK-KU-CL"), numbers.log_sd("PK-KU-V1"), 0.0
    else:
        unknown = numbers.value("PK-CL-SPREAD-UNKNOWN", "log-SD")
        cl_sd = unknown if arm.cyp2c19 is None else numbers.log_sd("PK-CL-DIAZEPAM")
        central_sd, tissue_sd = numbers.log_sd("PK-V1-DIAZEPAM"), numbers.log_sd("PK-V3-DIAZEPAM")
    clearance = draws.normal("clearance")
    losses = {name: draws.normal(f"{name} clearance") for name in METABOLITES}

    def with_volume(one: Array, name: str) -> Array:
        return draw.correlated(one, draws.normal(name), tied)

    entering = routes.log_sds(numbers, arm.route or "oral", arm.form or "tablet")
    return Etas(
        cl=cl_sd * clearance,
        central=central_sd * with_volume(clearance, "central volume"),
        tissue=tissue_sd * with_volume(clearance, "tissue volume"),
        metabolite_cl=np.stack([numbers.log_sd(f"PK-CL-{name.upper()}") * losses[name] for name in METABOLITES]),
        metabolite_v=np.stack(
            [
                numbers.log_sd(f"PK-V-{name.upper()}") * with_volume(losses[name], f"{name} volume")
                for name in METABOLITES
            ]
        ),
        ka=entering[0] * draws.normal("absorption"),
        lag=entering[1] * draws.normal("lag"),
        f=entering[2] * draws.normal("bioavailability"),
        fm=numbers.log_sd("PK-FM-NORDAZEPAM") * draws.normal("nordazepam formed"),
    )
