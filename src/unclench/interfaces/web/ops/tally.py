"""What is counted: requests by route and status, times, refusals, failures, cards. No value of a patient is a label.

Counts add up over workers; so do gauges, each of which is of one worker at one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[tuple[str, str], ...]
Key = tuple[str, Labels]

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PREFIX = "unclench_"


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is counted."""

    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


METRICS: dict[str, Metric] = {
    "requests_total": Metric("counter", "Requests answered.", ("method", "route", "status")),
    "request_seconds": Metric("histogram", "Time from the first byte of a request to its answer.", ("route",)),
    "failures_total": Metric("counter", "Bugs met, by the kind of error.", ("kind",)),
    "cards_total": Metric("counter", "CDS Hooks cards given.", ("hook", "indicator")),
    "queue_refused_total": Metric("counter", "Requests that got 503 because too much was waiting for the engine."),
    "queue_waiting": Metric("gauge", "Requests that wait for the engine."),
    "requests_running": Metric("gauge", "Requests being answered."),
    "workers_ready": Metric("gauge", "Workers that are warm and answer."),
    "workers_replaced_total": Metric("counter", "Workers that ended by themselves and were started again."),
}
PARTS = ("_bucket", "_sum", "_count")


class Tally:
    """The counts of one process."""

    def __init__(self) -> None:
        self.values: dict[Key, float] = {}

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Count. The labels are those of the metric, all of them."""
        self._add(name, _checked(name, "counter", labels), amount)

    def set(self, name: str, value: float) -> None:
        """What a gauge shows now."""
        self.values[(name, _checked(name, "gauge", {}))] = value

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Put one duration into a histogram."""
        own = _checked(name, "histogram", labels)
        for bound in BUCKETS_S:
            if seconds <= bound:
                self._add(f"{name}_bucket", (*own, ("le", f"{bound:g}")), 1)
        self._add(f"{name}_bucket", (*own, ("le", "+Inf")), 1)
        self._add(f"{name}_sum", own, seconds)
        self._add(f"{name}_count", own, 1)

    def _add(self, name: str, labels: Labels, amount: float) -> None:
        self.values[(name, labels)] = self.values.get((name, labels), 0.0) + amount


def _checked(name: str, kind: Kind, labels: Mapping[str, str]) -> Labels:
    """A slip here is one of ours: no request can bring a name or a label."""
    metric = METRICS[name]
    assert metric.kind == kind, name
    assert set(labels) == set(metric.labels), name
    return tuple(sorted(labels.items()))


def summed(parts: Iterable[Mapping[Key, float]]) -> dict[Key, float]:
    """Over workers."""
    total: dict[Key, float] = {}
    for part in parts:
        for key, value in part.items():
            total[key] = total.get(key, 0.0) + value
    return total


def counts_only(values: Mapping[Key, float]) -> dict[Key, float]:
    """Without gauges: what remains of a worker that has ended."""
    return {key: value for key, value in values.items() if metric_of(key[0])[1].kind != "gauge"}


def metric_of(name: str) -> tuple[str, Metric]:
    """Of a series: `request_seconds_bucket` is one of `request_seconds`."""
    base = next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)
    return (base, METRICS[base]) if base in METRICS else (name, METRICS[name])


def exposition(values: Mapping[Key, float]) -> str:
    """The text format of Prometheus, version 0.0.4."""
    lines = []
    for name, metric in METRICS.items():
        own = sorted((key for key in values if metric_of(key[0])[0] == name), key=_order)
        if own:
            lines += [f"# HELP {PREFIX}{name} {metric.help}", f"# TYPE {PREFIX}{name} {metric.kind}"]
        lines += [f"{PREFIX}{series}{_labels(labels)} {values[series, labels]:.17g}" for series, labels in own]
    return "\n".join(lines) + "\n"


def _order(key: Key) -> tuple[Labels, int, float]:
    """Buckets by their bound, then sum, then count."""
    series, labels = key
    bound = dict(labels).get("le")
    rest = tuple(pair for pair in labels if pair[0] != "le")
    return rest, 1 if series.endswith("_sum") else 2 if series.endswith("_count") else 0, float(bound or 0)


def _labels(labels: Labels) -> str:
    said = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{said}}}" if said else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
