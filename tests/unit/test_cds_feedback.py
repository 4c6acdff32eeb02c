"""Feedback: what is required, what is counted once, what is never kept; and the filter of repeated cards."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import cds_factory as made
from unclench.interfaces.web.hooks import routes
from unclench.interfaces.web.hooks.repeat import KEPT_S, Asker, RepeatFilter
from unclench.interfaces.web.hooks.told import MOST_COUNTS, UNKNOWN, Bounded, Report, Reported, Told
from unclench.report.card_links import override_reasons
from unclench.report.schema_cards import Card, CardsOut, Coding, Source

pytestmark = pytest.mark.verifies("W2")
CARD = "46dc52c3-9c1e-487c-af54-350232a98ea8"
PATH = "/cds-services/unclench-order-select/feedback"
CANARY = "CANARY-Mrs-Example-of-12-Test-Street"


def accepted(**more: Any) -> dict[str, Any]:
    item = {
        "card": CARD,
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": "f3e0cf42-01dc-47d9-9c23-dbd78404b9a7"}],
        "outcomeTimestamp": "2026-11-21T22:45:11.906Z",
    }
    return {key: value for key, value in {**item, **more}.items() if value is not None}


def overridden(**more: Any) -> dict[str, Any]:
    return accepted(outcome="overridden", acceptedSuggestions=None, **more)


def card(uuid: str = CARD, rule: str = "INT-01", indicator: Any = "warning") -> Card:
    source = Source("Unclench", topic=Coding(rule, "https://example.org/rules", rule))
    return Card(uuid, "Words", indicator, source)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Told]]:
    made_here: list[Told] = []

    def remembering(file: str = "") -> Told:
        made_here.append(Told(file))
        return made_here[-1]

    monkeypatch.setattr(routes, "Told", remembering)
    return iter([made_here])


@pytest.fixture
def counting(told: Iterator[list[Told]]) -> Iterator[tuple[Any, Told]]:
    there = next(told)
    with made.web() as client:
        yield client, there[-1]


@pytest.mark.point(87, 88, 97)
def test_feedback_on_several_cards_is_taken(counting: tuple[Any, Told]) -> None:
    client, told = counting
    told.remember([card(), card("c41eb0d0-eee6-424d-8e32-90561089a5c2", "CI-05")])
    other = overridden(card="C41EB0D0-EEE6-424D-8E32-90561089A5C2")
    answer = client.post(PATH, json={"feedback": [accepted(), other]})
    assert (answer.status_code, answer.content) == (200, b"")
    assert sorted((one.rule, one.outcome) for one in told.counts) == [("CI-05", "overridden"), ("INT-01", "accepted")]
    assert client.post(PATH, json={"feedback": []}).status_code == 200


@pytest.mark.point(89, 90, 91)
@pytest.mark.parametrize(
    "item",
    [
        accepted(card=None),
        accepted(card=""),
        accepted(card=7),
        accepted(outcome=None),
        accepted(outcome="ignored"),
        accepted(outcome=["accepted"]),
        accepted(outcomeTimestamp=None),
        accepted(outcomeTimestamp="yesterday"),
        accepted(outcomeTimestamp="2026-11-21T22:45:11"),  # no zone
        accepted(outcomeTimestamp=1700000000),
        accepted(outcomeTimestamp="0001-01-01T00:00:00+23:59"),
        accepted(acceptedSuggestions=None),
        accepted(acceptedSuggestions=[]),
        accepted(acceptedSuggestions=[{}]),
        accepted(acceptedSuggestions=["x"]),
        overridden(overrideReason={}),
        overridden(overrideReason={"reason": {}}),
        overridden(overrideReason="too busy"),
        overridden(overrideReason={"userComment": "x" * 4001}),
        None,
        [],
    ],
)
def test_what_the_standard_requires_is_required(counting: tuple[Any, Told], item: Any) -> None:
    client, told = counting
    answer = client.post(PATH, json={"feedback": [accepted(), item]})
    assert answer.status_code == 400
    assert made.is_outcome(answer)
    assert not told.counts  # all or nothing


@pytest.mark.point(88)
@pytest.mark.parametrize("body", [{}, {"feedback": {}}, {"feedback": None}, [], {"feedback": [accepted()] * 201}])
def test_feedback_is_a_list_in_an_object(counting: tuple[Any, Told], body: Any) -> None:
    assert counting[0].post(PATH, json=body).status_code == 400


@pytest.mark.point(91, 93)
def test_an_override_may_come_without_a_reason_and_a_code_without_its_display(counting: tuple[Any, Told]) -> None:
    client, told = counting
    assert client.post(PATH, json={"feedback": [overridden()]}).status_code == 200
    coded = overridden(overrideReason={"reason": {"code": "benefit", "system": "https://example.org/or"}})
    assert client.post(PATH, json={"feedback": [coded]}).status_code == 200
    words = overridden(overrideReason={"userComment": "words"})
    assert client.post(PATH, json={"feedback": [words]}).status_code == 200
    offered = override_reasons()[0]
    ours = overridden(overrideReason={"reason": {"code": offered.code, "system": offered.system}})
    assert client.post(PATH, json={"feedback": [ours]}).status_code == 200
    # A code that our cards do not offer may say anything: it is counted, and not kept.
    assert {one.reason for one in told.counts} == {"", "other", offered.code}


@pytest.mark.point(92)
def test_a_report_that_comes_twice_is_counted_once(counting: tuple[Any, Told]) -> None:
    client, told = counting
    told.remember([card()])
    for _ in range(3):
        assert client.post(
            PATH, json={"feedback": [accepted(), accepted(outcomeTimestamp="2026-11-22T01:00:00Z")]}
        ).is_success
    assert list(told.counts.values()) == [1]


@pytest.mark.point(94)
def test_an_unknown_card_is_quietly_counted_as_unknown(counting: tuple[Any, Told]) -> None:
    client, told = counting
    for one in (CARD, "not-a-uuid"):
        answer = client.post(PATH, json={"feedback": [accepted(card=one)]})
        assert (answer.status_code, answer.content) == (200, b"")
    assert {one.rule for one in told.counts} == {UNKNOWN}
    assert sum(told.counts.values()) == 2


@pytest.mark.point(95)
def test_words_and_made_up_codes_are_kept_nowhere(told: Iterator[list[Told]], tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    there = next(told)
    reason = {"reason": {"code": CANARY, "system": CANARY, "display": CANARY}, "userComment": CANARY}
    item = overridden(overrideReason=reason, extension={"note": CANARY})
    with made.web(feedback_file=str(file)) as client:
        there[-1].remember([card()])
        answer = client.post(PATH, json={"feedback": [item, overridden(card=CANARY)], "note": CANARY})
        assert (answer.status_code, answer.content) == (200, b"")
        wrong = client.post(PATH, json={"feedback": [{**item, "outcome": CANARY}]})
    assert CANARY not in wrong.text
    assert CANARY not in repr(vars(there[-1]))
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == {"rule": "INT-01", "outcome": "overridden", "reason": "other", "hour": "2026-11-21T22Z"}
    assert all(set(line) == {"rule", "outcome", "reason", "hour"} for line in lines)
    assert CANARY not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_hour_is_that_of_the_report_in_utc(counting: tuple[Any, Told]) -> None:
    client, told = counting
    client.post(PATH, json={"feedback": [accepted(outcomeTimestamp="2026-11-22T00:15:00+02:00")]})
    assert [one.hour for one in told.counts] == ["2026-11-21T22Z"]


@pytest.mark.point(116)
def test_feedback_for_an_unknown_service_is_404(counting: tuple[Any, Told]) -> None:
    answer = counting[0].post("/cds-services/nobody/feedback", json={"feedback": [accepted()]})
    assert answer.status_code == 404
    assert made.is_outcome(answer)


def test_what_is_remembered_is_bounded() -> None:
    held: Bounded[int, int] = Bounded(3)
    for number in range(10):
        held.keep(number, number)
    assert len(held) == 3
    assert [held.get(number) for number in (6, 7, 9)] == [None, 7, 9]
    told = Told()
    for number in range(MOST_COUNTS + 50):
        hour = f"{2000 + number // 8760:04}-{number % 8760:04}"
        told.report([Reported(str(number), "accepted", "", hour)])
    assert len(told.counts) == MOST_COUNTS
    assert Report(UNKNOWN, "accepted", "", "2000-0000") not in told.counts  # the oldest went


@pytest.mark.point(121)
def test_repeated_cards_are_shown_unless_the_configuration_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = CardsOut((card(), card("f3e0cf42-01dc-47d9-9c23-dbd78404b9a7", "CI-05", "critical")))
    monkeypatch.setattr(routes, "cards_for", lambda *_: cards)
    for asked, then in ((False, 2), (True, 1)):
        with made.web(repeat_filter=asked) as client:
            shown = [
                client.post(made.service_of(hook), json=made.call(hook)).json()["cards"]
                for hook in ("order-select", "order-sign")
            ]
        assert [len(one) for one in shown] == [2, then]
        assert shown[1][-1]["indicator"] == "critical"  # never left out


@pytest.mark.point(121)
def test_only_the_same_patient_user_order_and_rule_is_a_repeat() -> None:
    now = [0.0]
    repeats = RepeatFilter(clock=lambda: now[0])
    who = Asker("c", "u", "p")
    assert repeats.is_fresh(card(), who, order="o")
    assert not repeats.is_fresh(card(uuid="f3e0cf42-01dc-47d9-9c23-dbd78404b9a7"), who, order="o")
    for other in (Asker("x", "u", "p"), Asker("c", "x", "p"), Asker("c", "u", "x")):
        assert repeats.is_fresh(card(), other, order="o")
    assert repeats.is_fresh(card(), who, order="another")
    assert repeats.is_fresh(card(rule="INT-02"), who, order="o")
    assert repeats.is_fresh(card(), Asker("cu", "", "p"), order="o")  # parts are not run together
    now[0] = KEPT_S + 1
    assert repeats.is_fresh(card(), who, order="o")


@pytest.mark.point(121)
def test_an_order_that_was_shown_while_choosing_is_not_shown_again_at_signing() -> None:
    """By default it is. With the filter, another order of the same patient still is."""
    other = made.sloppy_diazepam("request-2")
    with made.web(repeat_filter=True) as client:
        first = client.post(made.service_of("order-select"), json=made.call("order-select")).json()["cards"]
        again = client.post(made.service_of("order-sign"), json=made.call("order-sign")).json()["cards"]
        another = client.post(made.service_of("order-sign"), json=made.call("order-sign", other)).json()["cards"]
    assert [one["indicator"] for one in first] == ["warning"]
    assert again == []
    assert len(another) == 1
    with made.web() as client:
        shown = [client.post(made.service_of("order-sign"), json=made.call("order-sign")).json() for _ in range(2)]
    assert shown[0] == shown[1] != {"cards": []}
