"""How hard a text is to read, by two old measures that need no download: Flesch-Kincaid grade and SMOG.

Flesch-Kincaid: Kincaid and others 1975. SMOG: McLaughlin 1969. Syllables are counted by the sound of the spelling;
words that English spells against its own rules are listed.
"""

from __future__ import annotations

import re
from math import sqrt

_WORD = re.compile(r"[A-Za-z]+(?:['\u2019-][A-Za-z]+)*")
_STOP = re.compile(r"[.!?]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
# Two vowels in a row that are said apart.
_APART = re.compile(
    r"ia(?!l\b|n\b)|io(?!u|n)|iu|ua(?!r)|uo|eo(?!n|u)|[aeiou]ing\b|riou|(?<![ctgslx])ian\b|(?<!t)ienc|(?<![ctgs])ial\b"
)
_ODD = {
    "business": 2, "clothes": 1, "create": 2, "creature": 2, "every": 2, "people": 2, "quiet": 2, "area": 3, "idea": 3,
    "being": 2, "does": 1, "doing": 2, "going": 2, "seeing": 2, "evening": 2, "something": 2, "somebody": 3,
    "someone": 2, "sometimes": 2, "yourself": 2, "everyday": 3, "medicine": 3, "once": 1, "unless": 2, "ambulance": 3,
    "mg": 1, "ml": 1,
}  # fmt: skip


def syllables(word: str) -> int:
    """Syllables of one word, as it is said aloud. "mg" and "mL" are signs and count like a number."""
    parts = re.split(r"[-'\u2019]", word.lower())
    return sum(_of_part(part) for part in parts if len(part) > 1 or part in "aio") or 1


def _of_part(word: str) -> int:
    if word in _ODD:
        return _ODD[word]
    stem = re.sub(r"(?<=[^aeiou])e(?=(?:ful|less|ment|ly)(?:ly|s)?$)", "", word)
    if re.search(r"[^aeiouylr]es$|[^td]ed$", stem) and not re.search(r"(s|x|z|ch|sh|c|g)es$|ied$", stem):
        stem = stem[:-2]
    elif stem.endswith("e") and not re.search(r"[^aeiou]le$|[aeiou]e$", stem):
        stem = stem[:-1]
    count = len(_VOWELS.findall(stem)) + len(_APART.findall(stem))
    if re.search(r"sms?$", stem):
        count += 1
    return max(1, count)


def words(text: str) -> list[str]:
    """Words; a number counts as one short word."""
    return re.findall(r"[A-Za-z]+(?:['\u2019-][A-Za-z]+)*|\d+(?:[.,/]\d+)*", text)


def sentences(text: str) -> int:
    return max(1, sum(1 for part in _STOP.split(text) if _WORD.search(part) or re.search(r"\d", part)))


def grade(text: str) -> float:
    """Flesch-Kincaid grade: years of US school. Grade 6 is a reading age of about 11."""
    said = words(text)
    per_word = sum(syllables(word) if word[0].isalpha() else 1 for word in said) / len(said)
    return 0.39 * len(said) / sentences(text) + 11.8 * per_word - 15.59


def ease(text: str) -> float:
    """Flesch reading ease: the same counts on a scale where more is easier."""
    said = words(text)
    per_word = sum(syllables(word) if word[0].isalpha() else 1 for word in said) / len(said)
    return 206.835 - 1.015 * len(said) / sentences(text) - 84.6 * per_word


def smog(text: str) -> float:
    """SMOG grade, for a text of about thirty sentences: it counts the words of three syllables and more."""
    long = sum(1 for word in words(text) if word[0].isalpha() and syllables(word) >= 3)
    return 1.043 * sqrt(long * 30 / sentences(text)) + 3.1291
