"""What a prescriber may want to know of one person's kinetics, as plain numbers, before and after levels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unclench.individual.learnt import Learnt
from unclench.individual.posterior import Drawn
from unclench.knowledge.load import Knowledge
from unclench.models import pk
from unclench.simulation.clearance import Spans

Array = NDArray[np.float64]

ENDS = (0.5, 0.05, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """One parameter of every column."""

    name: str
    unit: str
    values: Array

    @property
    def scaled(self) -> Array:
        """On the scale on which people differ."""
        found: Array = np.log(self.values)
        return found


def quantities(spans: Spans, at_h: float, count: int) -> tuple[Quantity, ...]:
    """Parameters of the first columns, with what other medicines do to clearance at that time."""
    people, index = spans.people, spans.at(at_h)
    kinetics, entering, modes = people.disposition, people.absorption, spans.modes(index)
    parent, nordazepam = spans.multiples_of_each(index)[:2]
    found = [
        ("Clearance of diazepam", "L/h", kinetics.cl_l_per_h * parent),
        ("Volume of diazepam", "L", kinetics.volumes_l.sum(axis=0)),
        ("Half-life of diazepam", "h", pk.half_life_h(modes.body_rates.min(axis=0))),
        ("Clearance of nordazepam", "L/h", kinetics.metabolite_cl_l_per_h[0] * nordazepam),
        ("Volume of nordazepam", "L", kinetics.metabolite_v_l[0]),
        ("Half-life of nordazepam", "h", pk.half_life_h(modes.rates[modes.feeding.stop])),
    ]
    if not entering.direct:
        found += [("Absorption rate", "1/h", entering.ka_per_h), ("Delay of absorption", "h", entering.lag_h)]
    return tuple(Quantity(name, unit, values[:count]) for name, unit, values in found)


def joined(parts: tuple[Quantity, ...]) -> Quantity:
    """The columns of one parameter, part after part."""
    return replace(parts[0], values=np.concatenate([part.values for part in parts]))


def compared(every: tuple[Quantity, ...], drawn: Drawn, known: Knowledge) -> tuple[Learnt, ...]:
    """Each parameter before and after, and by how much the levels moved it. `every`: of all proposals."""
    found = []
    for one in every:
        before, after = (_variance(one.scaled, weights) for weights in (drawn.of_prior, drawn.weights))
        moved = 1.0 - after / before if before > 0 else 0.0
        prior, posterior = _middle_and_ends(one.values[drawn.prior]), _middle_and_ends(one.values[drawn.picked])
        say = known.say(
            "LEVELS-MOVED",
            name=one.name,
            unit=one.unit,
            middle=f"{posterior[0]:.3g}",
            low=f"{posterior[1]:.3g}",
            high=f"{posterior[2]:.3g}",
            prior_middle=f"{prior[0]:.3g}",
            prior_low=f"{prior[1]:.3g}",
            prior_high=f"{prior[2]:.3g}",
            moved=f"{100 * max(moved, 0.0):.0f} %",
        )
        found.append(Learnt(one.name, one.unit, prior, posterior, moved, say))
    return tuple(found)


def _variance(values: Array, weights: Array) -> float:
    return float(weights @ (values - weights @ values) ** 2)


def _middle_and_ends(values: Array) -> tuple[float, float, float]:
    middle, low, high = (float(value) for value in np.quantile(values, ENDS))
    return middle, low, high
