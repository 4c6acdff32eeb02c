"""Alternatives and advice, with questions whose answers the test gives."""

from __future__ import annotations

from datetime import date

import pytest

from unclench.appraisal import situation as asking
from unclench.appraisal.advice import advice_for
from unclench.appraisal.alternatives import appraise_alternatives
from unclench.appraisal.findings import Indication, Reply
from unclench.appraisal.situation import Situation
from unclench.knowledge import knowledge
from unclench.record.patient import ListState, Patient
from unclench.values import Answer, Jurisdiction

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.CANNOT_SAY
LISTED = ListState(1, complete=True)
PATIENT = Patient(
    ref="Patient/synthetic", birth=None, sex=None, deceased=False, deceased_on=None, conditions=(), medications=(),
    allergies=(), observations=(), procedures=(), conditions_state=LISTED, medications_state=LISTED,
    allergies_state=LISTED, typed_request=None, answers=(), noticed=(), source="test",
)  # fmt: skip


class Answers(dict[str, object]):
    """Every question answers no, except those given: name -> answer, or (name, part of `of`) -> answer."""

    def __init__(self, given: dict[object, Answer]) -> None:
        super().__init__()
        self.given = given

    def __getitem__(self, name: str) -> object:
        def ask(_: Situation, of: str, limit: float | None) -> Reply:
            for key, answer in self.given.items():
                wanted, part = key if isinstance(key, tuple) else (key, "")
                if wanted == name and part in of:
                    return Reply(answer, (f"{name} {of}".strip(),), (name,) if answer is UNSURE else ())
            return Reply(NO)

        return ask


@pytest.fixture
def appraised(monkeypatch):
    def run(given=None, entity="acute-spasm", possible=()):
        monkeypatch.setattr(asking, "QUESTIONS", Answers({("treats", entity): YES} | (given or {})))
        treated = Indication(entity, entity, YES, (), possible=possible)
        return Situation(PATIENT, date(2026, 11, 22), Jurisdiction.US, knowledge(), indication=treated)

    return run


def by_id(situation):
    return {one.id: one for one in appraise_alternatives(situation)}


@pytest.mark.verifies("P8")
class TestAlternatives:
    def test_nothing_against_is_an_offer_with_its_dose(self, appraised):
        naproxen = by_id(appraised())["ALT-07-NAPROXEN"]
        assert (naproxen.result, naproxen.missing) == ("offer", ())
        assert naproxen.dose.startswith("500 mg twice a day")

    def test_each_serves_its_own_indications(self, appraised):
        spasm, stiff = by_id(appraised()), by_id(appraised(entity="spasticity"))
        assert "ALT-11-BACLOFEN" not in spasm
        assert "ALT-08-CYCLOBENZAPRINE" not in stiff
        assert {"ALT-11-BACLOFEN", "ALT-14-BOTULINUM", "ALT-12-DANTROLENE"} <= set(stiff)
        assert "ALT-13-GABAPENTIN" not in by_id(appraised(entity="sciatica"))

    def test_what_may_still_be_treated_counts_too(self, appraised):
        assert "ALT-11-BACLOFEN" in by_id(appraised(possible=("spasticity",)))

    @pytest.mark.parametrize(
        ("key", "question"),
        [
            ("ALT-07-NAPROXEN", ("takes", "anticoagulant")),
            ("ALT-07-IBUPROFEN", ("ever_had_condition", "peptic_ulcer")),
            ("ALT-07-NAPROXEN", "is_pregnant"),
            ("ALT-10-TIZANIDINE", ("takes", "ciprofloxacin")),
            ("ALT-08-CYCLOBENZAPRINE", ("takes", "maoi")),
            ("ALT-08-CYCLOBENZAPRINE", ("in_jurisdiction", "uk")),
            ("ALT-09-METHOCARBAMOL", ("has_condition", "myasthenia")),
            ("ALT-06-PARACETAMOL", ("is_allergic_to", "paracetamol")),
        ],
    )
    def test_what_speaks_against_it_takes_it_away_with_its_dose(self, appraised, key, question):
        one = by_id(appraised({question: YES}))[key]
        assert (one.result, one.dose) == ("not-for-this-patient", "")
        assert one.because

    def test_not_knowing_is_never_passing(self, appraised):
        one = by_id(appraised({("takes", "anticoagulant"): UNSURE}))["ALT-07-NAPROXEN"]
        assert (one.result, one.dose) == ("cannot-say", "")
        assert one.missing == ("takes",)

    def test_against_beats_not_knowing_and_not_knowing_beats_caution(self, appraised):
        unsure = {("takes", "anticoagulant"): UNSURE, "age_at_least": YES}
        assert by_id(appraised(unsure))["ALT-07-NAPROXEN"].result == "cannot-say"
        assert by_id(appraised(unsure | {"is_pregnant": YES}))["ALT-07-NAPROXEN"].result == "not-for-this-patient"

    def test_an_open_caution_is_a_caution_that_asks(self, appraised):
        one = by_id(appraised({"drives": UNSURE}))["ALT-09-METHOCARBAMOL"]
        assert (one.result, one.missing) == ("caution", ("drives",))
        assert one.dose

    def test_no_adult_dose_for_a_child_or_an_unknown_age(self, appraised):
        for answer in (YES, UNSURE):
            assert all(not one.dose for one in appraise_alternatives(appraised({"age_below": answer})))

    def test_an_unconfirmed_check_says_so(self, appraised):
        one = by_id(appraised({("has_condition", "asthma"): YES, ("takes", "lithium"): YES}))["ALT-07-NAPROXEN"]
        assert any(line.startswith("Unconfirmed: check.") for line in one.because)

    def test_tried_follows_the_record(self, appraised):
        found = by_id(appraised({("was_tried", "tag:nsaid"): YES, ("was_tried", "therapy:non-drug"): NO}))
        assert found["ALT-07-NAPROXEN"].tried is YES
        assert found["ALT-01-HEAT"].tried is NO

    def test_steps_come_in_order(self, appraised):
        steps = [one.step for one in appraise_alternatives(appraised())]
        assert steps == sorted(steps)


@pytest.mark.verifies("P9")
class TestAdvice:
    def test_without_diazepam_only_what_holds_without_it(self, appraised):
        given = set(advice_for(appraised(), offered=False))
        assert {"ADV-MOVE", "ADV-DRINK", "ADV-RED-FLAGS"} <= given
        assert not given & {"ADV-TAKE", "ADV-DROWSY", "ADV-STOP-SHORT"}

    def test_back_spasm_is_never_promised_relief(self, appraised):
        given = advice_for(appraised(), offered=True)
        assert "ADV-EXPECT-BACK" in given
        assert "no more relief" in knowledge().get("advice", "ADV-EXPECT-BACK").say

    def test_the_law_only_where_it_holds_and_what_is_open_is_said(self, appraised):
        assert "ADV-DRIVE-UK" not in advice_for(appraised(), offered=True)
        assert "ADV-DRIVE-UK" in advice_for(appraised({"in_jurisdiction": YES}), offered=True)
        assert "ADV-NALOXONE" in advice_for(appraised({("takes", "opioid"): UNSURE}), offered=True)

    def test_stopping_follows_present_use(self, appraised):
        assert "ADV-STOP-SHORT" in advice_for(appraised(), offered=True)
        now = advice_for(appraised({"uses_diazepam_now": YES}), offered=False)
        assert {"ADV-STOP-LONG", "ADV-STOP-CALM"} <= set(now)
        assert "ADV-STOP-SHORT" not in now
