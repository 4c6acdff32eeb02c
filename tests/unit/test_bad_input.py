"""Input that is damaged, absurd or meant to do harm: an error in words, or a notice; never a crash or a long wait."""

from __future__ import annotations

import copy
import gzip
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import HOSTILE
from unclench.appraisal.appraise import appraise
from unclench.appraisal.taper_need import cell
from unclench.consult import consult
from unclench.knowledge import knowledge
from unclench.record import parse_answer, read
from unclench.record.assemble import MAX_ENTRIES
from unclench.record.fhir_dosage import strength_of
from unclench.record.ndjson import MAX_UNREADABLE
from unclench.record.short import MAX_ENTRIES as MAX_TYPED
from unclench.record.short import MAX_WORDS
from unclench.values import MAX_QUOTED, RecordError

ON = date(2026, 11, 22)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LONG = 100_000


def bundle() -> dict[str, Any]:
    held: dict[str, Any] = json.loads((EXAMPLES / "acute-back-spasm.json").read_text(encoding="utf-8"))
    return held


def entries(held: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in held["entry"] if entry["resource"]["resourceType"] == kind]


def as_bytes(held: Any) -> bytes:
    return json.dumps(held).encode()


def short(**parts: Any) -> bytes:
    return as_bytes({"patient": {"age": "44"}, **parts})


@pytest.mark.verifies("R1")
@pytest.mark.parametrize("key", ["sex", "id", "age", "weight", "birth"])
@pytest.mark.parametrize("value", [["x"], [[]], {"a": "x"}])
def test_a_list_where_a_word_belongs_is_refused(key: str, value: Any) -> None:
    with pytest.raises(RecordError):
        read(as_bytes({"patient": {key: value}}), on=ON)


@pytest.mark.verifies("R1")
@pytest.mark.parametrize("text", ["9999-12-31", "9999", "0001-01-01", "2026-02-30"])
def test_a_date_that_cannot_be_is_noticed_and_not_used(text: str) -> None:
    held = bundle()
    for order in entries(held, "MedicationRequest"):
        order["authoredOn"] = text
        order["dispenseRequest"] = {"expectedSupplyDuration": {"value": 3660, "code": "d"}}
    found = read(as_bytes(held), on=ON)
    assert any(text in one.text for one in found.noticed)
    assert appraise(found, ON, "us").findings


@pytest.mark.verifies("R1")
@pytest.mark.parametrize("day", [date.min, date(1869, 12, 31), date(2201, 1, 1), date.max])
def test_a_day_of_the_question_that_nobody_lives_on_is_refused(day: date) -> None:
    with pytest.raises(RecordError, match="1870 to 2200"):
        consult(EXAMPLES / "acute-back-spasm.yaml", on=day)


@pytest.mark.verifies("R3")
def test_a_birth_after_the_day_of_the_question_gives_no_age() -> None:
    held = bundle()
    entries(held, "Patient")[0]["birthDate"] = "2030-01-01"
    found = read(as_bytes(held), on=ON)
    assert any("2030-01-01" in one.text for one in found.noticed)
    appraisal = appraise(found, ON, "us")
    assert appraisal.body.age_y is None
    young = [one.rule for one in appraisal.findings if one.rule in ("CI-02", "POP-07") and one.answer == "yes"]
    assert young == []
    assert appraisal.verdict not in (None, "reasonable")


def test_a_link_that_is_no_address_does_not_stop_the_reading() -> None:
    held = bundle() | {"type": "searchset", "link": [{"relation": "self", "url": "http://[x"}]}
    found = read(as_bytes(held), on=ON)
    assert not found.conditions_state.complete


def test_a_period_that_is_next_to_nothing_gives_no_rate() -> None:
    held = bundle()
    for order in entries(held, "MedicationRequest"):
        order["dosageInstruction"] = [{"timing": {"repeat": {"frequency": 1, "period": 5e-324, "periodUnit": "s"}}}]
    assert all(
        one.dosage is None or one.dosage.doses_per_day is None for one in read(as_bytes(held), on=ON).medications
    )


@pytest.mark.parametrize("text", ["1" * LONG, "1.1" * LONG, "1 mg/" * LONG, "mg " * LONG, " " * LONG, "5 " * LONG])
def test_a_long_name_costs_no_long_time(text: str) -> None:
    started = time.process_time()
    strength_of(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(("product", "mg"), [("diazepam 5 mg tablet", 5), ("diazepam 5mg", 5), ("1234567890 mg", None)])
def test_the_strength_is_still_read(product: str, mg: int | None) -> None:
    assert strength_of(product) == mg


def test_a_long_instruction_is_no_instruction() -> None:
    held = bundle()
    orders = entries(held, "MedicationRequest")
    for order in orders:
        order["dosageInstruction"] = [{"text": "take 5 mg at night " * 6000}]
    problems = [one.dosage.problem for one in read(as_bytes(held), on=ON).medications if one.dosage]
    assert problems
    assert all("no instruction" in problem for problem in problems)


def test_far_too_many_entries_are_refused() -> None:
    held = bundle()
    one = entries(held, "Condition")[0]
    held["entry"] += [{"resource": {**one, "id": f"c{number}"}} for number in range(MAX_ENTRIES + 1)]
    with pytest.raises(RecordError, match="entries of Condition"):
        read(as_bytes(held), on=ON)


def test_a_typed_record_has_a_size_that_a_person_types() -> None:
    with pytest.raises(RecordError, match="entries"):
        read(short(problems=["cough"] * (MAX_TYPED + 1)), on=ON)
    for part in ("problems", "allergies", "medications", "measurements", "procedures"):
        with pytest.raises(RecordError, match="characters"):
            read(short(**{part: ["a( " * MAX_WORDS]}), on=ON)


@pytest.mark.parametrize(("line", "why"), [(b"\n", "blank lines"), (b" " * 999_999 + b"\n", "times its size")])
def test_a_gzip_trap_in_a_folder_is_refused_early(line: bytes, why: str, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "Patient.ndjson.gz", "wb", compresslevel=1) as file:
        for _ in range(150):
            file.write(line * (1_000_000 // len(line)))
    with pytest.raises(RecordError, match=why):
        read(tmp_path, on=ON)


def test_a_file_of_other_lines_is_refused_early(tmp_path: Path) -> None:
    (tmp_path / "Condition.ndjson").write_text("x\n" * (MAX_UNREADABLE + 5), encoding="utf-8")
    with pytest.raises(RecordError, match="lines that are not FHIR"):
        read(tmp_path, on=ON)


@pytest.mark.parametrize(
    "asked",
    [
        "diazepam NaN mg at night",
        "diazepam mg at night",
        "diazepam 5 mg every 0 hours",
        "diazepam 5 mg every 0 days",
        "diazepam 1000 mg 24 times a day for 3000 days",
        "diazepam -5 mg at night",
        "",
        "x" * LONG,
    ],
)
def test_a_request_of_nonsense_is_refused(asked: str) -> None:
    with pytest.raises(RecordError):
        read(short(), on=ON, request=asked)


@pytest.mark.parametrize("amount", ["8_0", "nan", "inf", "1e999", "-5", "5000", "0x10"])
def test_an_absurd_answer_is_refused(amount: str) -> None:
    with pytest.raises(RecordError, match=r"need a number from 1 to 500 \(kg\)"):
        appraise(read(short(), on=ON, answers=[parse_answer(f"weight-kg={amount}")]), ON, "us")


def test_the_unit_of_a_score_is_not_shown_as_code() -> None:
    with pytest.raises(RecordError, match=r"from 0 to 10\."):
        appraise(read(short(), on=ON, answers=[parse_answer("pain=11")]), ON, "us")


def test_a_short_record_is_of_the_patient_that_was_asked_for() -> None:
    record = as_bytes({"patient": {"age": "44", "id": "mine"}})
    assert read(record, on=ON, patient_id="mine").age_y_given == 44
    assert read(record, on=ON, patient_id="Patient/mine").age_y_given == 44
    for other in ("yours", ""):
        with pytest.raises(RecordError, match="no patient"):
            read(record, on=ON, patient_id=other)
    with pytest.raises(RecordError, match="no patient"):
        read(short(), on=ON, patient_id="mine")


@pytest.mark.parametrize("name", ["y" * 5000, "a\x00b", "\ud800"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    for named in (name, [name, name]):
        with pytest.raises(RecordError, match=r"cannot be opened|no such file"):
            read(named, on=ON)


def test_an_empty_name_is_not_the_present_folder() -> None:
    for named in ("", ["", EXAMPLES / "cirrhosis.json"], []):
        with pytest.raises(RecordError):
            read(named, on=ON)


@pytest.mark.parametrize("corner", [(7, 50_000, 5), (7, 30, 24_000), (9, 50_000, 24_000)])
def test_beyond_the_grid_the_need_is_that_of_its_edge(corner: tuple[float, float, float]) -> None:
    assert cell(knowledge(), *corner).need in ("taper", "specialist")


def test_a_century_of_use_and_a_kilogram_a_day_still_get_an_answer() -> None:
    record = short(medications=[{"name": "diazepam", "dose": "1000 mg", "how": "24 times a day", "since": "1900"}])
    assert consult(record, on=ON).plan.taper_needed == "specialist"


@pytest.mark.parametrize("text", ["x" * LONG, "\x1b[31m" * LONG], ids=["long", "escapes"])
def test_errors_quote_shortly(text: str) -> None:
    for tried in (
        lambda: read(Path(text[:200] + "y" * 4000), on=ON),
        lambda: read(as_bytes({text: 1}), on=ON),
        lambda: read(short(problems=[{"name": "x", "since": text}]), on=ON),
        lambda: appraise(read(short(), on=ON, answers=[parse_answer(f"{text}=1")]), ON, "us"),
        lambda: read(as_bytes({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": i}}
                                                                  for i in (text, "b")]}), on=ON),
    ):  # fmt: skip
        with pytest.raises(RecordError) as caught:
            tried()
        assert len(str(caught.value)) < 3 * MAX_QUOTED + 400


@pytest.mark.parametrize("text", [text for text in HOSTILE if text != "\ud800"])
def test_hostile_text_in_every_name_is_read_as_text(text: str) -> None:
    held = copy.deepcopy(bundle())
    for entry in held["entry"]:
        code = entry["resource"].get("code") or entry["resource"].get("medicationCodeableConcept")
        if code:
            code["text"] = text
    found = read(as_bytes(held), on=ON)
    assert found.conditions or found.noticed
