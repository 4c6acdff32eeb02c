"""Whatever the OpenAPI document allows, or nearly allows, gets an answer that is not the server's fault."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase

from tests.web_server import serving

EXAMPLES = 12
SECONDS = 20.0


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as base:
        yield base


@pytest.fixture(scope="module")
def document(address: str) -> dict:
    return httpx.get(f"{address}/schema/openapi.json", timeout=SECONDS).json()


@pytest.mark.verifies("W1")
def test_the_document_names_every_door_of_programs(document):
    assert {"/api/consult", "/api/simulate"} <= set(document["paths"])
    assert document["openapi"].startswith("3.1")


@pytest.mark.verifies("W1")
@pytest.mark.verifies("W2")
def test_nothing_that_the_document_describes_breaks_the_server(address, document):
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address)
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.method.upper() == "GET" and operation.path.startswith("/static"):
            continue

        @hypothesis.settings(
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
        def ask(case):
            nonlocal asked
            answer = case.call(timeout=SECONDS)
            asked += 1
            assert answer.status_code < 500 or answer.status_code == 503, (
                f"{case.method} {case.path}: {answer.content!r}"
            )
            if answer.status_code >= 400 and "json" in str(answer.headers.get("content-type")):
                body = json.loads(answer.content)
                assert "error" in body or body.get("resourceType") == "OperationOutcome", body

        ask()
    assert asked >= EXAMPLES
