"""The diary as a file: what is read, and what is refused with its row and column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.hostile import HOSTILE
from unclench.individual.diary_file import Diary, Gap, read_diary
from unclench.values import RecordError

UNTIL = date(2026, 11, 22)
HEADER = "date,mg_taken,withdrawal,spasm\n"


def diary(text: str) -> Diary:
    return read_diary((HEADER + text).encode("utf-8", "surrogatepass"), until=UNTIL)


@pytest.mark.verifies("P5")
def test_a_diary_is_read_by_date_and_empty_cells_are_not_recorded():
    found = diary("2026-11-20,8,3,\n2026-11-18, 10 ,,4.5\n\n2026-11-22,,0,2\n")
    assert [day.on.day for day in found.days] == [18, 20, 22]
    assert found.taken() == ((date(2026, 11, 18), Decimal(10)), (date(2026, 11, 20), Decimal(8)))
    assert found.withdrawal() == ((date(2026, 11, 20), 3.0), (date(2026, 11, 22), 0.0))
    assert found.spasm() == ((date(2026, 11, 18), 4.5), (date(2026, 11, 22), 2.0))


def test_gaps_are_listed_and_never_nought():
    found = diary("2026-11-01,10,1,1\n2026-11-02,10,1,1\n2026-11-10,9,1,1\n2026-11-19,9,1,1\n")
    assert found.not_recorded == (
        Gap(date(2026, 11, 3), date(2026, 11, 9)),
        Gap(date(2026, 11, 11), date(2026, 11, 18)),
        Gap(date(2026, 11, 20), date(2026, 11, 21)),
    )
    assert [gap.days for gap in found.not_recorded] == [7, 8, 2]
    assert len(found.taken()) == 4


def test_today_may_be_missing():
    assert diary("2026-11-21,10,1,1\n").not_recorded == ()


def test_columns_may_stand_in_any_order_and_case_with_a_byte_order_mark():
    text = "\ufeffSpasm, DATE ,withdrawal,mg_taken\n1,2026-11-20,2,5\n"
    day = read_diary(text.encode(), until=UNTIL).days[0]
    assert (day.spasm, day.withdrawal, day.mg_taken) == (1.0, 2.0, Decimal(5))


@pytest.mark.verifies("P5")
@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("2026-11-20,8,10.1,1", "row 3, column withdrawal"),
        ("2026-11-20,8,-1,1", "row 3, column withdrawal"),
        ("2026-11-20,8,1,eleven", "row 3, column spasm"),
        ("2026-11-20,8,nan,1", "row 3, column withdrawal"),
        ("2026-11-20,8,1e1,1", "row 3, column withdrawal"),
        ("2026-11-20,8,٣,1", "row 3, column withdrawal"),
        ("2026-11-20,-8,1,1", "row 3, column mg_taken"),
        ("2026-11-20,8 mg,1,1", "row 3, column mg_taken"),
        ("2026-11-20,infinity,1,1", "row 3, column mg_taken"),
        ("2026-11-20,1001,1,1", "row 3, column mg_taken"),
        ("2026-11-23,8,1,1", "row 3, column date"),
        ("2026-11-19,8,1,1", "row 3, column date"),
        ("2026-02-30,8,1,1", "row 3, column date"),
        ("20/11/2026,8,1,1", "row 3, column date"),
        (",8,1,1", "row 3, column date"),
        ("0206-11-20,8,1,1", "row 3, column date"),
        ("2026-11-20,2,5,1,1", "row 3, all columns"),
        ("2026-11-20,8,1", "row 3, all columns"),
    ],
)
def test_what_is_wrong_is_refused_with_row_and_column(row: str, place: str):
    with pytest.raises(RecordError) as error:
        diary(f"2026-11-19,10,1,1\n{row}\n")
    assert place in error.value.where
    assert error.value.exit_code == 3


def test_a_day_twice_names_the_first_row():
    with pytest.raises(RecordError, match="2026-11-19 as in row 2"):
        diary("2026-11-19,10,1,1\n2026-11-18,10,1,1\n2026-11-19,9,1,1\n")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "the diary"),
        (b"\n,,,\n", "header"),
        (b"date,mg_taken,withdrawal\n2026-11-19,1,1\n", "header"),
        (b"date,mg_taken,withdrawal,spasm,pulse\n", "header, column 5"),
        (b"date,mg_taken,withdrawal,spasm,date\n", "header, column 1"),
        (HEADER.encode(), "below the header"),
        (HEADER.encode() + b'2026-11-19,"10,1,1\n', "row"),
        (HEADER.encode() + b"2026-11-19,10,1,\xff\n", "the diary"),
        (HEADER.encode() + b"2026-11-19,10,1,\x00\n", "the diary"),
        (HEADER.encode() + b"2026-11-19,10,1,1\n" * 4000, "below the header"),
    ],
)
def test_what_is_no_diary_is_refused(content: bytes, place: str):
    with pytest.raises(RecordError) as error:
        read_diary(content, until=UNTIL)
    assert place in error.value.where


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()])
def test_hostile_text_is_refused_and_quoted_without_control_characters(text: str):
    cell = '"' + text.replace('"', '""') + '"'
    for row in (f"{cell},10,1,1", f"2026-11-19,{cell},1,1", f"2026-11-19,10,{cell},1", f"2026-11-19,10,1,{cell}"):
        with pytest.raises(RecordError) as error:
            diary(f"{row}\n")
        assert not any(ord(mark) < 32 for mark in str(error.value))
    header = f"{cell},mg_taken,withdrawal,spasm\n".encode("utf-8", "surrogatepass")
    with pytest.raises(RecordError):
        read_diary(header + b"2026-11-19,1,1,1\n", until=UNTIL)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RecordError, match="no such file"):
        read_diary(tmp_path / "none.csv", until=UNTIL)
