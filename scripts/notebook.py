"""Run docs/model.ipynb from top to bottom and write its outputs into it, or with --check say whether they are current.

No Jupyter is needed: a notebook is a JSON file (nbformat 4.5), its cells are run in order in one namespace, and what
they print, the value of a last line and every figure are kept. `make notebook` calls this.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "docs" / "model.ipynb"
Cell = dict[str, Any]


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same notebook with the outputs of one clean run from the top. An error in a cell is an error here."""
    made = copy.deepcopy(notebook)
    space: dict[str, Any] = {"__name__": "__main__"}
    with _at_home():
        for number, cell in enumerate(code_cells(made), start=1):
            cell["execution_count"] = number
            cell["outputs"] = list(_run(cell, number, space))
    return made


def code_cells(notebook: dict[str, Any]) -> list[Cell]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def texts(notebook: dict[str, Any]) -> list[str]:
    """What the cells say in words, without the figures: those hang on the version of the plotting library."""
    return [
        "".join(output.get("text", ()) or output["data"].get("text/plain", ()))
        for cell in code_cells(notebook)
        for output in cell["outputs"]
        if "text" in output or "text/plain" in output.get("data", {})
    ]


def read(path: Path = NOTEBOOK) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def written(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


@contextlib.contextmanager
def _at_home() -> Iterator[None]:
    """At the top of the project, with figures that need no screen and have the same bytes each time."""
    import matplotlib as mpl

    before = Path.cwd()
    os.chdir(ROOT)
    try:
        with mpl.rc_context({"svg.hashsalt": "unclench", "svg.fonttype": "none", "figure.dpi": 80}):
            mpl.use("Agg")
            yield
    finally:
        os.chdir(before)


def _run(cell: Cell, number: int, space: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run one cell; a last line that is an expression is shown, unless it ends with a semicolon."""
    source = "".join(cell["source"])
    tree = ast.parse(source, f"cell {number}")
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), space)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), space)
    if printed.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())}
    if value is not None and not source.rstrip().endswith(";"):
        data = {"text/plain": _lines(repr(value))}
        yield {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}
    yield from _figures()


def _figures() -> Iterator[dict[str, Any]]:
    """Every open figure as SVG, without a date."""
    from matplotlib import pyplot

    for number in pyplot.get_fignums():
        figure, out = pyplot.figure(number), io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None}, bbox_inches="tight")
        pyplot.close(figure)
        data = {"image/svg+xml": _lines(out.getvalue()), "text/plain": ["<Figure>"]}
        yield {"data": data, "metadata": {}, "output_type": "display_data"}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main() -> int:
    """Write, or check; the exit code says whether the outputs were current."""
    committed = read()
    fresh = executed(committed)
    if "--check" in sys.argv:
        same = texts(fresh) == texts(committed)
        if not same:
            print(f"stale, run `make notebook`: {NOTEBOOK.relative_to(ROOT)}")
        return 0 if same else 1
    text = written(fresh)
    if text != NOTEBOOK.read_text(encoding="utf-8"):
        NOTEBOOK.write_text(text, encoding="utf-8")
        print(f"wrote {NOTEBOOK.relative_to(ROOT)}, {len(text) // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
