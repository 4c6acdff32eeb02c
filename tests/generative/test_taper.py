"""Whatever is asked, a taper only falls, keeps every cap on every day, can be counted out, and ends."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cache
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.taper_people import ON, breaks_of_the_window, takes
from unclench.consult import made_with
from unclench.individual.diary_file import Diary, DiaryDay
from unclench.knowledge import knowledge
from unclench.planning.dispense_doses import reachable
from unclench.planning.dispense_stock import stock_of
from unclench.planning.taper import plan_taper, rungs_of
from unclench.planning.taper_best import best_doses, judge_of
from unclench.planning.taper_caps import Caps, caps_of
from unclench.planning.taper_ground import Seen
from unclench.planning.taper_ladder import Ladder
from unclench.planning.taper_pace import Length, Rungs, begins_of, ladder_of
from unclench.planning.taper_search import Judge, beginnings, search
from unclench.planning.taper_shapes import equal_effect, linear, proportional, published, stretched
from unclench.planning.taper_start import Start, start_of_taper
from unclench.planning.taper_wish import Wish
from unclench.report.json_taper import taper_json
from unclench.simulation.taper_model import Falling, falling
from unclench.values import Jurisdiction, RecordError, RegimenError

pytestmark = pytest.mark.verifies("P5")
FACTS = knowledge()
NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "night"
CHOICES = (
    (),
    ("tablets",),
    ("2",),
    ("2,5",),
    ("5", "10"),
    ("liquid",),
    ("no-halves",),
    ("2", "liquid"),
    ("no-halves", "2"),
)


def few(examples: int, many: int):
    """So many by day, as a whole taper is planned each time; more by night."""
    return settings(max_examples=many if NIGHT else examples, suppress_health_check=list(HealthCheck))


@st.composite
def asked(draw):
    """A dose that can be made, for how long, of what, how fast, from when."""
    where, times = draw(st.sampled_from(("us", "uk"))), draw(st.integers(1, 4))
    doses = reachable(stock_of(FACTS, where), Decimal(40), times)
    mg = draw(st.sampled_from(doses))
    weeks = draw(st.one_of(st.none(), st.integers(1, 60)))
    wish = Wish(
        start_on=draw(st.one_of(st.none(), st.integers(0, 60).map(lambda days: ON + timedelta(days=days)))),
        pace=draw(st.sampled_from(("auto", "slow", "usual", "fast"))),
        weeks=weeks,
        products=draw(st.sampled_from(CHOICES)),
        supply_days=draw(st.sampled_from((None, 7, 14))),
        quick=True,
    )
    return where, times, mg, draw(st.sampled_from((0.3, 0.7, 2.0, 5.0, 14.0, 120.0))), wish


def independently_held(taper) -> None:
    """Every rule counted again from the daily list alone."""
    doses = [day.mg for day in taper.days]
    dates = [day.on for day in taper.days]
    assert all(after <= before for before, after in pairwise([taper.from_mg, *doses]))
    assert dates == [dates[0] + timedelta(days=count) for count in range(len(dates))]
    assert doses[-1] == 0
    assert all(doses[:-1])
    assert taper.days[-1].intakes == ()
    for day in taper.days:
        assert sum((unit.mg_each * unit.count for one in day.intakes for unit in one.units), Decimal(0)) == day.mg
        assert sum((unit.mg_each * unit.count for unit in day.units), Decimal(0)) == day.mg
    if taper.need == "taper":
        assert breaks_of_the_window([taper.from_mg] * 14, doses) == []
        last = doses[-2]
        assert last <= 1
    cuts = [(on, before, after) for on, before, after in zip(dates, [taper.from_mg, *doses], doses, strict=False)]
    assert [(cut.on, cut.from_mg, cut.to_mg) for cut in taper.cuts] == [cut for cut in cuts if cut[1] != cut[2]]


def counted_again(taper) -> None:
    """What is prescribed is what the days take, halves of a supply rounded up; no supply is longer than it may be."""
    given_out = [day for day in taper.days if day.intakes]
    found = taper.supply.prescriptions
    assert found[0].from_on == given_out[0].on
    assert found[-1].to_on == given_out[-1].on
    assert all(after.from_on == before.to_on + timedelta(days=1) for before, after in pairwise(found))
    for one in found:
        assert (one.to_on - one.from_on).days < taper.supply.interval_days
        counts: dict[str, Decimal] = defaultdict(Decimal)
        for day in given_out:
            if one.from_on <= day.on <= one.to_on:
                for unit in day.units:
                    counts[unit.product] += unit.count
        for line in one.lines:
            needed = counts.pop(line.product)
            whole = FACTS.get("products", line.product).form == "tablet"
            assert line.count == (needed.to_integral_value(ROUND_CEILING) if whole else needed)
        assert not counts
    assert taper.supply.total_mg == sum(day.mg for day in taper.days)


@few(25, 600)
@given(asked())
def test_every_taper_only_falls_keeps_every_cap_sums_and_ends(case):
    where, times, mg, months, wish = case
    try:
        taper = plan_taper(takes(mg, months, times=times, where=where), wish)
    except (RegimenError, RecordError):
        return
    if taper.need in ("none", "specialist"):
        assert taper.days == ()
        assert taper.schedule is None
        assert bool(taper.hold) == (taper.need == "specialist")
        return
    independently_held(taper)
    counted_again(taper)
    assert taper.proofs
    assert all(proof.holds for proof in taper.proofs)
    told = " ".join(proof.say for proof in taper.proofs)
    assert ("exempt" in told) == (taper.need == "step-down")
    assert taper.days[0].on == (wish.start_on or ON)
    if wish.weeks is not None and taper.need == "taper":
        assert taper.weeks == wish.weeks
    first = taper.cuts[0]
    if taper.need == "taper":
        assert first.from_mg - first.to_mg <= max(first.from_mg / 10, Decimal(1))
    same(taper, where)


def same(taper, where) -> None:
    """The JSON is the values."""
    told = json.loads(taper_json(taper, on=ON, jurisdiction=Jurisdiction(where), made_with=made_with()))
    assert [(day["date"], day["mg"]) for day in told["days"]] == [
        (day.on.isoformat(), float(day.mg)) for day in taper.days
    ]
    for day, said in zip(taper.days, told["days"], strict=True):
        assert [(one["product"], one["mg_each"], one["count"]) for one in said["units"]] == [
            (unit.product, float(unit.mg_each), float(unit.count)) for unit in day.units
        ]
    assert [(cut["date"], cut["from_mg"], cut["to_mg"]) for cut in told["cuts"]] == [
        (cut.on.isoformat(), float(cut.from_mg), float(cut.to_mg)) for cut in taper.cuts
    ]
    assert [(proof["rule"], proof["holds"]) for proof in told["proofs"]] == [
        (proof.rule, proof.holds) for proof in taper.proofs
    ]
    assert [proof["worst"] for proof in told["proofs"]] == pytest.approx(
        [proof.worst for proof in taper.proofs], rel=1e-3
    )
    assert told["peak_withdrawal_drive"]["worst_fifth"] == pytest.approx(taper.peak.worst_fifth, rel=1e-3)


# The search.


@cache
def stands(mg: Decimal, months: float, times: int = 2) -> tuple[Start, Falling]:
    """People like this one, and where the taper starts."""
    appraisal = takes(mg, months, times=times)
    stock = stock_of(FACTS, "us")
    start = start_of_taper(appraisal, None, None, FACTS, rungs=reachable(stock, Decimal(100), 1))
    assert start is not None
    people = falling(
        body=appraisal.body, exposure=appraisal.exposure, on=ON, history=start.history, people=60, clock_h=start.clock_h
    )
    return start, people


def laid_out(mg: Decimal, pace: str, slots: int | None, products: tuple[str, ...]) -> tuple[Length, Judge, Start]:
    """The ladder and its judge; None: as many slots as the caps need and a few more."""
    start, people = stands(mg, 14.0)
    row = FACTS.get("paces", pace)
    ladder = ladder_of(row, start, rungs_of(stock_of(FACTS, "us", products), start), caps_of(FACTS))
    fewest = ladder.shortest(400)
    assume(fewest is not None)
    length = Length(row, ladder, begins_of(fewest + (slots or 0), row.interval_days, ()))
    return length, judge_of(length, start, people, FACTS), start


lengths = st.tuples(
    st.sampled_from([Decimal(mg) for mg in (2, 4, 5, 8, 10, 15, 20, 30)]),
    st.sampled_from(("slow", "usual", "fast")),
    st.integers(0, 6),
    st.sampled_from(((), ("tablets",), ("liquid",))),
)


@few(6, 100)
@given(lengths)
def test_the_search_is_never_worse_than_any_published_schedule_or_family_of_its_length(case):
    length, judged, start = laid_out(*case)
    slots, from_mg, last = length.slots, float(start.from_mg), min(1.0, float(start.from_mg))
    doses, worst = best_doses(judged, length, start, FACTS)
    found = np.array([[float(mg) for mg in doses]])
    assert judged.worst(found)[0] == pytest.approx(worst, rel=1e-6)
    others = [stretched(one.daily(), slots) for one in published(FACTS, start.from_mg) if one.steps]
    others += [linear(from_mg, slots), proportional(from_mg, slots, last)]
    others += [equal_effect(from_mg, slots, ed50) for ed50 in (3.0, 6.0, 12.0, 25.0, 50.0, 150.0)]
    for target in others:
        places = length.ladder.fitted(target)
        if places is not None:
            assert length.ladder.allowed(places[None])[0]
            assert worst <= judged.worst(length.ladder.mg[places][None])[0] + 1e-6


@few(4, 60)
@given(lengths)
def test_finer_steps_are_never_clearly_worse(case):
    """The search is local: what a finer ladder offers it may miss, but never by more than 2 %.

    A pace is stricter where small steps can be made: what it would no longer allow is not compared.
    """
    mg, pace, more, _ = case
    assume(mg <= 15)
    coarse, judged, start = laid_out(mg, pace, more, ("tablets",))
    both = rungs_of(stock_of(FACTS, "us", ("tablets", "liquid")), start)
    assume(set(coarse.ladder.doses) - {Decimal(0)} <= set(both.doses))
    fine = Length(coarse.pace, ladder_of(coarse.pace, start, both, caps_of(FACTS)), coarse.begins)
    doses, worst = best_doses(judged, coarse, start, FACTS)
    assume(fine.ladder.allowed(np.array([[fine.ladder.doses.index(one) for one in doses]]))[0])
    assert best_doses(judged, fine, start, FACTS)[1] <= worst * 1.02


@few(6, 200)
@given(
    st.sampled_from([Decimal(mg) for mg in (3, 4, 5)]),
    st.integers(4, 6),
    st.integers(5, 7),
    st.integers(0, 2**16),
)
def test_on_a_small_ladder_the_search_finds_what_trying_everything_finds(mg, slots, count, seed):
    start, people = stands(mg, 14.0)
    drawn = np.random.default_rng(seed).choice(np.arange(1, int(mg * 10)), size=count, replace=False)
    doses = (mg, *(Decimal(int(tenth)) / 10 for tenth in sorted(drawn, reverse=True)), Decimal(0))
    caps: Caps = caps_of(FACTS)
    ladder = Ladder(from_mg=mg, doses=doses, slot_days=14, caps=caps)
    every = np.array(
        [row for row in product(range(len(doses) - 1), repeat=slots) if all(a <= b for a, b in pairwise(row))]
    )
    kept = every[ladder.allowed(every)]
    row = FACTS.get("paces", "usual")
    length = Length(row, ladder, begins_of(slots, 14, ()))
    judged = judge_of(length, start, people, FACTS)
    found = search(judged, ladder, beginnings(ladder, slots))
    assert (found is None) == (not kept.shape[0])
    if found is not None:
        assert ladder.allowed(found.places[None])[0]
        assert found.worst <= judged.worst(ladder.mg[kept]).min() * 1.01


def test_the_best_without_constraints_is_never_worse_than_what_was_found():
    for mg, months in ((Decimal(5), 5.0), (Decimal(20), 14.0)):
        taper = plan_taper(takes(mg, months))
        assert taper.loss is not None
        assert 0 < taper.loss[1] <= taper.loss[0]
        chosen = next(one for one in taper.compared if one.chosen)
        assert chosen.drive.worst_fifth == pytest.approx(taper.loss[0], rel=0.02)
        assert chosen.meets_caps
        assert chosen.makeable


# Planned again.

PLANNED = [Decimal(mg) for mg in ("20", "18", "16", "14.5", "13", "12")]


@st.composite
def diaries(draw):
    """Doses of the last weeks at or below what was planned; gaps, an emergency dose, a missed week, ratings."""
    length = draw(st.integers(1, 70))
    taken = [PLANNED[min(day // 14, len(PLANNED) - 1)] for day in range(length)]
    lower = draw(st.integers(0, length))
    taken = (
        [
            mg if day < lower else min(mg, Decimal(draw(st.sampled_from(("8", "10", "12", "20")))))
            for day, mg in enumerate(taken)
        ]
        if draw(st.booleans())
        else taken
    )
    missed = set(range(at := draw(st.integers(0, length)), at + draw(st.sampled_from((0, 1, 7)))))
    gone = set(range(at := draw(st.integers(0, length)), at + draw(st.sampled_from((0, 1, 7)))))
    emergency = draw(st.one_of(st.none(), st.integers(0, length - 1)))
    high = draw(st.integers(0, 8))
    rows = []
    for day, mg in enumerate(taken):
        if day in gone and day:
            continue
        dose = Decimal(0) if day in missed else mg + 10 if day == emergency else mg
        rated = draw(st.one_of(st.none(), st.integers(max(high - 1, 0), high + 1).map(float)))
        rows.append(DiaryDay(ON - timedelta(days=length - day), dose, rated, None))
    return Diary(tuple(rows), ON)


@few(8, 200)
@given(diaries(), st.sampled_from(("auto", "fast")))
def test_the_rest_of_a_taper_is_never_faster_than_the_caps_from_what_was_really_taken(diary, pace):
    taper = plan_taper(takes(20), Wish(quick=True, pace=pace), seen=Seen(diary=diary))
    assert taper.learning is not None
    if not taper.days:
        assert taper.hold
        return
    independently_held(taper)
    assert all(proof.holds for proof in taper.proofs)
    recorded = diary.taken()
    assert taper.from_mg <= max(mg for _, mg in recorded)
    last = dict(recorded)
    # What was steadily taken in the last two weeks counts towards the window of the first new cut.
    cut = next(one for one in taper.cuts)
    base = taper.from_mg
    lately = [last.get(ON - timedelta(days=ago), base) for ago in range(14, 0, -1)]
    steady = [mg if sum(each >= mg for each in lately) > 1 else base for mg in lately]
    if all(after <= before for before, after in pairwise(steady)) and (cut.on - ON).days < 14 and steady[0] > base:
        fall = steady[0] - cut.to_mg
        within = [mg for mg in steady[(cut.on - ON).days :] if mg > base]
        assert not within, f"{fall} mg within 14 days"


@few(4, 60)
@given(st.integers(0, 3), st.integers(1, 5), st.sampled_from(((10, 14), (20, 21))))
def test_worse_ratings_never_give_a_shorter_rest(low, worse, case):
    mg, length = case

    def rest(rating: int):
        rows = [
            DiaryDay(ON - timedelta(days=ago), Decimal(mg) if ago > 5 else Decimal(mg) * 9 / 10, float(rating), None)
            for ago in range(length, 0, -1)
        ]
        return plan_taper(takes(mg), Wish(quick=True), seen=Seen(diary=Diary(tuple(rows), ON)))

    fine, bad = rest(low), rest(min(low + worse, 10))
    if fine.days and bad.days:
        assert bad.days[-1].on >= fine.days[-1].on
        assert bad.cuts[0].on >= fine.cuts[0].on


def test_rungs_of_another_kind_are_never_mixed():
    """Tablets, then the liquid for good: never back."""
    taper = plan_taper(takes(20), Wish(quick=True))
    forms = [{FACTS.get("products", unit.product).form for unit in day.units} for day in taper.days if day.intakes]
    assert all(len(one) == 1 for one in forms)
    turns = [(one, two) for one, two in pairwise(forms) if one != two]
    assert turns in ([], [({"tablet"}, {"solution"})])
    assert isinstance(rungs_of(stock_of(FACTS, "us"), stands(Decimal(2), 14.0)[0]), Rungs)
