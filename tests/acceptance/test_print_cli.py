"""`consult --pdf --leaflet --calendar --ics`: files of the kind that their names say, the same each time, or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.pdf_reading import whole
from unclench.interfaces.cli import app

run = CliRunner()
DAY = ("--on", "2026-11-22")


@pytest.mark.verifies("O3", "O7")
def test_each_output_is_of_the_kind_its_name_says_and_doses_are_those_of_the_json(root: Path, tmp_path: Path) -> None:
    names = {"json": "a.json", "pdf": "a.pdf", "leaflet": "b.PDF", "calendar": "c.html", "ics": "d.ics"}
    options = [part for key, name in names.items() for part in (f"--{key}", str(tmp_path / name))]
    done = run.invoke(app, ["consult", str(root / "examples/acute-back-spasm.yaml"), *DAY, *options])
    assert done.exit_code == 0, done.output
    made = {key: (tmp_path / name).read_bytes() for key, name in names.items()}
    assert made["pdf"].startswith(b"%PDF-")
    assert made["leaflet"].startswith(b"%PDF-")
    assert made["calendar"].startswith(b"<!DOCTYPE html>")
    assert made["ics"].startswith(b"BEGIN:VCALENDAR")
    plan = json.loads(made["json"])["plan"]
    (phase,) = plan["regimen"]["phases"]
    (dose,) = phase["doses"]
    assert f"{float(dose['mg']):g}mgat{'22:00'}" in whole(made["pdf"])
    assert f"1tabletof{float(dose['mg']):g}mg" in whole(made["leaflet"])
    assert f"RRULE:FREQ=DAILY;COUNT={phase['days']}".encode() in made["ics"]
    assert "Usablewithchanges" in whole(made["pdf"])
    assert json.loads(made["json"])["verdict"] == "usable-with-changes"


@pytest.mark.verifies("O3")
def test_two_runs_write_the_same_bytes(root: Path, tmp_path: Path) -> None:
    record = str(root / "examples/with-opioid.yaml")
    for name in ("one.pdf", "two.pdf"):
        assert run.invoke(app, ["consult", record, *DAY, "--pdf", str(tmp_path / name)]).exit_code == 0
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_two_outputs_to_one_place_and_an_output_over_the_record_are_refused(root: Path, tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    record.write_bytes((root / "examples/with-opioid.yaml").read_bytes())
    before = record.read_bytes()
    same = str(tmp_path / "same.pdf")
    assert run.invoke(app, ["consult", str(record), *DAY, "--pdf", same, "--leaflet", same]).exit_code == 2
    assert run.invoke(app, ["consult", str(record), *DAY, "--leaflet", str(record)]).exit_code == 2
    assert record.read_bytes() == before
    assert not Path(same).exists()


def test_where_one_output_cannot_be_made_none_is_written(root: Path, tmp_path: Path) -> None:
    record, pdf = str(root / "examples/with-opioid.yaml"), tmp_path / "report.pdf"
    ics = str(tmp_path / "days.ics")
    done = run.invoke(app, ["consult", record, *DAY, "--pdf", str(pdf), "--ics", ics])
    assert type(done.exception).__name__ == "RegimenError"
    assert not pdf.exists()
