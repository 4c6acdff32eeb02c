"""What must hold for any list of medicines: direction, order, bounds and few steps."""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.appraisal.exposure import exposure
from unclench.appraisal.exposure_time import MOST_SEGMENTS
from unclench.appraisal.findings import CurrentMedicine, Exposure
from unclench.knowledge.load import Knowledge, load_all
from unclench.values import Answer

ON = date(2026, 11, 22)
INHIBITORS = (
    "fluvoxamine", "fluconazole", "voriconazole", "itraconazole", "clarithromycin", "omeprazole", "cimetidine",
    "isoniazid", "diltiazem", "ciprofloxacin", "fluoxetine", "disulfiram", "metoprolol", "ticlopidine", "stiripentol",
)  # fmt: skip
INDUCERS = ("rifampin", "carbamazepine", "st johns wort", "phenytoin", "enzalutamide")
NOTHING = ("pantoprazole", "ranitidine", "amoxicillin", "theophylline")


@cache
def facts() -> Knowledge:
    return load_all([], names=frozenset({"ratios", "perpetrators", "parameters", "limits", "drugs", "statements"}))


days = st.one_of(st.none(), st.integers(-90, 90)).map(lambda day: None if day is None else ON + timedelta(days=day))


@st.composite
def medicines(draw: st.DrawFn, names: tuple[str, ...] = INHIBITORS + INDUCERS + NOTHING) -> CurrentMedicine:
    active = draw(st.sampled_from(list(Answer)))
    return CurrentMedicine("x", (draw(st.sampled_from(names)),), frozenset(), active, draw(days), draw(days), None, ())


lists = st.lists(medicines(), max_size=7).map(tuple)
phenotypes = st.sampled_from([None, "PM", "IM", "NM", "RM", "UM"])


def of(entries: tuple[CurrentMedicine, ...], cyp2c19: str | None) -> Exposure:
    return exposure(entries, cyp2c19=cyp2c19, on=ON, facts=facts())


def steady(*drugs: str) -> tuple[CurrentMedicine, ...]:
    return tuple(CurrentMedicine("x", (drug,), frozenset(), Answer.YES, None, None, None, ()) for drug in drugs)


@pytest.mark.verifies("A3")
@given(lists, phenotypes)
def test_the_order_of_medicines_does_not_matter(entries: tuple[CurrentMedicine, ...], cyp2c19: str | None) -> None:
    assert of(entries, cyp2c19) == of(tuple(reversed(entries)), cyp2c19)


@given(lists, phenotypes)
def test_steps_are_few_ordered_and_possible(entries: tuple[CurrentMedicine, ...], cyp2c19: str | None) -> None:
    found = of(entries, cyp2c19)
    assert 1 <= len(found.segments) <= MOST_SEGMENTS
    starts = [step.from_h for step in found.segments]
    assert starts[0] == -math.inf
    assert starts == sorted(set(starts))
    assert all(0.01 < value < 100 for step in found.segments for value in (step.diazepam, step.nordazepam))


@given(lists, phenotypes)
def test_every_range_holds_its_value(entries: tuple[CurrentMedicine, ...], cyp2c19: str | None) -> None:
    found = of(entries, cyp2c19)
    assert found.low <= found.ratio <= found.high
    assert all(change.low <= change.ratio <= change.high for change in found.changes)
    assert found.log_sd >= 0


# No list holds a whole measured combination: its ratio would speak for its members.
apart = st.lists(st.sampled_from(INHIBITORS + INDUCERS + NOTHING), max_size=6, unique=True)


@pytest.mark.verifies("A3")
@given(apart, st.sampled_from(INHIBITORS), phenotypes)
def test_an_inhibitor_never_lowers_exposure(drugs: list[str], added: str, cyp2c19: str | None) -> None:
    before, after = of(steady(*drugs), cyp2c19), of(steady(*drugs, added), cyp2c19)
    assert after.ratio >= before.ratio * (1 - 1e-9)
    assert after.segments[-1].diazepam <= before.segments[-1].diazepam * (1 + 1e-9)
    assert after.segments[-1].nordazepam <= before.segments[-1].nordazepam * (1 + 1e-9)


@pytest.mark.verifies("A3")
@given(apart, st.sampled_from(INDUCERS), phenotypes)
def test_an_inducer_never_raises_exposure(drugs: list[str], added: str, cyp2c19: str | None) -> None:
    before, after = of(steady(*drugs), cyp2c19), of(steady(*drugs, added), cyp2c19)
    assert after.ratio <= before.ratio * (1 + 1e-9)
    assert after.segments[-1].diazepam >= before.segments[-1].diazepam * (1 - 1e-9)
    assert after.segments[-1].nordazepam >= before.segments[-1].nordazepam * (1 - 1e-9)


@given(st.lists(st.sampled_from(INHIBITORS), max_size=5, unique=True))
def test_less_cyp2c19_never_means_less_diazepam(drugs: list[str]) -> None:
    ratios = [of(steady(*drugs), phenotype).ratio for phenotype in ("UM", "RM", "NM", "IM", "PM")]
    assert ratios == sorted(ratios)


@given(st.lists(medicines(INHIBITORS), max_size=4).map(tuple))
def test_inhibitors_never_speed_clearance_at_any_hour(entries: tuple[CurrentMedicine, ...]) -> None:
    assert all(step.diazepam <= 1 + 1e-9 and step.nordazepam <= 1 + 1e-9 for step in of(entries, "NM").segments)
