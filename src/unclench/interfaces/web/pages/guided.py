"""The guided form: a few fields that most records need, written as the short record that a person could have typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# What stands in YAML without quotes and means only itself.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .%()+/-]*(?<! )")
_NUMBER = re.compile(r"\d+([.,]\d+)?")
_NONE = frozenset({"none", "none known", "no", "nil", "nka", "nkda"})
_NULLS = frozenset({"null", "true", "false", "yes", "on", "off", "y", "n"})
NONE_KNOWN = "none known"


@dataclass(frozen=True, slots=True)
class Guided:
    """The fields as they were typed. Empty means not recorded: nothing is written for it."""

    age: str = ""
    sex: str = ""
    weight: str = ""
    weight_unit: str = "kg"
    problems: str = ""  # one to a line
    medicines: str = ""
    allergies: str = ""

    @property
    def is_empty(self) -> bool:
        return not any((self.age, self.sex, self.weight, self.problems, self.medicines, self.allergies))


def guided(fields: Mapping[str, str]) -> Guided:
    """From the fields of a form, which begin with `g.`."""
    return Guided(**{name: fields.get(f"g.{name}", "").strip() for name in Guided.__slots__ if f"g.{name}" in fields})


def written(form: Guided) -> str:
    """The short record. What is odd in a field stays odd: reading it says what is wrong, and where."""
    return "\n".join([f"patient: {{{', '.join(_person(form))}}}", *_lists(form), ""])


def _person(form: Guided) -> Iterator[str]:
    if form.age:
        yield f"age: {_scalar(form.age)}"
    if form.sex:
        yield f"sex: {_scalar(form.sex)}"
    if form.weight:
        bare = _NUMBER.fullmatch(form.weight) is not None
        yield f"weight: {_scalar(f'{form.weight} {form.weight_unit}' if bare else form.weight)}"


def _lists(form: Guided) -> Iterator[str]:
    for name, text in (("problems", form.problems), ("medications", form.medicines), ("allergies", form.allergies)):
        lines = [line for line in (one.strip(" \t-*") for one in re.split(r"[\r\n;]+", text)) if line]
        if lines and name != "problems" and len(lines) == 1 and lines[0].lower().rstrip(".") in _NONE:
            yield f"{name}: {NONE_KNOWN}"
        elif lines:
            yield f"{name}:"
            yield from (f"  - {_scalar(line)}" for line in lines)


def _scalar(text: str) -> str:
    """JSON is YAML: whatever could mean something else is quoted as JSON quotes."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _NULLS
    return text if plain else json.dumps(text, ensure_ascii=False)
