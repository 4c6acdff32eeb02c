"""When an arm was given how much: a regimen in words, as doses in time."""

from __future__ import annotations

import re

from unclench.simulation.study_text import DAY_H, NUMBER, TIMES_A_DAY, refuse

MOST_DOSES = 5000
LEAST_MG, MOST_MG = 0.01, 2000.0
MOST_MG_PER_KG = 20.0
# In a linear model earlier doses change neither clearance, volume nor half-life of a later one.
ONE_DOSE = re.compile(r"^(single|after)\b")
OPEN_ENDED = ("multiple", "chronic")
Doses = tuple[tuple[float, float | None], ...]  # (hours from the first, mg; None: the stated dose)


def times(regimen: str, dose_text: str) -> Doses | None:
    """The doses; None for a course without a stated end.

    Understood: `single...`, `once daily, 30 days`, `2 nightly x30`, `5 tid days 1-13; 15 qd days 15-24`,
    `5 q12h, 10 days`.
    """
    words = regimen.strip().lower()
    if not words or ONE_DOSE.match(words):
        return ((0.0, None),)
    for text in (words, dose_text.strip().lower()):
        course = _course(text)
        if course:
            return course
    if words.split()[0].strip(",") in OPEN_ENDED:
        return None
    raise refuse("regimen", regimen, "single, or such as 'once daily, 30 days' or '5 tid days 1-13; 15 qd days 15-24'")


def _course(text: str) -> Doses:
    daily = re.fullmatch(rf"once daily,\s*{NUMBER}\s*days", text)
    if daily:
        return _spread(None, 1, 1, int(float(daily.group(1))))
    doses: list[tuple[float, float | None]] = []
    for part in text.split(";"):
        found = re.fullmatch(
            rf"\s*{NUMBER}\s*(?:mg)?\s*({'|'.join(TIMES_A_DAY)})\b,?\s*"
            rf"(?:x\s*{NUMBER}(?:\s*d(?:ays)?)?|days\s*{NUMBER}-{NUMBER}|{NUMBER}\s*days)\s*(?:\([^()]*\))?\s*",
            part,
        )
        if found is None:
            return ()
        mg, a_day = float(found.group(1)), TIMES_A_DAY[found.group(2)]
        if found.group(4):
            first, last = int(float(found.group(4))), int(float(found.group(5)))
        else:
            first, last = 1, int(float(found.group(3) or found.group(6)))
        if not LEAST_MG <= mg <= MOST_MG:
            raise refuse("regimen", part, f"doses from {LEAST_MG:g} to {MOST_MG:g} mg")
        doses.extend(_spread(mg, a_day, first, last))
    return tuple(sorted(doses, key=lambda dose: dose[0]))


def _spread(mg: float | None, a_day: int, first: int, last: int) -> Doses:
    if not 1 <= first <= last or (last - first + 1) * a_day > MOST_DOSES:
        raise refuse("regimen", f"days {first} to {last}", f"days that run upward, at most {MOST_DOSES} doses")
    gap = DAY_H / a_day
    return tuple((day * DAY_H + turn * gap, mg) for day in range(first - 1, last) for turn in range(a_day))


def mg_per_kg(text: str) -> float | None:
    """The dose of `0.2 mg/kg (max 8)`."""
    found = re.match(rf"\s*{NUMBER}\s*mg/kg", text.lower())
    if found is None:
        return None
    stated = float(found.group(1))
    if not 0 < stated <= MOST_MG_PER_KG:
        raise refuse("dose_text", text, f"above 0 and up to {MOST_MG_PER_KG:g} mg/kg", "Check the unit.")
    return stated
