"""Both drugs over the days of a switch, as loads relative to the load before it. Loads compare; they are no levels.

It is the load that adaptation follows: a dip is what withdrawal would feel. Drowsiness counts nordazepam more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Appraisal
from unclench.engine.quantiles import quantiles_in_place
from unclench.knowledge.equivalence import equivalence
from unclench.knowledge.load import Knowledge
from unclench.planning.switch_words import rounded
from unclench.planning.taper_plan import Switch, TaperCurve
from unclench.simulation.effects_draws import CoMedication, Equal
from unclench.simulation.simulate import SEED
from unclench.simulation.taper_model import falling
from unclench.values import DAY_H, EngineError

Array = NDArray[np.float64]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
PERCENT = 100.0
OTHER, DIAZEPAM, TOGETHER = "load-other", "load-diazepam", "load-together"


def days_followed(facts: Knowledge) -> int:
    """For so many days a switch is followed: until nordazepam has built up in most people."""
    return int(facts.limit("SWITCH-FOLLOW-DAYS", "d"))


def equal_of(facts: Knowledge, drug: str) -> Equal:
    """What tables say of a drug, for a relative load: their middle, and a range that few tables never make narrow."""
    found = equivalence(facts, drug)
    if found is None:
        raise EngineError(
            where="the load of another drug",
            found=drug,
            need="a confirmed equivalent",
            fix="Leave it out of the loads.",
        )
    half = float(np.sqrt(facts.limit("SWITCH-SPREAD-LEAST", "ratio")))
    middle = found.middle_mg
    return Equal(
        mg=middle,
        low_mg=min(found.low_mg, middle / half),
        high_mg=max(found.high_mg, middle * half),
        half_life_h=found.half_life.value_h,
    )


def fading(switch: Switch, facts: Knowledge) -> tuple[CoMedication, ...]:
    """The other drug as parts that were always there, each until the midnight from which it is replaced."""
    equal = equal_of(facts, switch.drug)
    doses = [float(switch.from_mg), *(float(day.other_mg) for day in switch.days)]
    return tuple(
        CoMedication(switch.drug, before - after, to_h=day * DAY_H, equal=equal)
        for day, (before, after) in enumerate(pairwise(doses))
        if after < before
    )


def diazepam_doses(switch: Switch, facts: Knowledge) -> Array:
    """(days,) what is taken of diazepam on each day that is followed; the last dose goes on."""
    doses = [float(day.diazepam_mg) for day in switch.days][: days_followed(facts)]
    return np.array(doses + doses[-1:] * (days_followed(facts) - len(doses)))


def crossing_loads(load: Callable[[Array], Array], diazepam_mg: Array) -> dict[str, Array]:
    """(days, columns) of either drug and of both, in % of the load on the morning of the switch.

    `load`: (days,) doses of diazepam to (days, columns), of people who carry the other drug as `fading` tells and no
    diazepam yet. Whatever multiplies both loads of a person cancels.
    """
    other = load(np.zeros_like(diazepam_mg))
    together = load(diazepam_mg)
    before = other[0]
    if not (np.isfinite(together).all() and (before > 0).all()):
        raise EngineError(
            where="the loads of a switch",
            found="no load of the other drug before it",
            need="people who carry the other drug",
            fix="Hand over people with `fading` of this switch.",
        )
    return {
        OTHER: PERCENT * other / before,
        DIAZEPAM: PERCENT * (together - other) / before,
        TOGETHER: PERCENT * together / before,
    }


def crossed(switch: Switch, appraisal: Appraisal, facts: Knowledge, *, seed: int = SEED) -> Switch:
    """The switch followed in people like this patient."""
    if not switch.days:
        return switch
    people = falling(
        body=appraisal.body,
        exposure=appraisal.exposure,
        on=switch.days[0].on,
        history=None,
        others=fading(switch, facts),
        seed=seed,
        patient=appraisal.patient_ref,
        days=days_followed(facts),
    )
    found = with_loads(switch, people.load, facts)
    return replace(found, facts=tuple(dict.fromkeys((*found.facts, *people.facts))))


def with_loads(switch: Switch, load: Callable[[Array], Array], facts: Knowledge) -> Switch:
    """The switch with the curves of both drugs, and what they come to in a sentence."""
    if not switch.days:
        return switch
    lines = crossing_loads(load, diazepam_doses(switch, facts))
    curves = tuple(_curve(name, one) for name, one in lines.items())
    together = curves[-1]
    dip, last = int(np.argmin(together.typical)), together.t_d.size - 1
    blanks = {"day": dip + 1, "last": last + 1, **_ends("dip", together, dip), **_ends("end", together, last)}
    says = (facts.say("SWITCH-LOADS", **blanks), facts.say("SWITCH-MODEL"))
    used = ("SWITCH-LOADS", "SWITCH-MODEL", "SWITCH-SPREAD-LEAST")
    return replace(
        switch, curves=curves, says=(*switch.says, *says), facts=tuple(dict.fromkeys((*switch.facts, *used)))
    )


def _curve(name: str, lines: Array) -> TaperCurve:
    p05, p25, p50, p75, p95 = quantiles_in_place(lines[:, :-1].copy(), SHARES)
    t_d = np.arange(lines.shape[0], dtype=np.float64)
    return TaperCurve(name, "%", t_d, lines[:, -1].copy(), p05, p25, p50, p75, p95)


def _ends(name: str, curve: TaperCurve, at: int) -> dict[str, str]:
    """Two figures are all a model like this deserves."""
    shown: Sequence[tuple[str, Array]] = (
        (name, curve.typical),
        (f"{name}_low", curve.p05),
        (f"{name}_high", curve.p95),
    )
    return {key: rounded(float(f"{values[at]:.2g}")) for key, values in shown}
