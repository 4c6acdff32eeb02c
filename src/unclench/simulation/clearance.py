"""Clearance over time: what genotype and other medicines do to it, as a list of spans with constant rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import ClearanceSegment, Exposure
from unclench.engine.linear import Chain, Modes, modes_of_each
from unclench.simulation.people import People
from unclench.values import EngineError

Array = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Spans:
    """When rates change, and the modes of each span, which are all found when one is first asked for."""

    people: People
    starts_h: tuple[float, ...]  # the first is -inf
    multiples: tuple[tuple[float, float], ...]  # of diazepam and nordazepam clearance
    log_sd: float
    metabolites: int = 1
    made: tuple[Modes, ...] = ()

    def at(self, hours: float) -> int:
        """The span that holds from this time on."""
        return max(index for index, start in enumerate(self.starts_h) if start <= hours)

    def modes(self, index: int) -> Modes:
        if not self.made:
            self.made = modes_of_each([self._chain(each) for each in range(len(self.starts_h))])
        return self.made[index]

    def _chain(self, index: int) -> Chain:
        kinetics, absorption, kept = self.people.disposition, self.people.absorption, self.metabolites
        parent, nordazepam = (self._each(index, analyte) for analyte in (0, 1))
        losses = kinetics.metabolite_cl_l_per_h[:kept].copy()
        losses[0] *= nordazepam
        return Chain(
            depot_per_h=absorption.ka_per_h,
            entering=absorption.f,
            volumes_l=kinetics.volumes_l,
            exchange_l_per_h=kinetics.exchange_l_per_h,
            loss_l_per_h=kinetics.cl_l_per_h * parent,
            formed=self.people.formed[:kept],
            passed_on=self.people.passed_on[:kept, :kept],
            daughter_loss_l_per_h=losses,
            daughter_volume_l=kinetics.metabolite_v_l[:kept],
            direct=absorption.direct,
        )

    def multiples_of_each(self, index: int) -> tuple[Array, ...]:
        """For each analyte followed every person's own multiple of clearance in this span."""
        changed = tuple(self._each(index, analyte) for analyte in range(len(self.multiples[index])))
        others = 1 + self.metabolites - len(changed)
        return (*changed, *(np.ones_like(changed[0]) for _ in range(others)))

    def _each(self, index: int, analyte: int) -> Array:
        """Every person's own multiple: the uncertainty of an interaction comes and goes with the interaction."""
        logs = [abs(float(np.log(multiple[analyte]))) for multiple in self.multiples]
        strongest = max(max(abs(float(np.log(m))) for m in pair) for pair in self.multiples)
        share = logs[index] / strongest if strongest > 0 else float(analyte == 0)
        return self.multiples[index][analyte] * np.exp(self.log_sd * share * self.people.interaction)


def spans_of(exposure: Exposure, people: People, *, metabolites: int = 1) -> Spans:
    """The spans of constant clearance. Neighbours with equal multiples are one span.

    `metabolites`: how many of nordazepam, temazepam and oxazepam are followed; fewer are faster.
    """
    segments = sorted(exposure.segments, key=lambda segment: segment.from_h)
    if not segments or segments[0].from_h > -np.inf:
        segments.insert(0, ClearanceSegment(from_h=-np.inf, diazepam=1.0, nordazepam=1.0))
    starts: list[float] = []
    multiples: list[tuple[float, float]] = []
    for segment in segments:
        pair = (segment.diazepam, segment.nordazepam)
        if not all(0 < multiple < np.inf for multiple in pair):
            raise EngineError(
                where="exposure", found=f"clearance times {pair}", need="above 0", fix="Correct the interaction."
            )
        if starts and segment.from_h == starts[-1]:
            multiples[-1] = pair
        elif not multiples or multiples[-1] != pair:
            starts.append(segment.from_h)
            multiples.append(pair)
    return Spans(people, tuple(starts), tuple(multiples), exposure.log_sd, metabolites)
