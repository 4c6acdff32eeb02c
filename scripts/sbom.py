"""The software bill of materials, CycloneDX 1.6: what is locked for a run, and the files of others that ship with us.

python -m scripts.sbom FILE

The same bytes for the same locks: no time, no random number. Licences are those that the installed packages declare.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ROOT / "requirements" / "runtime.txt"
STATIC = Path("src/unclench/interfaces/web/static")
FONTS = Path("src/unclench/report/fonts")


@dataclass(frozen=True, slots=True)
class Vendored:
    """Files of others, unchanged, that are part of our package."""

    name: str
    version: str
    licence: str
    purl: str
    files: tuple[Path, ...]


VENDORED = (
    Vendored("htmx.org", "2.0.11", "0BSD", "pkg:npm/htmx.org@2.0.11", (STATIC / "htmx.min.js",)),
    Vendored(
        "uplot", "1.6.32", "MIT", "pkg:npm/uplot@1.6.32", (STATIC / "uplot.min.js", STATIC / "uplot.min.css")
    ),
    Vendored(
        "source-sans", "3", "OFL-1.1", "pkg:generic/source-sans@3",
        (FONTS / "SourceSans3-Regular.ttf", FONTS / "SourceSans3-Bold.ttf"),
    ),
)  # fmt: skip


def sbom() -> str:
    """The bill, checked against the schema of its version.

    Raises
    ------
    ValueError
        where the bill is not valid.
    """
    made = _of_locked()
    for one in made["components"]:
        one.pop("description", None)  # the line of the lock file once more
        if licence := _licence(one["name"]):
            one["licenses"] = [licence]
    made["components"] += [_of_vendored(one) for one in VENDORED]
    root = made["metadata"]["component"]
    wanted = _wanted()
    direct = [one["bom-ref"] for one in made["components"] if one["name"] in wanted or "hashes" in one]
    others = [one for one in made["dependencies"] if one["ref"] != root["bom-ref"]]
    vendored = [{"ref": one.purl} for one in VENDORED]
    made["dependencies"] = [{"ref": root["bom-ref"], "dependsOn": sorted(direct)}, *others, *vendored]
    text = json.dumps(made, indent=2, sort_keys=True) + "\n"
    fault = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise ValueError(f"the bill of materials is not valid: {fault}")
    return text


def _of_locked() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "locked.json"
        command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", str(LOCKED)]
        options = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--sv", "1.6", "--no-validate"]
        subprocess.run([*command, *options, "-o", str(target)], check=True)
        found: dict[str, Any] = json.loads(target.read_bytes())
        return found


def _wanted() -> set[str]:
    """The names that pyproject.toml itself requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {line.partition(">")[0].strip() for line in project["dependencies"]}


def _licence(name: str) -> dict[str, Any] | None:
    """What the package says of itself; nothing where it is not installed or says nothing short."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if said["License-Expression"]:
        return {"expression": said["License-Expression"]}
    named = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if line.startswith("License :: ")]
    return {"license": {"name": " and ".join(named)}} if named else None


def _of_vendored(one: Vendored) -> dict[str, Any]:
    parts = [{"type": "file", "name": str(file), "hashes": [_hash((ROOT / file).read_bytes())]} for file in one.files]
    whole = b"".join((ROOT / file).read_bytes() for file in one.files)
    return {
        "bom-ref": one.purl,
        "type": "library",
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
        "licenses": [{"license": {"id": one.licence}}],
        "hashes": [_hash(whole)],
        "components": parts,
    }


def _hash(content: bytes) -> dict[str, str]:
    return {"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}


def main() -> int:
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(sbom(), encoding="utf-8")
    print(f"wrote {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
