"""Damaged records: whatever is done to a record, reading it gives a Patient or a RecordError, and nothing else."""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unclench.record import patient_from_resources, read
from unclench.record.patient import Patient
from unclench.values import RecordError

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / ".." / "shared" / "samples"
ON = date(2026, 11, 22)
OURS = [path.read_bytes() for path in sorted((ROOT / "examples").glob("*.*")) if path.suffix in (".json", ".yaml")]
FHIR = [json.loads(data) for data in OURS if data.startswith(b"{")]
SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "2026-13-45",
            "0000",
            "9999-12-31",
            "1 tablet",
            "-5",
            "#x",
            "urn:uuid:",
            "Patient/x",
            "active",
            "stopped",
            "mg",
        ]
    )
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
CALM = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def holds(data: Any) -> None:
    try:
        found = read(data, on=ON)
    except RecordError as error:
        str(error).encode()
        return
    assert isinstance(found, Patient)
    repr(found).encode()  # no lone surrogate may come through
    hash(found)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in inner for deeper in places(item, (*path, key)))]


def put(root: Any, path: tuple[Any, ...], change: str, value: Any) -> None:
    for key in path[:-1]:
        root = root[key]
    if change == "remove":
        del root[path[-1]]
    elif change == "wrap":
        root[path[-1]] = [root[path[-1]]]
    elif change == "double" and isinstance(root, list):
        root.append(copy.deepcopy(root[path[-1]]))
    else:
        root[path[-1]] = value


PLACES = [places(record)[1:] for record in FHIR]


@CALM
@given(st.data())
def test_elements_changed(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(FHIR) - 1))
    record = copy.deepcopy(FHIR[number])
    for _ in range(data.draw(st.integers(1, 4))):
        try:
            put(
                record,
                data.draw(st.sampled_from(PLACES[number])),
                data.draw(st.sampled_from(["remove", "wrap", "double", "replace"])),
                data.draw(VALUES),
            )
        except (KeyError, IndexError, TypeError):
            continue
    holds(json.dumps(record).encode())
    resources = (
        [entry.get("resource") for entry in record["entry"] if isinstance(entry, dict)]
        if isinstance(record.get("entry"), list)
        else []
    )
    with contextlib.suppress(RecordError):
        patient_from_resources(resources, on=ON)


@CALM
@given(st.sampled_from(OURS), st.data())
def test_bytes_changed(data: bytes, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 5))):
        start = draw.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + draw.draw(st.integers(0, 40)))
        damaged[start:end] = draw.draw(
            st.binary(max_size=20)
            | st.text(max_size=10).map(str.encode)
            | st.sampled_from([b'"', b"{", b"]", b":", b"NaN"])
        )
    holds(bytes(damaged))
    holds(gzip.compress(bytes(damaged)))


@CALM
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "patient",
                "problems",
                "medications",
                "allergies",
                "measurements",
                "procedures",
                "complete",
                "request",
                "answers",
            ]
        ),
        VALUES,
    )
)
def test_short_records_of_anything(value: dict[str, Any]) -> None:
    holds(json.dumps({"patient": {"age": 42}} | value).encode())


@CALM
@given(
    st.sampled_from(["problems", "medications", "allergies", "measurements", "procedures"]),
    st.lists(
        st.text(min_size=1, max_size=60)
        | st.dictionaries(
            st.sampled_from(["name", "since", "until", "status", "value", "on", "dose", "how", "reaction"]),
            st.text(max_size=30),
        ),
        max_size=3,
    ),
)
def test_lines_of_anything(name: str, lines: list[Any]) -> None:
    holds(json.dumps({"patient": {"age": 42}, name: lines}).encode())


@CALM
@given(st.binary(max_size=400))
def test_bytes_of_anything(data: bytes) -> None:
    holds(data)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="third-party samples are not beside this checkout")
@settings(CALM, max_examples=60)
@given(st.data())
def test_real_records_damaged(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted((SAMPLES / "smart-r4").glob("patient-[19]*.json"))))
    record = file.read_bytes()
    start = data.draw(st.integers(0, len(record)))
    holds(record[:start])
    holds(record[:start] + data.draw(st.binary(max_size=8)) + record[start + data.draw(st.integers(0, 60)) :])
