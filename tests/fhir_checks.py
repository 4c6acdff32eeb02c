"""FHIR R4 judged by others: two validators in Node, the JSON schema of the standard, and two checks that all miss."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

HERE = Path(__file__).parent / "node"
PACKAGES = HERE / "node_modules"
SCHEMA = PACKAGES / "@medplum" / "definitions" / "dist" / "fhir" / "r4" / "fhir.schema.json"
OLDEST = 20
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FEW = 3  # of what is wrong, in a message

Json = dict[str, Any]


def need_packages() -> None:
    """Skip where the packages are not, which CI does not let pass."""
    if not SCHEMA.is_file():
        pytest.skip("needs Node packages, which are not here: `make node-packages` installs them")


def node() -> str:
    """A Node that the validators run in."""
    found = shutil.which("node")
    if found is None:
        pytest.skip(f"needs Node {OLDEST}, which is not here: `make system-deps` installs it")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.strip().removeprefix("v").partition(".")[0]) < OLDEST:
        pytest.skip(f"needs Node {OLDEST}, found {said.strip()}")
    need_packages()
    return found


def validated(resources: dict[str, Json]) -> dict[str, list[str]]:
    """What each of the validators says against each resource, in one run of Node."""
    done = subprocess.run(
        [node(), "validate.mjs"], cwd=HERE, input=json.dumps(resources), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert list(found) == list(resources)
    return {name: [*found[name], *by_schema(one), *own(one)] for name, one in resources.items()}


def assert_valid(bundles: dict[str, Json], *, whole: bool = True) -> None:
    """Every resource alone, and every Bundle as a `whole` too."""
    parts: dict[str, Json] = {}
    seen: set[str] = set()
    for name, bundle in bundles.items():
        for number, entry in enumerate(bundle["entry"]):
            alike = UUID.sub("", json.dumps(entry["resource"]))  # the same but for its name: judged once
            if alike not in seen:
                seen.add(alike)
                parts[f"{name} {entry['resource']['resourceType']} {number}"] = entry["resource"]
    wrong = {name: said[:FEW] for name, said in validated({**parts, **(bundles if whole else {})}).items() if said}
    assert not wrong, json.dumps(dict(list(wrong.items())[:FEW]), indent=1)


@cache
def _schema() -> Json:
    need_packages()
    loaded: Json = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


@cache
def _checker(kind: str) -> jsonschema.Draft6Validator:
    """The schema of one resource. That of all together tries each of 148 and then only says that none fits."""
    only = {name: part for name, part in _schema().items() if name not in ("oneOf", "discriminator")}
    return jsonschema.Draft6Validator({**only, "allOf": [{"$ref": f"#/definitions/{kind}"}]})


def by_schema(resource: Json) -> list[str]:
    """Faults by the JSON schema. The entries of a Bundle are judged alone."""
    if resource["resourceType"] == "Bundle":
        resource = {**resource, "entry": [{"fullUrl": one["fullUrl"]} for one in resource["entry"]]}
    return [
        f"schema: {error.json_path} {error.message[:200]}"
        for error in _checker(resource["resourceType"]).iter_errors(resource)
    ]


def own(resource: Json) -> list[str]:
    """What the validators do not see: empty things, units with a code of no system, references to nothing."""
    faults = [f"own: {path} is empty" for path, value in walk(resource) if value is None or value in ("", [], {})]
    faults += [f"own: {path} is blank or padded" for path, value in walk(resource) if _is_padded(value)]
    faults += [
        f"own: {path} has a code and no system"
        for path, value in walk(resource)
        if isinstance(value, dict) and "value" in value and "code" in value and "system" not in value
    ]
    if resource["resourceType"] == "Bundle":
        faults += _dangling(resource)
    return faults


def _is_padded(value: Any) -> bool:
    return isinstance(value, str) and value != value.strip()


def _dangling(bundle: Json) -> list[str]:
    named = [entry["fullUrl"] for entry in bundle["entry"]]
    out = ["own: two entries of one name"] if len(set(named)) < len(named) else []
    for path, value in walk(bundle):
        if path.endswith(".reference") and isinstance(value, str) and value.startswith("urn:uuid:"):
            out += [] if value in named else [f"own: {path} leads nowhere"]
    return out


def walk(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Every value in a JSON document, with its place."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, f"{path}[{number}]")


def of_kind(bundle: Json, kind: str) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def texts(value: Any) -> str:
    """Everything that a reader may see, in one string."""
    return " ".join(re.sub(r"<[^>]+>", " ", one) for _, one in walk(value) if isinstance(one, str))
