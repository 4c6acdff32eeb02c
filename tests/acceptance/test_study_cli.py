"""`unclench study` as a person meets it."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAD = "study_id,condition,drug_given,route,analyte,dose_mg,regimen,cl_ml_min\n"
GOOD = "A,healthy,diazepam,oral,diazepam,10,single,25\n"
BAD = "B,in love,diazepam,oral,diazepam,10,single,25\n"


def unclench(*words: str) -> subprocess.CompletedProcess[str]:
    program = "from unclench.interfaces.cli import main; main()"
    return subprocess.run([sys.executable, "-c", program, "study", *words], capture_output=True, text=True)


@pytest.fixture
def table(tmp_path):
    def write(text: str) -> str:
        place = tmp_path / "arms.csv"
        place.write_text(text, encoding="utf-8")
        return str(place)

    return write


def test_good_arms_are_answered(table):
    run = unclench(table(HEAD + GOOD), "--replicates", "20")

    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert run.returncode == 0, run.stderr
    assert [(row["study_id"], row["quantity"], row["observed"]) for row in rows] == [("A", "cl_ml_min", "25")]


def test_a_refused_arm_is_said_and_the_rest_answered(table):
    run = unclench(table(HEAD + GOOD + BAD), "--replicates", "20")

    assert run.returncode == 7
    assert "in love" in run.stderr
    assert len(run.stdout.splitlines()) == 3


def test_the_same_call_gives_the_same_bytes(table):
    place = table(HEAD + GOOD)

    assert unclench(place, "--replicates", "20").stdout == unclench(place, "--replicates", "20").stdout


def test_a_curve_is_printed(table):
    run = unclench(table(HEAD + GOOD), "--replicates", "20", "--curve", "A")

    assert run.returncode == 0, run.stderr
    assert "median" in run.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [(("no-such-file.csv",), 2), (("ARMS", "--curve", "Z"), 2), (("ARMS", "--replicates", "1"), 2), (("EMPTY",), 3)],
)
def test_wrong_calls_say_what_is_wrong(table, tmp_path, words, code):
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    places = {"ARMS": table(HEAD + GOOD), "EMPTY": str(empty)}

    run = unclench(*(places.get(word, word) for word in words))

    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr


def test_nothing_is_written_over_the_table(table):
    place = table(HEAD + GOOD)

    assert unclench(place, "--out", place).returncode == 2


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless device")
def test_an_endless_input_is_refused_after_the_largest_table():
    run = unclench("/dev/zero", "--replicates", "20")

    assert run.returncode == 2, run.stderr[-500:]
    assert "larger than" in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", [("study", "{table}", "--replicates", "20"), ("questions",)])
def test_an_output_that_is_full_is_one_message(table, words):
    program = "from unclench.interfaces.cli import main; main()"
    place = table(HEAD + GOOD)
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-c", program, *(word.format(table=place) for word in words)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr
    assert "Exception ignored" not in run.stderr


def test_an_input_under_another_name_is_never_written_over(table, tmp_path):
    place = table(HEAD + GOOD)
    other = tmp_path / "other.csv"
    os.link(place, other)

    run = unclench(place, "--replicates", "20", "--out", str(other))

    assert run.returncode == 2
    assert Path(place).read_text(encoding="utf-8") == HEAD + GOOD
