"""What is typed or given beside a record for the verb `taper`: files of a diary and of levels, slips told as usage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from unclench.interfaces import door
from unclench.interfaces.taper_input import TYPED, Typed
from unclench.values import RecordError

if TYPE_CHECKING:
    from unclench.planning.taper_ground import Seen
    from unclench.record.patient import Patient, Stated


@contextmanager
def as_usage() -> Iterator[None]:
    """A slip of the hand is a usage error."""
    try:
        yield
    except RecordError as error:
        if error.where != TYPED:
            raise
        raise door.refused(f"found {error.found}, need {error.need}.") from None


def seen_of(diary: Path | None, levels: Path | None, day: date) -> Seen:
    from unclench.individual.diary_file import read_diary
    from unclench.individual.levels_file import read_levels
    from unclench.planning.taper_ground import Seen as Found

    return Found(
        diary=None if diary is None else read_diary(diary, until=day),
        levels=() if levels is None else read_levels(levels, on=day),
    )


def read_or_typed(
    record: list[str] | None, typed: Typed, stated: Sequence[Stated], day: date, patient: str | None
) -> Patient:
    """The record, or one made of what was typed."""
    from unclench.record import read

    if record:
        if typed.is_person:
            raise door.refused("found a record and a person typed beside it, need one of them.")
        return read(record[0] if len(record) == 1 else tuple(record), on=day, answers=stated, patient_id=patient)
    if typed.dose is None or typed.months is None:
        raise door.refused("found no record, need one, or --dose and --months.")
    return typed.patient(day, stated)
