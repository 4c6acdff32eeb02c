"""What the words of a table of study arms mean: ages, sexes, genotypes, routes, regimens.

A word that is not understood is refused, with what was found and what would be understood. Nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from unclench.simulation.parameters import ANALYTES
from unclench.values import RecordError

# Never part of a longer run of digits: so many would be no number at all, or too large to count with.
NUMBER = r"(?<![\d.])([0-9]{1,9}(?:\.[0-9]{1,9})?)(?!\.?\d)"
OLDEST_Y = 120.0
LONGEST_H = 5000.0
MOST_SAMPLES = 500
MONTHS_A_YEAR = 12.0

# mg of nordazepam from 1 mg of clorazepate dipotassium: 270.71 / 408.92.
CLORAZEPATE = 0.662
GIVEN = {**dict.fromkeys(ANALYTES, 1.0), "clorazepate": CLORAZEPATE}
# Other names of what is given or measured.
ALIASES = {
    "n-desmethyldiazepam": "nordazepam", "desmethyldiazepam": "nordazepam", "nordiazepam": "nordazepam",
    "dmdz": "nordazepam", "clorazepate dipotassium": "clorazepate", "dipotassium clorazepate": "clorazepate",
}  # fmt: skip
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
SEXES = {
    "m": 0.0, "male": 0.0, "males": 0.0, "man": 0.0, "men": 0.0, "boys": 0.0,
    "f": 1.0, "female": 1.0, "females": 1.0, "woman": 1.0, "women": 1.0, "girls": 1.0,
    "both": 0.5, "mixed": 0.5, "": 0.5,
}  # fmt: skip
OLD = {"wt": "*1", "m1": "*2", "m2": "*3"}
SAID_NOTHING = re.compile(r"unknown|not (determined|stated|known|genotyped|phenotyped)|n/?a|nd")
FED = {"yes": True, "fed": True, "true": True, "with food": True, "after food": True, "breakfast": True}
FASTED = {"": False, "no": False, "false": False, "fasted": False, "fasting": False, "without food": False}


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
    """`21-37`, `18 to 45`, `72 (65-80)`, `mean 72`, `22 +/- 2`, `5-23 months`, `young (of 20-78)`, or a mean alone."""
    words = re.sub(r"\s*(?:\u2013|\bto\b)\s*", "-", text.strip().lower()).replace("\u00b1", "+/-")
    if not words:
        return Ages(mean)
    need = "such as 21-37, 72 (65-80), 5-23 months, young or elderly"
    unit = r"\s*(months?|mos?\b|years?|yrs?\b|y\b)?"
    word = re.fullmatch(
        rf"(young|elderly)(\s+(adults?|men|women|subjects|volunteers|people))?"
        rf"(\s*\(?\s*(subset )?of\s*{NUMBER}-{NUMBER}\)?)?",
        words,
    )
    if word:
        return Ages(mean, word=word.group(1))
    one = re.fullmatch(rf"(?:mean|aged?)?\s*{NUMBER}\s*(?:\(?\+/-\s*{NUMBER}\)?)?{unit}", words)
    both = re.fullmatch(
        rf"(?:aged?|range)?\s*(?:(?:mean)?\s*{NUMBER}{unit}\s*\()?{NUMBER}\s*-\s*{NUMBER}{unit}\)?", words
    )
    if one is None and both is None:
        raise refuse("age_range", text, need)
    named = one.group(3) if one else both.group(5) or both.group(2) if both else None
    scale = MONTHS_A_YEAR if named and named.startswith("mo") else 1.0
    stated = one.group(1) if one else both.group(1) if both else None
    own = float(stated) / scale if stated else mean
    if mean is not None and own is not None and abs(own - mean) > 0.5:
        raise refuse("age_range", text, f"the mean of the column age_mean, {mean:g}")
    if both is None:
        return Ages(own if mean is None else mean)
    low, high = float(both.group(3)) / scale, float(both.group(4)) / scale
    if not low <= high <= OLDEST_Y or (own is not None and not low <= own <= high):
        raise refuse("age_range", text, f"a range that runs upward to {OLDEST_Y:g} years at most and holds the mean")
    return Ages(own if mean is None else mean, low, high)


def women(text: str) -> float:
    """Share of women: M, F, M/F, men and women, `52% M`, `6 M, 4 F`; half where nothing is said."""
    words = text.strip().lower()
    if words in SEXES:
        return SEXES[words]
    pair = [SEXES.get(part.strip()) for part in re.split(r"[/+&,]|\band\b", words)]
    if sorted(part for part in pair if part is not None) == [0.0, 1.0] and len(pair) == 2:
        return 0.5
    counts = re.fullmatch(r"(\d+)\s*([a-z]+)\s*(?:[/+&,]|and)\s*(\d+)\s*([a-z]+)", words)
    if counts:
        sexes, people = (SEXES.get(counts.group(2)), SEXES.get(counts.group(4))), (counts.group(1), counts.group(3))
        total = sum(int(count) for count in people)
        if sorted(part for part in sexes if part is not None) == [0.0, 1.0] and total:
            return int(people[sexes.index(1.0)]) / total
    share = re.fullmatch(rf"{NUMBER}\s*%\s*(m|f|male|female|men|women)", words)
    if share is None or float(share.group(1)) > 100:
        raise refuse("sex", text, "M, F, M/F, 6 M, 4 F, or a share such as 52% M")
    part = float(share.group(1)) / 100
    return part if SEXES[share.group(2)] else 1.0 - part


def cyp2c19(text: str) -> str | None:
    """NM, IM, PM, RM or UM from alleles or phenotype; None where nothing is said. Two answers are refused."""
    words = text.strip().lower()
    if not words or SAID_NOTHING.fullmatch(words):
        return None
    # What is said of other enzymes says nothing of this one.
    words = re.sub(
        r"(cyp\s*)?\b(2d6|2c9|3a[45]|1a2|2b6)\b\s*(\*\d+\s*/\s*\*\d+|em|pm|im|um|nm|\w+ metaboli[sz]ers?)?|"
        r"cyp(2d6|2c9|3a[45]|1a2|2b6)\s*(\*\d+\s*/\s*\*\d+|em\b|pm\b|im\b|um\b|nm\b|\w+ metaboli[sz]ers?)?|"
        r"debrisoquin\w*\s+(em|pm|im|\w+ (metaboli[sz]|hydroxylat)\w+)",
        " ",
        words,
    )
    # wt, m1 and m2 are old names of *1, *2 and *3.
    words = re.sub(r"\b(wt|m1|m2)\s*/\s*(wt|m1|m2)\b", lambda old: "/".join(OLD[name] for name in old.groups()), words)
    if re.search(r"\*\d+\s*/\s*\*\d+\s*/", words):
        raise refuse("genotype", text, "two alleles", "Nobody has three of one gene that count here.")
    found: set[str] = set()
    for first, second in re.findall(r"\*(\d+)\s*/\s*\*(\d+)", words):
        found.add(_of_alleles(first, second, text))
    named = re.sub(r"\*\d+\s*/\s*\*\d+", " ", words)
    # A heterozygous extensive metaboliser has one allele that works.
    named = re.sub(r"\bhet(erozygous|ero)?[ -]?(ems?|extensive)\b", " im ", named)
    named = re.sub(r"\bhom(ozygous|o)?[ -]?(ems?|extensive)\b", " em ", named)
    for pattern, phenotype in (
        (r"\bpms?\b|\bpoor\b|\bslow\b", "PM"), (r"\bims?\b|\bintermediate\b", "IM"),
        (r"\bums?\b|\bultra-?rapid\b", "UM"), (r"\brms?\b", "RM"),
        (r"\bems?\b|\bextensive\b|\bnms?\b|\bnormal\b|\brapid omeprazole\b", "NM"),
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


ROUTES = {
    "iv": r"\biv\b|\bintravenous(ly)?\b", "im": r"\bim\b|\bintra-?muscular(ly)?\b",
    "oral": r"\boral(ly)?\b|\bpo\b|\bper os\b|\bby mouth\b", "rectal": r"\brectal(ly)?\b|\bpr\b|\bper rectum\b",
    "intranasal": r"\b(intra)?nasal(ly)?\b",
}  # fmt: skip
SLOW_FORM = re.compile(r"(controlled|slow|sustained|extended|modified|delayed)[- ]release|\bretard\b")
# Words of a route that choose a form, where the formulation says nothing.
FORM_WORDS = {"enema": "solution", "rectiole": "solution", "suppositor": "suppository"}


# What may stand beside "by mouth" without making it another form.
PLAIN_ORAL = (
    r"\b(tablets?|capsules?|clorazepate|diazepam|valium|dipotassium|coated|solution|syrup|elixir|drops|liquid|water|"
    r"fasted|fasting|fed|with|and|orange|juice|vodka|ethanol|breakfast|meal|food|by|mouth|per|os|po|orally|single|dose|"
    r"plain|scored|generic|immediate|release|mg|\d+(\.\d+)?)\b"
)


def route_and_form(route: str, formulation: str) -> tuple[str, str]:
    """Route and form in the words of the model; both empty where the route is not said, or several are."""
    way, form = re.sub(r"\b([a-z])\.\s?([a-z])\.", r"\1\2", route.strip().lower()), formulation.strip().lower()
    if not way:
        return "", ""
    found = [name for name, pattern in ROUTES.items() if re.search(pattern, way)]
    if not found:
        raise refuse("route", route, "oral, iv, im, rectal or intranasal")
    if len(found) > 1:
        return "", ""  # several: as one that is not said, only what no route alters is compared
    if found[0] in ("iv", "im"):
        return found[0], "injection"
    if found[0] == "oral":
        if SLOW_FORM.search(f"{way} {form}"):
            raise refuse("formulation", formulation, "a tablet, capsule or solution that is not slowed")
        left = re.sub(PLAIN_ORAL, " ", f"{re.sub(ROUTES['oral'], ' ', way)} {form}")
        if left.strip(" ,;:+/()&"):
            raise refuse("formulation", formulation or route, "a tablet, capsule or solution by mouth")
        return "oral", "solution" if re.search(r"solution|syrup|elixir|drops", f"{way} {form}") else "tablet"
    for word, meant in FORM_WORDS.items():
        form, way = form.replace(word, meant), way.replace(word, meant)
    if found[0] == "rectal":
        return "rectal", _one_of(form or way, ("gel", "suppository", "solution"), formulation)
    return "intranasal", _one_of(form or way, ("suspension", "glycofurol", "solution"), formulation)


def fed(text: str) -> bool:
    """Whether the dose was taken with food; fasting where nothing is said."""
    words = text.strip().lower()
    known = FED | FASTED
    if words not in known:
        raise refuse("fed", text, "yes or no")
    return known[words]


def _one_of(text: str, known: tuple[str, ...], whole: str) -> str:
    for name in known:
        if name in text:
            return name
    raise refuse("formulation", whole, " or ".join(known))


def analyte(text: str, given: str) -> str:
    """What was measured: `nordazepam (from clorazepate)` is nordazepam."""
    name = named(text.split("(", maxsplit=1)[0]) or given
    if name not in ANALYTES:
        raise refuse("analyte", text, "diazepam, nordazepam, temazepam or oxazepam")
    return name


def named(text: str) -> str:
    """A medicine by the name that the model has for it."""
    words = text.strip().lower()
    return ALIASES.get(words, words)


def numbers_in(text: str, column: str) -> tuple[float, ...]:
    """`0.333;0.667;1` as numbers in order."""
    if not text.strip():
        return ()
    try:
        found = tuple(float(part) for part in text.split(";"))
    except ValueError:
        raise refuse(column, text, "numbers with ; between them") from None
    if not all(0 <= at <= LONGEST_H for at in found) or list(found) != sorted(set(found)) or found[-1] == 0:
        raise refuse(column, text, f"times in order, from 0 to {LONGEST_H:g}, one of them after the dose")
    if len(found) > MOST_SAMPLES:
        raise refuse(column, text, f"at most {MOST_SAMPLES} times")
    return found
