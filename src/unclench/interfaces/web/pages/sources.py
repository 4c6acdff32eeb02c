"""What the answers rest on: every rule, every fact in full, every source. No patient is on these pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from unclench.interfaces.web.service import Service
from unclench.interfaces.web.views import page
from unclench.knowledge.load import knowledge_with_manual
from unclench.knowledge.rows import Rule, Source
from unclench.report.explained import (
    KINDS,
    LONGEST_ID,
    CodeGroup,
    Explained,
    allowed,
    explained,
    ids,
    questions,
    read_in,
    source_keys,
)
from unclench.values import KnowledgeError

STAGES = {
    "contraindication": "Contraindications",
    "indication": "What it is for",
    "pathway": "What comes first",
    "interaction": "Other medicines",
    "population": "People who need other doses, or none",
    "precaution": "Precautions",
    "dosing": "Dose, times and days",
    "dependence": "Dependence",
    "taper": "Stopping",
    "monitoring": "What to watch",
    "counselling": "What to tell",
    "alternative": "Instead of it",
    "overdose": "Overdose",
    "adverse": "Unwanted effects",
    "quality": "Quality of the record",
    "data": "What must be known",
}
# What a rule does to a regimen, in words; the rest of its fields are shown as they stand.
CHANGES = {
    "start mg": "starts with at most, mg",
    "dose max mg": "one dose at most, mg",
    "day max mg": "a day at most, mg",
    "days max": "days at most",
    "times max": "times a day at most",
    "refills max": "repeats at most",
    "review day": "review on day",
    "effect": "effect",
    "effect spasticity": "effect where spasticity is treated",
    "severity": "severity",
}
EFFECTS = {
    "block": "diazepam is not given",
    "avoid": "avoid",
    "second-line": "not first line",
    "change": "the dose, the days or what is watched changes",
    "note": "for information",
}
SAID = ("says", "because", "asks", "why", "text", "what")


@dataclass(frozen=True, slots=True)
class Shown:
    """One row, with its fields sorted by what a reader asks of them."""

    row: Explained
    said: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]
    rest: tuple[tuple[str, str], ...]
    read_in: tuple[str, ...]  # what was read there, where the row is a source


@dataclass(frozen=True, slots=True)
class Cited:
    """A source, and how much was read in it."""

    source: Source
    facts: int


@cache
def _by_stage() -> tuple[tuple[str, str, tuple[Rule, ...]], ...]:
    """Rules by stage, the gravest first: key, name, rules."""
    rules: tuple[Rule, ...] = knowledge_with_manual().table("rules")
    order = [*STAGES, *dict.fromkeys(rule.stage for rule in rules if rule.stage not in STAGES)]
    grouped = ((stage, tuple(rule for rule in rules if rule.stage == stage)) for stage in order)
    return tuple((stage, STAGES.get(stage, stage.capitalize()), found) for stage, found in grouped if found)


@cache
def _cited() -> tuple[Cited, ...]:
    facts = knowledge_with_manual()
    counted = Counter(key for kind in KINDS for row in facts.table(kind) for key in source_keys(row))
    return tuple(Cited(source, counted[source.id]) for source in facts.table("sources"))


def _shown(key: str) -> tuple[Shown | CodeGroup, ...]:
    return tuple(one if isinstance(one, CodeGroup) else _sorted(one) for one in explained(key))


def _sorted(row: Explained) -> Shown:
    rule = row.kind == "rules"
    return Shown(
        row=row,
        said=tuple((label, text) for label, text in row.fields if label in SAID),
        changes=tuple(
            (CHANGES[label], EFFECTS.get(text, text) if label.startswith("effect") else text)
            for label, text in row.fields
            if rule and label in CHANGES
        ),
        rest=tuple(
            (label, text) for label, text in row.fields if label not in SAID and not (rule and label in CHANGES)
        ),
        read_in=read_in(row.id) if row.kind == "sources" else (),
    )


@get("/rules", include_in_schema=False)
async def rules(state: State) -> Response[str]:
    """Every rule. The words to filter by stay in the browser: a name of a medicine belongs in no address."""
    service: Service = state.service
    stages = await service.worker.run(_by_stage)
    count = sum(len(found) for _, _, found in stages)
    return page("rules.html.j2", here="rules", stages=stages, count=count, edition=knowledge_with_manual().edition)


@get("/sources", include_in_schema=False)
async def sources(state: State) -> Response[str]:
    service: Service = state.service
    cited = await service.worker.run(_cited)
    return page("sources.html.j2", here="rules", cited_sources=cited)


@get("/questions", include_in_schema=False)
async def asked(state: State) -> Response[str]:
    service: Service = state.service
    rows = await service.worker.run(questions)
    return page("questions_all.html.j2", here="rules", questions=rows, allowed=allowed)


async def _one(request: Request[Any, Any, State], key: str) -> Response[str]:
    """One id in full: as a page, or for a panel beside another page as a part of one."""
    service: Service = request.app.state.service
    if len(key) > LONGEST_ID:
        raise NotFoundException(detail="an id of the knowledge base")
    try:
        found = await service.worker.run(_shown, key)
    except KnowledgeError as error:
        raise NotFoundException(detail=f"an id of the knowledge base. {error.fix}".rstrip(".")) from None
    written = ids(knowledge_with_manual())[key.strip().casefold()]
    values: dict[str, Any] = {"found": found, "key": written, "kinds": KINDS}
    if request.headers.get("hx-request") == "true":
        return page("fact_part.html.j2", **values)
    return page("fact.html.j2", here="rules", **values)


@get("/rules/{key:str}", include_in_schema=False)
async def rule(request: Request[Any, Any, State], key: FromPath[str]) -> Response[str]:
    return await _one(request, key)


@get("/facts/{key:str}", include_in_schema=False)
async def fact(request: Request[Any, Any, State], key: FromPath[str]) -> Response[str]:
    """The same: which of the two an id is, whoever writes a link need not know."""
    return await _one(request, key)


def handlers() -> Sequence[ControllerRouterHandler]:
    return [rules, sources, asked, rule, fact]
