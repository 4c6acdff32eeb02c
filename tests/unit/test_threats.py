"""The threat model names a control and tests for each risk, and the tests are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

KINDS = {"spoofing", "tampering", "repudiation", "disclosure", "denial", "elevation"}


@pytest.fixture(scope="module")
def threats(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "threats.yaml").read_text(encoding="utf-8"))
    return found


@cache
def functions_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_every_risk_has_a_control_and_tests_that_exist(root: Path, threats: dict[str, Any]) -> None:
    assert list(threats) == ["assets", "boundaries", "risks", "accepted"]
    for key, row in threats["risks"].items():
        assert re.fullmatch(r"T\d\d", key)
        assert set(row) - {"remains"} == {"risk", "kind", "control", "tests"}, key
        assert set(row["kind"]) <= KINDS, key
        assert row["tests"], key
        for name in row["tests"]:
            path, _, test = name.partition("::")
            assert (root / path).is_file(), f"{key}: {path}"
            assert test in functions_in(root / path), f"{key}: {name}"


def test_ids_run_without_a_gap_and_every_kind_is_thought_of(threats: dict[str, Any]) -> None:
    assert list(threats["risks"]) == [f"T{n:02}" for n in range(1, len(threats["risks"]) + 1)]
    thought = {kind for row in threats["risks"].values() for kind in row["kind"]}
    accepted = " ".join(threats["accepted"]).lower()
    assert {kind for kind in KINDS if kind in thought or kind in accepted} == KINDS


@pytest.mark.parametrize(
    "word",
    [
        "ssrf",
        "jku",
        "dns rebinding",
        "cors",
        "frame",
        "sec-fetch-site",
        "used once",
        "simulations",
        "pdf",
        "smart launch",
    ],
)
def test_what_the_service_promises_is_in_it(threats: dict[str, Any], word: str) -> None:
    assert word in yaml.safe_dump(threats, width=10_000).lower()


@pytest.mark.point(112)
def test_certificates_of_clients_are_told_to_be_possible(root: Path) -> None:
    assert "client certificates" in (root / "docs" / "threats.md").read_text(encoding="utf-8")


def test_the_page_names_every_risk(root: Path, threats: dict[str, Any]) -> None:
    page = (root / "docs" / "threats.md").read_text(encoding="utf-8")
    for key, row in threats["risks"].items():
        assert f"### {key}: {row['risk']}" in page
    assert all(f"- {one}" in page for one in threats["accepted"])
