"""The rest of a taper, planned with a diary of what was taken until now."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.taper_people import ON, takes
from unclench.individual.diary_file import Diary, DiaryDay
from unclench.individual.levels import learn_levels
from unclench.individual.measured import Level
from unclench.knowledge import knowledge
from unclench.planning.taper import plan_taper
from unclench.planning.taper_ground import Seen
from unclench.planning.taper_plan import Taper
from unclench.planning.taper_wish import Wish
from unclench.simulation.simulate import SEED
from unclench.values import Phase, Regimen

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


@pytest.mark.verifies("M9", "P5")
@pytest.mark.parametrize("kept", [False, True], ids=["without a diary", "with one"])
def test_a_level_of_today_is_read_after_the_dose_of_this_morning(kept: bool) -> None:
    appraisal = takes(20)
    assert appraisal.current_use.regimen is not None
    level = Level(at_h=10.0, analyte="diazepam", ng_ml=650.0)
    first = ON - timedelta(days=3)
    diary = Diary(tuple(DiaryDay(first + timedelta(days=day), Decimal(20), 1.0, None) for day in range(3)), ON)
    found = plan_taper(appraisal, QUICK, seen=Seen(diary if kept else None, (level,)))
    past = appraisal.current_use.regimen
    today = Regimen(ON, (Phase(1, past.phases[-1].doses),))
    own = learn_levels(
        body=appraisal.body,
        exposure=appraisal.exposure,
        taken=(past, today),
        on=ON,
        measured=(level,),
        seed=SEED,
        patient=appraisal.patient_ref,
    )
    assert found.learning is not None
    learnt = {one.name: one for one in found.learning.parameters}
    for one in own.parameters:
        assert learnt[one.name].posterior == pytest.approx(one.posterior, rel=0.02)
