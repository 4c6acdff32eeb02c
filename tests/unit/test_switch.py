"""A switch to diazepam: what it refuses, what it rounds, what it reads from an appraisal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import inf

import pytest

from tests import factories
from unclench.appraisal.findings import ClearanceSegment, CurrentMedicine, RiskFound
from unclench.appraisal.taper_need import taper_need
from unclench.knowledge import knowledge
from unclench.planning.switch import Reason, plan_switch
from unclench.planning.switch_after import after_switch, use_as_diazepam
from unclench.planning.switch_from import reasons_against, switch_from, switch_of
from unclench.planning.taper import plan_taper
from unclench.record.patient import Dosage, Medication, Status
from unclench.report.taper_switch import switch_part
from unclench.values import Answer, Effect, RegimenError

FACTS = knowledge()
ON = date(2026, 11, 22)
MAKE = tuple(Decimal(halves) / 2 for halves in range(2, 81) if halves != 3)
CARE = Reason("Something.", "POP-01", stops=False)
STOP = Reason("Something worse.", "CI-06", stops=True)


def switched(drug: str = "lorazepam", mg: str = "3", **more):
    return plan_switch(FACTS, drug, Decimal(mg), on=ON, **({"make": MAKE} | more))


def medicine(drug: str = "lorazepam", active: Answer = Answer.YES, mg: str | None = "2", **dosage) -> CurrentMedicine:
    entry = Medication("MedicationRequest/1", (), drug, "order", Status.ACTIVE, dosage=Dosage(**dosage))
    amount = None if mg is None else Decimal(mg)
    tags = frozenset(FACTS.get("drugs", drug).tags)
    return CurrentMedicine(drug, (drug,), tags, active, None, None, amount, ("1",), entry=entry, phrase=f"{drug} (1)")


def taken(*medicines: CurrentMedicine, **more):
    return switch_from(factories.appraisal(medicines=medicines, **more), FACTS)


@pytest.mark.verifies("P6")
@pytest.mark.parametrize("mg", ["0", "-1", "NaN", "Infinity"])
def test_a_dose_that_is_no_dose_is_refused(mg: str) -> None:
    with pytest.raises(RegimenError, match="a dose above 0 mg"):
        switched(mg=mg)


@pytest.mark.verifies("P6")
@pytest.mark.parametrize("weeks", [0, -1, 3, 52])
def test_neither_at_once_nor_for_ever(weeks: int) -> None:
    with pytest.raises(RegimenError, match="1 to 2 weeks"):
        switched(weeks=weeks)


@pytest.mark.verifies("P6")
def test_one_week_is_possible_and_care_takes_two() -> None:
    short, long, careful = switched(weeks=1), switched(), switched(weeks=1, against=(CARE,))

    assert [step.on - ON for step in short.steps()] == [timedelta(days=day) for day in (0, 3)]
    assert careful.days == long.days
    assert any("longest crossover" in said for said in careful.says)
    assert not any("longest crossover" in said for said in long.says)
    assert careful.against[0] == "Something."
    assert "POP-01" in careful.facts


@pytest.mark.verifies("P6")
def test_what_stops_it_leaves_no_day_and_no_dose() -> None:
    found = switched(against=(CARE, STOP))

    assert (found.days, found.to_mg, found.review, found.first_cut_on) == ((), None, None, None)
    assert "specialist" in found.hold
    assert found.says == ()
    assert found.against == ("Something.", "Something worse.")
    assert (found.low_mg, found.high_mg) == (7.5, 30.0)


@pytest.mark.verifies("P6")
def test_a_switch_that_is_held_is_told_without_a_goal() -> None:
    held, planned = switch_part(switched(against=(STOP,))), switch_part(switched())

    assert held.line == "lorazepam 3 mg a day"
    assert "specialist" in held.hold
    assert held.days == ()
    assert planned.line == "lorazepam 3 mg a day to diazepam 15 mg a day"
    assert planned.hold == ""
    assert [(line.other_mg, line.diazepam_mg) for line in planned.days] == [("1.5", "7.5"), ("0", "15")]


@pytest.mark.verifies("P6")
def test_above_forty_is_read_at_the_most_that_a_guideline_names() -> None:
    at, above = switched(mg="4"), switched(mg="4.1")

    assert (at.hold, at.to_mg) == ("", Decimal(20))
    assert "41 mg of diazepam, above 40 mg" in above.hold
    assert above.days == ()


@pytest.mark.verifies("P6")
def test_what_products_cannot_make_is_rounded_down_and_said() -> None:
    whole = tuple(Decimal(mg) for mg in (2, 4, 5, 6, 7, 8, 9, 10))
    found = switched("temazepam", "7.5", make=whole)  # 3.75 mg exactly

    assert found.to_mg == Decimal(2)
    assert any("Exactly it would be 3.75 mg; the products make 2 mg." in said for said in found.says)
    assert "less than the products make" in switched("temazepam", "3", make=whole).hold
    assert "less than the products make" in switched(make=()).hold


@pytest.mark.verifies("P6")
def test_a_single_dose_is_halved_and_more_than_four_go_in_quarters() -> None:
    assert len(list(switched(doses_per_day=1).steps())) == 2
    assert len(list(switched(doses_per_day=4).steps())) == 4
    many = switched(doses_per_day=6)
    assert len(list(many.steps())) == 4
    assert any("Its strengths are not known here" in said for said in many.says)
    assert not any("Its strengths are not known here" in said for said in switched(doses_per_day=3).says)


@pytest.mark.verifies("P6")
def test_it_says_by_how_much_it_may_be_too_little_and_that_it_builds_up() -> None:
    said = " ".join(switched().says)

    for part in ("15 to 30 mg", "7.5 to 30 mg", "cut of up to 50 %", "build up for weeks", "Never at once", "0.30"):
        assert part in said
    assert "No range is known" in " ".join(switched("zopiclone", "7.5").says)


@pytest.mark.verifies("P6")
def test_every_row_it_rests_on_is_named() -> None:
    found = switched()

    assert [fact for fact, _ in found.sources] == [fact for fact in found.facts if fact.startswith("EQ-LORAZEPAM-")]
    assert "here 30 mg a day" in dict(found.sources)["EQ-LORAZEPAM-SCOTLAND"]
    assert "1.3 (1 to 4) mg" in dict(found.sources)["EQ-LORAZEPAM-CLINCALC"]
    assert {"HALF-LORAZEPAM", "SWITCH-DOSE", "SWITCH-NO-CUT"} <= set(found.facts)
    for fact in found.facts:
        assert any(FACTS.has(kind, fact) for kind in ("equivalents", "half_lives", "statements")), fact


@pytest.mark.verifies("P6")
def test_days_reach_to_the_first_cut_without_a_gap() -> None:
    found = switched(doses_per_day=3)

    assert found.days[0].on == ON
    assert all(after.on - before.on == timedelta(days=1) for before, after in pairwise(found.days))
    assert found.first_cut_on == found.days[-1].on + timedelta(days=1)
    alone = [day for day in found.days if day.other_mg == 0]
    assert len(alone) == FACTS.limit("SWITCH-SETTLE-DAYS", "d")


def test_nothing_of_the_kind_is_nothing_to_switch_from() -> None:
    assert taken() is None
    assert taken(medicine("naproxen")) is None
    assert taken(medicine("diazepam")) is None
    assert taken(medicine(active=Answer.NO)) is None
    assert switch_of(factories.appraisal(), FACTS, make=MAKE) is None


@pytest.mark.verifies("P6", "R3")
def test_what_is_not_certain_is_found_out_first() -> None:
    unsure, no_dose = taken(medicine(active=Answer.CANNOT_SAY)), taken(medicine(mg=None))
    needed, rectal = taken(medicine(as_needed=True)), taken(medicine(route="rectal"))

    assert [found.drug for found in (unsure, no_dose, needed, rectal)] == ["lorazepam"] * 4
    assert "not certain that lorazepam (1) is taken now" in unsure.hold
    assert "daily dose of lorazepam is not recorded" in no_dose.hold
    assert "taken as needed" in needed.hold
    assert "by mouth" in rectal.hold
    assert taken(medicine(route="oral")).hold == ""


@pytest.mark.verifies("P6")
def test_two_entries_of_one_drug_add_up_and_one_without_a_dose_leaves_it_open() -> None:
    both = taken(medicine(doses_per_day=Decimal(1)), medicine(mg="1", doses_per_day=Decimal(2)))

    assert (both.mg_per_day, both.doses_per_day, both.hold) == (Decimal(3), 3, "")
    assert taken(medicine(), medicine(mg=None)).mg_per_day is None


@pytest.mark.verifies("P6")
def test_two_drugs_or_diazepam_besides_belong_to_a_specialist() -> None:
    two = taken(medicine(), medicine("zopiclone", mg=None))
    with_diazepam = taken(medicine(), current_use=factories.use("10", 100))
    perhaps = taken(medicine(), medicine("temazepam", active=Answer.CANNOT_SAY))

    assert "lorazepam (2 mg a day) and zopiclone (daily dose not recorded)" in two.hold
    assert "diazepam (10 mg a day)" in with_diazepam.hold
    for found in (two, with_diazepam, perhaps):
        assert "specialist" in found.hold
        assert (found.drug, found.mg_per_day) == ("", None)


def test_a_product_of_two_is_told_and_its_amount_not_taken_for_the_drugs() -> None:
    librax = replace(medicine("chlordiazepoxide", mg="10"), drugs=("chlordiazepoxide", "amitriptyline"))
    found = taken(librax)

    assert "not recorded" in found.hold
    assert any("holds other medicines too" in said for said in found.says)


@pytest.mark.verifies("P6")
def test_what_blocks_diazepam_stops_it_and_what_is_open_is_told() -> None:
    blocked = factories.finding("CI-03", effect=Effect.BLOCK)
    open_block = factories.finding("CI-05", effect=Effect.BLOCK, answer=Answer.CANNOT_SAY)
    open_change = factories.finding("MON-01", answer=Answer.CANNOT_SAY)
    found = reasons_against(factories.appraisal(findings=(open_block, blocked, open_change)), FACTS)

    assert [(reason.fact, reason.stops) for reason in found] == [("CI-03", True), ("SWITCH-AGAINST-OPEN", False)]
    assert "CI-05" in found[1].say
    assert "MON-01" not in found[1].say
    assert reasons_against(factories.appraisal(), FACTS) == ()


@pytest.mark.verifies("P6")
def test_slower_clearance_is_care() -> None:
    exposure = replace(factories.appraisal().exposure, ratio=1.5)

    (reason,) = reasons_against(factories.appraisal(exposure=exposure), FACTS)
    assert not reason.stops


@pytest.mark.verifies("P6")
def test_the_whole_way_from_an_appraisal() -> None:
    appraisal = factories.appraisal(medicines=(medicine(mg="3", doses_per_day=Decimal(3)),))
    held = factories.appraisal(medicines=(medicine(mg=None),))

    start, planned = switch_of(appraisal, FACTS, make=MAKE)
    assert (start.drug, planned.from_mg, planned.to_mg) == ("lorazepam", Decimal(3), Decimal(15))
    assert planned.days[0].on == appraisal.on
    assert switch_of(held, FACTS, make=MAKE)[1] is None
    assert [curve.name for curve in planned.curves] == ["load-other", "load-diazepam", "load-together"]
    assert "PD-ED50" in planned.facts


def test_the_same_switch_twice_is_the_same() -> None:
    appraisal = factories.appraisal(medicines=(medicine(mg="3", doses_per_day=Decimal(3)),))
    (_, one), (_, two), (_, other) = (switch_of(appraisal, FACTS, make=MAKE, seed=seed) for seed in (1, 1, 2))

    assert one.curves[-1].p95.tobytes() == two.curves[-1].p95.tobytes()
    assert one.curves[-1].typical.tobytes() == other.curves[-1].typical.tobytes()
    assert one.curves[-1].p95.tobytes() != other.curves[-1].p95.tobytes()


@pytest.mark.verifies("P6", "P4")
def test_years_of_another_drug_count_as_diazepam_for_the_need_of_a_taper() -> None:
    long = replace(medicine("temazepam", mg="20"), since=date(2021, 11, 22))
    use = use_as_diazepam(factories.appraisal(medicines=(long,)), FACTS)

    assert (use.answer, use.mg_per_day_low, use.mg_per_day_high) == (Answer.YES, Decimal(10), Decimal("13.3"))
    assert (use.duration_days_low, use.days_per_week_low) == (1826, 7.0)
    assert taper_need(use, None, None, 44, (), FACTS)[0] == "taper"
    high = replace(medicine("lorazepam", mg="5"), since=date(2021, 11, 22))
    use = use_as_diazepam(factories.appraisal(medicines=(high,)), FACTS)
    assert taper_need(use, None, None, 44, (), FACTS)[0] == "specialist"


@pytest.mark.verifies("P6", "R3")
def test_what_is_not_known_of_its_use_stays_open() -> None:
    open_use = use_as_diazepam(factories.appraisal(medicines=(medicine(mg=None, as_needed=True),)), FACTS)
    perhaps = use_as_diazepam(factories.appraisal(medicines=(medicine(active=Answer.CANNOT_SAY),)), FACTS)

    assert (open_use.mg_per_day_high, open_use.duration_days_high, open_use.days_per_week_low) == (None, None, 0.0)
    assert perhaps.answer is Answer.CANNOT_SAY
    for medicines in ((), (medicine(), medicine("zopiclone")), (medicine("zaleplon"),)):
        assert use_as_diazepam(factories.appraisal(medicines=medicines), FACTS) is None


@pytest.mark.verifies("P6", "P5")
def test_the_taper_begins_where_the_switch_ends() -> None:
    long = replace(medicine("temazepam", mg="20", doses_per_day=Decimal(1)), since=date(2021, 11, 22))
    appraisal = factories.appraisal(medicines=(long,))
    _, planned = switch_of(appraisal, FACTS, make=MAKE)
    later = after_switch(appraisal, planned, FACTS)
    taper = plan_taper(later)

    assert (taper.need, taper.from_mg) == ("taper", planned.to_mg)
    assert taper.schedule.start_on == planned.first_cut_on == planned.days[-1].on + timedelta(days=1)
    assert all(proof.holds for proof in taper.proofs)
    assert later.current_use.duration_days_high == 1826 + 21
    assert later.medicines == ()
    assert any("counted as if it had been diazepam 10 mg" in said for said in taper.because)


@pytest.mark.verifies("P6", "M2")
def test_an_interaction_keeps_its_days_when_the_question_moves() -> None:
    segments = (ClearanceSegment(-inf, 1.0, 1.0), ClearanceSegment(240.0, 0.5, 0.5))
    exposure = replace(factories.appraisal().exposure, segments=segments)
    appraisal = factories.appraisal(medicines=(medicine(mg="2"),), exposure=exposure)
    _, planned = switch_of(appraisal, FACTS, make=MAKE)

    assert [one.from_h for one in after_switch(appraisal, planned, FACTS).exposure.segments] == [-inf, 240.0 - 21 * 24]


@pytest.mark.verifies("P6")
def test_no_taper_after_a_switch_that_is_held() -> None:
    appraisal = factories.appraisal(medicines=(medicine(mg="9"),))
    _, held = switch_of(appraisal, FACTS, make=MAKE)

    with pytest.raises(RegimenError, match="a switch that is held"):
        after_switch(appraisal, held, FACTS)


@pytest.mark.verifies("P6", "P4")
def test_the_drug_that_is_gone_no_longer_counts_as_a_second_one() -> None:
    one = replace(medicine(mg="2"), since=date(2021, 11, 22))
    second = RiskFound(
        "TD-SEDATIVE", "another benzodiazepine", "danger", Answer.YES, (one.phrase,), urgency="before-a-cut"
    )
    also_alcohol = replace(second, because=(one.phrase, "alcohol"))
    needs = []
    for risk in (second, also_alcohol):
        appraisal = factories.appraisal(medicines=(one,), taper_risks=(risk,))
        _, planned = switch_of(appraisal, FACTS, make=MAKE)
        needs.append(after_switch(appraisal, planned, FACTS).taper_need)

    assert needs == ["taper", "specialist"]
