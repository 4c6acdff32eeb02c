"""What holds for the decision whatever a diary says: worse never gives faster, one bad day changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.individual.diary_file import Diary, DiaryDay
from unclench.knowledge import knowledge
from unclench.planning.base_dose import base_dose
from unclench.planning.replan import DECISIONS, decide

TODAY = date(2026, 11, 22)
KNOWN = knowledge()
STRICT = {name: min(at, DECISIONS.index("hold")) for at, name in enumerate(DECISIONS)} | {"back-one-level": 9}

ratings = st.one_of(st.none(), st.integers(0, 10).map(float))
doses = st.one_of(st.none(), st.sampled_from([Decimal(mg) for mg in ("0", "2", "8", "9", "10", "20")]))
tapers = st.tuples(st.integers(0, 40), st.integers(1, 30), st.integers(0, 30)).map(
    lambda lengths: [Decimal(mg) for mg, days in zip(("10", "9", "8"), lengths, strict=True) for _ in range(days)]
)


def diary(taken, withdrawal, spasm) -> Diary:
    length = max(len(taken), 1)
    rows = []
    for at in range(length):
        on = TODAY - timedelta(days=length - 1 - at)
        one, two = (cells[at] if at < len(cells) else None for cells in (withdrawal, spasm))
        rows.append(DiaryDay(on, taken[at] if taken else None, one, two))
    return Diary(tuple(rows), TODAY)


@st.composite
def diaries(draw, doses_of=tapers):
    taken = draw(doses_of)
    cells = st.lists(ratings, min_size=len(taken), max_size=len(taken))
    return diary(taken, draw(cells), draw(cells))


learnt = st.one_of(
    st.none(),
    st.builds(
        lambda trusted, tau: SimpleNamespace(trusted=trusted, doubts=(), tau_off_d=np.full(3, tau)),
        st.booleans(),
        st.floats(1.0, 100.0),
    ),
)


def strictness(of: Diary, known_of_them) -> int:
    return STRICT[decide(of, None, known_of_them, KNOWN).decision]


def rated(of: Diary) -> list[int]:
    return [at for at, day in enumerate(of.days) if day.withdrawal is not None]


def with_rating(of: Diary, at: int, rating: float) -> Diary:
    return Diary((*of.days[:at], replace(of.days[at], withdrawal=rating), *of.days[at + 1 :]), of.until)


@pytest.mark.verifies("P5", "M9")
@given(diaries(), learnt, st.data())
def test_worse_ratings_of_the_last_days_never_give_a_faster_plan(of: Diary, what, data) -> None:
    recent = rated(of)[-7:]
    before = strictness(of, what)
    for at in recent:
        worse = data.draw(st.floats(of.days[at].withdrawal, 10.0))
        of = with_rating(of, at, worse)
        after = strictness(of, what)
        assert after >= before
        before = after


@pytest.mark.verifies("P5", "M9")
@given(st.integers(0, 29), st.floats(0.0, 10.0), st.lists(st.floats(0.0, 1.0), min_size=30, max_size=30))
def test_one_bad_day_never_changes_the_plan(at: int, bad: float, calm: list[float]) -> None:
    """Whatever the day and however bad; only the speeding-up waits for two calm weeks."""
    taken = [Decimal(10)] * 14 + [Decimal(9)] * 16
    of = diary(taken, calm, [])
    assert decide(of, None, None, KNOWN).decision == "go-on"
    assert decide(with_rating(of, at, bad), None, None, KNOWN).decision == "go-on"


@pytest.mark.verifies("P5")
@given(diaries(), learnt, st.data())
def test_spasm_never_makes_the_taper_slower_or_stops_it(of: Diary, what, data) -> None:
    other = st.lists(ratings, min_size=len(of.days), max_size=len(of.days))
    spasm = data.draw(other)
    moved = Diary(tuple(replace(day, spasm=new) for day, new in zip(of.days, spasm, strict=True)), of.until)
    found = {decide(one, None, what, KNOWN).decision for one in (of, moved)}
    assert len(found) == 1 or found == {"faster", "go-on"}


@pytest.mark.verifies("P5")
@given(diaries(st.lists(doses, min_size=1, max_size=40)), learnt)
def test_every_diary_gets_a_decision_with_a_reason(of: Diary, what) -> None:
    found = decide(of, None, what, KNOWN)
    assert found.decision in DECISIONS
    assert found.because
    assert (found.back_to_mg is not None) == (found.decision == "back-one-level")
    assert (found.hold_days > 0) == (found.decision in ("hold", "back-one-level"))
    for fact in found.facts:
        assert KNOWN.has("limits", fact) or KNOWN.has("statements", fact)


@pytest.mark.verifies("P5")
@given(diaries(st.lists(doses, min_size=1, max_size=40)))
def test_the_rest_starts_from_a_dose_that_was_taken_this_week_or_is_asked(of: Diary) -> None:
    mg, because = base_dose(of, None, KNOWN)
    assert because
    taken = [dose for _, dose in of.taken()]
    if mg is not None:
        assert mg > 0
        above = [dose for dose in taken[-7:] if dose > 0]
        assert mg <= max(above)
        assert mg in above or "up and down" in because[0]
    elif taken and (of.until - of.taken()[-1][0]).days <= 7:
        assert "nothing" in because[0].lower()


@pytest.mark.verifies("P5")
@given(st.lists(st.sampled_from([Decimal(8), Decimal(10)]), min_size=1, max_size=20), st.sampled_from(["20", "40"]))
def test_one_emergency_dose_does_not_raise_the_base(taken: list[Decimal], high: str) -> None:
    mg, _ = base_dose(diary([*taken, Decimal(high)], [], []), None, KNOWN)
    assert mg is not None
    assert mg <= max(taken)
