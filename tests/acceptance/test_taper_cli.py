"""`unclench taper`: every slip has its exit code and one message, and the answer is the one of a consultation."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.acceptance.test_cli import ROOT, called, run
from tests.hostile import RICH, TERMINAL

pytestmark = pytest.mark.verifies("P5", "O1")

LONG_USE = ROOT / "examples" / "diazepam-14-months.json"
SPASTICITY = ROOT / "examples" / "ms-spasticity.json"
ON = ("--on", "2026-11-22")
TYPED = ("--dose", "20mg", "--months", "14", *ON)
DIARY = "date,mg_taken,withdrawal,spasm\n"
LEVELS = "time,analyte,value,unit,lloq,matrix\n"

# What is wrong, what is typed, the exit code, and words that the message must hold.
SLIPS: dict[str, tuple[list[str], int, tuple[str, ...]]] = {
    "a dose that no product makes": (["--dose", "3.33mg", "--months", "14", *ON], 5, ("3.33 mg", "3 mg and 3.5 mg")),
    "in the UK": (
        ["--dose", "7.3mg", "--months", "14", *ON, "--jurisdiction", "uk"], 5, ("7.3 mg", "7 mg and 7.5 mg"),
    ),
    "a strength that does not exist": ([*TYPED, "--products", "3"], 5, ("'3'", "2, 5 and 10 mg")),
    "a product of another country": ([*TYPED, "--products", "UK-TABLET-5"], 5, ("uk-tablet-5", "a product of US")),
    "products without small steps": ([*TYPED, "--products", "5,no-halves"], 5, ("15 mg", "oral solution")),
    "too few weeks": ([*TYPED, "--weeks", "5"], 5, ("5 weeks from 20 mg", "at least 20 weeks")),
    "a start in the past": ([*TYPED, "--start", "2026-11-21"], 5, ("2026-11-21", "2026-11-22 or later")),
    "a start that is no day": ([*TYPED, "--start", "2026-02-30"], 2, ("2026-02-30",)),
    "zero months": (["--dose", "20mg", "--months", "0", *ON], 2, ("0 months",)),
    "months below zero": (["--dose", "20mg", "--months", "-3", *ON], 2, ("-3 months",)),
    "endless months": (["--dose", "20mg", "--months", "inf", *ON], 2, ("inf months",)),
    "months that are no number": (["--dose", "20mg", "--months", "nan", *ON], 2, ("nan months",)),
    "no dose": (["--months", "14", *ON], 2, ("--dose and --months",)),
    "a dose of nothing": (["--dose", "0mg", "--months", "14", *ON], 2, ("more than 0 mg",)),
    "a dose below nothing": (["--dose=-5mg", "--months", "14", *ON], 2, ("more than 0 mg",)),
    "a dose in words": (["--dose", "some", "--months", "14", *ON], 2, ("milligrams a day",)),
    "a dose without end": (["--dose", "infinity", "--months", "14", *ON], 2, ("milligrams a day",)),
    "a dose with a thousand million digits": (["--dose", "1e-999999999mg", "--months", "14", *ON], 2, ("milligrams",)),
    "a start in ten years": ([*TYPED, "--start", "2036-11-22"], 5, ("2036-11-22", "2027-11-23 or earlier")),
    "a pace that is none": ([*TYPED, "--pace", "furious"], 2, ("'furious'", "slow, usual, fast, auto")),
    "no weeks": ([*TYPED, "--weeks", "0"], 2, ("0 weeks",)),
    "weeks and a peak": ([*TYPED, "--weeks", "40", "--peak", "50"], 2, ("one of them",)),
    "a peak of nothing": ([*TYPED, "--peak", "0"], 2, ("a peak of 0 %",)),
    "no days of supply": ([*TYPED, "--supply-days", "0"], 2, ("0 days of supply",)),
    "a longer supply than the law allows": ([*TYPED, "--supply-days", "90"], 5, ("90", "days in US")),
    "eight days a week": ([*TYPED, "--days-a-week", "8"], 2, ("8 days a week",)),
    "a record and a person": ([str(LONG_USE), "--age", "40", *ON], 2, ("one of them",)),
    "no such record": (["nowhere.json", *ON], 3, ("nowhere.json",)),
    "no such diary": ([*TYPED, "--diary", "nowhere.csv"], 3, ("nowhere.csv",)),
    "over the record": ([str(LONG_USE), *ON, "--json", str(LONG_USE)], 2, ("diazepam-14-months.json",)),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_every_slip_has_its_exit_code_and_one_message(name, tmp_path, monkeypatch, capsys):
    arguments, code, told = SLIPS[name]
    monkeypatch.chdir(tmp_path)
    assert called(monkeypatch, "taper", *arguments) == code
    said = capsys.readouterr()
    assert said.out == ""
    whole = " ".join(said.err.replace("│", " ").split())
    assert all(words in whole for words in told), whole
    assert "Traceback" not in whole
    assert list(tmp_path.iterdir()) == []


# The rows of a diary or of levels, and what is said of them.
ROWS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a rating of 11": ("--diary", DIARY + "2026-11-20,20,11,2\n", ("'11'", "column withdrawal", "0 to 10")),
    "a rating below 0": ("--diary", DIARY + "2026-11-20,20,3,-1\n", ("'-1'", "column spasm")),
    "a day to come": ("--diary", DIARY + "2026-12-20,20,3,1\n", ("2026-12-20", "2026-11-22")),
    "a day twice": ("--diary", DIARY + "2026-11-20,20,3,1\n2026-11-20,20,3,1\n", ("each day once",)),
    "a dose with a unit": ("--diary", DIARY + "2026-11-20,20mg,3,1\n", ("'20mg'",)),
    "no row": ("--diary", DIARY, ("0 rows",)),
    "nothing": ("--diary", "", ("it is empty",)),
    "another file": ("--diary", "\x00\x01", ()),
    "hostile text": ("--diary", DIARY + f'2026-11-20,"{TERMINAL}",3,1\n', ("mg_taken",)),
    "hostile markup": ("--diary", DIARY + f'2026-11-20,20,"{RICH}",1\n', ("column withdrawal",)),
    "hostile header": ("--diary", f'"{TERMINAL}",mg_taken,withdrawal,spasm\n', ("header",)),
    "an unknown unit": ("--levels", LEVELS + "2026-11-20 09:00,diazepam,400,furlongs,5,plasma\n", ("furlongs",)),
    "an unknown analyte": ("--levels", LEVELS + "2026-11-20 09:00,aspirin,400,ng/mL,5,plasma\n", ("aspirin",)),
    "a level to come": ("--levels", LEVELS + "2027-11-20 09:00,diazepam,400,ng/mL,5,plasma\n", ("2027",)),
    "a level before the first dose": (
        "--levels", LEVELS + "2020-01-01 09:00,diazepam,400,ng/mL,5,plasma\n", ("before",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_what_was_seen_is_refused_with_its_place(name, tmp_path, monkeypatch, capsys):
    option, content, told = ROWS[name]
    file = tmp_path / "seen.csv"
    file.write_text(content, encoding="utf-8")
    assert called(monkeypatch, "taper", *TYPED, option, str(file)) in (3, 5)
    said = capsys.readouterr()
    assert said.out == ""
    whole = " ".join(said.err.split())
    assert all(words in whole for words in told), whole
    assert "Traceback" not in whole
    assert "\x1b" not in said.err


def test_a_brand_of_diazepam_is_diazepam(monkeypatch, capsys):
    plain = answered(monkeypatch, capsys, "--dose", "5mg", "--months", "14", *ON)
    for name in ("Valium", " diazepam ", "DIAZEPAM"):
        assert answered(monkeypatch, capsys, "--dose", "5mg", "--months", "14", *ON, "--drug", name) == plain


@pytest.mark.parametrize("ending", ["html", "pdf"])
def test_where_nobody_may_stop_alone_the_calendar_says_so_and_nothing_else_is_lost(ending, tmp_path, monkeypatch):
    calendar, told = tmp_path / f"calendar.{ending}", tmp_path / "taper.json"
    specialist = ("--dose", "60mg", "--months", "14", *ON)
    assert called(monkeypatch, "taper", *specialist, "--calendar", str(calendar), "--json", str(told)) == 0
    assert json.loads(told.read_text(encoding="utf-8"))["need"] == "specialist"
    assert calendar.stat().st_size > 1000
    if ending == "html":
        assert "Do not stop" in calendar.read_text(encoding="utf-8")


def answered(monkeypatch, capsys, *arguments: str) -> dict:
    assert called(monkeypatch, "taper", *arguments, "--json", "-") == 0
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


OPTIONS = {
    "--pace": ([*TYPED, "--pace", "slow"], lambda told: told["pace"] == "slow"),
    "--start": ([*TYPED, "--start", "2026-12-05"], lambda told: told["days"][0]["date"] == "2026-12-05"),
    "--weeks": ([*TYPED, "--weeks", "30"], lambda told: told["weeks"] == 30),
    "--products": (
        [*TYPED, "--products", "liquid"],
        lambda told: {u["product"] for day in told["days"] for u in day["units"]} == {"US-SOLUTION-1"},
    ),
    "--jurisdiction": (
        [*TYPED, "--jurisdiction", "uk"],
        lambda told: all(u["product"].startswith("UK-") for day in told["days"] for u in day["units"]),
    ),
    "--supply-days": ([*TYPED, "--supply-days", "7"], lambda told: told["supply"]["interval_days"] == 7),
    "--peak": (
        ["--dose", "5mg", "--months", "14", *ON, "--peak", "70"],
        lambda told: told["peak_withdrawal_drive"]["worst_fifth"] <= 70.5,
    ),
    "short use": (
        ["--dose", "10mg", "--months", "0.7", *ON],
        lambda told: told["need"] == "step-down" and any("exempt" in proof["say"] for proof in told["proofs"]),
    ),
    "a specialist's": (
        ["--dose", "60mg", "--months", "14", *ON],
        lambda told: told["need"] == "specialist" and told["days"] == [] and told["hold"] and told["urgency"],
    ),
    "a few doses": (
        ["--dose", "5mg", "--months", "0.1", *ON], lambda told: told["need"] == "none" and told["days"] == [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_shows_in_the_answer(name, monkeypatch, capsys):
    arguments, holds = OPTIONS[name]
    told = answered(monkeypatch, capsys, *arguments)
    assert holds(told)
    assert all(proof["holds"] for proof in told["proofs"])
    keys = {"need", "days", "cuts", "proofs", "peak_withdrawal_drive", "supply", "facts", "made_with"}
    assert keys <= told.keys()
    for day in told["days"]:
        assert sum(one["mg_each"] * one["count"] for one in day["units"]) == pytest.approx(day["mg"], abs=1e-9)


def diary(rows) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("date", "mg_taken", "withdrawal", "spasm"))
    writer.writerows(rows)
    return out.getvalue()


def test_a_diary_plans_the_rest_from_what_was_really_taken(tmp_path, monkeypatch, capsys):
    """A cut, a missed week and an emergency dose: the rest starts from the lower dose and waits for its window."""
    days = [(f"2026-11-{day:02}", "20" if day < 12 else "18" if day != 20 else "28", 2, 1) for day in range(1, 22)]
    file = tmp_path / "diary.csv"
    file.write_text(diary(row for row in days if not "2026-11-04" < row[0] < "2026-11-09"), encoding="utf-8")
    told = answered(monkeypatch, capsys, *TYPED, "--diary", str(file))
    assert told["from_mg"] == 18
    assert told["cuts"][0]["date"] >= "2026-11-26"
    assert told["learning"]["ratings"] > 0
    assert any("does not record" in say for say in told["learning"]["says"])
    assert all(proof["holds"] for proof in told["proofs"])


def test_levels_teach_about_this_person(tmp_path, monkeypatch, capsys):
    file = tmp_path / "levels.csv"
    rows = ("2026-11-20 09:00,diazepam,900,ng/mL,5,plasma", "2026-11-20 09:00,nordazepam,1100,ng/mL,5,plasma")
    file.write_text(LEVELS + "\n".join(rows) + "\n", encoding="utf-8")
    told = answered(monkeypatch, capsys, *TYPED, "--levels", str(file))
    assert told["learning"]["levels"] == 2
    assert any(one["moved"] > 0 for one in told["learning"]["parameters"])


@pytest.mark.parametrize("record", [LONG_USE, SPASTICITY], ids=lambda path: path.stem)
def test_a_consultation_has_the_same_taper(record: Path, tmp_path, monkeypatch, capsys):
    told = answered(monkeypatch, capsys, str(record), *ON)
    target = tmp_path / "consultation.json"
    assert called(monkeypatch, "consult", str(record), *ON, "--json", str(target)) == 0
    whole = json.loads(target.read_text(encoding="utf-8"))
    assert whole["plan"]["taper"] == told


def test_the_same_bytes_twice_and_no_traceback():
    arguments = ("taper", "--dose", "5mg", "--months", "14", *ON, "--json", "-")
    one, two = run(*arguments), run(*arguments, PYTHONHASHSEED="7")
    assert one.returncode == 0
    assert one.stdout == two.stdout
    assert one.stderr == b""
