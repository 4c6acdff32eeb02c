"""People on the morning of the rest of a taper, as the ratings have left them: each draw with its own kinetics."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from unclench.engine.falling import Daily
from unclench.engine.linear import Modes
from unclench.individual.ratings import RatingsLearnt
from unclench.simulation.taper_model import PEOPLE, Falling
from unclench.values import EngineError

Columns = NDArray[np.intp]
Held = TypeVar("Held", Daily, Modes)


def followed(people: Falling, learnt: RatingsLearnt, *, count: int = PEOPLE) -> Falling:
    """So many draws, and last the middlemost of all of them.

    `people`: at midnight after the last day of the load that was learnt from, with the columns of that load.
    """
    if learnt.tau_off_d.size < count or int(learnt.column.max()) >= people.columns:
        raise EngineError(
            where="people after a diary",
            found=f"{learnt.tau_off_d.size} draws of {int(learnt.column.max()) + 1} columns",
            need=f"{count} draws of at most {people.columns} columns",
            fix="Learn from the load of these people.",
        )
    which = np.r_[0:count, learnt.middlemost]
    columns = learnt.column[which]
    return replace(
        people,
        spans=tuple(_taken(span, columns) for span in people.spans),
        amounts=people.amounts[..., columns],
        weights=tuple(weight[..., columns] for weight in people.weights),
        analytes=tuple(tuple(one[..., columns] for one in span) for span in people.analytes),
        adaptation=learnt.adaptation[which],
        tau_on_d=people.tau_on_d[columns],
        tau_off_d=learnt.tau_off_d[which],
        others=None if people.others is None else people.others[..., columns],
    )


def _taken(held: Held, columns: Columns) -> Held:
    """Every array of a value, with these columns."""
    changed: dict[str, Any] = {}
    for field in fields(held):
        value = getattr(held, field.name)
        if isinstance(value, Modes):
            changed[field.name] = _taken(value, columns)
        elif isinstance(value, np.ndarray):
            changed[field.name] = value[..., columns]
    return replace(held, **changed)
