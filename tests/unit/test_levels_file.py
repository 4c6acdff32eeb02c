"""The file of measured levels as a whole: what is refused, and what hostile cells do. Single rows: see tests/spec."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests import hostile
from unclench.individual.levels_file import COLUMNS, MOST_ROWS, levels_of, read_levels
from unclench.values import RecordError

ON = date(2026, 11, 22)
HEADER = ",".join(COLUMNS)
GOOD = "2026-11-20 08:00,diazepam,412,ng/mL,5,plasma"
HOSTILE = [
    text
    for name, texts in vars(hostile).items()
    if name.isupper() and isinstance(texts, tuple)
    for text in texts
    if "\ud800" not in text
]


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


@pytest.mark.verifies("M9")
@pytest.mark.parametrize(
    ("content", "need"),
    [
        (b"", "a record"),
        (table(), "at least one row below the header"),
        (table(GOOD, header="time,analyte,value,unit,lloq"), "columns time, analyte, value, unit, lloq, matrix"),
        (table(GOOD + ",x", header=HEADER + ",note"), "columns time, analyte, value, unit, lloq, matrix"),
        (table(GOOD, GOOD), "each level once"),
        (
            table(GOOD, GOOD.replace("412", "4_12")),
            "a number above 0 with a decimal point, or < and the limit of the assay",
        ),
        (table(GOOD.replace("412", "4,12")), "6, as in the header"),
        (table(GOOD.replace(",5,", ",<5,")), "a number"),
        (table(GOOD.replace("412", "٤١٢")), "a number above 0 with a decimal point, or < and the limit of the assay"),
        (table(GOOD.replace("ng/mL", "mg/L")), "at most 100000 ng/mL"),
        (table(GOOD.replace("412", "<0")), "< and a number above 0"),
        (table(GOOD.replace("412", '"412')), "CSV"),
        (table(GOOD.replace("plasma", "p" * 300)), "at most 200 characters"),
        (table(*([GOOD] * 2), "\x00"), "text in UTF-8"),
        (HEADER.encode() + b"\n\xff\xfe", "text in UTF-8"),
        (table(GOOD.replace("08:00", "08:00Z")), "date and clock time of the person's day, such as 2026-11-20 08:00"),
        (table(GOOD.replace("08:00", "25:00")), "date and clock time of the person's day, such as 2026-11-20 08:00"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(content: bytes, need: str) -> None:
    with pytest.raises(RecordError) as refused:
        levels_of(content, on=ON)
    assert refused.value.need == need


def test_the_error_names_the_line() -> None:
    with pytest.raises(RecordError, match="line 3"):
        levels_of(table(GOOD, GOOD.replace("08:00", "09:00").replace("ng/mL", "furlongs")), on=ON)


def test_the_columns_may_stand_in_any_order_and_lines_may_be_empty() -> None:
    content = b"\xef\xbb\xbfMatrix,unit,lloq,value,analyte,time\r\n\r\nserum,ug/L,,412,diazepam,2026-11-20 08:00\r\n"
    (level,) = levels_of(content, on=ON)
    assert (level.ng_ml, level.at_h, level.where) == (412.0, -40.0, "Line 3 of the levels")


def test_too_many_rows_are_refused() -> None:
    rows = [
        f"2026-11-20 {hour:02}:{minute:02},diazepam,412,ng/mL,5,plasma" for hour in range(24) for minute in range(60)
    ]
    assert len(rows) > MOST_ROWS
    with pytest.raises(RecordError, match="more than 1000 rows"):
        levels_of(table(*rows), on=ON)


def test_the_limit_is_converted_with_the_level() -> None:
    (level,) = levels_of(table("2026-11-20 08:00,diazepam,0.4,mg/L,0.005,blood"), on=ON)
    assert level.ng_ml == pytest.approx(720)
    assert level.lloq_ng_ml == pytest.approx(9)


@pytest.mark.verifies("M9")
@pytest.mark.parametrize("column", COLUMNS)
def test_hostile_cells_are_refused_by_line(column: str) -> None:
    for text in HOSTILE:
        cells = dict(zip(COLUMNS, GOOD.split(","), strict=True)) | {column: '"' + text.replace('"', '""') + '"'}
        if column == "lloq" and not text.strip():
            continue
        with pytest.raises(RecordError) as refused:
            levels_of(table(",".join(cells.values())), on=ON)
        assert not any(ord(mark) < 32 for mark in str(refused.value))
        assert len(str(refused.value)) < 1000


def test_a_file_is_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "levels.csv"
    path.write_bytes(table(GOOD))
    assert read_levels(path, on=ON)[0].ng_ml == 412
    with pytest.raises(RecordError, match="no such file"):
        read_levels(tmp_path / "none.csv", on=ON)
