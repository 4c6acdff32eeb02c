"""An arm's kinetics taken apart into modes, and its levels and areas as sums over modes and doses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal import perpetrators
from unclench.appraisal.perpetrators import Taken
from unclench.engine import draw
from unclench.engine.linear import Chain, modes_of
from unclench.knowledge.load import Knowledge
from unclench.models.covariates import Number
from unclench.models.enzymes import clearance
from unclench.models.pk import NG_ML_PER_MG_L
from unclench.models.population import Absorption, formed_mg_per_mg, into_vein
from unclench.simulation import routes
from unclench.simulation.parameters import ANALYTES
from unclench.simulation.sample import Z90
from unclench.simulation.study_arm import Arm
from unclench.simulation.study_people import Group, each_of
from unclench.simulation.study_text import refuse

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Kinetics:
    """One analyte of an arm: its modes per mg given, and each person's clearance of that analyte."""

    rates: Array  # (modes, columns)
    per_mg: Array  # (modes, columns): level in ng/mL that one mg adds to each mode
    lag_h: Array
    cl_l_per_h: Array
    fraction: Array  # of the dose that enters

    def level(self, since_h: float) -> Array:
        """ng/mL per mg, so long after one dose; nothing before it has arrived."""
        since = since_h - self.lag_h
        there = (self.per_mg * np.exp(-self.rates * np.maximum(since, 0.0))).sum(axis=0)
        return np.where((since >= 0) & (since_h > 0), there, 0.0)

    def area(self, since_h: float) -> Array:
        """ng.h/mL per mg, from one dose to so long after it, which may be for ever."""
        since = np.maximum(since_h - self.lag_h, 0.0)
        found: Array = (self.per_mg / self.rates * -np.expm1(-self.rates * since)).sum(axis=0)
        return found


def kinetics_of(arm: Arm, group: Group, known: Knowledge) -> Kinetics:
    """Modes of the analyte of the arm.

    Raises
    ------
    RecordError
        where the analyte does not come from what was given.
    """
    absorption = _absorption(arm, group)
    if arm.given == "diazepam":
        chain, place = _from_diazepam(arm, group, absorption, known), ANALYTES.index(arm.analyte)
    elif arm.given == arm.analyte:
        chain, place = _given_itself(arm, group, absorption, known), 0
    else:
        raise refuse("analyte", arm.analyte, f"{arm.given}, which was given", "Correct the analyte.")
    modes = modes_of(chain)
    clearances = chain.loss_l_per_h if place == 0 else chain.daughter_loss_l_per_h[place - 1]
    per_mg = modes.weights[place] * modes.given * NG_ML_PER_MG_L
    return Kinetics(modes.rates, per_mg, absorption.lag_h, clearances, absorption.f)


def _absorption(arm: Arm, group: Group) -> Absorption:
    """How the dose enters. A route that is not said enters a vein: only what no route alters is compared then."""
    if arm.route in ("iv", ""):
        return into_vein(group.draws.columns)

    def read(row: str, unit: str) -> Number:
        return group.draws.each(group.numbers.drawn(row, unit))

    return routes.from_depot(read, group.etas, route=arm.route, form=arm.form, fed=arm.fed)


def multiple_of_clearance(arm: Arm, group: Group, known: Knowledge, victim: str) -> Array:
    """What genotype, ancestry and perpetrators make of a clearance, with the range of what they do.

    Ancestry is a factor on the whole, as it was fitted; East Asians of unknown genotype are a mixture of phenotypes.
    """
    draws = group.draws
    shares, active = perpetrators.shares(known, victim), _activity(arm, group, known)
    blocks, spread = [], 0.0
    for key in arm.perpetrators:
        strength = perpetrators.strength(Taken(key, (key,), (), None, True), arm.cyp2c19, known)
        if strength is not None:
            blocks.append(strength.diazepam if victim == "diazepam" else strength.nordazepam)
            spread = float(np.hypot(spread, np.log(strength.high / strength.low) / (2 * Z90)))
    value: float | Array = clearance(shares, active, blocks)  # type: ignore[arg-type]  # sums and products of arrays
    if arm.east_asian:
        value = value * draws.each(group.numbers.drawn("PK-ANCESTRY-EAST-ASIAN", "ratio"))
    unsure = np.repeat(draw.normal(draws.seed, f"unsure interaction {arm.key}", draws.replicates), draws.n)
    return value * np.exp(spread * unsure)


def _activity(arm: Arm, group: Group, known: Knowledge) -> float | Array:
    """CYP2C19 activity: of the arm's phenotype, of each person of a mixture, or normal where nothing is said."""
    if not arm.east_asian or arm.cyp2c19 is not None:
        return perpetrators.activity(arm.cyp2c19, known)
    none = group.numbers.value("STUDY-EAST-ASIAN-PM", "1")
    half = 2.0 * np.sqrt(none) * (1.0 - np.sqrt(none))
    drawn = draw.uniform(group.draws.seed, "phenotype", group.draws.columns, group.draws.key)
    activities = [perpetrators.activity(name, known) for name in ("PM", "IM", "NM")]
    mixed: Array = np.select([drawn < none, drawn < none + half], activities[:2], activities[2])
    return mixed


def _from_diazepam(arm: Arm, group: Group, absorption: Absorption, known: Knowledge) -> Chain:
    body, numbers = group.disposition, group.numbers
    formation = each_of(group.draws, numbers.formation())
    formed, passed_on = formed_mg_per_mg(formation, numbers.molar_masses(), group.etas)
    losses = body.metabolite_cl_l_per_h.copy()
    losses[0] *= multiple_of_clearance(arm, group, known, "nordazepam")
    return Chain(
        depot_per_h=absorption.ka_per_h,
        entering=absorption.f,
        volumes_l=body.volumes_l,
        exchange_l_per_h=body.exchange_l_per_h,
        loss_l_per_h=body.cl_l_per_h * multiple_of_clearance(arm, group, known, "diazepam"),
        formed=formed,
        passed_on=passed_on,
        daughter_loss_l_per_h=losses,
        daughter_volume_l=body.metabolite_v_l,
        direct=absorption.direct,
    )


def _given_itself(arm: Arm, group: Group, absorption: Absorption, known: Knowledge) -> Chain:
    """A metabolite given as a drug: one compartment, and nothing formed that is followed."""
    place, columns = ANALYTES.index(arm.given) - 1, group.draws.columns
    loss = group.disposition.metabolite_cl_l_per_h[place]
    if arm.given == "nordazepam":
        loss = loss * multiple_of_clearance(arm, group, known, "nordazepam")
    none = np.zeros((0, columns))
    return Chain(
        depot_per_h=absorption.ka_per_h,
        entering=absorption.f,
        volumes_l=group.disposition.metabolite_v_l[place][None],
        exchange_l_per_h=none,
        loss_l_per_h=loss,
        formed=none,
        passed_on=np.zeros((0, 0, columns)),
        daughter_loss_l_per_h=none,
        daughter_volume_l=none,
        direct=absorption.direct,
    )
