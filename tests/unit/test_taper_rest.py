"""The rest of a taper, planned with a diary of what was taken until now."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.taper_people import ON, takes
from unclench.individual.diary_file import Diary, DiaryDay
from unclench.knowledge import knowledge
from unclench.planning.taper import plan_taper
from unclench.planning.taper_ground import Seen
from unclench.planning.taper_plan import Taper
from unclench.planning.taper_wish import Wish

QUICK = Wish(quick=True, pace="usual")


def rest(taken: list[int], rated: list[int], wish: Wish = QUICK) -> Taper:
    first = ON - timedelta(days=len(taken))
    days = [
        DiaryDay(first + timedelta(days=day), Decimal(mg), float(rating), None)
        for day, (mg, rating) in enumerate(zip(taken, rated, strict=True))
    ]
    return plan_taper(takes(20), wish, seen=Seen(Diary(tuple(days), ON)))


@pytest.mark.verifies("P5", "M9")
def test_what_was_hard_in_the_past_does_not_hide_what_is_to_come() -> None:
    """Somebody stopped at once for nine days, which drove more than anything planned can, and took half of it again."""
    found = rest([20] * 3 + [0] * 9 + [10] * 28, [1] * 3 + [3] * 10 + [2] * 27, Wish(pace="usual"))
    assert found.loss is not None
    assert found.peak is not None
    assert found.loss[0] == pytest.approx(found.peak.worst_fifth, rel=1e-3)
    assert found.loss[1] <= found.loss[0]


@pytest.mark.verifies("P5", "M9")
def test_the_next_cut_of_a_taper_that_goes_on_keeps_to_its_pace() -> None:
    row = knowledge().get("paces", "usual")
    found = rest([20] * 14 + [18] * 28, [1] * 42)
    assert found.pace == "usual"
    assert all(
        float(cut.from_mg - cut.to_mg) <= max(row.most_percent / 100 * float(cut.from_mg), row.least_cut_mg)
        for cut in found.cuts
    )
