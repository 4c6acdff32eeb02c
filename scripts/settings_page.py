"""docs/configuration.md and docs/configuration.schema.json, from the class that the settings are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from unclench.interfaces.web.configure import ONLY_IN_FILE, PREFIX
from unclench.interfaces.web.settings import Client, Settings

HEAD = """# Configuration of the service

Made by `make docs` from `src/unclench/interfaces/web/settings.py`; do not edit. The JSON schema is
[configuration.schema.json](configuration.schema.json). How to run it: [operations](operations.md).

A setting comes from, the first that says it counts:

1. an option: `--host --port --workers --insecure-loopback --jurisdiction`
2. the environment: `{prefix}` and the name in capitals, as `{prefix}PORT=8080`; several values are parted by commas.
   `UNCLENCH_JURISDICTION`, which every verb knows, counts after `{prefix}JURISDICTION`.
3. the TOML file of `--config FILE`, whose keys are the names below
4. the default

A name that is not in the table, a value of the wrong kind or out of bounds, and settings that do not go together stop
the start with exit code 2 and say what to do. No setting is a secret: tokens are checked with public keys.

```toml
public_url = "https://cds.example.org"
behind_tls = true
workers = 4
jurisdiction = "uk"
cors_origins = ["https://ehr.example.org"]

[[clients]]
iss = "https://ehr.example.org"
jwks_url = "https://ehr.example.org/.well-known/jwks.json"
```

| setting | kind | default | what it is for |
|---|---|---|---|
"""
CLIENT_HEAD = """
## One of `clients`
In the file only, each as `[[clients]]`.

| setting | kind | default | what it is for |
|---|---|---|---|
"""


def configuration_page() -> str:
    """The page."""
    return HEAD.format(prefix=PREFIX) + "".join(_rows(Settings)) + CLIENT_HEAD + "".join(_rows(Client))


def configuration_schema() -> str:
    """The JSON schema of the file."""
    made = msgspec.json.schema(Settings)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **made}, indent=2) + "\n"


def _rows(of: type[msgspec.Struct]) -> Iterator[str]:
    known = msgspec.json.schema(of)["$defs"][of.__name__]["properties"]
    for field in msgspec.structs.fields(of):
        schema = known[field.name]
        default = "required" if field.default is msgspec.NODEFAULT else f"`{_toml(field.default)}`"
        where = " Only in the file." if field.name in ONLY_IN_FILE and "file" not in schema["description"] else ""
        yield f"| `{field.name}` | {_kind(schema)} | {default} | {schema['description']}{where} |\n"


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return "table"
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if schema["type"] == "array":
        return f"list of {_kind(schema['items'])}"
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    bounds = (
        "" if low is None else f", {'above ' if 'exclusiveMinimum' in schema else ''}{low:,} to {schema['maximum']:,}"
    )
    names = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}
    return names[schema["type"]] + bounds


def _toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)
