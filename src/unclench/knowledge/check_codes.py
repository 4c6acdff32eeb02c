"""Codes that cannot exist: wrong shape, wrong check digit, a prefix where whole codes are meant, one code twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from unclench.knowledge.load import Fault, Knowledge

SHAPES = {
    "rxnorm": re.compile(r"\d{1,8}"),
    "snomed": re.compile(r"\d{6,18}"),
    "loinc": re.compile(r"\d{1,6}-\d|LA\d+-\d"),
    "icd10cm": re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Zx]{0,4})"),
    "atc": re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?"),
}
PREFIXES = frozenset({"icd10cm", "atc"})
CHAPTER = re.compile(r"[A-Z]")  # as a prefix, a letter alone is a whole chapter

# The dihedral group D5, and the permutation, of the check digit of SNOMED CT (Verhoeff 1969).
_TIMES = tuple(
    tuple(
        (a + b) % 5 if a < 5 and b < 5 else (a + b) % 5 + 5 if a < 5 else (a - b) % 5 + (0 if b >= 5 else 5)
        for b in range(10)
    )
    for a in range(10)
)
_SHIFT = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def snomed_digit_is_right(code: str) -> bool:
    """The last digit of a SNOMED CT code agrees with the others."""
    total = 0
    for place, digit in enumerate(reversed(code)):
        moved = int(digit)
        for _ in range(place % 8):
            moved = _SHIFT[moved]
        total = _TIMES[total][moved]
    return total == 0


def loinc_digit_is_right(code: str) -> bool:
    """The digit after the hyphen agrees with those before it (modulus 10, every other digit doubled)."""
    body, _, digit = code.partition("-")
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return (10 - total % 10) % 10 == int(digit)


def fault_of_code(where: str, system: str, code: str) -> Iterator[Fault]:
    """What is wrong with one whole code."""
    shape = SHAPES.get(system)
    if shape is None:
        yield Fault(where, f"system {system!r}", ", ".join(SHAPES))
    elif not shape.fullmatch(code):
        yield Fault(where, f"{system} code {code!r}", "a code of that system")
    elif system == "snomed" and not snomed_digit_is_right(code):
        yield Fault(where, f"SNOMED CT code {code}", "a right check digit")
    elif system == "loinc" and not code.startswith("LA") and not loinc_digit_is_right(code):
        yield Fault(where, f"LOINC code {code}", "a right check digit")


def check_groups(facts: Knowledge) -> Iterator[Fault]:
    """The codes that place a condition, procedure or allergy in a group."""
    for row in facts.table("codes"):
        where = f"codes {row.group} {row.code}"
        if not (row.match == "prefix" and row.system in PREFIXES and CHAPTER.fullmatch(row.code)):
            yield from fault_of_code(where, row.system, row.code)
        if row.match not in {"exact", "prefix"} or (row.match == "prefix" and row.system not in PREFIXES):
            yield Fault(where, f"match {row.match!r} of {row.system}", "exact, or prefix in icd10cm and atc")
        if not row.display:
            yield Fault(where, "no display", "a few words of our own")
    seen = Counter((row.group, row.system, row.code) for row in facts.table("codes"))
    for (group, system, code), times in seen.items():
        if times > 1:
            yield Fault(f"codes {group} {code}", f"{times} rows in {system}", "one")


def check_drugs_and_measures(facts: Knowledge) -> Iterator[Fault]:
    """The codes of ingredients, products and measurements; a code of an ingredient belongs to one."""
    for row in facts.table("drugs"):
        for system, cell in (("rxnorm", row.rxnorm), ("atc", row.atc)):
            for code in filter(None, (part.strip() for part in cell.split(";"))):
                yield from fault_of_code(f"drugs {row.id}", system, code)
        if row.id != row.id.lower():
            yield Fault(f"drugs {row.id}", "capitals in the id", "a lower-case generic name")
    owners = Counter(row.rxnorm for row in facts.table("drugs") if row.rxnorm)
    for code, times in owners.items():
        if times > 1:
            yield Fault(f"drugs {code}", f"{times} drugs with this RxNorm code", "one")
    for row in facts.table("drug_products"):
        yield from fault_of_code(f"drug_products {row.rxnorm}", "rxnorm", row.rxnorm)
    for row in facts.table("drug_concepts"):
        yield from fault_of_code(f"drug_concepts {row.code}", "snomed", row.code)
    for row in facts.table("measures"):
        for code in row.loinc:
            yield from fault_of_code(f"measures {row.id}", "loinc", code)
        if row.plausible_low >= row.plausible_high:
            yield Fault(f"measures {row.id}", f"{row.plausible_low} to {row.plausible_high}", "a plausible range")


CHECKS = (check_groups, check_drugs_and_measures)
