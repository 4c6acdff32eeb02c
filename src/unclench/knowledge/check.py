"""Everything that can be wrong with the data files beyond their shape, gathered in one go.

`check(names)` is what `unclench knowledge check` prints and what the tests of the knowledge base ask for.
The names of the questions are an argument, because they are functions of a room above this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from unclench.knowledge import check_codes, check_sense, check_words
from unclench.knowledge.load import FILES, Fault, Knowledge, load_all

# What a question reads in `of`. A question not listed here reads nothing there.
READS_GROUPS = frozenset({"has_condition", "ever_had_condition", "had_condition_within"})
READS_DRUGS = frozenset({"takes", "is_allergic_to", "was_tried", "has_tried"})
THERAPIES = frozenset({"non-drug", "physiotherapy", "heat", "exercise"})
ENTITIES = frozenset(
    {"acute-spasm", "low-back-pain-without-spasm", "chronic-low-back-pain", "sciatica", "spasticity", "stiff-person"}
    | {"athetosis", "tetanus", "cramp", "drug-induced-dystonia", "outside-scope", "unknown"}
)
JURISDICTIONS = frozenset({"us", "uk"})


def check(names: Collection[str] | None = None) -> tuple[Fault, ...]:
    """All faults of all files. `names`: the questions that rows may ask; None: they are not checked."""
    faults: list[Fault] = []
    facts = load_all(faults)
    parts: tuple[Callable[[Knowledge], Iterator[Fault]], ...] = (
        check_sources,
        check_questions,
        check_targets,
        check_references,
        *check_codes.CHECKS,
        *check_sense.CHECKS,
        *check_words.CHECKS,
    )
    for part in parts:
        faults.extend(part(facts))
    if names is not None:
        faults.extend(check_names(facts, names))
    return tuple(faults)


def check_sources(facts: Knowledge) -> Iterator[Fault]:
    """Every fact says where it was read, and that source is described."""
    for name in FILES:
        for row in facts.table(name):
            where = f"{name} {identity(row)}"
            if hasattr(row, "source") and not facts.has("sources", row.source):
                yield Fault(where, f"source {row.source!r}", "an id of sources.csv")
            if hasattr(row, "locator") and not row.locator:
                yield Fault(where, "no locator", "the place in the source")


def identity(row: Any) -> str:
    """What a person would look for in the file."""
    return str(next((getattr(row, key) for key in ("id", "order", "code", "rxnorm", "words") if hasattr(row, key)), ""))


def check_names(facts: Knowledge, names: Collection[str]) -> Iterator[Fault]:
    """Every `when` names questions that exist."""
    for where, row in asking(facts):
        for name in row.when:
            if name.removeprefix("not_") not in names:
                yield Fault(where, f"question {name!r}", "one of the registered questions")


def asking(facts: Knowledge) -> Iterator[tuple[str, Any]]:
    """Every row with a `when`, and where it is."""
    for name in FILES:
        for row in facts.table(name):
            if hasattr(row, "when"):
                yield f"{name} {row.id}", row


def check_questions(facts: Knowledge) -> Iterator[Fault]:
    """A question to a person can be answered in exactly the ways it says."""
    for row in facts.table("questions"):
        where = f"questions {row.id}"
        if row.kind not in {"yes-no", "choice", "number", "date"}:
            yield Fault(where, f"kind {row.kind!r}", "yes-no, choice, number or date")
        if row.kind in {"yes-no", "choice"} and len(row.allowed) < 2:
            yield Fault(where, "fewer than two answers", "the answers it allows")
        if row.kind == "number" and (row.low is None or row.high is None or row.low >= row.high):
            yield Fault(where, f"range {row.low} to {row.high}", "a low and a higher high")
        if not row.ask.endswith("?") or not row.why:
            yield Fault(where, "no question mark, or no reason", "a question, and why it matters")


def check_targets(facts: Knowledge) -> Iterator[Fault]:
    """What a row points at in `of` exists: groups, drugs, tags, questions with their answers, indications."""
    groups = {row.group for row in facts.table("codes")} | {row.group for row in facts.table("terms")}
    drugs, tags = drugs_and_tags(facts)
    targets = (
        {f"drug:{name}" for name in drugs}
        | {f"tag:{name}" for name in tags}
        | {f"therapy:{name}" for name in THERAPIES}
    )
    for where, row in asking(facts):
        names = {name.removeprefix("not_") for name in row.when}
        parts = [part.strip() for part in row.of.split("|") if part.strip()]
        for part in parts:
            if names & READS_GROUPS and part not in groups:
                yield Fault(where, f"group {part!r}", "a group of codes.csv or terms.csv")
            if names & READS_DRUGS and part not in targets:
                yield Fault(where, repr(part), "tag:, drug: or therapy: with a known name")
            if "stated" in names:
                yield from _check_stated(facts, where, part)
            if "treats" in names and part not in ENTITIES:
                yield Fault(where, f"indication {part!r}", ", ".join(sorted(ENTITIES)))
            if "in_jurisdiction" in names and part not in JURISDICTIONS:
                yield Fault(where, f"jurisdiction {part!r}", "us or uk")
        if (names & READS_GROUPS or names & READS_DRUGS or names & {"stated", "treats"}) and not parts:
            yield Fault(where, "nothing in `of`", "what the question is about")


def drugs_and_tags(facts: Knowledge) -> tuple[set[str], set[str]]:
    """The ids of all ingredients, and all their tags."""
    rows = facts.table("drugs")
    return {row.id for row in rows}, {tag for row in rows for tag in row.tags}


def _check_stated(facts: Knowledge, where: str, part: str) -> Iterator[Fault]:
    question, _, value = part.partition("=")
    if not facts.has("questions", question):
        yield Fault(where, f"question id {question!r}", "an id of questions.csv")
    elif value not in facts.get("questions", question).allowed:
        yield Fault(where, f"answer {value!r} of {question}", "an answer that the question allows")


def check_references(facts: Knowledge) -> Iterator[Fault]:
    """Rows that name rows of other files name existing ones."""
    drugs, tags = drugs_and_tags(facts)
    either = drugs | tags | {""}
    rules = {row.id for row in facts.table("rules")} | {""}
    alternatives = {row.id for row in facts.table("alternatives")}
    risks = {row.id for row in facts.table("stopping_risks")}
    wanted: tuple[tuple[str, Callable[[Any], Iterable[str]], set[str], str], ...] = (
        ("alternative_checks", lambda row: (row.alternative,), alternatives, "an id of alternatives.csv"),
        ("alternatives", lambda row: (row.drug,), drugs | {""}, "an id of drugs.csv"),
        ("alternatives", lambda row: row.uses, set(ENTITIES), "an indication"),
        ("perpetrators", lambda row: parts_of(row.drug), either, "a drug or tag of drugs.csv"),
        ("ratios", _perpetrator_in_use, either, "a drug or tag of drugs.csv"),
        ("combined_effects", lambda row: (row.drug, row.tag), either, "a drug or tag of drugs.csv"),
        ("drug_products", lambda row: row.drugs, drugs, "an id of drugs.csv"),
        ("drug_concepts", lambda row: row.drugs, drugs, "an id of drugs.csv"),
        ("softenings", lambda row: (row.rule,), rules, "an id of rules.csv"),
        ("equivalents", lambda row: (row.drug,), drugs, "an id of drugs.csv"),
        ("half_lives", lambda row: (row.drug,), drugs, "an id of drugs.csv"),
        ("need", lambda row: (row.rule,), rules, "an id of rules.csv"),
        ("need_views", lambda row: row.risks, risks, "an id of stopping_risks.csv"),
    )
    for name, points_at, known, need in wanted:
        for row in facts.table(name):
            for found in points_at(row):
                if found not in known:
                    yield Fault(f"{name} {identity(row)}", repr(found), need)


def _perpetrator_in_use(row: Any) -> tuple[str, ...]:
    """Studies that are only shown or excluded may be of drugs that this project does not list."""
    return parts_of(row.perpetrator) if row.use == "use" else ()


def parts_of(perpetrator: str) -> tuple[str, ...]:
    """The ingredients of a perpetrator, or its tag: "nirmatrelvir + ritonavir" has two."""
    return tuple(part.strip() for part in perpetrator.removeprefix("tag:").split(" + "))
