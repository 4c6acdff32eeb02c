"""What ships, named completely; and a container file whose lines are followed here, where no engine builds it."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from scripts.sbom import VENDORED, sbom


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sbom())
    return found


def test_the_bill_names_everything_that_is_locked_and_nothing_else(root: Path, bill: dict[str, Any]) -> None:
    lines = (root / "requirements" / "runtime.txt").read_text(encoding="utf-8").splitlines()
    locked = {tuple(line.split(" ")[0].split("==")) for line in lines if re.match(r"[a-z0-9]", line)}
    named = {(one["name"], one["version"]) for one in bill["components"]}

    assert len(locked) > 30
    assert named == locked | {(one.name, one.version) for one in VENDORED}


def test_the_bill_names_each_vendored_file_with_its_hash(root: Path, bill: dict[str, Any]) -> None:
    parts = {
        part["name"]: part["hashes"][0]["content"] for one in bill["components"] for part in one.get("components", [])
    }
    ours = {".js", ".css", ".svg"}
    shipped = {
        str(file.relative_to(root))
        for file in (root / "src").rglob("*")
        if file.suffix in ours | {".ttf"} and (".min." in file.name or file.suffix == ".ttf")
    }

    assert set(parts) == shipped
    assert all(hashlib.sha256((root / name).read_bytes()).hexdigest() == found for name, found in parts.items())


def test_vendored_versions_are_those_of_the_files_and_of_the_notice(root: Path) -> None:
    notice = (root / "NOTICE").read_text(encoding="utf-8")
    for one in VENDORED[:2]:
        assert one.version in (root / one.files[0]).read_text(encoding="utf-8")
        assert one.version in notice


def test_the_bill_is_the_same_bytes_twice_and_tells_nothing_of_this_machine(root: Path, bill: dict[str, Any]) -> None:
    again = sbom()

    assert json.loads(again) == bill
    assert str(root) not in again
    assert "timestamp" not in bill["metadata"]
    assert "serialNumber" not in bill
    every = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert every == {one["ref"] for one in bill["dependencies"]}


def instructions(root: Path) -> list[tuple[str, str]]:
    text = (root / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_all_that_the_container_file_copies_is_there_and_let_in(root: Path) -> None:
    let_in = (root / ".containerignore").read_text(encoding="utf-8").splitlines()
    copied = [shlex.split(rest) for verb, rest in instructions(root) if verb == "COPY"]
    sources = [source for words in copied if not words[0].startswith("--from") for source in words[:-1]]

    assert len(sources) >= 8
    for source in sources:
        assert (root / source).exists(), source
        assert f"!{source.split('/')[0]}" in let_in, source


def test_the_container_runs_without_rights_and_stops_as_the_service_does(root: Path) -> None:
    found = instructions(root)
    last_stage = found[max(place for place, (verb, _) in enumerate(found) if verb == "FROM") :]
    verbs = dict(last_stage)

    assert {verb for verb, _ in found} <= {
        "ARG", "FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK",
        "ENTRYPOINT", "CMD",
    }  # fmt: skip
    assert int(verbs["USER"].split(":")[0]) > 0
    assert verbs["STOPSIGNAL"] == "SIGTERM"
    assert "/ready" in verbs["HEALTHCHECK"]
    assert json.loads(verbs["ENTRYPOINT"]) + json.loads(verbs["CMD"])[:1] == ["unclench", "serve", "--config"]
    locked = next(rest for verb, rest in found if verb == "RUN" and "runtime.txt" in rest)
    assert "--require-hashes" in locked


def test_the_container_file_names_no_address_of_an_index(root: Path) -> None:
    text = (root / "Containerfile").read_text(encoding="utf-8")

    assert re.findall(r"https?://[^'\"\s]+", text) == ["http://127.0.0.1:8765/ready"]
    assert "index-url" not in text
