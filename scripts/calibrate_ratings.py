"""Is what is learnt from daily ratings as sure as it says? Simulated people, whose truth is known.

python -m scripts.calibrate_ratings      writes evidence/learning_ratings.md and .svg

Each person is drawn from the prior, tapers by steps, rates some of the days, and is learnt from. If all is right, the
truth lies in the 50 % and 90 % intervals of so many people, and its rank among the draws is uniform (simulation-based
calibration).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, chi2

from tests import ratings_factory as factory
from unclench.individual.ratings import Rated, RatingsLearnt, learn_ratings

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
PAGE, PLOT = (ROOT / "evidence" / f"learning_ratings.{kind}" for kind in ("md", "svg"))
SEED, PEOPLE, DRAWS = 20261122, 1000, 1000
RANKED, BINS = 99, 20  # draws that the truth is ranked among, and bins of the plot
CENTRAL = (0.5, 0.9)
FEWEST = 5  # rated days
FIELDS = ("tau_off_d", "threshold", "baseline", "noise", "carry")
NAMES = ("Recovery time", "Drive that is noticed", "Rating without withdrawal", "Swing of a day", "Share carried over")

HEAD = """# Is what is learnt from daily ratings as sure as it says?

Written by `python -m scripts.calibrate_ratings`. {people} simulated people, seed {seed} (set beforehand): each drawn
from the prior, on a taper of 20 to 12 mg in steps of 2 mg and 12 days, who rates {fewest} to 60 of the 60 days.
{draws} draws each.

| parameter | in 50 % interval | in 90 % interval | chi-square of ranks | its p | variance removed | shrinkage |
|---|---|---|---|---|---|---|
{table}

Limits: 50 % ± {half:.1f} % and 90 % ± {nine:.1f} % (three binomial standard errors). {verdict}
Ranks: of the truth among {ranked} draws, in {bins} bins. Variance removed: median of people, on the scale of the prior.
Shrinkage: how much less the middles of posteriors differ between people than the truth does. Effective draws: lowest
{lowest:.0f}, median {median:.0f}. People of the model itself who are said to contradict it: {doubted:.1f} %.

Every number here is about the arithmetic. Whether people withdraw as the model says is not known: no individual course
of withdrawal is openly available.

![Ranks of the truth among the draws](learning_ratings.svg)
"""


@dataclass(frozen=True, slots=True)
class Calibration:
    """All people together, per parameter."""

    people: int
    held: Array  # (intervals, parameters): share of people whose interval holds the truth
    counts: Array  # (parameters, bins) of ranks
    moved: Array  # (parameters,)
    shrinkage: Array
    effective: tuple[float, float]  # lowest, median
    doubted: float

    def slack(self, share: float) -> float:
        """Three binomial standard errors."""
        return 3.0 * math.sqrt(share * (1.0 - share) / self.people)

    @property
    def faults(self) -> list[str]:
        """Every interval that holds the truth too rarely or too often."""
        return [
            f"{name}: the {share:.0%} interval holds the truth in {found:.1%}"
            for share, row in zip(CENTRAL, self.held, strict=True)
            for name, found in zip(NAMES, row, strict=True)
            if abs(found - share) > self.slack(share)
        ]

    @property
    def chi_squares(self) -> Array:
        expected = self.people / BINS
        found: Array = ((self.counts - expected) ** 2 / expected).sum(axis=1)
        return found


def learn(world: factory.World, rated: Rated, *, patient: str = "", draws: int = DRAWS, seed: int = 3) -> RatingsLearnt:
    """What these ratings teach of somebody of this world."""
    return learn_ratings(
        world.load,
        adaptation=world.adaptation,
        tau_on_d=world.tau_on_d,
        ratings=rated,
        numbers=factory.numbers(),
        seed=seed,
        patient=patient,
        draws=draws,
    )


def calibration(people: int, seed: int = SEED) -> Calibration:
    """So many people, learnt and compared with their truth."""
    world = factory.world()
    held, ranks, removed, truths, middles, effective, doubted = [], [], [], [], [], [], []
    for who in range(people):
        rng = np.random.default_rng((seed, who))
        _, person, rated = factory.somebody(world, factory.PRIOR, rng, fewest=FEWEST)
        found = learn(world, rated, patient=str(who))
        true = np.log([float(getattr(person, name)[0]) for name in FIELDS])
        draws = np.log(np.stack([getattr(found, name) for name in FIELDS]))
        ends = [np.quantile(draws, [0.5 - share / 2, 0.5 + share / 2], axis=1) for share in CENTRAL]
        held.append([(low <= true) & (true <= high) for low, high in ends])
        ranks.append((draws[:, :RANKED] < true[:, None]).sum(axis=1))
        removed.append([*(one.moved for one in found.parameters), math.nan])
        truths.append(true)
        middles.append(np.median(draws, axis=1))
        effective.append(found.effective)
        doubted.append("RATE-CONTRADICT" in found.doubts)
    bins = np.array(ranks).T * BINS // (RANKED + 1)
    return Calibration(
        people=people,
        held=np.mean(held, axis=0),
        counts=np.stack([np.bincount(row, minlength=BINS) for row in bins]).astype(float),
        moved=np.median(removed, axis=0),
        shrinkage=1.0 - np.std(middles, axis=0) / np.std(truths, axis=0),
        effective=(min(effective), float(np.median(effective))),
        doubted=float(np.mean(doubted)),
    )


def page(of: Calibration) -> str:
    rows = [
        f"| {name} | {100 * half:.1f} % | {100 * nine:.1f} % | {total:.1f} | {chi2.sf(total, BINS - 1):.2f} | "
        f"{'-' if math.isnan(moved) else f'{100 * moved:.0f} %'} | {100 * shrinkage:.0f} % |"
        for name, half, nine, total, moved, shrinkage in zip(
            NAMES, *of.held, of.chi_squares, of.moved, of.shrinkage, strict=True
        )
    ]
    faults = of.faults
    return HEAD.format(
        people=of.people,
        seed=SEED,
        fewest=FEWEST,
        draws=DRAWS,
        table="\n".join(rows),
        half=100 * of.slack(0.5),
        nine=100 * of.slack(0.9),
        verdict="Every interval lies within its limit." if not faults else f"Outside: {'; '.join(faults)}.",
        ranked=RANKED,
        bins=BINS,
        lowest=of.effective[0],
        median=of.effective[1],
        doubted=100 * of.doubted,
    )


def plot(of: Calibration) -> str:
    """One small histogram of ranks a parameter, with the band that holds 99 % of bins if all is right."""
    wide, high, gap = 200, 90, 34
    low, top = (float(end) for end in binom.ppf([0.005, 0.995], of.people, 1 / BINS))
    most = max(1.6 * of.people / BINS, float(of.counts.max()))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(NAMES) * (wide + 20)} {high + gap}" '
        'font-family="sans-serif" font-size="12" role="img"><title>Ranks of the truth among draws</title>',
        f"<desc>{of.people} simulated people. Level bars inside the band mean that intervals are as sure as they "
        "say.</desc>",
    ]
    for place, (name, counts) in enumerate(zip(NAMES, of.counts, strict=True)):
        left, down = 10 + place * (wide + 20), 18
        band_top, band = high * (1 - top / most), high * (top - low) / most
        parts.append(f'<text x="{left}" y="{down - 5}">{name}</text>')
        parts.append(f'<rect x="{left}" y="{down + band_top:.1f}" width="{wide}" height="{band:.1f}" fill="#ddd"/>')
        for number, count in enumerate(counts):
            tall, each = high * count / most, wide / BINS
            parts.append(
                f'<rect x="{left + number * each:.1f}" y="{down + high - tall:.1f}" width="{each - 1:.1f}" '
                f'height="{tall:.1f}" fill="#357"/>'
            )
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    found = calibration(PEOPLE)
    PAGE.write_text(page(found), encoding="utf-8")
    PLOT.write_text(plot(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
