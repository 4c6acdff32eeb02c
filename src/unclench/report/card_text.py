"""Text on a card. What came from a record is shown and never obeyed, whatever the client draws Markdown with."""

from __future__ import annotations

import re
from functools import cache

from unclench.knowledge import knowledge
from unclench.report.wording import clean
from unclench.values import Jurisdiction

QUOTED = 90  # characters of a record that one line quotes

_MARKUP = re.compile(r"([\\`*_{}\[\]#!|~$])")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
# Clients turn bare addresses into links even where every character is escaped: a space keeps them from it.
_SCHEME = re.compile(r"(?i)\b(https?|ftp|file|data|mailto|xmpp|tel|javascript|vbscript)\s*:")
_BARE = re.compile(r"(?i)\bwww\s*\.")


@cache
def _spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    """British spellings of our own rows and what the United States write: one row of statements a pair."""
    pairs = dict(row.text.split(" = ") for row in knowledge().table("statements") if row.where == "spelling-us")
    return re.compile(rf"(?i)\b({'|'.join(pairs)})"), pairs


def own(text: str, jurisdiction: Jurisdiction) -> str:
    """Words of our own rows, spelt as in this country. Never for text of a record: that is shown as it was written."""
    if jurisdiction is Jurisdiction.UK:
        return text
    pattern, pairs = _spellings()

    def spelt(found: re.Match[str]) -> str:
        written = found[0]
        american = pairs[written.lower()]
        return american.capitalize() if written[0].isupper() else american

    return pattern.sub(spelt, text)


def marked(text: str) -> str:
    """Our own words for Markdown: only the signs that it would read are escaped."""
    return text.replace("*", r"\*").replace("<", "&lt;").replace("_", r"\_").replace("[", r"\[")


def say(key: str, jurisdiction: Jurisdiction, /, **values: object) -> str:
    """A statement, in the wording of the jurisdiction where it has one of its own."""
    facts = knowledge()
    here = f"{key}-{jurisdiction.value.upper()}"
    return facts.say(here if facts.has("statements", here) else key, **values)


def quoted(text: str) -> str:
    """Text of a record for Markdown: on one line, short, without markup, links or addresses."""
    plain = clean(text)
    plain = plain if len(plain) <= QUOTED else f"{plain[:QUOTED]} ..."
    plain = _BARE.sub("www .", _SCHEME.sub(r"\1 :", plain)).replace("@", " @ ").replace("](", "] (")
    escaped = "".join(_ENTITY.get(char, char) for char in plain)
    # An entity holds "#" and ";": only what is left of the text is escaped for Markdown.
    parts = re.split(r"(&(?:amp|lt|gt|quot|#39);)", escaped)
    return "".join(part if index % 2 else _MARKUP.sub(r"\\\1", part) for index, part in enumerate(parts))


def inside(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it begins an abbreviation."""
    if len(title) > 1 and (title[1].isupper() or title[1].isdigit()):
        return title
    return title[:1].lower() + title[1:]
