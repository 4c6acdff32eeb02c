"""Print tests/spec/ as docs/manual.md: a section per file, a paragraph per test, and the tables that it runs."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

SPEC = Path(__file__).resolve().parent.parent / "tests" / "spec"
HEAD = """# The manual

Made by `make docs` from the tables in `tests/spec/`; do not edit. Every table below is run as a test, on a made-up
person of whom nothing speaks against a short course: a man of 42 years and 80 kg with spasm of the back that began
two days before, for whom heat, an anti-inflammatory and a relaxant have failed. A table changes him one step at a
time. `rule` names a rule of [rules.md](rules.md) that must say yes, or what `answered` says; `answer` holds what was
answered beyond the record, and `?` takes an answer away. The day is 21 November 2026.
"""


def manual_page() -> str:
    """docs/manual.md."""
    return "\n".join([HEAD, *(section(path) for path in sorted(SPEC.glob("test_*.py")))])


def section(path: Path) -> str:
    """One file: its title, what it says about itself, and its tests."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    about = ast.get_docstring(module) or ""
    title, about = titled(constants.get("title"), about)
    parts = [f"## {title}\n"] + ([f"{flowing(about)}\n"] if about else [])
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            parts.append(paragraph(node, constants))
    return "\n".join(parts)


def titled(title: ast.expr | None, about: str) -> tuple[str, str]:
    """The title and what stays to be said. Without a title the first sentence of the docstring is it."""
    if title is not None:
        said = str(ast.literal_eval(title))
        return said, "" if about.rstrip(".") == said else about
    first, _, rest = about.partition(". ")
    return first.rstrip("."), rest


def paragraph(test: ast.FunctionDef, constants: dict[str, ast.expr]) -> str:
    """One test: its name as a heading, its docstring, its tables."""
    name = test.name.removeprefix("test_").replace("_", " ")
    told = ast.get_docstring(test)
    tables = [*parameters(test, constants), *written(test)]
    if told is None and not any("\n" in table for table in tables):
        return f"- {' '.join([f'{name[0].upper()}{name[1:]}.', *tables])}\n"
    parts = [f"### {name[0].upper()}{name[1:]}\n"]
    parts += [f"{flowing(told)}\n"] if told else []
    return "\n".join([*parts, *(f"{table}\n" for table in tables)])


def flowing(text: str) -> str:
    """Lines that are broken for the source become one again; empty lines part paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def written(test: ast.FunctionDef) -> Iterator[str]:
    """The tables handed to `spec(...)` or `spec.shows(...)`."""
    for call in ast.walk(test):
        if not isinstance(call, ast.Call):
            continue
        function = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        if not (isinstance(function, ast.Name) and function.id == "spec" and call.args):
            continue
        table = call.args[0]
        if isinstance(table, ast.Constant) and isinstance(table.value, str):
            lines = inspect.cleandoc(table.value).splitlines()
            rows = [[cell.strip() for cell in line.split("|")] for line in lines if set(line) - set("-+ ")]
            yield markdown(rows)


def parameters(test: ast.FunctionDef, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The cases of `parametrize`: a table, or where there is one name only a line."""
    for mark in test.decorator_list:
        if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.parametrize"):
            continue
        names = ast.literal_eval(mark.args[0])
        cases = constants[mark.args[1].id] if isinstance(mark.args[1], ast.Name) else mark.args[1]
        if not isinstance(cases, ast.List | ast.Tuple):
            continue
        if isinstance(names, str):
            yield f"{names.capitalize()}: {', '.join(cell(case) for case in cases.elts)}."
            continue
        rows = [[cell(part) for part in case.elts] for case in cases.elts if isinstance(case, ast.Tuple)]
        yield markdown([list(names), *rows])


def cell(value: ast.expr) -> str:
    """A value as it is read, without the marks of the language."""
    if isinstance(value, ast.Constant):
        return "none" if value.value is None else str(value.value)
    if isinstance(value, ast.Set | ast.List | ast.Tuple):
        return ", ".join(cell(part) for part in value.elts)
    return re.sub(r"^set\(\)$", "nothing", ast.unparse(value))


def markdown(rows: list[list[str]]) -> str:
    """Rows as a table of Markdown, the first one as its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])
