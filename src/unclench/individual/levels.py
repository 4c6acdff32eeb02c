"""What measured levels tell of one person: the likeliest parameters, and draws of all that they leave possible.

What studies leave unsure of the typical values is learnt along with the person's own deviation, because a level cannot
tell the two apart: a draw holds both, and only together do they make the clearance that the levels speak of. What no
level tells of stays as it was drawn before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from unclench.appraisal.findings import Body, Exposure
from unclench.engine import draw
from unclench.individual.kinetics import LOWEST, Asked, ask
from unclench.individual.learnt import Learnt
from unclench.individual.levels_words import chance_above, contradicts, words_of
from unclench.individual.likeliest import Likeliest, Look, around, likeliest
from unclench.individual.measured import Level, Measured
from unclench.individual.parameters import Quantity, compared, joined, quantities
from unclench.individual.posterior import Drawn, posterior
from unclench.knowledge.load import Knowledge
from unclench.simulation.sample import Deviates
from unclench.values import Regimen

Array = NDArray[np.float64]

DRAWS = 1000
PURPOSE = "measured levels"
AGAIN = 8  # times that the copy of the model is taken anew around the likeliest person, at the most
STRAIGHT = 5e-4  # logarithm of a parameter: lesser bends cost less than a hundredth of a standard deviation
SOME = 200
FACTS = ("PK-RESIDUAL", "PK-RESIDUAL-ASSAY")


@dataclass(frozen=True, slots=True, eq=False)
class LevelsLearnt:
    """One person after their levels. Give `deviates` to `Sample`: the model then draws people as this one may be."""

    deviates: Deviates  # by purpose: one for each draw, in random order; the centre is the likeliest person
    parameters: tuple[Learnt, ...]
    drawn: tuple[Quantity, ...]  # the same parameters of every draw
    levels: tuple[Level, ...]
    away: tuple[float, ...]  # of each level: standard deviations from the likeliest person
    surprise: float  # share of people like the patient whose levels fit the record as badly
    contradictory: bool  # a level or all of them are such that the record must be checked before anything rests on it
    effective: float  # independent draws that tell as much
    draws: int
    says: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def map_(self) -> Mapping[str, float]:
        """The likeliest deviates by purpose."""
        return {name: self.deviates.centre(name) for name in self.deviates}


def learn_levels(
    *,
    body: Body,
    exposure: Exposure,
    taken: Sequence[Regimen],
    on: date,
    measured: Sequence[Level],
    seed: int,
    draws: int = DRAWS,
    patient: str = "",
    fed: bool = False,
) -> LevelsLearnt:
    """Learn from measured levels, given every dose that was taken before them.

    `taken`: one route and form; doses after a level do not bear on it. Times count from midnight of `on`.

    Raises
    ------
    RecordError
        for no level, or a level before the first dose.
    RegimenError
        for doses of several routes or forms, or none.
    """
    asked = ask(
        body=body, exposure=exposure, taken=taken, on=on, measured=measured, seed=seed, patient=patient, fed=fed
    )
    errors = errors_of(asked.levels, asked.known)
    top = likeliest_person(asked, errors)
    proposed: list[tuple[Quantity, ...]] = []

    def likelihood(deviates: Array) -> Array:
        spans, count = asked.crowd(deviates), deviates.shape[1]
        proposed.append(quantities(spans, 0.0, count))
        return errors.log_likelihood(asked.predict(spans, count))

    drawn = posterior(
        likelihood, top=top.deviates, told=top.told, draws=draws, stream=draw.stream(seed, PURPOSE, patient)
    )
    return _said(asked, errors, top, drawn, tuple(map(joined, zip(*proposed, strict=True))))


def _said(asked: Asked, errors: Measured, top: Likeliest, drawn: Drawn, every: tuple[Quantity, ...]) -> LevelsLearnt:
    """What was learnt, in values and words. `every`: the parameters of all proposals."""
    parameters = compared(every, drawn, asked.known)
    away = errors.away(top.logs)
    surprise = surprise_of(top.deviates, away)
    draws = drawn.picked.size
    return LevelsLearnt(
        deviates=asked.given(drawn.deviates[:, drawn.picked], top.deviates),
        parameters=parameters,
        drawn=tuple(replace(one, values=one.values[drawn.picked]) for one in every),
        levels=asked.levels,
        away=tuple(map(float, away)),
        surprise=surprise,
        contradictory=contradicts(away, surprise, asked.known),
        effective=drawn.effective,
        draws=draws,
        says=words_of(
            levels=asked.levels,
            true=np.exp(top.logs),
            away=away,
            surprise=surprise,
            parameters=parameters,
            effective=drawn.effective,
            draws=draws,
            known=asked.known,
        ),
        facts=(*FACTS, *asked.used),
    )


def surprise_of(deviates: Array, away: Array) -> float:
    """Share of people like the patient who would be as odd: in all, or in the one way in which this one is the oddest.

    Many levels that agree with each other, and with nobody, move one deviate far; in all they look like chance.
    """
    in_all = chance_above(float(deviates @ deviates + away @ away), away.size)
    oddest = deviates.size * chance_above(float(np.max(deviates**2)), 1)
    return min(in_all, oddest)


def errors_of(levels: Sequence[Level], known: Knowledge) -> Measured:
    """The levels with their errors: of the model and the sample, and of the assay."""
    spread, of_lloq = (known.parameter(key) for key in FACTS)
    return Measured.of(levels, log_sd=spread.value, of_lloq=of_lloq.value)


def likeliest_person(asked: Asked, errors: Measured) -> Likeliest:
    """The top of the posterior over all deviates, by ever nearer copies of the model."""
    now = np.zeros(len(asked.names))
    for _ in range(AGAIN):
        near = asked.near(now)
        start = near.directions.T @ now
        look = Look.of(start, near.predict(around(start)))
        if np.any((look.logs <= LOWEST) & ~errors.below[:, 0]) and not now.any():
            # Nothing has reached the blood of the typical person yet, and no slope leads away from nothing.
            now = _best_of_some(asked, errors)
            continue
        found = likeliest(near.predict, errors, look)
        now = near.directions @ found.deviates
        if near.bent(now) < STRAIGHT:
            break
    return Likeliest(now, found.logs, found.told @ near.directions.T)


def _best_of_some(asked: Asked, errors: Measured) -> Array:
    """The likeliest of a few people drawn from the prior."""
    some = draw.stream(asked.seed, f"{PURPOSE}, a start", asked.patient).standard_normal((len(asked.names), SOME))
    heights = errors.log_likelihood(asked.predict(asked.crowd(some), SOME)) - 0.5 * (some * some).sum(axis=0)
    best: Array = some[:, int(np.argmax(heights))]
    return best
