"""The numbers of a course in words: how high, how long, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.knowledge import knowledge
from unclench.report import wording as words
from unclench.simulation.course import Course, Span
from unclench.values import Jurisdiction

UNITS = {"ratio": "times", "d": "days"}
MOST_CAUSES = 2


@dataclass(frozen=True, slots=True)
class NumberLine:
    name: str
    typical: str
    interval: str
    unit: str
    sure: str = ""  # the typical person's interval, from what studies leave unsure alone
    unsure: str = ""  # part of the interval that better studies could remove
    error: str = ""  # Monte Carlo error of the higher end


def _line(name: str, span: Span) -> NumberLine:
    known = span.sure_low is not None and span.sure_high is not None
    return NumberLine(
        name,
        words.number(span.typical),
        words.interval(span),
        UNITS.get(span.unit, span.unit),
        sure=f"{words.number(span.sure_low or 0.0)} to {words.number(span.sure_high or 0.0)}" if known else "",
        unsure=words.percent(span.unsure_share) if span.unsure_share is not None else "",
        error=words.number(span.monte_carlo_error, 1) if span.monte_carlo_error is not None else "",
    )


def numbers(course: Course | None, jurisdiction: Jurisdiction) -> tuple[NumberLine, ...]:
    if course is None:
        return ()
    rows = [
        _line("Highest diazepam", course.peak_ng_ml),
        _line("Highest nordazepam (active metabolite)", course.nordazepam_peak_ng_ml),
        _line("Diazepam at the end of the last day", course.end_ng_ml),
        _line("Build-up: last day against first", course.accumulation),
        _line("Steady state would be near after", course.steady_state_days),
        _line("Half-life of diazepam", course.half_life_h),
        _line("Half-life of nordazepam", course.nordazepam_half_life_h),
        _line("Gone after the last dose (under 5 % of the peak)", course.gone_days),
    ]
    if jurisdiction is Jurisdiction.UK and course.blood_peak_ug_l is not None:
        # Compared as law only (CONTRACTS 6): the words say that it is no sign of fitness to drive.
        law = knowledge().limit("LAW-UK-DRIVING", "ug/L")
        name = (
            f"Highest diazepam in blood; the legal limit for driving is {law:g}, which is no sign of fitness to drive"
        )
        rows.insert(2, _line(name, course.blood_peak_ug_l))
    if course.background_ng_ml is not None:
        rows.insert(0, _line("Diazepam already there at the start", course.background_ng_ml))
    return tuple(rows)


def level_drivers(course: Course | None) -> tuple[str, ...]:
    """What the peak and the half-life hang on most, in a sentence."""
    if course is None or not course.drivers:
        return ()
    said = {name: ", ".join(_causes(course, name)) for name in ("peak_ng_ml", "half_life_h")}
    return (knowledge().say("LEV-DRIVERS", peak=said["peak_ng_ml"], half=said["half_life_h"]),)


def _causes(course: Course, name: str) -> list[str]:
    own = sorted((one for one in course.drivers if one.answer == name), key=lambda one: -one.share)
    return [f"{one.cause} ({words.percent(one.share)})" for one in own[:MOST_CAUSES]]
