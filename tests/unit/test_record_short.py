"""The short record: what a person may type, and what is refused with help."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml

from unclench.record import parse_answer, parse_answers_file, read, resources, short_schema
from unclench.record.codes import Icd10cm
from unclench.record.patient import Patient, Stated, Status
from unclench.record.terms import partial_date
from unclench.values import RecordError

ON = date(2026, 11, 22)
EXAMPLES = Path(__file__).parents[2] / "examples"
FULL = """
patient: {age: 42, sex: male, weight: 82 kg, height: 180 cm}
problems:
  - Spasm of back muscles, since 2026-11-18
  - {name: Essential hypertension, icd10: I10, since: 2019}
  - Migraine, resolved
medications:
  - naproxen 500 mg twice a day, since 2026-11-19
  - {name: omeprazole, dose: 20 mg, how: once a day, since: 2024-03, status: active}
  - cyclobenzaprine 10 mg at night, since 2026-11-01, stopped 2026-11-10 because it made her drowsy
allergies: none known
measurements:
  - {name: albumin, value: 41 g/L, on: 2026-10-02}
  - blood pressure 120/80 mmHg on 2026-11-01
  - pain 8/10
procedures: [{name: Physiotherapy, on: 2026-11-19}]
complete: [problems, allergies]
request: diazepam 5 mg three times a day for 7 days
answers: {pain: 8, spasm: yes, red-flags: false}
"""


def of(text: str) -> Patient:
    return read(text.encode(), on=ON)


def with_patient(text: str) -> Patient:
    return of("patient: {age: 42}\n" + text)


@pytest.mark.verifies("R1")
def test_a_whole_record() -> None:
    found = of(FULL)
    assert (found.age_y_given, found.sex, found.source) == (42, "male", "short record")
    assert [(c.text, c.status) for c in found.conditions] == [
        ("Spasm of back muscles", Status.ACTIVE),
        ("Essential hypertension", Status.ACTIVE),
        ("Migraine", Status.ENDED),
    ]
    assert found.conditions[0].began == partial_date("2026-11-18")
    assert found.conditions[1].codes == (Icd10cm("I10"),)
    naproxen, omeprazole, relaxant = found.medications
    assert (naproxen.text, naproxen.began) == ("naproxen", partial_date("2026-11-19"))
    assert naproxen.dosage is not None
    assert (naproxen.dosage.mg_per_dose, naproxen.dosage.doses_per_day) == (500, 2)
    assert omeprazole.dosage is not None
    assert (omeprazole.dosage.mg_per_dose, omeprazole.dosage.doses_per_day) == (Decimal(20), 1)
    assert (relaxant.status, relaxant.stop_reason) == (Status.ENDED, "it made her drowsy")
    assert found.allergies[0].is_none_known
    assert [(o.text, o.value, o.unit) for o in found.observations] == [
        ("Body weight", 82, "kg"),
        ("Body height", 180, "cm"),
        ("albumin", 41, "g/L"),
        ("systolic blood pressure", 120, "mm[Hg]"),
        ("diastolic blood pressure", 80, "mm[Hg]"),
        ("pain", 8, ""),
    ]
    assert found.procedures[0].performed == partial_date("2026-11-19")
    assert (found.conditions_state.complete, found.medications_state.complete, found.allergies_state.complete) == (
        True,
        False,
        True,
    )
    assert found.typed_request is not None
    assert found.typed_request.days == 7
    assert [(a.question, a.value, a.where) for a in found.answers] == [
        ("pain", "8", "answers section"),
        ("spasm", "yes", "answers section"),
        ("red-flags", "no", "answers section"),
    ]
    assert not found.noticed


def test_json_reads_the_same() -> None:
    plain = yaml.load(FULL, yaml.BaseLoader)
    assert of(json.dumps(plain)).conditions == of(FULL).conditions
    assert of(
        '{"patient": {"age": 42, "sex": "male", "weight": "82 kg"}, "answers": {"pain": 8.50, "spasm": true}}'
    ).answers == (
        Stated("pain", "8.50", "answers section"),
        Stated("spasm", "yes", "answers section"),
    )


def test_completeness_by_default() -> None:
    found = with_patient("problems: [Spasm]")
    assert found.conditions_state.complete
    assert not found.medications_state.complete
    assert not found.allergies_state.complete
    assert with_patient("medications: none known").medications_state.complete
    assert not with_patient("problems: [Spasm]\ncomplete: no").conditions_state.complete


def test_arguments_come_before_what_is_typed() -> None:
    found = read(FULL.encode(), on=ON, request="stop diazepam", answers=[Stated("pain", "3", "--answer")])
    assert found.typed_request is not None
    assert found.typed_request.stop
    assert [a.value for a in found.answers if a.question == "pain"] == ["3"]


@pytest.mark.parametrize(
    ("person", "age"),
    [("age: 18 months", 1.5), ("age: 0", 0), ("age: 6 weeks", 0.115), ("birth: 1980-01", None), ("sex: unknown", None)],
)
def test_ages(person: str, age: float | None) -> None:
    found = of(f"patient: {{{person}}}").age_y_given
    assert found == (pytest.approx(age, abs=0.01) if age is not None else None)


def test_death() -> None:
    assert of("patient: {age: 3, deceased: yes}").deceased
    assert of("patient: {age: 3, deceased: 2026-01-01}").deceased_on == partial_date("2026-01-01")
    assert not of("patient: {age: 3, deceased: no}").deceased


REFUSED = [
    ("patient: {agee: 42}", "age"),
    ("patient: {age: 42}\nproblem: [x]", "problems"),
    ("patient: {age: 42}\nproblems: [{nam: x}]", "name"),
    ("patient: {age: 42}\nproblems: [{since: 2019}]", "name"),
    ("patient: {age: 42, age: 43}", "each key once"),
    ("patient: {age: -1}", "years"),
    ("patient: {age: 430}", "years"),
    ("patient: {age: old}", "number"),
    ("patient: {age: .nan}", "number"),
    ("patient: {age: 4, birth: 1980}", "one of them"),
    ("patient: {sex: 5}", "female"),
    ("patient: {weight: 82}", "unit"),
    ("patient: {weight: 82 bananas}", "kg"),
    ("patient: {weight: 8200 kg}", "kg"),
    ("patient: {height: -180 cm}", "cm"),
    ("patient: {birth: 1.1.1980}", "YYYY"),
    ("patient: {birth: 1980-13}", "YYYY"),
    ("patient: {birth: 2026-02-31}", "YYYY"),
    ("patient: {age: &a 42, sex: *a}", "written out"),
    ("patient: !!python/object:os.system {}", "plain"),
    ("patient: {age: !!int 42}", "plain"),
    ("patient: {age: 42}\n---\npatient: {age: 43}", "one record"),
    ("patient: [1]", "patient:"),
    ("problems: []", "patient:"),
    ("- a", "patient"),
    ("patient: {age: 42}\nproblems: back pain", "a list"),
    ("patient: {age: 42}\nproblems: {a: b}", "a list"),
    ("patient: {age: 42}\nproblems: [[a]]", "line of words"),
    ("patient: {age: 42}\nproblems: [', since 2019']", "name"),
    ("patient: {age: 42}\nproblems: ['x, since 2026-02-31']", "YYYY"),
    ("patient: {age: 42}\nproblems: [{name: x, status: banana}]", "active"),
    ("patient: {age: 42}\nmeasurements: [albumin]", "value"),
    ("patient: {age: 42}\nmeasurements: [{name: albumin}]", "value"),
    ("patient: {age: 42}\nmedications: [{name: x, days-supply: many}]", "number of days"),
    ("patient: {age: 42}\ncomplete: [everything]", "problems"),
    ("patient: {age: 42}\nrequest: 5 bananas", "medicine"),
    ("patient: {age: 42}\nrequest: [a]", "diazepam"),
    ("patient: {age: 42}\nanswers: [a]", "mapping"),
    ("patient: {age: 42}\nanswers: {pain: [1]}", "one value"),
    ("patient: {age: 42", "short record"),
    ('{"patient": {"age": 42}, "patient": {"age": 43}}', "each key once"),
    ('{"patient": {"age": NaN}}', "numbers"),
    ("patient: {a: " + "[" * 40 + "]" * 40 + "}", "flat"),
    ("? [a]\n: b", "simple keys"),
]


@pytest.mark.parametrize(("text", "need"), REFUSED)
def test_what_is_refused_says_what_is_needed(text: str, need: str) -> None:
    with pytest.raises(RecordError) as caught:
        of(text)
    assert need in f"{caught.value.need} {caught.value.fix}"


def test_deep_nesting_is_refused() -> None:
    for text in ("[" * 50_000, '{"a":' * 50_000, "a:\n" + "".join(" " * n + "- \n" for n in range(200))):
        with pytest.raises(RecordError):
            of(text)


def test_an_unknown_key_names_its_line() -> None:
    with pytest.raises(RecordError, match=r"line 3.*Did you mean 'since'"):
        with_patient("problems:\n  - {name: x, sinc: 2019}")


def test_a_measurement_of_tomorrow_is_left_out() -> None:
    found = with_patient("measurements: [albumin 41 g/L on 2027-01-01]")
    assert not found.observations
    assert [one.kind for one in found.noticed] == ["future"]


def test_answers() -> None:
    assert parse_answer("pain=8") == Stated("pain", "8", "--answer")
    assert parse_answer("spasm = true").value == "yes"
    for text in ("pain", "=8", "pain=", ""):
        with pytest.raises(RecordError):
            parse_answer(text)


def test_answers_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("pain: 8\nspasm: yes\ndrives:\n")
    assert [(a.question, a.value) for a in parse_answers_file(file)] == [("pain", "8"), ("spasm", "yes")]
    file.write_text('{"answers": {"pain": 7}}')
    assert parse_answers_file(file) == (Stated("pain", "7", "--answers answers.yaml"),)
    file.write_text("- pain")
    with pytest.raises(RecordError):
        parse_answers_file(file)


def test_the_schema_file_is_what_the_program_makes() -> None:
    assert short_schema.SCHEMA_FILE.read_text(encoding="utf-8") == short_schema.schema_text(), (
        "stale: run python -m unclench.record.short_schema"
    )


def test_the_schema_takes_the_examples_and_refuses_the_slips() -> None:
    schema = short_schema.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for file in sorted(EXAMPLES.glob("*.yaml")):
        value = yaml.load(file.read_text(), yaml.BaseLoader)
        assert not list(validator.iter_errors(value)), file.name
    for slip in ({"patient": {"agee": 42}}, {}, {"patient": {}, "problems": [{}]}, {"patient": {"birth": "1.1.1980"}}):
        assert list(validator.iter_errors(slip)), slip


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.*")), ids=lambda file: file.name)
def test_every_example_reads_without_a_notice(file: Path) -> None:
    if file.suffix == ".md":
        pytest.skip("the table of contents")
    assert not read(file, on=ON).noticed


DOCS = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")


def test_the_page_names_every_element_and_every_key() -> None:
    for kind, made in resources.READ.items():
        (row,) = (line for line in DOCS.splitlines() if line.startswith(f"| {kind} |"))
        named = set(row.replace("`", "").split("|")[2].replace(" ", "").split(","))
        assert named == {part.encode_name for part in msgspec.structs.fields(made)} - {"medication"}, kind
    for keys in (short_schema.PATIENT, *(keys for keys, _ in short_schema.LISTS.values())):
        assert all(f"| `{key.name}` |" in DOCS for key in keys)


def test_the_example_of_the_page_reads() -> None:
    assert not of(DOCS.split("```yaml\n")[1].split("```")[0]).noticed
