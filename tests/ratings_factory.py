"""People on a taper, and the ratings they would give: the model of `ratings_model`, run forward and slowly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench.individual import ratings_model as model
from unclench.individual.ratings import Rated
from unclench.individual.ratings_model import Columns, Person, Prior
from unclench.knowledge import knowledge
from unclench.simulation.parameters import Numbers

LOAD_PER_MG = 0.076
STEPS = (20.0, 18.0, 16.0, 14.0, 12.0)


def numbers() -> Numbers:
    return Numbers(knowledge(), {})


PRIOR = model.prior_of(numbers())


@dataclass(frozen=True)
class World:
    """People as likely as each other: their loads, how fast they adapt, and how far they have."""

    load: np.ndarray
    adaptation: np.ndarray
    tau_on_d: np.ndarray


def world(*, columns: int = 200, doses: tuple[float, ...] = STEPS, days_each: int = 12, seed: int = 1) -> World:
    """A taper in steps after two years; kinetics are one lag of four days, loads differ as widely as the ED50."""
    rng = np.random.default_rng(seed)
    level, levels = doses[0], []
    for dose in np.repeat(doses, days_each):
        level += (dose - level) * -np.expm1(-0.25)
        levels.append(level)
    load = np.array(levels)[:, None] * LOAD_PER_MG * np.exp(0.9 * rng.standard_normal(columns))
    tau_on = 250.0 * np.exp(0.5 * rng.standard_normal(columns))
    start = load[0] / (1.0 + load[0]) * -np.expm1(-730.0 / tau_on)
    return World(load, start, tau_on)


def columns_of(world: World) -> Columns:
    share = world.load / (1.0 + world.load)
    return model.columns_of(share, tau_on_d=world.tau_on_d, start=world.adaptation, prior=PRIOR)


def drive_of(share: np.ndarray, *, tau_on_d: float, tau_off_d: float, start: float) -> list[float]:
    """The withdrawal drive at noon of each day, a day at a time and one person at a time."""
    state, found = start, []
    for now in share:
        tau = tau_off_d if state > now else tau_on_d
        found.append(max((state - now) * np.exp(-0.5 / tau), 0.0))
        state = now + (state - now) * np.exp(-1.0 / tau)
    return found


def means(person: Person, at: int, world: World, prior: Prior) -> np.ndarray:
    """The mean rating of every day of one person, whose column is an index of `world`."""
    column = int(person.column[at])
    share = world.load[:, column] / (1.0 + world.load[:, column])
    drive = drive_of(
        share,
        tau_on_d=float(world.tau_on_d[column]),
        tau_off_d=float(person.tau_off_d[at]),
        start=float(world.adaptation[column]),
    )
    half = float(person.threshold[at]) * (1.0 / prior.noticed - 1.0)
    base = float(person.baseline[at])
    return np.array([base + (10.0 - base) * w / (w + half) for w in drive])


def rates(person: Person, at: int, mean: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Rated:
    """What this person writes down on those days."""
    found: list[float] = []
    for index, day in enumerate(days):
        expected = mean[day]
        if index:
            gap = int(day - days[index - 1])
            expected += float(person.carry[at]) ** gap * (found[-1] - mean[days[index - 1]])
        swung = expected + float(person.noise[at]) * rng.standard_t(4)
        found.append(float(np.clip(np.round(swung), 0.0, 10.0)))
    return Rated(np.asarray(days, dtype=np.intp), np.array(found))


def somebody(
    world: World, prior: Prior, rng: np.random.Generator, *, fewest: int = 20
) -> tuple[np.ndarray, Person, Rated]:
    """A person drawn from the prior with ratings on some days: the standardised unknowns, the person, the ratings."""
    columns = columns_of(world)
    points = model.prior_points(prior, columns, rng, 1)
    person = model.person_of(prior, columns, points)
    length = world.load.shape[0]
    days = np.sort(rng.choice(length, rng.integers(fewest, length + 1), replace=False))
    return points[0], person, rates(person, 0, means(person, 0, world, prior), days, rng)
