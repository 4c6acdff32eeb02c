"""What every reader of entries needs at hand: the day, the index of references, and the list of what was noticed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from unclench.record import resources
from unclench.record.decode import Held
from unclench.record.patient import Noticed, PartialDate
from unclench.record.resources import Concept
from unclench.record.terms import partial_date

EARLIEST_YEAR = 1870
"""No living person's record reaches further back: an earlier year is a slip."""

LATEST_YEAR = 2200
"""No order, supply or plan reaches further: a later year is a slip, and days added to it would leave the calendar."""


@dataclass(slots=True)
class Desk:
    """One reading in progress."""

    on: date
    noticed: list[Noticed] = field(default_factory=list)
    index: dict[str, Held] = field(default_factory=dict)
    seldom: list[Held] = field(default_factory=list)  # observations: many, and hardly ever referred to

    def note(self, kind: str, ref: str, text: str) -> None:
        self.noticed.append(Noticed(kind, ref, text))

    def add(self, held: Held) -> None:
        """Make a resource findable by its full address and by Type/id."""
        if held.kind == "Observation":
            self.seldom.append(held)
        else:
            self._enter(held)

    def _enter(self, held: Held) -> None:
        if held.full_url:
            self.index.setdefault(held.full_url, held)
        if held.it.id:
            self.index.setdefault(f"{held.kind}/{held.it.id}", held)
            self.index.setdefault(f"urn:uuid:{held.it.id}", held)

    def find(self, reference: str | None) -> Held | None:
        """What a reference points to, if it is here."""
        if not reference:
            return None
        found = self.index.get(reference) or self.index.get(relative(reference))
        if found is None and self.seldom:
            for held in self.seldom:
                self._enter(held)
            self.seldom.clear()
            found = self.index.get(reference) or self.index.get(relative(reference))
        return found

    def day(self, ref: str, what: str, text: str | None) -> PartialDate | None:
        """A date of an entry; one that cannot be is noticed and left out."""
        if not text:
            return None
        found = partial_date(text)
        if found is None or found.last.year < EARLIEST_YEAR or found.last.year > LATEST_YEAR:
            self.note("unreadable", ref, f"{what} is not a date that can be: {text[:40]!r}")
            return None
        return found

    def medicine(self, it: resources.MedicationRequest | Any) -> tuple[Concept | None, str]:
        """The product of an order: in place, contained, or referenced; and a display where nothing else is left."""
        if it.medication_codeable_concept is not None:
            return it.medication_codeable_concept, ""
        reference = it.medication_reference
        if reference is None:
            return None, ""
        found: resources.Medication | None = None
        if (reference.reference or "").startswith("#"):
            found = _contained(it.contained, reference.reference or "")
        else:
            held = self.find(reference.reference)
            found = held.it if held is not None and held.kind == "Medication" else None
        if found is None:
            return None, reference.display or ""
        if found.code is None and found.ingredient:
            return found.ingredient[0].item_codeable_concept, reference.display or ""
        return found.code, reference.display or ""


def relative(reference: str) -> str:
    """Type/id of an absolute or versioned reference."""
    parts = reference.split("/_history/", maxsplit=1)[0].split("/")
    return "/".join(parts[-2:])


def _contained(contained: list[dict[str, Any]] | None, reference: str) -> resources.Medication | None:
    for value in contained or ():
        if value.get("resourceType") == "Medication" and f"#{str(value.get('id', '')).removeprefix('#')}" == reference:
            try:
                return msgspec.convert(value, resources.Medication)
            except msgspec.ValidationError:
                return None
    return None
