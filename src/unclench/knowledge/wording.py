"""Words of a record made comparable, and what surrounds them: denied, doubted, past, or about a relative.

Spelling is folded the same way in the lists and in the record, so that *apnoea* meets *apnea* and *oestrogen* meets
*estrogen*; what is folded is only compared, never shown.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

TEXT_LIMIT = 2000  # longer texts are notes, not names of entries; only the start is compared

_BREAK = re.compile(r"[;,\n\r\t|()\[\]:.]|\s-\s|\s/\s|(?<=[a-z])/(?=[a-z])|[+&]")
_POSSESSIVE = re.compile(r"['\u2019`]s\b")
_WORD = re.compile(r"[^\W_]+")
_PLURAL = re.compile(r"(?<=[^\W_][^\W_][^\W_sui])s(?![^\W_])")  # not in "gas", "ss", "us", "is"
_BLANKS = str.maketrans(dict.fromkeys("-/.,+()[]&'\"%:", " "))
_SAME_SOUND = (("ae", "e"), ("oe", "e"), ("our", "or"), ("ph", "f"))

BREAK_WORDS = frozenset({"but", "with", "due", "secondary", "caused", "following", "plus", "however"})
_JOIN_WORDS = frozenset({"and", "or"})
_DENIED = frozenset(
    {"no", "not", "denies", "denied", "deny", "never", "without", "nil", "negative", "absence", "absent"}
)
_DENIED_AFTER = frozenset({"excluded", "negative", "denied", "absent", "refuted"})
_DOUBTED = frozenset(
    {"suspected", "suspect", "possible", "possibly", "probable", "probably", "query", "presumed", "likely", "unlikely"}
    | {"unconfirmed", "provisional", "questionable", "maybe", "perhaps"}
)
_PAST = frozenset(
    {"history", "hx", "previous", "previously", "past", "prior", "former", "old", "ex", "resolved", "remission"}
)
_RELATIVE = frozenset(
    {"mother", "father", "brother", "sister", "parent", "sibling", "son", "daughter", "wife", "husband", "partner"}
    | {"aunt", "uncle", "grandmother", "grandfather", "cousin"}
)
_HAS = frozenset({"has", "had", "ha", "with", "died", "diagnosed", "suffer"})
_NOT_PRESENT = (
    ("risk", "of"),
    ("risk", "for"),
    ("at", "risk"),
    ("fear", "of"),
    ("advice", "about"),
    ("exposure", "to"),
)
_NOT_PRESENT_WORD = frozenset(
    {"screening", "screen", "assessment", "counseling", "counselling", "education", "prevention", "vaccination"}
    | {"immunization", "immunisation", "prophylaxis", "carrier", "referral"}
)


def plain(text: str) -> str:
    """Compatibility forms joined, marks and control characters dropped, lower case."""
    if text.isascii():
        folded = text[:TEXT_LIMIT].lower()
        return folded if folded.isprintable() else "".join(c if c.isprintable() else " " for c in folded)
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text[:TEXT_LIMIT]).casefold())
    kept = (character for character in parts if not unicodedata.combining(character))
    return "".join(character if character.isprintable() else "" for character in kept)


def fold(text: str) -> str:
    """One spelling for British and American words, singular, in a text that is already plain."""
    for long, short in _SAME_SOUND:
        text = text.replace(long, short)
    return _PLURAL.sub("", text)


def words_of(text: str) -> tuple[str, ...]:
    """Folded words of a text, in order."""
    return tuple(_WORD.findall(fold(_POSSESSIVE.sub("", plain(text)))))


def words_of_each(texts: Iterable[str]) -> list[tuple[str, ...]]:
    """Folded words of many names of the lists at once, which are ASCII: far faster than one by one."""
    joined = fold("\n".join(texts).lower().translate(_BLANKS))
    return [tuple(line.split()) for line in joined.split("\n")]


@dataclass(frozen=True, slots=True)
class Words:
    """A text as folded words. `part[i]` numbers the clause of word i, `item[i]` its member of a list ("and", "or")."""

    tokens: tuple[str, ...]
    part: tuple[int, ...]
    item: tuple[int, ...]
    doubt_mark: bool


def clauses(text: str) -> Words:
    """Split into words and clauses. Punctuation and line breaks end a clause; so do words such as *with*, *due to*."""
    seen = _POSSESSIVE.sub("", plain(text.replace("\n", ";").replace("\r", ";")))
    tokens: list[str] = []
    part: list[int] = []
    item: list[int] = []
    number = items = 0
    for piece in _BREAK.split(fold(seen)):
        number += 1
        items += 1
        for raw in _WORD.findall(piece):
            if raw in BREAK_WORDS:
                number += 1
            if raw in BREAK_WORDS or raw in _JOIN_WORDS:
                items += 1
            tokens.append(raw)
            part.append(number)
            item.append(items)
    return Words(tuple(tokens), tuple(part), tuple(item), "?" in text)


@dataclass(frozen=True, slots=True)
class Context:
    """What a text says about what it names. `denied[i]` holds where word i stands after a denial in its clause."""

    denied: tuple[bool, ...]
    doubted: bool
    past: bool
    other_person: bool
    not_present: bool


_FOLDED_DENIED = frozenset(fold(word) for word in _DENIED)
_FOLDED_AFTER = frozenset(fold(word) for word in _DENIED_AFTER)
_FOLDED_DOUBT = frozenset(fold(word) for word in _DOUBTED)
_FOLDED_PAST = frozenset(fold(word) for word in _PAST)
_FOLDED_NOT_PRESENT = frozenset(fold(word) for word in _NOT_PRESENT_WORD)


def context(words: Words) -> Context:
    """Read denial, doubt, past, relatives and mere risk from the words around."""
    tokens, part = words.tokens, words.part
    pairs = set(itertools.pairwise(tokens))
    denied = [False] * len(tokens)
    since: int | None = None
    for index, word in enumerate(tokens):
        if since is not None and part[index] != part[since]:
            since = None
        denied[index] = since is not None
        if word in _FOLDED_DENIED:
            since = index
        if word in _FOLDED_AFTER or (word == "out" and index > 0 and tokens[index - 1] == "ruled"):
            for earlier in range(len(tokens)):
                denied[earlier] = denied[earlier] or part[earlier] == part[index]
    family = (
        tokens[:1] in (("fh",), ("fhx",), ("fmh",))
        or ("family", "history") in pairs
        or ("family", "hx") in pairs
        or any(first in _RELATIVE and second in _HAS for first, second in pairs)
        or bool({("maternal", "history"), ("paternal", "history")} & pairs)
    )
    doubted = (
        words.doubt_mark or not _FOLDED_DOUBT.isdisjoint(tokens) or ("rule", "out") in pairs or ("r", "o") in pairs
    )
    past = (
        not _FOLDED_PAST.isdisjoint(tokens) or ("h", "o") in pairs or ("s", "p") in pairs or ("status", "post") in pairs
    )
    not_present = not _FOLDED_NOT_PRESENT.isdisjoint(tokens) or any(pair in pairs for pair in _NOT_PRESENT)
    return Context(tuple(denied), doubted, past, family, not_present)
