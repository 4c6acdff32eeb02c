"""When an arm was given how much: a regimen in words, as doses in time."""

from __future__ import annotations

import re

from unclench.simulation.study_text import NUMBER, TIMES_A_DAY, refuse
from unclench.values import DAY_H

MOST_DOSES = 5000
LEAST_MG, MOST_MG = 0.01, 2000.0
MOST_MG_PER_KG = 20.0
# In a linear model earlier doses change neither clearance, volume nor half-life of a later one.
ONE_DOSE = re.compile(rf"^({NUMBER}\s*mg\s+)?(single|after)\b")
OPEN_ENDED = ("multiple", "chronic")
Doses = tuple[tuple[float, float | None], ...]  # (hours from the first, mg; None: the stated dose)


def times(regimen: str, dose_text: str) -> Doses | None:
    """The doses; None for a course without a stated end.

    Understood: `single...`, `once daily, 30 days`, `2 nightly x30`, `5 tid days 1-13; 15 qd days 15-24`,
    `5 q12h, 10 days`.
    """
    words = _plain(regimen)
    if not words or ONE_DOSE.match(words):
        return ((0.0, None),)
    for text in (words, _plain(dose_text)):
        course = _course(text)
        if course:
            return course
    if words.split()[0].strip(",") in OPEN_ENDED or re.fullmatch(rf"({NUMBER}\s*mg\s*)?({OFTEN})", words):
        return None
    raise refuse("regimen", regimen, "single, or such as 'once daily, 30 days' or '5 tid days 1-13; 15 qd days 15-24'")


# How often, in words, as the abbreviations of TIMES_A_DAY.
WORDED = (
    (r"\b([bqt])\.\s?([idh])\.(?:\s?([d])\.?)?", r"\1\2\3"), (r"\b(o|q)\.d\.", r"\1d"),
    (r"(twice|two times|2 times) (daily|a day|per day)", "bid"), (r"every 12 ?h(ours?)?\b", "q12h"),
    (r"(three|3) times (daily|a day|per day)", "tid"), (r"every 8 ?h(ours?)?\b", "q8h"),
    (r"(four|4) times (daily|a day|per day)", "qid"),
    (r"(once daily|once a day|every day|every 24 ?h(ours?)?\b)", "daily"),
    (r"once nightly|every night|at (bed ?time|night)", "nightly"), (r"\s+for\s+", ", "),
    (r"\bx\s*(\d+)\s*(d|days)\b", r"\1 days"),
)  # fmt: skip
OFTEN = "|".join(TIMES_A_DAY)


def _plain(text: str) -> str:
    words = text.strip().lower()
    for pattern, meant in WORDED:
        words = re.sub(pattern, meant, words)
    return words


def _course(text: str) -> Doses:
    doses: list[tuple[float, float | None]] = []
    for part in text.split(";"):
        found = re.fullmatch(
            rf"\s*(?:{NUMBER}\s*(?:mg)?\s*)?({OFTEN})\b,?\s*"
            rf"(?:x\s*{NUMBER}(?:\s*d(?:ays)?)?|days\s*{NUMBER}-{NUMBER}|{NUMBER}\s*days)\s*(?:\([^()]*\))?\s*",
            part,
        )
        if found is None:
            return ()
        mg, a_day = float(found.group(1)) if found.group(1) else None, TIMES_A_DAY[found.group(2)]
        if found.group(4):
            first, last = int(float(found.group(4))), int(float(found.group(5)))
        else:
            first, last = 1, int(float(found.group(3) or found.group(6)))
        if mg is not None and not LEAST_MG <= mg <= MOST_MG:
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


def plain_mg(text: str) -> float | None:
    """The dose of `10` or `10 mg po`; None for a range, a course or nothing."""
    found = re.fullmatch(rf"{NUMBER}\s*(?:mg)?\s*(?:po|iv|im|pr|orally|by mouth)?", text.strip().lower())
    return float(found.group(1)) if found else None
