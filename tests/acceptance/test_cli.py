"""The command line: exit codes, streams, hostile arguments, closed pipes, poor terminals, nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile import BIDI, LINES, LONG, RICH, TERMINAL
from unclench.interfaces import cli

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "examples" / "acute-back-spasm.yaml"
ON = ("--on", "2026-11-22")


def run(*arguments: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "unclench", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        timeout=120,
    )


def called(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The same in this process: faster, for the many cases."""
    monkeypatch.setattr(sys, "argv", ["unclench", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


CODES = {
    "answered": ([str(RECORD), *ON], 0),
    "a name too long": (["x" * 5000], 3),
    "no such file": (["nowhere.yaml"], 3),
    "empty name": ([""], 3),
    "folder without records": (["."], 3),
    "unknown option": ([str(RECORD), "--nope"], 2),
    "no record": ([], 2),
    "date": ([str(RECORD), "--on", "2026-02-30"], 2),
    "date of nobody": ([str(RECORD), "--on", "9999-12-31"], 2),
    "empty date": ([str(RECORD), "--on", ""], 2),
    "jurisdiction": ([str(RECORD), "--jurisdiction", "de"], 2),
    "two requests": ([str(RECORD), "--request", "stop diazepam", "--request", "diazepam 5 mg"], 2),
    "empty request": ([str(RECORD), "--request", ""], 3),
    "other medicine": ([str(RECORD), *ON, "--request", "ibuprofen 400 mg at night"], 3),
    "answer without =": ([str(RECORD), "--answer", "pain"], 3),
    "unknown question": ([str(RECORD), *ON, "--answer", "nosuch=1"], 3),
    "wrong answer": ([str(RECORD), *ON, "--answer", "pain=11"], 3),
    "two answers": ([str(RECORD), *ON, "--answer", "pain=8", "--answer", "pain=3"], 3),
    "answers file": ([str(RECORD), "--answers", "nowhere.yaml"], 3),
    "other patient": ([str(RECORD), *ON, "--patient", "x"], 3),
    "both to standard output": ([str(RECORD), "--json", "-", "--html", "-"], 2),
    "both to one file": ([str(RECORD), "--json", "a", "--html", "./a"], 2),
    "over the record": ([str(RECORD), "--json", str(RECORD)], 2),
    "output without a name": ([str(RECORD), "--json", ""], 2),
    "no such folder": ([str(RECORD), *ON, "--json", "nowhere/x.json"], 2),
    "output is a folder": ([str(RECORD), *ON, "--html", "."], 2),
}


@pytest.mark.verifies("O1")
@pytest.mark.parametrize("name", CODES)
def test_every_slip_has_its_exit_code_and_one_message(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, code = CODES[name]
    monkeypatch.chdir(tmp_path)
    assert called(monkeypatch, "consult", *arguments) == code
    said = capsys.readouterr()
    assert bool(said.err) == (code != 0)
    assert bool(said.out) == (code == 0)
    assert "Traceback" not in said.err
    assert len(said.err) < 1500
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", [text for text in (*TERMINAL, *BIDI, *LINES, *RICH, *LONG) if "\x00" not in text])
def test_hostile_arguments_are_quoted_safely(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = f"nowhere/{text}"
    for arguments in (
        ["consult", str(RECORD), f"--on={text}"],
        ["consult", folder],
        ["consult", str(RECORD), *ON, f"--request=diazepam 5 mg at night {text}x"],
        ["consult", str(RECORD), *ON, f"--answer={text}x=1"],
        ["consult", str(RECORD), *ON, f"--json={folder}"],
    ):
        called(monkeypatch, *arguments)
        said = capsys.readouterr().err
        lines = said.split("\n")
        assert all(char.isprintable() for line in lines for char in line), arguments
        assert len(said) < 2000


@pytest.mark.verifies("O1")
def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f"'{sys.executable}' -m unclench consult '{RECORD}' | head -1; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, env=environment, timeout=120)
    assert done.stderr == b""
    assert done.returncode == 0
    assert done.stdout.count(b"\n") == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        {"TERM": "dumb", "COLUMNS": "20"},
        {"COLUMNS": "0"},
        {"COLUMNS": "x"},
        {"TERM": ""},
    ],
    ids=["ascii", "narrow", "zero", "nonsense", "no terminal"],
)
def test_a_poor_terminal_gets_the_answer(environment: dict[str, str]) -> None:
    done = run("consult", str(RECORD), *ON, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    assert b"USABLE WITH" in done.stdout
    assert b"\x1b" not in done.stdout


@pytest.mark.verifies("O4")
def test_the_bytes_do_not_depend_on_the_surroundings(tmp_path: Path) -> None:
    outputs = []
    for number, environment in enumerate(
        (
            {"PYTHONHASHSEED": "1"},
            {"PYTHONHASHSEED": "999", "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "COLUMNS": "40"},
            {"PYTHONHASHSEED": "7", "TZ": "America/Adak", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        )
    ):
        pages = [str(tmp_path / f"{number}.json"), str(tmp_path / f"{number}.html")]
        done = run("consult", str(RECORD), *ON, "--json", pages[0], "--html", pages[1], **environment)
        assert done.returncode == 0, done.stderr
        outputs.append([Path(page).read_bytes() for page in pages])
    assert outputs[0] == outputs[1] == outputs[2]
    json.loads(outputs[0][0])


def test_nothing_is_left_behind_but_the_named_file(tmp_path: Path) -> None:
    home, place = tmp_path / "home", tmp_path / "place"
    home.mkdir()
    place.mkdir()
    homes = {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": str(home)}
    done = run("consult", str(RECORD), *ON, "--json", "out.json", folder=place, **homes)
    assert done.returncode == 0
    assert [path.name for path in place.rglob("*")] == ["out.json"]
    assert not list(home.rglob("*"))


@pytest.mark.parametrize("value", ["xx", "UK ", "\x1b[31m"])
def test_a_wrong_jurisdiction_in_the_environment_is_refused(value: str) -> None:
    done = run("consult", str(RECORD), UNCLENCH_JURISDICTION=value)
    assert done.returncode == 2
    assert b"UNCLENCH_JURISDICTION" in done.stderr
    assert b"\x1b" not in done.stderr + done.stdout
