"""What the words of a table of study arms mean: ages, sexes, genotypes, routes, regimens.

A word that is not understood is refused, with what was found and what would be understood. Nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from unclench.simulation.parameters import ANALYTES
from unclench.values import RecordError

NUMBER = r"(\d+(?:\.\d+)?)"
MONTHS_A_YEAR = 12.0
DAY_H = 24.0

# mg of nordazepam from 1 mg of clorazepate dipotassium: 270.71 / 408.92.
CLORAZEPATE = 0.662
GIVEN = {**dict.fromkeys(ANALYTES, 1.0), "clorazepate": CLORAZEPATE}
EAST_ASIAN = ("chinese", "japanese", "korean", "east asian")
TIMES_A_DAY = {
    "qd": 1,
    "od": 1,
    "daily": 1,
    "nightly": 1,
    "nocte": 1,
    "bid": 2,
    "q12h": 2,
    "tid": 3,
    "q8h": 3,
    "qid": 4,
}
SEXES = {"m": 0.0, "male": 0.0, "men": 0.0, "f": 1.0, "female": 1.0, "women": 1.0, "m/f": 0.5, "f/m": 0.5, "": 0.5}


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages in years. `word` names a group of the stated population where there are no numbers."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None
    word: str = ""


def refuse(column: str, found: str, need: str, fix: str = "Correct the cell, or leave it empty.") -> RecordError:
    """A cell that is not understood."""
    return RecordError(where=column, found=repr(found[:60]), need=need, fix=fix)


def ages(mean: float | None, text: str) -> Ages:
    """`21-37`, `5-23 months`, `young (of 20-78)`, `elderly`, or a mean alone."""
    words = text.strip().lower()
    if not words:
        return Ages(mean)
    word = re.match(r"(young|elderly)\b", words)
    within = re.search(rf"{NUMBER}\s*-\s*{NUMBER}\s*(months)?", words)
    rest = re.sub(
        rf"(young|elderly)|\(?\s*(subset )?of\s*{NUMBER}-{NUMBER}\)?|{NUMBER}\s*-\s*{NUMBER}|months|years?|y\b|\s",
        "",
        words,
    )
    if rest:
        raise refuse("age_range", text, "such as 21-37, 5-23 months, young or elderly")
    if word:
        return Ages(mean, word=word.group(1))
    if within is None:
        raise refuse("age_range", text, "such as 21-37, 5-23 months, young or elderly")
    scale = MONTHS_A_YEAR if within.group(3) else 1.0
    low, high = float(within.group(1)) / scale, float(within.group(2)) / scale
    if not low <= high or (mean is not None and not low <= mean <= high):
        raise refuse("age_range", text, "a range that runs upward and holds the mean")
    return Ages(mean, low, high)


def women(text: str) -> float:
    """Share of women: M, F, M/F, `52% M`; half where nothing is said."""
    words = text.strip().lower()
    if words in SEXES:
        return SEXES[words]
    share = re.fullmatch(rf"{NUMBER}\s*%\s*(m|f|male|female)", words)
    if share is None or float(share.group(1)) > 100:
        raise refuse("sex", text, "M, F, M/F, or a share such as 52% M")
    part = float(share.group(1)) / 100
    return part if share.group(2).startswith("f") else 1.0 - part


def cyp2c19(text: str) -> str | None:
    """NM, IM, PM, RM or UM from alleles or phenotype; None where nothing is said. Two answers are refused."""
    words = text.strip().lower()
    if not words:
        return None
    found: set[str] = set()
    for first, second in re.findall(r"\*(\d+)\s*/\s*\*(\d+)", words):
        found.add(_of_alleles(first, second, text))
    named = re.sub(r"debrisoquin\w*\s+(em|pm|im)|\*\d+\s*/\s*\*\d+|\([a-z]+\d?/[a-z]+\d\)", " ", words)
    for pattern, phenotype in (
        (r"\bpm\b|\bpoor\b|\bslow\b", "PM"), (r"\bim\b|\bintermediate\b", "IM"), (r"\bum\b|\bultrarapid\b", "UM"),
        (r"\brm\b", "RM"), (r"\bem\b|\bextensive\b|\bnm\b|\bnormal\b|\brapid omeprazole\b", "NM"),
    ):  # fmt: skip
        if re.search(pattern, named):
            found.add(phenotype)
    if len(found) != 1:
        need = "one genotype" if found else "alleles such as *1/*2, or a phenotype: NM, EM, IM, PM, RM, UM"
        raise refuse("genotype", text, need, "Give each genotype an arm of its own.")
    return found.pop()


def _of_alleles(first: str, second: str, text: str) -> str:
    kinds = {"1": 1, "2": 0, "3": 0, "17": 2}
    if first not in kinds or second not in kinds:
        raise refuse("genotype", text, "alleles *1, *2, *3 or *17")
    pair = sorted((kinds[first], kinds[second]))
    return {(0, 0): "PM", (0, 1): "IM", (0, 2): "IM", (1, 1): "NM", (1, 2): "RM", (2, 2): "UM"}[pair[0], pair[1]]


def route_and_form(route: str, formulation: str) -> tuple[str, str]:
    """Route and form in the words of the model; both empty where the route is not said."""
    way, form = route.strip().lower(), formulation.strip().lower()
    if re.match(r"iv\b|intravenous", way):
        return "iv", "injection"
    if re.match(r"im\b|intramuscular", way):
        return "im", "injection"
    if way.startswith("oral"):
        return "oral", "solution" if "solution" in form or "syrup" in form else "tablet"
    if way.startswith("rectal"):
        return "rectal", _one_of(form or way, ("gel", "suppository", "solution"), formulation)
    if way.startswith(("intranasal", "nasal")):
        return "intranasal", _one_of(form or way, ("suspension", "glycofurol", "solution"), formulation)
    if not way:
        return "", ""
    raise refuse("route", route, "oral, iv, im, rectal or intranasal")


def _one_of(text: str, known: tuple[str, ...], whole: str) -> str:
    for name in known:
        if name in text:
            return name
    raise refuse("formulation", whole, " or ".join(known))


def analyte(text: str, given: str) -> str:
    """What was measured: `nordazepam (from clorazepate)` is nordazepam."""
    name = text.split("(", maxsplit=1)[0].strip().lower() or given
    if name not in ANALYTES:
        raise refuse("analyte", text, "diazepam, nordazepam, temazepam or oxazepam")
    return name


def fed(text: str) -> bool:
    """Whether a dose was taken with food; fasting where nothing is said."""
    if text.strip().lower() not in ("", "yes", "no"):
        raise refuse("fed", text, "yes, no, or nothing")
    return text.strip().lower() == "yes"


def numbers_in(text: str, column: str) -> tuple[float, ...]:
    """`0.333;0.667;1` as numbers in order."""
    if not text.strip():
        return ()
    try:
        found = tuple(float(part) for part in text.split(";"))
    except ValueError:
        raise refuse(column, text, "numbers with ; between them") from None
    if list(found) != sorted(set(found)) or found[0] < 0 or found[-1] == float("inf"):
        raise refuse(column, text, "times in order, from 0 on")
    return found
