"""Exact solution of a linear system: a dose enters a reversible body, whose first compartment forms daughters.

People are the last axis of every array, so that one instruction works on many of them. The body is any number of
compartments that exchange with the first; scaling amounts by the root of the volumes makes its matrix symmetric, so
its modes are real, orthogonal and safe to compute even where two of them coincide. Depot and daughters are chained in
closed form; a daughter may be fed by the body and by daughters before it. Between two times each mode only shrinks by
exp(-rate * hours): nothing is stepped.

Where the depot's or a daughter's rate meets another rate, the closed form divides by their difference. Such a rate is
moved by 3e-8 of itself, which keeps the error of any level below 1e-6; where three, four or more rates meet at once it
is moved further (`GAPS`), for errors below 5e-4 and 5e-3. `engine/cascade.py` solves such people without moving
anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Eigen = Callable[[Array], tuple[Array, Array]]

# How far a rate is moved, by how many others it meets. Less would lose digits to the differences, more to the moving.
GAPS = np.array([3e-8, 3e-8, 1e-5, 3e-5, 1e-3])
NEAR = 1e-3
SWEEPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The system, one column per person: volumes in L, flows in L/h, rates in 1/h."""

    depot_per_h: Array  # (people,); where doses go straight into the first compartment: of what came before
    entering: Array  # share of a dose that enters
    volumes_l: Array  # (compartments, people); the first is sampled
    exchange_l_per_h: Array  # (compartments - 1, people)
    loss_l_per_h: Array  # out of the first
    formed: Array  # (daughters, people): of each daughter, per unit lost from the first
    passed_on: Array  # (daughters, daughters, people): [d, e] of daughter e per unit lost by daughter d before it
    daughter_loss_l_per_h: Array  # (daughters, people)
    daughter_volume_l: Array  # (daughters, people)
    direct: bool = False  # doses go into the first compartment, not into the depot

    @property
    def daughters(self) -> int:
        return int(self.formed.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """The chain taken apart: every level is a sum of modes that shrink each at their own rate."""

    rates: Array  # (modes, people): depot, body..., daughters...
    given: Array  # (modes, people): what one unit of dose adds to each mode
    weights: Array  # (1 + daughters, modes, people): level of first compartment and daughters, per unit of mode
    vectors: Array  # (compartments, compartments, people): of the symmetric body
    body_by_depot: Array  # (compartments, people)
    chained: Array  # (daughters, modes, people): amount of a daughter per unit of mode

    @property
    def body_rates(self) -> Array:
        return self.rates[1 : 1 + self.vectors.shape[0]]

    @property
    def feeding(self) -> slice:
        """The modes that the first compartment has: depot and body."""
        return slice(0, 1 + self.vectors.shape[0])


def symmetric_eigen(matrix: Array) -> tuple[Array, Array]:
    """Eigenvalues (n, people) and vectors (n, n, people; columns) of symmetric matrices, by Jacobi rotations."""
    size = matrix.shape[0]
    work = [[matrix[row, column].copy() for column in range(size)] for row in range(size)]
    # One array for each vector, so that a rotation turns all its elements at once.
    vectors = list(np.repeat(np.eye(size)[..., None], matrix.shape[2], axis=2))
    pairs = [(p, q) for p in range(size) for q in range(p + 1, size)]
    for _ in range(SWEEPS):
        scale = max(np.max(np.abs(work[i][i])) for i in range(size))
        if all(np.max(np.abs(work[p][q])) <= 1e-14 * scale for p, q in pairs):
            break
        for p, q in pairs:
            _rotate(work, vectors, p, q)
    return np.stack([work[i][i] for i in range(size)]), np.stack(vectors, axis=1)


def _rotate(work: list[list[Array]], vectors: list[Array], p: int, q: int) -> None:
    """One Jacobi rotation, for all people at once, that clears the element (p, q)."""
    off = work[p][q]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        theta = (work[q][q] - work[p][p]) / (2.0 * off)
        tangent = np.where(theta >= 0, 1.0, -1.0) / (np.abs(theta) + np.sqrt(theta * theta + 1.0))
    tangent = np.where(off == 0.0, 0.0, tangent)
    cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    work[p][p] = work[p][p] - tangent * off
    work[q][q] = work[q][q] + tangent * off
    work[p][q] = work[q][p] = np.zeros_like(off)
    for other in range(len(work)):
        if other not in (p, q):
            first, second = work[other][p], work[other][q]
            work[other][p] = work[p][other] = cosine * first - sine * second
            work[other][q] = work[q][other] = sine * first + cosine * second
    first, second = vectors[p], vectors[q]
    vectors[p], vectors[q] = cosine * first - sine * second, sine * first + cosine * second


def few_eigen(matrix: Array) -> tuple[Array, Array]:
    """The same by LAPACK, one person after the other: quicker for less than a few hundred people."""
    values, vectors = np.linalg.eigh(matrix.transpose(2, 0, 1))
    return np.ascontiguousarray(values.T), np.ascontiguousarray(vectors.transpose(1, 2, 0))


def modes_of(chain: Chain, eigen: Eigen = symmetric_eigen) -> Modes:
    """Take the chain apart."""
    volumes = chain.volumes_l
    size, root = volumes.shape[0], np.sqrt(volumes[0])
    body, vectors = eigen(_symmetric_body(chain))
    first = vectors[0]
    leaving = chain.daughter_loss_l_per_h / chain.daughter_volume_l
    gap = _gap(np.concatenate([chain.depot_per_h[None], body, leaving]))
    depot = _apart(chain.depot_per_h, body, gap)
    nothing, one = np.zeros_like(depot), np.ones_like(depot)
    body_by_depot = first * depot / (root * (body - depot))
    central = np.concatenate([(first * body_by_depot).sum(axis=0)[None] * root, first * root])  # amount by mode
    rates, chained = np.concatenate([depot[None], body]), np.empty((0, size + 1, one.size))
    for daughter in range(chain.daughters):
        rate = _apart(leaving[daughter], rates, gap)
        fed = np.zeros((rates.shape[0], one.size))
        fed[: size + 1] = chain.formed[daughter] * chain.loss_l_per_h / volumes[0] * central
        for earlier in range(daughter):
            fed += chain.passed_on[earlier, daughter] * rates[size + 1 + earlier] * chained[earlier]
        own = np.concatenate([fed / (rate - rates), one[None]])
        chained = np.concatenate([chained, np.zeros((daughter, 1, one.size))], axis=1)
        chained = np.concatenate([chained, own[None]])
        rates = np.concatenate([rates, rate[None]])
    given = np.zeros_like(rates)
    if chain.direct:
        given[1 : size + 1] = first / root
    else:
        given[0], given[1 : size + 1] = 1.0, -body_by_depot
    for daughter in range(chain.daughters):
        place = size + 1 + daughter
        given[place] = -(chained[daughter, :place] * given[:place]).sum(axis=0)
    weights = np.empty((1 + chain.daughters, rates.shape[0], one.size))
    weights[0] = np.concatenate([central / volumes[0], np.repeat(nothing[None], chain.daughters, axis=0)])
    weights[1:] = chained / chain.daughter_volume_l[:, None]
    return Modes(rates, given * chain.entering, weights, vectors, body_by_depot, chained)


def _symmetric_body(chain: Chain) -> Array:
    """(compartments, compartments, people): the body's rate matrix, amounts scaled by the root of their volumes."""
    volumes, exchange = chain.volumes_l, chain.exchange_l_per_h
    size = volumes.shape[0]
    body = np.zeros((size, size, volumes.shape[1]))
    body[0, 0] = (chain.loss_l_per_h + exchange.sum(axis=0)) / volumes[0]
    for other in range(1, size):
        body[other, other] = exchange[other - 1] / volumes[other]
        body[0, other] = body[other, 0] = -exchange[other - 1] / np.sqrt(volumes[0] * volumes[other])
    return body


def modes_of_each(chains: Sequence[Chain], eigen: Eigen = symmetric_eigen) -> tuple[Modes, ...]:
    """Take several chains of the same people apart in one go, which is several times faster than one by one."""
    if len(chains) == 1:
        return (modes_of(chains[0], eigen),)
    whole = {name: np.concatenate([getattr(chain, name) for chain in chains], axis=-1) for name in _arrays(Chain)}
    joined = modes_of(Chain(**whole, direct=chains[0].direct), eigen)
    people = chains[0].depot_per_h.shape[0]
    return tuple(
        Modes(**{name: np.ascontiguousarray(getattr(joined, name)[..., at : at + people]) for name in _arrays(Modes)})
        for at in range(0, people * len(chains), people)
    )


def _arrays(record: type[Chain] | type[Modes]) -> list[str]:
    """The fields that have a column per person."""
    return [field.name for field in fields(record) if field.name != "direct"]


def _gap(rates: Array) -> Array:
    """(people,): how far apart rates must be, by the largest crowd of rates that all but meet."""
    near = [(np.abs(rates - rate) < NEAR * rate).sum(axis=0) - 1 for rate in rates]
    gap: Array = GAPS[np.minimum(np.max(near, axis=0), GAPS.size - 1)]
    return gap


def _apart(rate: Array, others: Array, gap: Array) -> Array:
    """The rate, moved up just enough to differ from the others."""
    for _ in range(others.shape[0]):
        close = np.any(np.abs(others - rate) < gap * rate, axis=0)
        if not np.any(close):
            break
        rate = np.where(close, rate * (1.0 + 2.5 * gap), rate)
    return rate


def reproject(amounts: Array, old: Modes, new: Modes) -> Array:
    """Modal amounts (series, modes, people) under old rates, as modal amounts under new ones: the state is the same."""
    size = old.vectors.shape[0]
    depot = amounts[:, 0]
    along = amounts[:, 1 : size + 1] + old.body_by_depot * depot[:, None]
    body = np.einsum("ijp,sjp->sip", old.vectors, along)
    turned = np.empty_like(amounts)
    turned[:, 0] = depot
    turned[:, 1 : size + 1] = np.einsum("ijp,sip->sjp", new.vectors, body) - new.body_by_depot * depot[:, None]
    for daughter in range(old.chained.shape[0]):
        place = size + 1 + daughter
        there = (old.chained[daughter, : place + 1] * amounts[:, : place + 1]).sum(axis=1)
        turned[:, place] = there - (new.chained[daughter, :place] * turned[:, :place]).sum(axis=1)
    return turned


@dataclass(slots=True, eq=False)
class _Coming:
    """A dose that has not reached everyone yet."""

    at_h: float
    doses: tuple[tuple[int, float], ...]  # (series, amount)
    seen_h: float = -np.inf  # since the dose, at the last stop


class March:
    """Walks several dose series of the same people through time at once, stopping where asked."""

    def __init__(self, modes: Modes, lag_h: Array, *, series: int, start_h: float) -> None:
        self.modes, self.now_h = modes, start_h
        self._lag, self._longest = lag_h, float(lag_h.max())
        self.amounts = np.zeros((series, *modes.rates.shape))
        self._coming: list[_Coming] = []
        self._decays: dict[float, Array] = {}
        self._arrivals: dict[tuple[float, float], tuple[Array, Array] | None] = {}
        self._area = np.zeros((series, modes.rates.shape[1]))
        self._begin_area()

    def give(self, at_h: float, amounts: Sequence[float]) -> None:
        """Note a dose of each series at a time to come (0: none). Call in order of time."""
        doses = tuple((index, float(amount)) for index, amount in enumerate(amounts) if amount)
        if doses:
            self._coming.append(_Coming(at_h, doses))

    def advance(self, to_h: float) -> None:
        """Move to a later time; doses that arrive on the way are taken in exactly."""
        gap = round(to_h - self.now_h, 10)
        if gap > 0:
            self.amounts *= self._decay(gap)
        arrived = 0
        for coming in self._coming:
            since = round(to_h - coming.at_h, 10)
            if since < 0:
                break
            arrival = self._arrival(coming.seen_h, since)
            if arrival is not None:
                for index, amount in coming.doses:
                    self.amounts[index] += amount * arrival[0]
                    self._taken[index] += amount * arrival[1]
            coming.seen_h = since
            arrived += since >= self._longest
        if arrived:
            self._coming = [coming for coming in self._coming if coming.seen_h < self._longest]
        self.now_h = to_h

    def change(self, modes: Modes) -> None:
        """From now on other rates hold. The state does not jump."""
        self._area = np.stack([self.area(series) for series in range(self.amounts.shape[0])])
        self.amounts = reproject(self.amounts, self.modes, modes)
        self.modes = modes
        self._decays.clear()
        self._arrivals.clear()
        self._begin_area()

    def enter_otherwise(self, modes: Modes, lag_h: Array) -> None:
        """From now on doses enter another way. What the depot still holds empties at the new rate.

        A dose that is still on its way (within its lag) goes the new way too.
        """
        self.change(modes)
        self._lag, self._longest = lag_h, float(lag_h.max())

    def repeat(self, *, times: int, period_h: float, pattern: Sequence[tuple[float, Sequence[float]]]) -> None:
        """Take the same doses in each of so many periods, in one stride: a geometric series, not a loop.

        Correct at the end of the stride provided that the last doses have reached everyone by the next stop.
        """
        rates = self.modes.rates
        for coming in self._coming:  # still on the way: counted ahead of time, and right once it has arrived
            since = self.now_h - coming.at_h
            pending = np.where(self._lag > coming.seen_h, np.exp(-rates * (since - self._lag)), 0.0)
            for index, amount in coming.doses:
                self.amounts[index] += amount * self.modes.given * pending
        self._coming.clear()
        one = np.zeros_like(self.amounts)
        for at_h, amounts in pattern:
            left = self.modes.given * np.exp(-rates * (period_h - at_h - self._lag))
            for index, amount in enumerate(amounts):
                one[index] += float(amount) * left
        kept = np.exp(-rates * (period_h * times))
        self.amounts = self.amounts * kept + one * (np.expm1(-rates * (period_h * times)) / np.expm1(-rates * period_h))
        self.now_h += period_h * times
        self._begin_area()

    def fan_out(self, series: int) -> None:
        """Continue the one series as so many, which share the past and the doses still on the way."""
        self.amounts = np.repeat(self.amounts, series, axis=0)
        self._area = np.zeros((series, self.amounts.shape[2]))
        for coming in self._coming:
            coming.doses = tuple((index, coming.doses[0][1]) for index in range(series))
        self._begin_area()

    def levels(self, out: Array | None = None) -> Array:
        """(1 + daughters, series, people): amount per litre in the first compartment and in the daughters."""
        weights, body = self.modes.weights, self.modes.feeding.stop
        if out is None:
            out = np.empty((weights.shape[0], self.amounts.shape[0], self.amounts.shape[2]))
        if self.amounts.shape[0] == 1:
            # One call: for a single series the calls would cost more than the products with nothing that it adds.
            return np.einsum("amp,smp->asp", weights, self.amounts, out=out)
        for analyte in range(weights.shape[0]):
            reach = body + analyte
            np.einsum("mp,smp->sp", weights[analyte, :reach], self.amounts[:, :reach], out=out[analyte])
        return out

    def first_levels(self, series: Sequence[int]) -> Array:
        """(chosen series, people): amount per litre in the first compartment only."""
        body = self.modes.feeding
        found: Array = np.einsum("mp,smp->sp", self.modes.weights[0, body], self.amounts[list(series), body])
        return found

    def area(self, series: int) -> Array:
        """(people,): exact area under the level of the first compartment of one series since the march began.

        In each mode, what was there and what came in, less what is left, has passed at the rate of the mode.
        """
        body = self.modes.feeding
        came = self._area_from[series] + self.modes.given[body] * self._taken[series]
        passed = (came - self.amounts[series, body]) / self.modes.rates[body]
        total: Array = self._area[series] + (self.modes.weights[0, body] * passed).sum(axis=0)
        return total

    def _begin_area(self) -> None:
        self._area_from = self.amounts[:, self.modes.feeding].copy()
        self._taken = np.zeros((self.amounts.shape[0], self.amounts.shape[2]))

    def _decay(self, hours: float) -> Array:
        found = self._decays.get(hours)
        if found is None:
            found = self._decays[hours] = np.exp(-self.modes.rates * hours)
        return found

    def _arrival(self, seen_h: float, since_h: float) -> tuple[Array, Array] | None:
        """What a unit dose adds to the modes of those whom it reaches between two stops; None: nobody."""
        key = (seen_h, since_h)
        if key not in self._arrivals:
            reached = (self._lag > seen_h) & (self._lag <= since_h)
            self._arrivals[key] = None
            if np.any(reached):
                left = np.exp(-self.modes.rates * np.where(reached, since_h - self._lag, 0.0))
                self._arrivals[key] = (self.modes.given * left * reached, reached.astype(np.float64))
        return self._arrivals[key]
