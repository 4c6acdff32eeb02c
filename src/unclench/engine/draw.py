"""Reproducible random numbers: one independent stream per seed, purpose and patient.

A stream depends on nothing else: not on the order of use, nor on which other streams exist. The same person of the
sample therefore meets every regimen (common random numbers), and a longer sample begins with the shorter. Two patients
have streams of their own, so that the error of one sample is not the error of a whole ward.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

KEPT_UP_TO = 4096


def stream(seed: int, purpose: str, patient: str = "") -> np.random.Generator:
    """The stream of this seed for this purpose and patient."""
    key = (seed, zlib.crc32(purpose.encode()), *([zlib.crc32(patient.encode())] if patient else []))
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))


def normal(seed: int, purpose: str, count: int, patient: str = "") -> Array:
    """Standard normal numbers. Those of a stream that is no patient's are not to be written to."""
    if not patient and count <= KEPT_UP_TO:
        return _shared(seed, purpose, count)
    return stream(seed, purpose, patient).standard_normal(count)


@lru_cache(maxsize=256)
def _shared(seed: int, purpose: str, count: int) -> Array:
    """What studies leave unsure is the same for every patient: a service that answers many draws it once."""
    drawn = stream(seed, purpose).standard_normal(count)
    drawn.setflags(write=False)
    return drawn


def uniform(seed: int, purpose: str, count: int, patient: str = "") -> Array:
    """Numbers from 0 up to 1."""
    return stream(seed, purpose, patient).random(count)


def correlated(one: Array, other: Array, correlation: float) -> Array:
    """A standard normal array that keeps this correlation with `one`; `other` is independent of it."""
    return correlation * one + float(np.sqrt(1.0 - correlation * correlation)) * other
