"""A small strict reader of RFC 5545, for what a calendar of a taper may hold. What it does not know, it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

LINE = re.compile(r"([A-Z][A-Z-]*)((?:;[A-Z-]+=[^;:,\"]+)*):(.*)")
KNOWN = {
    "VCALENDAR": {"VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "X-WR-CALDESC"},
    "VEVENT": {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "SUMMARY", "DESCRIPTION", "CLASS", "TRANSP",
    },
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}  # fmt: skip
NEEDED = {
    "VCALENDAR": {"VERSION", "PRODID"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART"},
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}
INSIDE = {"VCALENDAR": "", "VEVENT": "VCALENDAR", "VALARM": "VEVENT"}
TEXTS = {"SUMMARY", "DESCRIPTION", "X-WR-CALNAME", "X-WR-CALDESC", "PRODID"}


@dataclass
class Part:
    name: str
    lines: dict[str, str] = field(default_factory=dict)
    dated: bool = False  # DTSTART is a date
    parts: list[Part] = field(default_factory=list)


def read(content: bytes) -> Part:
    assert content.endswith(b"\r\n")
    raw = content[:-2].split(b"\r\n")
    for line in raw:
        assert len(line) <= 75, line
        assert not re.search(rb"[\x00-\x1f\x7f]", line), line
        line.decode("utf-8")  # no character is torn by a fold
    unfolded = content.decode("utf-8").replace("\r\n ", "")[:-2].split("\r\n")
    open_parts: list[Part] = []
    for line in unfolded:
        matched = LINE.fullmatch(line)
        assert matched, line
        name, parameters, value = matched.groups()
        if name == "BEGIN":
            assert INSIDE[value] == (open_parts[-1].name if open_parts else "")
            part = Part(value)
            if open_parts:
                open_parts[-1].parts.append(part)
            open_parts.append(part)
        elif name == "END":
            part = open_parts.pop()
            assert part.name == value
            assert NEEDED[value] <= part.lines.keys()
            if not open_parts:
                assert line == unfolded[-1]
                assert part.parts, "a calendar holds at least one component"
                return part
        else:
            _add(open_parts[-1], name, parameters, value)
    raise AssertionError("not ended")


def _add(part: Part, name: str, parameters: str, value: str) -> None:
    assert name in KNOWN[part.name], name
    assert name not in part.lines, f"{name} twice"
    assert parameters in ("", ";VALUE=DATE"), parameters
    if name in TEXTS:
        assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
        assert not re.search(r"\\[^\\;,nN]", re.sub(r"\\\\", "", value)), value
        value = re.sub(r"\\(.)", r"\1", value)
    if name == "DTSTART":
        part.dated = parameters == ";VALUE=DATE"
    if name in ("DTSTART", "DTEND"):
        assert re.fullmatch(r"\d{8}" if parameters else r"\d{8}T\d{6}", value), value
    if name == "DTSTAMP":
        assert re.fullmatch(r"\d{8}T\d{6}Z", value), value
    part.lines[name] = value


def occurrences(event: Part) -> list[datetime | date]:
    """Every time at which an event comes, by counting days: slow, and plain to see."""
    start = event.lines["DTSTART"]
    first = datetime.fromisoformat(start)
    every, count = 1, 1
    if rule := event.lines.get("RRULE"):
        matched = re.fullmatch(r"FREQ=DAILY(?:;INTERVAL=(\d+))?;COUNT=(\d+)", rule)
        assert matched, rule
        every, count = int(matched[1] or 1), int(matched[2])
    times = [first + timedelta(days=every * index) for index in range(count)]
    return [one.date() for one in times] if event.dated else list(times)
