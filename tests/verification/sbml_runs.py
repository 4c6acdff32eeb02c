"""An exported document run by libRoadRunner: an independent reader, an independent integrator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libsbml
import numpy as np
import roadrunner
from numpy.typing import NDArray

Array = NDArray[np.float64]


def faults(document: bytes) -> list[str]:
    """Everything that libSBML finds, units and modelling practice included."""
    read = libsbml.readSBMLFromString(document.decode())
    for category in (
        libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
        libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
        libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
        libsbml.LIBSBML_CAT_MODELING_PRACTICE,
    ):
        read.setConsistencyChecks(category, True)
    read.checkConsistency()
    return [read.getError(index).getMessage() for index in range(read.getNumErrors())]


def run(
    document: bytes, names: Sequence[str], times_h: Iterable[float], *, relative: float = 1e-11, absolute: float = 1e-14
) -> Array:
    """(times, names): tight CVODE, stopping at each time asked for."""
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    engine = roadrunner.RoadRunner(document.decode())
    integrator = engine.getIntegrator()
    integrator.setValue("relative_tolerance", relative)
    integrator.setValue("absolute_tolerance", absolute)
    integrator.setValue("maximum_num_steps", 10_000_000)
    engine.timeCourseSelections = list(names)
    times = sorted({0.0, *times_h})
    found = engine.simulate(times=times)
    kept = [times.index(at) for at in times_h]
    return np.asarray(found)[kept]


def worst(found: Array, expected: Array) -> float:
    """The largest difference of any point, as a share of its value; below a hundred-millionth of a peak, of that.

    A metabolite of a metabolite begins at nothing, where a sum of modes leaves 1e-15 of its peak.
    """
    floor = 1e-8 * np.abs(expected).max(axis=0)
    return float((np.abs(found - expected) / np.maximum(np.abs(expected), floor)).max())
