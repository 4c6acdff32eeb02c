"""Words and codes of the lists, arranged for look-up. Built once, each when first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

from unclench.knowledge.load import knowledge
from unclench.knowledge.rows import CodeRow, Drug, DrugProduct, Term
from unclench.knowledge.wording import words_of, words_of_each

STEM_KEY = 4  # stems are found by their first four letters
_PREFIX_SYSTEMS = ("icd10cm", "atc")


@cache
def codes_index() -> tuple[dict[tuple[str, str], tuple[str, ...]], dict[str, dict[str, tuple[str, ...]]]]:
    """Exact codes, and prefixes by system."""
    exact: dict[tuple[str, str], tuple[str, ...]] = {}
    prefixes: dict[str, dict[str, tuple[str, ...]]] = {system: {} for system in _PREFIX_SYSTEMS}
    row: CodeRow
    for row in knowledge().table("codes"):
        if row.match == "prefix":
            table = prefixes[row.system]
            table[row.code] = (*table.get(row.code, ()), row.group)
        else:
            key = (row.system, row.code)
            exact[key] = (*exact.get(key, ()), row.group)
    return exact, prefixes


@dataclass(slots=True, eq=False)
class _Row:
    """What all alternatives of one row of `terms` share."""

    group: str
    phrase: bool
    stem: bool
    not_if: frozenset[str]
    suspicion: bool

    def found_at(
        self, words: tuple[str, ...], tokens: tuple[str, ...], index: int, places: dict[str, int]
    ) -> tuple[int, ...] | None:
        """Indexes of the words when they stand here, else None. Those of a phrase follow; others occur anywhere."""
        if self.phrase:
            size = len(words)
            return tuple(range(index, index + size)) if tokens[index : index + size] == words else None
        at = [index]
        for word in words[1:]:
            where = places.get(word)
            if self.stem and where is None:
                where = next((place for token, place in places.items() if token.startswith(word)), None)
            if where is None:
                return None
            at.append(where)
        return tuple(at)


_Alternative = tuple[tuple[str, ...], _Row]


@dataclass(slots=True)
class Lexicon:
    """The terms of one kind of entry."""

    @dataclass(frozen=True, slots=True)
    class Match:
        group: str
        at: tuple[int, ...]
        suspicion: bool

    by_word: dict[str, list[_Alternative]] = field(default_factory=dict)
    by_stem: dict[str, list[_Alternative]] = field(default_factory=dict)
    neutral: set[str] = field(default_factory=set)

    def add(self, term: Term, alternatives: list[tuple[str, ...]]) -> None:
        """Take in one row and the folded words of its alternatives."""
        if term.group == "neutral":
            self.neutral.update(word for words in alternatives for word in words)
            return
        stem = term.match == "stem"
        not_if = frozenset(word for part in term.not_if for word in words_of(part))
        row = _Row(term.group, term.match == "phrase", stem, not_if, stem and term.group.startswith("?"))
        table = self.by_stem if stem else self.by_word
        for words in alternatives:
            key = words[0][:STEM_KEY] if stem else words[0]
            if key in table:
                table[key].append((words, row))
            else:
                table[key] = [(words, row)]

    def matches(self, tokens: tuple[str, ...]) -> list[Match]:
        """Every term that the tokens contain, with the places of its words."""
        places = {token: index for index, token in reversed(tuple(enumerate(tokens)))}
        found: list[Lexicon.Match] = []
        for index, token in enumerate(tokens):
            stems = self.by_stem.get(token[:STEM_KEY], ())
            here = (*self.by_word.get(token, ()), *(pair for pair in stems if token.startswith(pair[0][0])))
            for words, row in here:
                at = row.found_at(words, tokens, index, places)
                if at is not None and row.not_if.isdisjoint(places):
                    found.append(Lexicon.Match(row.group, at, row.suspicion))
        return found


@cache
def lexicon(kind: str) -> Lexicon:
    """All terms of a kind."""
    made = Lexicon()
    rows: list[Term] = [row for row in knowledge().table("terms") if row.kind == kind]
    parts = [row.words.split(";") for row in rows]
    folded = iter(words_of_each(part for row in parts for part in row))
    for row, said in zip(rows, parts, strict=True):
        made.add(row, [next(folded) for _ in said])
    return made


@cache
def routes() -> dict[str, frozenset[str]]:
    """Words that tell where a medicine acts: skin, eye, other-local, whole-body."""
    rows: list[Term] = [row for row in knowledge().table("terms") if row.kind == "route"]
    return {
        row.group: frozenset(word for words in words_of_each(row.words.split(";")) for word in words) for row in rows
    }


@dataclass(frozen=True, slots=True)
class DrugIndex:
    """Drugs by name, by RxNorm (ingredients and products), by ATC and by SNOMED CT."""

    by_name: dict[tuple[str, ...], tuple[str, ...]]
    longest: int
    first_words: frozenset[str]
    by_rxnorm: dict[str, tuple[str, ...]]
    by_atc: dict[str, tuple[str, ...]]
    by_snomed: dict[str, tuple[str, ...]]
    tags: dict[str, frozenset[str]]


@cache
def drug_names() -> DrugIndex:
    """Names, ingredient codes and tags of every drug."""
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    rxnorm: dict[str, tuple[str, ...]] = {}
    atc: dict[str, tuple[str, ...]] = {}
    tags: dict[str, frozenset[str]] = {}
    rows: tuple[Drug, ...] = knowledge().table("drugs")
    said = [(row.id, name) for row in rows for name in (row.id, *row.names)]
    for (drug, _), key in zip(said, words_of_each(name for _, name in said), strict=True):
        if drug not in names.get(key, ()):
            names[key] = (*names.get(key, ()), drug)
    for row in rows:
        if row.rxnorm:
            rxnorm[row.rxnorm] = (row.id,)
        if row.atc:
            atc[row.atc] = (*atc.get(row.atc, ()), row.id)
        tags[row.id] = frozenset(tag for tag in row.tags if tag != "none")
    longest = max((len(key) for key in names), default=0)
    snomed = {row.code: row.drugs for row in knowledge().table("drug_concepts")}
    return DrugIndex(names, longest, frozenset(key[0] for key in names), rxnorm, atc, snomed, tags)


@cache
def rxnorm_index() -> DrugIndex:
    """As `drug_names`, with the products added to the RxNorm codes."""
    base = drug_names()
    codes = dict(base.by_rxnorm)
    row: DrugProduct
    for row in knowledge().table("drug_products"):
        codes.setdefault(row.rxnorm, row.drugs)
    return replace(base, by_rxnorm=codes)


def drug_tags(drug: str) -> frozenset[str]:
    """Tags of a drug id; none for an id that is not listed."""
    return drug_names().tags.get(drug, frozenset())
