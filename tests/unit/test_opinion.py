"""An opinion is the verdict and the regimen of the whole consultation, without its curves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from unclench.appraisal.appraise import appraise
from unclench.consult import consult_patient, foresee_stated, opinion_of
from unclench.planning.candidates import candidates
from unclench.record import read
from unclench.simulation.simulate import simulate, typical_peaks
from unclench.values import RegimenError

ON = date(2026, 11, 22)
EXAMPLES = sorted(path.name for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))


@pytest.mark.verifies("O6")
@pytest.mark.parametrize("law", ["us", "uk"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_that_of_the_consultation(root: Path, name, law):
    patient = read(root / "examples" / name, on=ON)
    whole, brief = (
        consult_patient(patient, on=ON, jurisdiction=law),
        opinion_of(patient, on=ON, jurisdiction=law),
    )
    assert brief.appraisal.verdict is whole.appraisal.verdict
    assert brief.appraisal.findings == whole.appraisal.findings
    assert brief.appraisal.alternatives == whole.appraisal.alternatives
    chosen = whole.plan.chosen.candidate if whole.plan.chosen else None
    assert brief.regimen == chosen


def test_without_questions_nothing_else_differs(root: Path):
    patient = read(root / "examples" / "sleep-apnoea.yaml", on=ON)
    whole, brief = appraise(patient, ON), appraise(patient, ON, with_questions=False)
    assert whole.questions
    assert (brief.questions, brief.conditional_on) == ((), ())
    for name in whole.__dataclass_fields__:
        if name not in ("questions", "conditional_on"):
            assert getattr(brief, name) == getattr(whole, name), name


def test_the_typical_peak_does_not_depend_on_how_many_are_drawn(root: Path):
    appraisal = appraise(read(root / "examples" / "acute-back-spasm.yaml", on=ON), ON)
    regimens = tuple(one.regimen for one in candidates(appraisal))
    assert len(regimens) > 2
    many = tuple(course.peak_ng_ml.typical for course in simulate(appraisal, regimens))
    assert typical_peaks(appraisal, regimens) == pytest.approx(many, rel=1e-12)


@pytest.mark.verifies("W1")
def test_doses_foreseen_as_asked_have_the_effects_of_a_consultation_of_them(root: Path):
    patient = read(root / "examples" / "acute-back-spasm.yaml", on=ON, request="diazepam 2 mg at night for 7 days")
    whole = consult_patient(patient, on=ON)
    live = foresee_stated(patient, on=ON)
    assert whole.plan.regimen == live.regimen
    assert whole.effects is not None
    assert live.effects is not None
    assert live.effects.numbers == whole.effects.numbers
    assert live.appraisal.verdict is whole.appraisal.verdict


def test_more_doses_than_can_be_followed_quickly_are_refused_at_once(root: Path):
    patient = read(root / "examples" / "acute-back-spasm.yaml", on=ON, request="diazepam 2 mg every hour for 3660 days")
    with pytest.raises(RegimenError, match="found 87840 doses in 3660 days, need at most 600 doses"):
        foresee_stated(patient, on=ON)
    few = read(root / "examples" / "acute-back-spasm.yaml", on=ON, request="diazepam 2 mg at night for 9 days")
    with pytest.raises(RegimenError, match="at most 8"):
        foresee_stated(few, on=ON, most_doses=8)


def test_doses_that_are_not_whole_are_refused(root: Path):
    patient = read(root / "examples" / "acute-back-spasm.yaml", on=ON, request="diazepam for muscle spasm")
    with pytest.raises(RegimenError, match="need the mg of one dose"):
        foresee_stated(patient, on=ON)
