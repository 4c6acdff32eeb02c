"""Whatever bytes a diary or a file of levels holds: it is read whole, or refused with what to do."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from unclench.individual.diary_file import COLUMNS, read_diary
from unclench.individual.levels_file import COLUMNS as LEVEL_COLUMNS
from unclench.individual.levels_file import levels_of
from unclench.values import RecordError

pytestmark = pytest.mark.verifies("P5", "M9")

ON = date(2026, 11, 22)
CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(HOSTILE).map(lambda text: text[:300]),
    st.sampled_from(("", "0", "10", "7.5", "<5", "1e9", "nan", "2026-11-20", "2026-11-20 08:00", "9999-12-31")),
    st.sampled_from(("diazepam", "nordazepam", "ng/mL", "umol/L", "plasma", "blood")),
    st.dates(max_value=ON).map(str),
)


def file_of(columns: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    """Bytes of any kind, and rows of cells of any kind under the right header."""
    rows = st.lists(st.lists(CELLS, min_size=len(columns) - 1, max_size=len(columns) + 1), max_size=6)
    head = ",".join(columns)
    return st.one_of(
        st.binary(max_size=200),
        rows.map(lambda found: "\n".join((head, *map(",".join, found))).encode("utf-8", "surrogatepass")),
    )


def told(error: RecordError) -> bool:
    return bool(error.where and error.found and error.need and error.fix and str(error).encode())


@given(file_of(COLUMNS))
def test_any_bytes_are_a_diary_or_refused(content):
    try:
        found = read_diary(content, until=ON)
    except RecordError as error:
        refused = told(error)
        assert refused
        return
    assert found.days
    assert all(day.on <= ON for day in found.days)
    for day in found.days:
        assert all(rating is None or 0 <= rating <= 10 for rating in (day.withdrawal, day.spasm))


@given(file_of(LEVEL_COLUMNS))
def test_any_bytes_are_levels_or_refused(content):
    try:
        found = levels_of(content, on=ON)
    except RecordError as error:
        refused = told(error)
        assert refused
        return
    assert found
    assert all(level.at_h < 24 and 0 < level.ng_ml < float("inf") for level in found)


@pytest.mark.parametrize("read", [lambda data: read_diary(data, until=ON), lambda data: levels_of(data, on=ON)])
def test_a_file_of_millions_of_empty_lines_is_refused_at_once(read):
    with pytest.raises(RecordError, match="1 MB"):
        read(b"date,mg_taken,withdrawal,spasm\n" + b"\n" * 50_000_000)
