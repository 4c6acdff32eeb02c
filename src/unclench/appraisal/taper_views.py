"""What each source says of the need for a taper in this use, beside the need that was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.appraisal.findings import SourceView
from unclench.knowledge.load import Knowledge
from unclench.knowledge.rows_stopping import NeedView

NEEDS = ("none", "step-down", "taper", "specialist")
Corner = tuple[float, float, float]  # days a week, days of use, mg a day


def views(
    need: str, corners: Sequence[Corner], age_y: float | None, risks: frozenset[str], facts: Knowledge
) -> tuple[SourceView, ...]:
    """One view a source, in the order of the rows. `risks`: ids of what is known to hold.

    Where use is not exactly known, the most cautious thing that a source would say of it counts, as in the grid.
    """
    said: dict[str, NeedView] = {}
    for row in facts.table("need_views"):
        if not _speaks_of(row, corners, age_y, risks):
            continue
        before = said.get(row.name)
        if before is None or _strictest(row) > _strictest(before):
            said[row.name] = row
    return tuple(_view(row, need) for row in said.values())


def _view(row: NeedView, need: str) -> SourceView:
    """A source that asks for a taper is not against a specialist who plans it: it says nothing of who does."""
    agrees = need in row.needs or (need == "specialist" and "taper" in row.needs)
    own = need if need in row.needs else max(row.needs, key=NEEDS.index)
    return SourceView(row.id, row.name, own, agrees, row.say)


def _strictest(row: NeedView) -> int:
    return max(NEEDS.index(need) for need in row.needs)


def _speaks_of(row: NeedView, corners: Sequence[Corner], age_y: float | None, risks: frozenset[str]) -> bool:
    if row.risks and risks.isdisjoint(row.risks):
        return False
    if age_y is None:
        if row.age_low is not None or row.age_high is not None:
            return False
    elif not from_to(row.age_low, age_y, row.age_high):
        return False
    return any(
        above_to(row.days_per_week_low, weekly, row.days_per_week_high)
        and from_to(row.duration_days_low, days, row.duration_days_high)
        and above_to(row.mg_per_day_low, mg, row.mg_per_day_high)
        for weekly, days, mg in corners
    )


def above_to(low: float | None, value: float, high: float | None) -> bool:
    """Above low, up to high: days a week, and dose."""
    return (low is None or value > low) and (high is None or value <= high)


def from_to(low: float | None, value: float, high: float | None) -> bool:
    """From low, below high: duration, and age."""
    return (low is None or value >= low) and (high is None or value < high)
