"""`unclench simulate` and `unclench export`: what they say, what they write, what they refuse."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

import libsbml
import pyarrow as pa
import pytest
from typer.main import get_command

from tests.hostile import HOSTILE, PATHS
from unclench.interfaces import cli

ROOT = Path(__file__).resolve().parents[2]
RECORD = str(ROOT / "examples" / "acute-back-spasm.yaml")
LIVER = str(ROOT / "examples" / "cirrhosis.json")
ON = ("--on", "2026-11-22")
WEEK = ("--request", "diazepam 5 mg three times a day for 7 days")
ABOVE = ("--request", "diazepam 15 mg four times a day for 7 days")
FEW = ("--people", "40")


def called(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["unclench", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


CODES = {
    "answered": (["simulate", RECORD, *ON, *WEEK, *FEW], 0),
    "exported": (["export", RECORD, *ON, *WEEK, "--sbml", "model.xml"], 0),
    "one of the drawn": (["export", RECORD, *ON, *WEEK, "--sbml", "m.xml", "--person", "3"], 0),
    "no days": (["simulate", RECORD, *ON, "--request", "diazepam 5 mg at night"], 5),
    "to stop": (["simulate", RECORD, *ON, "--request", "stop diazepam"], 5),
    "to stop, exported": (["export", RECORD, *ON, "--request", "stop diazepam", "--sbml", "m.xml"], 5),
    "nothing asked": (["simulate", str(ROOT / "examples" / "almost-empty.yaml"), *ON], 5),
    "other medicine": (["simulate", RECORD, *ON, "--request", "ibuprofen 400 mg at night for 3 days"], 3),
    "no file": (["export", "nowhere.yaml", *ON, "--sbml", "-"], 3),
    "no output": (["export", RECORD, *ON], 2),
    "output without a name": (["export", RECORD, *ON, "--sbml", ""], 2),
    "over the record": (["export", RECORD, *ON, "--sbml", RECORD], 2),
    "no such folder": (["export", RECORD, *ON, *WEEK, "--sbml", "nowhere/m.xml"], 2),
    "two to output": (["simulate", RECORD, *ON, *WEEK, "--csv", "-", "--arrow", "-"], 2),
    "two to one file": (["simulate", RECORD, *ON, *WEEK, "--csv", "a", "--arrow", "./a"], 2),
    "nobody": (["simulate", RECORD, *ON, *WEEK, "--people", "1"], 2),
    "too many": (["simulate", RECORD, *ON, *WEEK, "--people", "100000000"], 2),
    "seed below zero": (["simulate", RECORD, *ON, *WEEK, "--seed", "-1"], 2),
    "seed of no end": (["export", RECORD, *ON, *WEEK, "--sbml", "m.xml", "--seed", "9" * 40], 2),
    "no such person": (["export", RECORD, *ON, *WEEK, "--sbml", "m.xml", "--person", "0"], 2),
    "person in words": (["export", RECORD, *ON, *WEEK, "--sbml", "m.xml", "--person", "Ada"], 2),
    "hour in words": (["simulate", RECORD, *ON, *WEEK, "--at", "noon"], 2),
    "hour 25": (["simulate", RECORD, *ON, *WEEK, "--at", "25:00"], 2),
    "one hour twice": (["simulate", RECORD, *ON, *WEEK, "--at", "08:00", "--at", "8:00"], 2),
    "too few hours": (["simulate", RECORD, *ON, *WEEK, "--at", "08:00"], 5),
    "no such route": (["simulate", RECORD, *ON, *WEEK, "--route", "through the ear"], 5),
    "no such form": (["export", RECORD, *ON, *WEEK, "--formulation", "syrup", "--sbml", "m.xml"], 5),
    "a tablet into a vein": (["simulate", RECORD, *ON, *WEEK, "--route", "iv", "--formulation", "tablet"], 5),
    "date": (["simulate", RECORD, "--on", "2026-02-30"], 2),
}


@pytest.mark.verifies("M12")
@pytest.mark.parametrize("name", CODES)
def test_every_slip_has_its_exit_code_and_one_message(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, code = CODES[name]
    monkeypatch.chdir(tmp_path)
    assert called(monkeypatch, *arguments) == code
    said = capsys.readouterr()
    assert bool(said.err) == (code != 0)
    if code:
        assert said.out == ""
        assert list(tmp_path.iterdir()) == []


@pytest.mark.verifies("M12")
def test_it_says_first_that_it_is_no_recommendation_and_then_the_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, "simulate", RECORD, *ON, *ABOVE, *FEW) == 0
    said = capsys.readouterr().out
    flat = " ".join(said.split())
    assert flat.startswith("A simulation of the doses that were stated. It is not a recommendation")
    assert "Verdict: AVOID" in said
    assert "Not yet reviewed by a clinician" in flat
    assert "Request above the label maximum [DOSE-02, avoid]" in flat
    assert "WHAT THESE DOSES DO" in said
    assert "Strength, function and force are not identified" in flat
    assert "never proposed" in flat
    assert re.search(r"^ +1 .*\d+ \(\d+ to \d+\)", said, re.MULTILINE)


def test_a_request_within_the_label_is_not_said_to_be_above_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, "simulate", RECORD, *ON, "--request", "diazepam 2 mg at night for 3 days", *FEW) == 0
    assert "never proposed" not in capsys.readouterr().out


@pytest.mark.verifies("M12")
def test_tables_hold_the_course_that_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for turn in ("1", "2"):
        seed = ("--seed", "5", "--csv", f"{turn}.csv", "--arrow", f"{turn}.arrow")
        assert called(monkeypatch, "simulate", RECORD, *ON, *WEEK, *FEW, *seed) == 0
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    assert (tmp_path / "1.arrow").read_bytes() == (tmp_path / "2.arrow").read_bytes()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "1.csv").read_text(encoding="utf-8"))))
    with pa.ipc.open_file(tmp_path / "1.arrow") as reader:
        table = reader.read_all()
    assert table.num_rows == len(rows) > 1000
    assert {row["regimen"] for row in rows} == {"stated"}
    assert {row["unit"] for row in rows if row["kind"] != "effect"} == {"ng/mL"}
    assert {"sedation", "occupancy", "muscle"} < {row["analyte"] for row in rows if row["kind"] == "effect"}
    assert all("seed 5" in row["made_with"] for row in rows)
    typical = [
        float(row["value"])
        for row in rows
        if (row["analyte"], row["kind"], row["statistic"]) == ("diazepam", "total", "typical") and row["day"] == "7"
    ]
    assert f"{max(typical):.0f} (" in capsys.readouterr().out


@pytest.mark.verifies("M1")
def test_a_route_given_here_is_simulated_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    once = ("--request", "diazepam 10 mg once", "--at", "08:00")
    peaks = {}
    for route in ("oral", "rectal", "im", "intranasal", "iv"):
        assert called(monkeypatch, "simulate", RECORD, *ON, *once, *FEW, "--route", route) == 0
        said = capsys.readouterr().out
        assert ("DOSE-12" in said) == (route != "oral")
        peaks[route] = float(re.search(r"^ +1 +(\d+) \(", said, re.MULTILINE)[1])  # type: ignore[index]
    assert peaks["iv"] > 1.5 * max(peak for route, peak in peaks.items() if route != "iv")
    assert called(monkeypatch, "simulate", RECORD, *ON, *once, *FEW, "--fed") == 0
    said = capsys.readouterr().out
    assert "empty stomach" not in said
    assert float(re.search(r"^ +1 +(\d+) \(", said, re.MULTILINE)[1]) < peaks["oral"]  # type: ignore[index]


def test_a_table_on_standard_output_is_alone_there(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert called(monkeypatch, "simulate", RECORD, *ON, *WEEK, *FEW, "--csv", "-") == 0
    assert capfdbinary.readouterr().out.startswith(b"regimen,time_h,day,")


def exported(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> str:
    target = folder / "model.xml"
    assert called(monkeypatch, "export", *arguments, "--sbml", str(target)) == 0
    return target.read_text(encoding="utf-8")


@pytest.mark.verifies("M12")
def test_the_model_cites_its_rows_and_names_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = exported(monkeypatch, tmp_path, LIVER, *ON, *WEEK)
    record = json.loads(Path(LIVER).read_text(encoding="utf-8"))
    patient = next(entry["resource"] for entry in record["entry"] if entry["resource"]["resourceType"] == "Patient")
    names = [part for name in patient["name"] for part in (name.get("family", ""), *name.get("given", ()))]
    assert names
    for private in (*names, patient["birthDate"], patient["id"], "2026-11-22", "Patient/"):
        assert not re.search(rf"\b{re.escape(private)}\b(?!\+)", found), private
    assert "PK-CL-DIAZEPAM: " in found
    assert "Not yet reviewed by a clinician" in found
    assert "It is not a recommendation" in found


@pytest.mark.verifies("M12")
def test_kinetics_alone_where_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'id="sedation"' in exported(monkeypatch, tmp_path, LIVER, *ON, *WEEK)
    assert "sedation" not in exported(monkeypatch, tmp_path, LIVER, *ON, *WEEK, "--no-effects")


@pytest.mark.verifies("M12")
@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "examples").glob("*.*") if path.suffix != ".md"))
def test_every_example_is_exported_without_a_fault(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = exported(monkeypatch, tmp_path, str(ROOT / "examples" / name), *ON, *WEEK)
    document = libsbml.readSBMLFromString(found)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    assert document.checkConsistency() == 0
    assert found == exported(monkeypatch, tmp_path, str(ROOT / "examples" / name), *ON, *WEEK)
    assert called(monkeypatch, "simulate", str(ROOT / "examples" / name), *ON, *WEEK, *FEW) == 0


def test_the_page_about_exports_names_every_option_and_no_other() -> None:
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    told = set(re.findall(r"--[a-z][a-z-]*", page))
    verbs = get_command(cli.app).commands  # type: ignore[attr-defined]  # a group
    params = [param for name in ("simulate", "export") for param in verbs[name].params]
    there = {word for param in params for word in (*param.opts, *param.secondary_opts) if word.startswith("--")}
    assert told <= there
    assert there - told <= {"--effects", "--jurisdiction", "--patient"}


@pytest.mark.parametrize("number", range(0, len(HOSTILE), 4))
def test_hostile_text_of_a_record_reaches_no_table_and_no_model(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Neither holds a word of the record: names, notes and reasons stay where they are."""
    text = HOSTILE[number][:900].encode("utf-8", "replace").decode()
    record = {
        "patient": {"id": f"Zebedee {text}", "age": 44, "sex": "female", "weight": "70 kg"},
        "problems": [{"name": f"Zebedee {text}"}, "Spasm of back muscles"],
        "medications": ["naproxen 500 mg twice a day"],
    }
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert called(monkeypatch, "simulate", str(path), *ON, *WEEK, *FEW, "--csv", "-") == 0
    assert b"Zebedee" not in capfdbinary.readouterr().out
    assert "Zebedee" not in exported(monkeypatch, tmp_path, str(path), *ON, *WEEK)


@pytest.mark.parametrize("name", [name for name in PATHS if not name.startswith(("/dev", "..", "file:"))])
def test_hostile_names_of_outputs_are_written_nowhere_odd_or_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = called(monkeypatch, "export", RECORD, *ON, *WEEK, "--sbml", name)
    assert code in (0, 2)
    assert "\x00" not in capsys.readouterr().err


@pytest.mark.verifies("R3", "M12")
@pytest.mark.parametrize(("age", "flagged"), [(45, False), (99, True)])
def test_an_age_that_was_never_studied_is_flagged_in_every_output(
    age: int, flagged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(f"patient: {{age: {age}, sex: male, weight: 80 kg}}\n", encoding="utf-8")
    tables = ("--csv", "a.csv", "--arrow", "a.arrow")
    assert called(monkeypatch, "simulate", "old.yaml", *ON, *WEEK, *FEW, *tables) == 0
    printed = capsys.readouterr().out
    assert called(monkeypatch, "export", "old.yaml", *ON, *WEEK, "--sbml", "a.xml") == 0
    assert ("99 years lies outside" in " ".join(printed.split())) is flagged
    assert ("99 years lies outside" in Path("a.csv").read_text(encoding="utf-8")) is flagged
    with pa.ipc.open_file("a.arrow") as reader:
        notes = reader.schema.metadata
    assert (b"99 years lies outside" in notes[b"extrapolated"]) is flagged
    assert b"Strength, function and force" in notes[b"notes"]
    model = Path("a.xml").read_text(encoding="utf-8")
    assert ("is extrapolated" in model) is flagged
    assert "lies outside the 18" not in model
