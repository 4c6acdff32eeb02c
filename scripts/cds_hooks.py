"""Print what the CDS Hooks service does, and the checklist with what holds each point, as docs/cds-hooks.md."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

from unclench.interfaces.web.hooks.asked import asked_for
from unclench.interfaces.web.hooks.capability import capability
from unclench.interfaces.web.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
POINTS = ROOT / "tests" / "cds_points.csv"
SHOWN = 3  # files that hold one point

HEAD = """# The CDS Hooks service

Made by `make docs` from the service and from the marks of its tests; do not edit.

`unclench serve` answers [CDS Hooks](https://cds-hooks.org) 2.0 at `/cds-services`. It is tolerant of what
clients send and strict in what it answers. [A first card](first-card.md) goes from a key to an answer, step by
step. [Cards](cards.md) say what is advised;
[configuration](configuration.md) lists the settings; [threats](threats.md) the tokens and what guards them.

## Services
"""

BEFOREHAND = """
## What is asked for beforehand
The same for every service, so that an answer does not change between hooks for want of data.
"""

HOW = """
## How a call is read
- `hook`, `hookInstance` (any UUID) and `context` are required; unknown members and extensions are ignored. A
  key that an object gives twice, JSON that is not UTF-8 or too deep, and FHIR that is not R4 are refused.
- Every draft `MedicationRequest` of the patient in question is judged by itself, the others as what will be
  taken with it. order-select judges the selected ones. Drafts for anybody else are not looked at. A draft
  without an id gets advice without suggestions, since nothing could point to it.
- Where diazepam is neither ordered nor taken, nothing is judged: the answer is `{"cards": []}`.
- `null` or an empty Bundle is known to be empty. A key that is absent, an OperationOutcome, or something else
  is missing. A list with a next page, a total that is larger, or a search that was narrowed is a part. Missing
  and partial lists rule nothing out, and cards name what is missing. A server without MedicationStatement is
  not missing anything.
- What is missing, next pages, and medicines that orders only point to are fetched from `fhirServer`, but only
  where `fhir_servers` lists it and the scopes of the token allow it: at once, within `fetch_seconds`. Without the
  Patient of `context.patientId` the answer is 412.
- Refusals are OperationOutcomes as `application/json`: 400, 401, 404, 405, 412, 413, 415, 429, 500, 503. They
  repeat nothing of the request.

## Feedback
`POST /cds-services/{id}/feedback` counts rule, outcome, coded reason and hour, each report once. A code that
our cards do not offer is counted as `other`; free words are not kept. Counts are in memory; with
`feedback_file` each report is also one line of JSON, appended (readable by its owner only; nothing rotates it).
A worker knows the rules of the cards that it gave itself: behind several workers, some feedback is counted
under the rule `unknown`.

## Repeated cards
Off by default: every call gets its cards. With `repeat_filter` a card is left out for an hour where the same
user was shown one about the same patient, order and rule; critical cards never. Each worker filters what it
showed itself. What it remembers is a hash under a key that only this worker has.
"""

CHECKLIST = """
## The checklist
Each point of our checklist in our words, how strictly it is meant (*must*, *should*, *may*; *best* practice;
*interop*: learnt from real clients), and the tests that hold it. A test wears the number of its point:
`@pytest.mark.point(45)`.
"""


def points() -> list[dict[str, str]]:
    """The rows of the checklist."""
    with POINTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def worn() -> dict[int, list[str]]:
    """The test files that wear each number."""
    found: dict[int, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for number in _numbers(ast.parse(text)) if "mark.point" in text else ():
            found.setdefault(number, set()).add(path.relative_to(ROOT / "tests").as_posix())
    return {number: sorted(files) for number, files in found.items()}


def _numbers(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.point":
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, int))


def cds_hooks_page() -> str:
    """docs/cds-hooks.md."""
    told = capability(Settings())
    services = _table(
        ["hook", "id", "what it is for"], [(one.hook, f"`{one.id}`", one.description) for one in told.services]
    )
    asked = _table(
        ["key", "template", "for"],
        [(f"`{one.key}`", f"`{_short(one.template)}`", one.purpose) for one in asked_for()],
    )
    limits = "\n".join(f"- {one}" for one in told.limits)
    held = worn()
    rows = [
        (row["point"], row["level"], row["asks"], _held(held.get(int(row["point"]), []), row["because"]))
        for row in points()
    ]
    return "\n".join(
        [
            HEAD,
            services,
            BEFOREHAND,
            asked,
            HOW,
            "## Limits\n",
            limits,
            CHECKLIST,
            _table(["", "level", "asks", "held by"], rows),
            "",
        ]
    )


def _held(files: list[str], because: str) -> str:
    if not files:
        return because
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    return ", ".join(f"`{one}`" for one in files[:SHOWN]) + more


def _short(template: str) -> str:
    """The codes of measurements are many; the page shows the first two."""
    start, mark, rest = template.partition("code=")
    if not mark:
        return template
    codes, _, end = rest.partition("&")
    return f"{start}code={','.join(codes.split(',')[:2])},...&{end}"


def _table(head: list[str], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
