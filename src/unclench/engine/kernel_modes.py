"""One person's cascade taken apart into modes that each only shrink.

Amounts scaled by the root of the volumes make the body's rate matrix symmetric, so its modes are real, orthogonal and
computed to full precision by Jacobi rotations, even where two of them coincide. A depot and daughters are chained in
closed form: each divides by the difference of its own rate and every rate before it. Where such differences are so
small that the terms cancel, `decompose` says so, and that person goes by `kernel_matrix` instead.

Rows of `par` (one column per person) are laid out by `unclench.engine.cascade`; slots of a mode vector are: 0 the
depot, 1 to 3 the body, 4 to 7 the daughters.
"""

from __future__ import annotations

import numpy as np

from unclench.engine.compiled import Array, part

DEPOT, ENTERING, VOLUME, EXCHANGE, LOSS, DAUGHTER, PASSED = 0, 1, 2, 5, 7, 8, 20
ROWS = 36
SLOTS, FIRST_DAUGHTER = 8, 4
# Terms this many times larger than their sum cost 4.5 of the 16 digits: an error near 1e-11 of the peak.
CANCELS = 3e4


@part
def rotate(s: Array, q: Array, size: int, one: int, other: int) -> None:
    """One Jacobi rotation, which clears s[one, other]."""
    off = s[one, other]
    if off == 0.0:
        return
    theta = (s[other, other] - s[one, one]) / (2.0 * off)
    tangent = (1.0 if theta >= 0.0 else -1.0) / (abs(theta) + np.sqrt(theta * theta + 1.0))
    cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    s[one, one] -= tangent * off
    s[other, other] += tangent * off
    s[one, other] = s[other, one] = 0.0
    for k in range(size):
        if k not in (one, other):
            first, second = s[k, one], s[k, other]
            s[k, one] = s[one, k] = cosine * first - sine * second
            s[k, other] = s[other, k] = sine * first + cosine * second
        first, second = q[k, one], q[k, other]
        q[k, one], q[k, other] = cosine * first - sine * second, sine * first + cosine * second


@part
def body_modes(par: Array, p: int, bodies: int, rates: Array, s: Array, q: Array) -> None:
    """Rates of the body into rates[1...], and the orthogonal vectors into the columns of q."""
    out = par[LOSS, p]
    for k in range(bodies):
        for j in range(bodies):
            s[k, j], q[k, j] = 0.0, 1.0 if k == j else 0.0
    for k in range(1, bodies):
        flow, volume = par[EXCHANGE + k - 1, p], par[VOLUME + k, p]
        out += flow
        s[k, k] = flow / volume
        s[0, k] = s[k, 0] = -flow / np.sqrt(par[VOLUME, p] * volume)
    s[0, 0] = out / par[VOLUME, p]
    for _ in range(12):
        if abs(s[0, 1]) + abs(s[0, 2]) + abs(s[1, 2]) <= 1e-300 or bodies == 1:
            break
        for one in range(bodies):
            for other in range(one + 1, bodies):
                rotate(s, q, bodies, one, other)
    for k in range(bodies):
        rates[1 + k] = s[k, k]


@part
def decompose(par: Array, p: int, bodies: int, daughters: int, m: Array) -> bool:
    """Fill the person's work space; true if the closed form keeps its digits.

    Rows of `m` (each of 8 slots): 0 rates, 1 what the first compartment holds per mode, 2 body by depot, 3 to 6 what
    each daughter holds per mode, 7 and 8 what a unit into depot and into the first compartment adds to each mode,
    9 to 11 vectors, 12 to 14 room.
    """
    rates, first, by_depot, q = m[0], m[1], m[2], m[9:12]
    m[:12] = 0.0
    m[12:15] = 0.0
    rates[0] = par[DEPOT, p]
    body_modes(par, p, bodies, rates, m[12:15], q)
    root = np.sqrt(par[VOLUME, p])
    for k in range(1, 1 + bodies):
        by_depot[k] = rates[0] * q[0, k - 1] / (root * (rates[k] - rates[0]))
        first[k] = root * q[0, k - 1]
        first[0] += first[k] * by_depot[k]
    for d in range(daughters):
        own = par[DAUGHTER + 3 * d + 1, p]
        rates[FIRST_DAUGHTER + d] = own
        formed = par[DAUGHTER + 3 * d, p] / par[VOLUME, p]
        for k in range(FIRST_DAUGHTER + d):
            if k <= bodies or k >= FIRST_DAUGHTER:
                inflow = formed * first[k]
                for e in range(d):
                    inflow += par[PASSED + 4 * e + d, p] * m[3 + e, k]
                m[3 + d, k] = inflow / (own - rates[k]) if inflow != 0.0 else 0.0
        m[3 + d, FIRST_DAUGHTER + d] = 1.0
    unit = m[12]
    unit[:] = 0.0
    unit[0] = 1.0
    to_modes(par, p, bodies, daughters, m, unit, m[7])
    unit[0], unit[1] = 0.0, 1.0
    to_modes(par, p, bodies, daughters, m, unit, m[8])
    return keeps_digits(par, p, bodies, daughters, m)


@part
def to_modes(par: Array, p: int, bodies: int, daughters: int, m: Array, amounts: Array, modes: Array) -> None:
    """Amounts (depot, body, daughters) as modes."""
    modes[:] = 0.0
    modes[0] = amounts[0]
    for k in range(bodies):
        along = 0.0
        for j in range(bodies):
            along += m[9 + j, k] * amounts[1 + j] / np.sqrt(par[VOLUME + j, p])
        modes[1 + k] = along - m[2, 1 + k] * amounts[0]
    for d in range(daughters):
        rest = amounts[FIRST_DAUGHTER + d]
        for k in range(FIRST_DAUGHTER + d):
            rest -= m[3 + d, k] * modes[k]
        modes[FIRST_DAUGHTER + d] = rest


@part
def to_amounts(par: Array, p: int, bodies: int, daughters: int, m: Array, modes: Array, amounts: Array) -> None:
    """Modes as amounts (depot, body, daughters)."""
    amounts[:] = 0.0
    amounts[0] = modes[0]
    for k in range(bodies):
        along = modes[1 + k] + m[2, 1 + k] * modes[0]
        for j in range(bodies):
            amounts[1 + j] += m[9 + j, k] * along * np.sqrt(par[VOLUME + j, p])
    for d in range(daughters):
        held = 0.0
        for k in range(FIRST_DAUGHTER + d + 1):
            held += m[3 + d, k] * modes[k]
        amounts[FIRST_DAUGHTER + d] = held


@part
def keeps_digits(par: Array, p: int, bodies: int, daughters: int, m: Array) -> bool:
    """Whether no sum of modes, after one dose, is made of terms very much larger than its peak."""
    slow = m[0, 1]
    for k in range(1, 1 + bodies):
        slow = min(slow, m[0, k])
    out = par[LOSS, p]
    for k in range(1, bodies):
        out += par[EXCHANGE + k - 1, p]
    terms, hours = 0.0, 1.0 / m[0, 0] + 1.0 / slow
    for k in range(1 + bodies):
        terms += abs(m[1, k] * m[7, k])
    if not terms * (1.0 + out / (par[VOLUME, p] * m[0, 0])) <= CANCELS:
        return False
    arrived = m[13]
    for d in range(daughters):
        own = m[0, FIRST_DAUGHTER + d]
        hours += 1.0 / own
        arrived[d] = par[DAUGHTER + 3 * d, p] / par[LOSS, p]
        for e in range(d):
            arrived[d] += arrived[e] * par[PASSED + 4 * e + d, p] / m[0, FIRST_DAUGHTER + e]
        terms = 0.0
        for k in range(FIRST_DAUGHTER + d + 1):
            terms += max(abs(m[3 + d, k] * m[7, k]), abs(m[3 + d, k] * m[8, k]))
        if not terms * own * hours <= CANCELS * arrived[d]:
            return False
    return True
