"""Levels as they come in: checked, and what makes them differ between people read from them where nobody says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from unclench.knowledge.load import knowledge
from unclench.simulation.effects_draws import PERSON, Cause
from unclench.values import EngineError

Array = NDArray[np.float64]

LEAST_PEOPLE = 2
HOW_MUCH = "CAUSE-HOW-MUCH"
HOW_MUCH_METABOLITE = "CAUSE-HOW-MUCH-METABOLITE"
HOW_PEAKED = "CAUSE-HOW-PEAKED"
FLOOR = 1e-12


def checked(t_h: Array, unbound_ng_ml: Mapping[str, Array], age_y: Array) -> None:
    """Raise EngineError for times, levels or ages that cannot be."""
    if t_h.ndim != 1 or t_h.size < 2 or not np.all(np.isfinite(t_h)) or np.any(np.diff(t_h) <= 0):
        _refuse("times", "times that do not rise", "two finite times or more, each later than the last")
    if "diazepam" not in unbound_ng_ml:
        _refuse("unbound levels", ", ".join(unbound_ng_ml) or "nothing", "diazepam among the analytes")
    for analyte, levels in unbound_ng_ml.items():
        if levels.shape != (t_h.size, age_y.size):
            _refuse(f"unbound {analyte}", f"shape {levels.shape}", f"(times, people): {(t_h.size, age_y.size)}")
        if not np.all(np.isfinite(levels)) or levels.min() < 0:
            _refuse(f"unbound {analyte}", "a level that is negative or no number", "0 ng/mL or more everywhere")
    if age_y.size <= LEAST_PEOPLE:
        _refuse("people", f"{age_y.size - 1} people", "at least 2 beside the typical person")
    if not np.all(np.isfinite(age_y)) or age_y.min() < 0:
        _refuse("ages", "an age that is negative or no number", "years, 0 or more, for everyone")


def _refuse(where: str, found: str, need: str) -> None:
    raise EngineError(where=f"effect: {where}", found=found, need=need, fix="Correct what is handed to foresee.")


def kinetic_causes(t_h: Array, unbound_ng_ml: Mapping[str, Array], said: Sequence[Cause] | None) -> tuple[Cause, ...]:
    """Why levels differ between people: as said, or else average, peak over average, and metabolite over parent."""
    if said is not None:
        return tuple(said)
    steps = np.diff(t_h)
    rule = 0.5 * (np.append(steps, 0.0) + np.insert(steps, 0, 0.0))
    areas = {name: np.einsum("t,tp->p", rule, levels[:, :-1]) for name, levels in unbound_ng_ml.items()}
    parent = np.log(np.maximum(areas["diazepam"], FLOOR))
    peak = np.log(np.maximum(unbound_ng_ml["diazepam"][:, :-1].max(axis=0), FLOOR)) - parent
    say = knowledge().say
    found = [Cause(say(HOW_MUCH), PERSON, parent), Cause(say(HOW_PEAKED), PERSON, peak)]
    if "nordazepam" in unbound_ng_ml:
        ratio = np.log(np.maximum(areas["nordazepam"], FLOOR)) - parent
        found.append(Cause(say(HOW_MUCH_METABOLITE), PERSON, ratio))
    return tuple(found)
