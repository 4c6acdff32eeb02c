"""People like this patient, and the typical one: the body of the record, the rows, and the draws.

Who is in which column: see `sample.py`. What the record does not hold is drawn from a wide spread around a stated
value, and said; nothing is taken silently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body
from unclench.engine import draw
from unclench.knowledge import knowledge
from unclench.models import covariates, paediatric, population
from unclench.models.covariates import Disposition
from unclench.models.population import Absorption, Etas
from unclench.simulation import routes
from unclench.simulation.bodies import bodies_of, extrapolated
from unclench.simulation.parameters import LIVER, Numbers
from unclench.simulation.sample import Sample
from unclench.values import Answer, EngineError

Array = NDArray[np.float64]
METABOLITES = ("nordazepam", "temazepam", "oxazepam")


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Everyone simulated, one column each: people, people typical but for what is unsure, the typical person."""

    sample: Sample
    disposition: Disposition
    absorption: Absorption
    formed: Array  # (metabolites, columns): mg formed per mg of diazepam cleared
    passed_on: Array  # (metabolites, metabolites, columns): mg formed per mg of the earlier metabolite cleared
    interaction: Array  # standard normal: how far each person's interaction is from the typical one
    age_y: Array
    weight_kg: Array
    assumed: tuple[str, ...]
    extrapolated: tuple[str, ...]


def people_like(
    body: Body, numbers: Numbers, *, route: str = "oral", form: str = "tablet", fed: bool = False
) -> People:
    """Draw the people. `numbers` brings the sample.

    Raises
    ------
    EngineError
        when `numbers` has no sample: without one there is nobody to draw.
    """
    sample = numbers.sample
    if sample is None:
        raise EngineError(where="simulation", found="no sample", need="one", fix="Give Numbers a Sample.")
    assumed: list[str] = []
    child_below = numbers.value("PK-ADULT-AGE", "a")
    is_child = body.age_y is not None and body.age_y < child_below
    cirrhosis, dialysis = body.cirrhosis in LIVER, body.dialysis is Answer.YES
    reference = numbers.reference(cirrhosis=cirrhosis, dialysis=dialysis)
    bodies = bodies_of(body, reference, numbers, sample, assumed, is_child=is_child)
    if is_child:
        typical = paediatric.child(numbers.child_reference(), reference, bodies)
    else:
        typical = covariates.adult(reference, bodies)
    beyond = extrapolated(
        numbers,
        age_y=body.age_y,
        weight_kg=body.weight_kg,
        albumin_g_per_l=body.albumin_g_per_l,
        is_child=is_child,
    )
    etas = _etas(body, numbers, sample, assumed, is_child=is_child, entering=routes.log_sds(numbers, route, form))
    absorption = routes.absorption(numbers, etas, assumed, route=route, form=form, fed=fed)
    formed, passed_on = population.formed_mg_per_mg(numbers.formation(), numbers.molar_masses(), etas)
    interaction = sample.normal("interaction")
    # What an interaction does is itself unsure, so those who differ by nothing else differ by this.
    interaction[sample.people : -1] = draw.normal(sample.seed, "unsure interaction", sample.unsure)
    return People(
        sample=sample,
        disposition=population.spread_disposition(typical, etas),
        absorption=absorption,
        formed=formed,
        passed_on=passed_on,
        interaction=interaction,
        age_y=bodies.age_y,
        weight_kg=bodies.weight_kg,
        assumed=(*beyond, *assumed),
        extrapolated=beyond,
    )


def _etas(
    body: Body,
    numbers: Numbers,
    sample: Sample,
    assumed: list[str],
    *,
    is_child: bool,
    entering: tuple[float, float, float],
) -> Etas:
    """Deviations of every person. Clearances and volumes are correlated."""
    correlation = numbers.value("PK-CORR-CL-V", "1")
    extra = 0.0
    if is_child:
        cl_sd, central_sd, tissue_sd = numbers.log_sd("PK-KU-CL"), numbers.log_sd("PK-KU-V1"), 0.0
        extra = _say_child(body, numbers, assumed)
    else:
        unknown = None in (body.age_y, body.sex, body.weight_kg, body.cirrhosis, body.cyp2c19)
        cl_sd = numbers.value("PK-CL-SPREAD-UNKNOWN", "log-SD") if unknown else numbers.log_sd("PK-CL-DIAZEPAM")
        central_sd, tissue_sd = numbers.log_sd("PK-V1-DIAZEPAM"), numbers.log_sd("PK-V3-DIAZEPAM")
    clearance = sample.normal("clearance")
    losses = {name: sample.normal(f"{name} clearance") for name in METABOLITES}
    volumes = {
        name: draw.correlated(losses[name], sample.normal(f"{name} volume"), correlation) for name in METABOLITES
    }
    return Etas(
        cl=float(np.hypot(cl_sd, extra)) * clearance,
        central=central_sd * draw.correlated(clearance, sample.normal("central volume"), correlation),
        tissue=float(np.hypot(tissue_sd, extra))
        * draw.correlated(clearance, sample.normal("tissue volume"), correlation),
        metabolite_cl=np.stack([numbers.log_sd(f"PK-CL-{name.upper()}") * losses[name] for name in METABOLITES]),
        metabolite_v=np.stack([numbers.log_sd(f"PK-V-{name.upper()}") * volumes[name] for name in METABOLITES]),
        ka=entering[0] * sample.normal("absorption"),
        lag=entering[1] * sample.normal("lag"),
        f=entering[2] * sample.normal("bioavailability"),
        fm=numbers.log_sd("PK-FM-NORDAZEPAM") * sample.normal("nordazepam formed"),
    )


def _say_child(body: Body, numbers: Numbers, assumed: list[str]) -> float:
    """State what is borrowed below 18 years; the further spread of adolescence."""
    assumed.append(knowledge().say("SIM-CHILD"))
    age = body.age_y if body.age_y is not None else 0.0
    if age < numbers.value("PK-TEEN-AGE", "a"):
        return 0.0
    assumed.append(knowledge().say("SIM-TEENS"))
    return numbers.value("PK-TEEN-SPREAD", "log-SD")
