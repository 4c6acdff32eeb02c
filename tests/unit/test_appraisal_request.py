"""Which request is judged: the draft in the record, the typed words, or neither."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path

import pytest

from unclench.appraisal.appraise import appraise
from unclench.record import read
from unclench.values import RecordError

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 22)
BUNDLE = json.loads((ROOT / "examples/acute-back-spasm.json").read_text(encoding="utf-8"))


def draft() -> dict:
    return next(
        entry
        for entry in BUNDLE["entry"]
        if entry["resource"]["resourceType"] == "MedicationRequest" and entry["resource"]["status"] == "draft"
    )


def judged(bundle: dict, request: str | None = None):
    return appraise(read(json.dumps(bundle).encode(), on=ON, request=request), ON)


@pytest.mark.verifies("A6")
def test_the_draft_in_the_record_is_the_request() -> None:
    assert judged(BUNDLE).request.ref.startswith("MedicationRequest/")


@pytest.mark.verifies("A6")
def test_typed_words_replace_the_draft_and_say_so() -> None:
    found = judged(BUNDLE, "diazepam 2 mg at night for 3 days")

    assert found.request.ref == "--request"
    assert any("replaces the draft order" in line for line in found.noticed)


@pytest.mark.verifies("A6")
def test_two_drafts_are_an_error_that_asks_to_choose() -> None:
    bundle = copy.deepcopy(BUNDLE)
    second = copy.deepcopy(draft())
    second["resource"]["id"] = "second"
    second["resource"].pop("authoredOn", None)
    second["fullUrl"] = second.get("fullUrl", "urn:x") + "-second"
    bundle["entry"].append(second)

    with pytest.raises(RecordError, match="2 requests for diazepam"):
        judged(bundle)


@pytest.mark.verifies("A6")
def test_another_medicine_is_not_judged() -> None:
    with pytest.raises(RecordError, match="a request for diazepam"):
        judged(BUNDLE, "baclofen 10 mg three times a day for 7 days")
