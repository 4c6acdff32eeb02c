"""Findings merged by cause, and ranked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.consultation_factory import finding
from unclench.report.merge import merged
from unclench.values import Answer, Effect, Severity


def test_one_cause_is_one_entry_headed_by_the_strongest_effect():
    weak = finding("A", "weak", Effect.CHANGE, Severity.MAJOR, cause="age", because=("a",))
    strong = finding("B", "strong", Effect.SECOND_LINE, Severity.CAUTION, cause="age", because=("b", "a"))
    (one,) = merged((weak, strong))
    assert (one.rule, one.others, one.title) == ("B", ("A",), "strong")
    assert one.because == ("b", "a")
    assert one.severity is Severity.MAJOR


def test_the_worst_comes_first_and_what_is_not_known_last():
    block = finding("Z", "block", Effect.BLOCK, Severity.CONTRAINDICATED)
    note = finding("A", "note", Effect.NOTE, Severity.INFO)
    unsure = finding("B", "unsure", Effect.BLOCK, Severity.CONTRAINDICATED, answer=Answer.CANNOT_SAY)
    assert [one.rule for one in merged((note, unsure, block))] == ["Z", "A", "B"]


def test_an_unknown_never_hides_behind_a_known_finding_of_the_same_cause():
    known = finding("A", "known", Effect.CHANGE, Severity.CAUTION, cause="opioid")
    unsure = finding("B", "unsure", Effect.AVOID, Severity.AVOID, cause="opioid", answer=Answer.CANNOT_SAY)
    assert [(one.rule, one.answer) for one in merged((known, unsure))] == [
        ("A", Answer.YES),
        ("B", Answer.CANNOT_SAY),
    ]


def test_no_is_left_out_and_an_empty_cause_stands_alone():
    no = finding("A", "no", Effect.BLOCK, Severity.CONTRAINDICATED, answer=Answer.NO)
    one, two = (finding(rule, rule, Effect.NOTE, Severity.INFO, cause="") for rule in "BC")
    assert [item.rule for item in merged((no, one, two))] == ["B", "C"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_the_findings_does_not_matter(order):
    some = tuple(
        replace(finding(f"R{index}", "t", effect, severity), cause=f"c{index % 3}")
        for index, (effect, severity) in enumerate(zip(Effect, list(Severity)[:5], strict=True))
    )
    assert [one.rule for one in merged(some[::order])] == [one.rule for one in merged(some)]
