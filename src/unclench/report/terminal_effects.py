"""What a regimen will do, on a terminal: the answers by subject, and the first two days in a narrow table."""

from __future__ import annotations

from unclench.report.effects import EffectSection, Subject
from unclench.report.writer import Writer

INDENT, GAP = 2, 2


def print_effects(said: EffectSection, label: str, out: Writer) -> None:
    """The section, the most asked for first."""
    out.heading(f"What it will do, hour by hour: {label}")
    out.line(" ".join(said.intro), style="dim")
    for subject in said.subjects:
        _subject(subject, out)
    _hours(said, out)


def _subject(subject: Subject, out: Writer) -> None:
    out.line(subject.heading + (f" ({subject.mark})" if subject.mark else ""), style="bold")
    for one in subject.answers:
        out.item(one.says + (f" ({one.mark})" if one.mark and not subject.mark else ""))
    lead = subject.answers[0]
    hangs = f"Hangs most on: {lead.hangs_on}. " if lead.hangs_on else ""
    out.under(f"{hangs}Interval: {lead.people} differences between people, {lead.unsure} what studies leave unsure.")
    if subject.notes or subject.more:
        out.under(" ".join((*subject.notes, *subject.more)))


def _hours(said: EffectSection, out: Writer) -> None:
    """As many columns as fit, the first effects first."""
    table = said.few_hours
    if not table.rows:
        return
    out.line("The first two days: typical (9 in 10 predictions)", style="bold")
    kept = _fitting(table.rows, out.width - INDENT)
    heads = tuple(f"{number}:" for number in range(1, kept))
    for head, column in zip(heads, table.columns, strict=False):
        out.item(column, mark=head)
    rows = (("", *heads), *(cells[:kept] for cells in table.rows))
    widths = [max(len(cell) for cell in column) + GAP for column in zip(*rows, strict=True)]
    for cells in rows:
        before = "".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        out.line(cells[-1], first=" " * INDENT + before[: sum(widths[:-1])])
    out.item("every hour, every day and the other effects: --html FILE or --json FILE")


def _fitting(rows: tuple[tuple[str, ...], ...], width: int) -> int:
    """How many columns of these rows stand side by side."""
    used = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for kept in range(len(used), 2, -1):
        if sum(used[:kept]) + GAP * (kept - 1) <= width:
            return kept
    return 2
