"""One class per kind of fact about stopping: the grid of need, what sources say of it, and what makes it harder."""

from __future__ import annotations

from msgspec import Struct

from unclench.values import Standing


class NeedCell(Struct, frozen=True):
    """The grid of need for a taper: the first row that holds decides."""

    order: int
    days_per_week_low: float
    days_per_week_high: float
    duration_days_low: float
    duration_days_high: float
    mg_per_day_low: float
    mg_per_day_high: float
    need: str  # none | step-down | taper | specialist
    rule: str
    say: str
    source: str
    locator: str
    standing: Standing


class NeedView(Struct, frozen=True):
    """What one source says of the need for a taper in such use. Bounds as in the grid; an empty one is open.

    `needs`: every answer that the source allows. `risks`: it says so only where one of these is known to hold.
    """

    id: str
    name: str
    days_per_week_low: float | None
    days_per_week_high: float | None
    duration_days_low: float | None
    duration_days_high: float | None
    mg_per_day_low: float | None
    mg_per_day_high: float | None
    age_low: float | None
    age_high: float | None
    risks: tuple[str, ...]
    needs: tuple[str, ...]
    say: str
    source: str
    locator: str
    standing: Standing


class StoppingRisk(Struct, frozen=True):
    """What makes stopping dangerous, or calls for a slower or allows a faster taper. Grammar as in a rule.

    `early`: it makes a taper of a short step-down. Of a danger: how urgent it is, and from how many days of use on it
    counts however rarely diazepam is taken (empty: only where the grid asks for a step-down or more).
    """

    id: str
    title: str
    kind: str  # danger | slower | faster
    when: tuple[str, ...]
    of: str
    limit: float | None
    from_days: float | None
    urgency: str  # now | today | days | before-a-cut; empty unless a danger
    early: str  # yes | no
    source: str
    locator: str
    standing: Standing


class Pace(Struct, frozen=True):
    """How fast a taper goes: the days between cuts, and the cut that sets its length."""

    id: str  # slow | usual | fast
    name: str
    interval_days: int
    share_percent: float  # of the present dose: the cuts that set the length
    least_cut_mg: float
    most_percent: float  # of the present dose: no cut of this pace is larger, but for the next dose that can be made
    order: int  # slowest first
    say: str
    source: str
    locator: str
    standing: Standing


class TaperBand(Struct, frozen=True):
    """A published way to taper, dose band by dose band: the cut from a dose above `above_mg`, up to `upto_mg`."""

    id: str
    schedule: str
    name: str
    above_mg: float
    upto_mg: float
    kind: str  # mg | current (% of the present dose) | initial (% of the first dose)
    step: float
    interval_days: int
    ends_below_mg: float
    source: str
    locator: str
    standing: Standing
