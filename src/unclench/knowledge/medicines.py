"""The text of a medicine taken apart: every ingredient by name or brand, and the route where it matters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unclench.knowledge.indexes import drug_names, lexicon, routes
from unclench.knowledge.wording import fold, plain

_RATE = re.compile(
    r"\b(mg|mcg|ug|g|unt|units?|iu|meq|mmol|ml|%|\d)\s*/\s*(ml|hr|h|actuat|act|puff|dose|day|\d)", re.ASCII
)
_PART = re.compile(r"[/+;,&\n|]|\s(?:and|with|plus)\s")
_WORD = re.compile(r"[^\W_]+")
_BRAND = re.compile(r"\[[^\]]*\]")
_POSSESSIVE = re.compile(r"['\u2019`]s\b")


_PATCH_WORDS = frozenset({"patch", "transdermal", "system", "pack"})
# Found beside another drug these name its salt ("losartan potassium"), not a second medicine.
_SALTS = frozenset({"calcium", "magnesium", "potassium chloride", "zinc"})
# A medicine on the skin, in the eye or in the airways still counts as itself where small amounts matter or the form is
# made to reach the whole body.
_ANY_ROUTE = frozenset(
    {
        "opioid",
        "opioid_agonist_treatment",
        "benzodiazepine",
        "barbiturate",
        "sodium_oxybate",
        "alpha2_agonist",
        "z_drug",
    }
    | {"anaesthetic", "cannabinoid", "alcohol_like", "hormonal_contraceptive", "naloxone", "serotonergic", "maoi"}
)


@dataclass(frozen=True, slots=True)
class Medicine:
    """Drugs named in a text; whether every part of it is known; the route where the text says one."""

    drugs: tuple[str, ...]
    complete: bool
    unknown: tuple[str, ...]
    route: str  # skin | eye | other-local | whole-body | ""

    def by_route(self, tags: set[str]) -> set[str]:
        """The tags that hold for this route."""
        if self.route in ("skin", "eye", "other-local"):
            kept = tags & _ANY_ROUTE
            if kept:
                kept |= tags & {"cns_depressant", "cns_active"}
            if self.route == "skin" and tags & {"nsaid", "topical_nsaid"}:
                kept.add("topical_nsaid")
            if self.route == "eye" and "ocular_hypotensive" in tags:
                kept.add("ocular_hypotensive")
            return kept
        if self.route == "whole-body" and {"ocular_hypotensive", "antihypertensive"} <= tags:
            return tags - {"ocular_hypotensive"}
        return tags


def read_medicine(text: str) -> Medicine:
    """Find every drug in a text. A part that names none, and holds more than forms and amounts, makes it incomplete."""
    seen = _RATE.sub(r"\1 per \2", plain(text).replace("{", " ").replace("}", " "))
    seen = fold(_POSSESSIVE.sub("", seen))
    outside = _BRAND.sub(" ", seen)
    drugs, unknown = _named(outside)
    if not drugs or unknown:
        inside, _ = _named(seen.replace("[", ";").replace("]", ";"))
        drugs = tuple(dict.fromkeys(drugs + inside))
    if not unknown and not drugs and outside.strip() != seen.strip():
        unknown = tuple(_WORD.findall(seen))
    return Medicine(drugs, not unknown, unknown, _route(seen, drugs))


def _named(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Drugs of all parts, and the parts that name no drug and are not mere form or amount."""
    neutral = lexicon("medicine").neutral
    drugs: list[str] = []
    unknown: list[str] = []
    for part in _PART.split(text):
        tokens = tuple(_WORD.findall(part))
        found = _without_salts(_drugs_in(tokens))
        drugs += found
        if not found and any(token not in neutral and not _amount(token) for token in tokens):
            unknown.append(" ".join(tokens))
    whole = tuple(_WORD.findall(text))
    drugs += [drug for drug in _without_salts(_drugs_in(whole)) if drug not in drugs and not unknown]
    return tuple(dict.fromkeys(drugs)), tuple(unknown)


def _amount(token: str) -> bool:
    return token[0].isdigit() or len(token) == 1


def _drugs_in(tokens: tuple[str, ...]) -> list[str]:
    """Longest names first, left to right."""
    index = drug_names()
    found: list[str] = []
    at = 0
    while at < len(tokens):
        step = 1
        if tokens[at] in index.first_words:
            for size in range(min(index.longest, len(tokens) - at), 0, -1):
                ids = index.by_name.get(tokens[at : at + size])
                if ids:
                    found += ids
                    step = size
                    break
        at += step
    return found


def _without_salts(found: list[str]) -> list[str]:
    others = [drug for drug in found if drug not in _SALTS]
    return others or found


def _route(text: str, drugs: tuple[str, ...]) -> str:
    """The route that the words say. A patch or a ring reaches the whole body, unless it holds an anti-inflammatory."""
    tokens = set(_WORD.findall(text))
    words = routes()
    if tokens & words["eye"]:
        return "eye"
    whole = tokens & words["whole-body"]
    if tokens & words["skin"] and not whole - _PATCH_WORDS:
        return "skin" if not tokens & _PATCH_WORDS or _acts_in_place(drugs) else "whole-body"
    if tokens & words["other-local"] and not whole:
        return "other-local"
    return "whole-body" if whole else ""


def _acts_in_place(drugs: tuple[str, ...]) -> bool:
    """Patches of anti-inflammatory medicines act where they are put; others are made to reach the whole body."""
    return any("nsaid" in drug_names().tags.get(drug, ()) for drug in drugs)
