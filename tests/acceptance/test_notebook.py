"""The notebook: every cell runs from a clean start, says what is committed, and stays small."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scripts import notebook


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    return notebook.read()


@pytest.fixture(scope="module")
def fresh(committed: dict[str, Any]) -> dict[str, Any]:
    return notebook.executed(committed)


@pytest.mark.verifies("M12")
def test_every_cell_runs_and_says_what_is_committed(committed: dict[str, Any], fresh: dict[str, Any]) -> None:
    assert notebook.texts(fresh) == notebook.texts(committed), "stale: make notebook"


def test_as_many_figures_come_out_as_are_committed(committed: dict[str, Any], fresh: dict[str, Any]) -> None:
    def figures(of: dict[str, Any]) -> list[int]:
        return [
            sum("image/svg+xml" in output.get("data", {}) for output in cell["outputs"])
            for cell in notebook.code_cells(of)
        ]

    assert figures(fresh) == figures(committed)
    assert sum(figures(committed)) >= 3


def test_it_is_a_notebook_of_its_format(committed: dict[str, Any]) -> None:
    assert (committed["nbformat"], committed["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in committed["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in ids)
    code = notebook.code_cells(committed)
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert notebook.NOTEBOOK.stat().st_size < 400_000


def test_it_says_what_it_is_not(committed: dict[str, Any]) -> None:
    words = "".join("".join(cell["source"]) for cell in committed["cells"] if cell["cell_type"] == "markdown")
    for said in ("Not yet reviewed by a clinician", "recommendation", "no level is called safe", "do not settle"):
        assert said in words


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("1 + 1", ["2"]),
        ("x = 3", []),
        ("print('a'); 5", ["a\n", "5"]),
        ("[1, 2];", []),
        ("for i in range(2):\n    print(i)", ["0\n1\n"]),
    ],
)
def test_a_cell_shows_what_it_prints_and_its_last_value(source: str, wanted: list[str]) -> None:
    cell = {"cell_type": "code", "source": [source], "outputs": [], "execution_count": None}
    assert notebook.texts(notebook.executed({"cells": [cell]})) == wanted


def test_an_error_in_a_cell_is_an_error() -> None:
    cell = {"cell_type": "code", "source": ["1 / 0"], "outputs": [], "execution_count": None}
    with pytest.raises(ZeroDivisionError):
        notebook.executed({"cells": [cell]})
