"""Virtual studies: what an arm would have measured, against numbers that can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from unclench.knowledge import knowledge
from unclench.report.study_csv import to_csv
from unclench.simulation.study import study, subject_of, summaries
from unclench.simulation.study_arm import parse_arm
from unclench.simulation.study_model import multiple_of_clearance
from unclench.simulation.study_people import group_of
from unclench.simulation.study_run import read_arms, run
from unclench.simulation.study_values import ML_MIN_PER_L_H, measure
from unclench.values import RecordError

ARM = {
    "study_id": "X1", "publication": "P", "n": "6", "condition": "healthy", "drug_given": "diazepam", "route": "oral",
    "formulation": "tablet", "analyte": "diazepam", "dose_mg": "10", "regimen": "single", "age_range": "20-40",
    "sex": "M", "weight_kg": "70",
}  # fmt: skip
REPLICATES = 40


def subject(**cells):
    return subject_of(parse_arm(ARM | cells, frozenset()), knowledge(), seed=1, replicates=REPLICATES)[0]


def test_clearance_by_mouth_is_over_the_share_absorbed():
    by_mouth = subject()

    found = measure(by_mouth, "cl_ml_min")

    expected = by_mouth.kinetics.cl_l_per_h / by_mouth.kinetics.fraction * ML_MIN_PER_L_H
    assert np.max(np.abs(found / expected - 1)) < 1e-9


def test_clearance_by_vein_is_clearance():
    by_vein = subject(route="IV")

    assert np.allclose(measure(by_vein, "cl_ml_min"), by_vein.kinetics.cl_l_per_h * ML_MIN_PER_L_H, rtol=1e-9)


def test_dose_area_and_clearance_agree():
    one = subject()

    area, clearance = measure(one, "auc_inf_ng_h_ml"), measure(one, "cl_ml_min") / ML_MIN_PER_L_H

    assert np.allclose(area * clearance, 10.0 * 1000.0, rtol=1e-9)


def test_volume_clearance_and_half_life_agree():
    one = subject()

    volume, clearance = measure(one, "vd_l"), measure(one, "cl_ml_min") / ML_MIN_PER_L_H
    assert np.allclose(measure(one, "t_half_h"), math.log(2) * volume / clearance, rtol=1e-9)


def test_a_short_window_sees_a_shorter_half_life():
    whole, short = subject(route="IV"), subject(route="IV", sampling_to_h="24")

    seen, full = measure(short, "t_half_h"), measure(whole, "t_half_h")
    known = ~np.isnan(seen)  # longer than three windows is not told
    assert known.mean() > 0.9
    assert np.all(seen[known] < full[known])


def test_the_area_is_that_of_the_curve():
    one = subject(auc_window_h="100")
    hours = np.linspace(0.0, 100.0, 4001)
    levels = np.stack([one.level(float(at)) for at in hours])

    assert np.allclose(measure(one, "auc_window_ng_h_ml"), np.trapezoid(levels, hours, axis=0), rtol=2e-3)


def test_a_peak_follows_the_sampling_times():
    coarse, dense = subject(sampling_times_h="1.5;2.5"), subject()

    assert set(np.unique(measure(coarse, "tmax_h"))) <= {1.5, 2.5}
    assert np.all(measure(coarse, "cmax_ng_ml") <= measure(dense, "cmax_ng_ml") + 1e-9)


def test_blood_is_plasma_over_the_ratio():
    plasma, blood = subject(), subject(matrix="whole blood")

    ratio = knowledge().parameter("PK-PLASMA-BLOOD").value
    assert np.allclose(measure(plasma, "cmax_ng_ml"), ratio * measure(blood, "cmax_ng_ml"))


def test_a_long_course_reaches_the_average_of_dose_over_clearance():
    course = subject(regimen="once daily, 200 days", dose_mg="2")

    expected = 2.0 * 1000 * course.kinetics.fraction / (course.kinetics.cl_l_per_h * 24)
    assert np.allclose(measure(course, "css_ng_ml"), expected, rtol=1e-3)


def test_levels_superpose():
    once, twice = subject(), subject(regimen="10 bid days 1-1", dose_mg="10")

    assert np.allclose(twice.level(20.0), once.level(20.0) + once.level(8.0))


def test_double_the_dose_doubles_the_level():
    assert np.allclose(subject(dose_mg="20").level(3.0), 2 * subject().level(3.0))


def test_a_poor_metaboliser_clears_half():
    normal, poor = subject(genotype="*1/*1"), subject(genotype="*2/*2")
    share = knowledge().parameter("IX-F2C19").value

    assert np.allclose(poor.kinetics.cl_l_per_h / normal.kinetics.cl_l_per_h, 1 - share)


def test_ancestry_is_a_factor_on_clearance():
    normal, asian = (subject(genotype="*1/*1", population=p) for p in ("volunteers", "healthy Chinese men"))

    factor = knowledge().parameter("PK-ANCESTRY-EAST-ASIAN").value
    assert np.median(asian.kinetics.cl_l_per_h / normal.kinetics.cl_l_per_h) == pytest.approx(factor, rel=0.1)


def test_east_asians_of_unknown_genotype_are_a_mixture():
    facts, multiples = knowledge(), []
    for genotype in ("*1/*1", ""):
        arm = parse_arm(ARM | {"genotype": genotype, "population": "healthy Chinese men"}, frozenset())
        group = group_of(arm, facts, seed=1, replicates=REPLICATES)
        multiples.append(multiple_of_clearance(arm, group, facts, "diazepam"))

    share = facts.parameter("IX-F2C19").value
    found = np.unique(np.round(multiples[1] / multiples[0], 6)).tolist()
    assert found == pytest.approx([1 - share, 1 - share / 2, 1.0])


def test_what_is_not_known_of_a_dose_is_refused_for_what_needs_it():
    arm = parse_arm(ARM | {"dose_mg": "", "dose_text": "5-10", "cmax_ng_ml": "100", "cl_ml_min": "25"}, frozenset())

    found, cannot = study(arm, knowledge(), replicates=REPLICATES)

    assert [row.quantity for row in found] == ["cl_ml_min"]
    assert [refusal.where for refusal in cannot] == ["cmax_ng_ml"]


def test_there_is_no_peak_after_a_vein():
    with pytest.raises(RecordError, match="vein"):
        measure(subject(route="IV"), "cmax_ng_ml")


def test_the_analyte_must_come_from_the_dose():
    with pytest.raises(RecordError, match="analyte"):
        subject(drug_given="temazepam", analyte="nordazepam")


def test_blanks_are_drawn_and_said():
    arm = parse_arm({**ARM, "age_range": "", "weight_kg": "", "sex": "", "n": ""}, frozenset())

    _, drawn = subject_of(arm, knowledge(), seed=1, replicates=REPLICATES)

    assert [text.split()[0] for text in drawn] == ["n", "age", "30", "weight"]
    group = subject(age_range="", weight_kg="", sex="")
    assert np.std(group.weight_kg) > 5


def test_summaries_are_those_of_the_paper():
    values = np.array([1.0, 2.0, 4.0, 1.0, 1.0, 4.0])

    assert summaries(values, 2, "mean") == pytest.approx([7 / 3, 2])
    assert summaries(values, 2, "median") == pytest.approx([2, 1])
    assert summaries(values, 2, "geometric mean") == pytest.approx([2, 4 ** (1 / 3)])
    assert summaries(values, 2, "harmonic mean") == pytest.approx([12 / 7, 4 / 3])


def test_the_same_seed_gives_the_same_numbers_and_another_does_not():
    arm = parse_arm(ARM | {"cl_ml_min": "25"}, frozenset())
    first, again, other = (study(arm, knowledge(), seed=seed, replicates=REPLICATES)[0] for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_more_people_narrow_the_interval():
    few, many = (parse_arm(ARM | {"n": n, "cl_ml_min": "25"}, frozenset()) for n in ("3", "300"))
    wide, narrow = (study(arm, knowledge(), replicates=200)[0][0] for arm in (few, many))

    assert wide.p95 / wide.p5 > narrow.p95 / narrow.p5


def test_replicates_differ_by_what_is_unsure_even_in_crowds():
    arm = parse_arm(ARM | {"n": "2000", "cl_ml_min": "25"}, frozenset())

    (found,), _ = study(arm, knowledge(), replicates=REPLICATES)

    assert found.p95 / found.p5 > 1.1  # clearance itself is not known exactly


def test_a_metabolite_that_is_given_has_its_own_clearance_and_volume():
    nordazepam = subject(drug_given="nordazepam", analyte="nordazepam", route="IV")
    volume = knowledge().parameter("PK-V-NORDAZEPAM").value

    assert np.median(measure(nordazepam, "vd_l")) == pytest.approx(volume, rel=0.15)


TABLE = "study_id,condition,drug_given,route,analyte,dose_mg,regimen,cl_ml_min\n"


def test_one_bad_arm_never_stops_the_rest():
    table = read_arms(
        (TABLE + "A,healthy,diazepam,oral,diazepam,10,single,25\nB,love,diazepam,oral,diazepam,10,single,\n").encode()
    )

    found, cannot = run(table, replicates=REPLICATES)

    assert [row.arm for row in found] == ["A"]
    assert [refusal.key for refusal in cannot] == ["B"]


def test_an_arm_is_a_value():
    arm = parse_arm(ARM, frozenset())

    assert replace(arm) == arm


def test_a_level_that_hardly_falls_gives_no_half_life():
    """Over six hours few people show one; those who do not are left out, as the paper would have left them out."""
    short = measure(subject(drug_given="nordazepam", analyte="nordazepam", route="IV", sampling_to_h="6"), "t_half_h")

    assert np.isnan(short).any()
    assert not (short[~np.isnan(short)] > 3 * 6).any()
    assert summaries(np.array([1.0, np.nan, np.nan, np.nan]), 2, "mean") == pytest.approx([1.0])


def test_food_slows_a_tablet_and_nothing_else():
    fasted, fed = subject(), subject(fed="yes")

    food, plain = measure(fed, "tmax_h").mean(), measure(fasted, "tmax_h").mean()
    assert food > 1.5 * plain
    assert measure(fed, "cmax_ng_ml").mean() < measure(fasted, "cmax_ng_ml").mean()
    assert np.array_equal(
        measure(subject(formulation="solution", fed="yes"), "tmax_h"),
        measure(subject(formulation="solution"), "tmax_h"),
    )


def test_the_class_of_cirrhosis_counts():
    by_class = [
        measure(subject(condition=f"Child-Pugh {one} cirrhosis", route="IV"), "cl_ml_min").mean() for one in "ABC"
    ]

    assert by_class == sorted(by_class, reverse=True)
    assert by_class[0] > 1.5 * by_class[2]


def test_a_value_scaled_to_70_kg_is_none_of_a_person():
    arm = parse_arm(ARM | {"note": "popPK normalised to 70 kg", "cl_ml_min": "39.3"}, frozenset())

    found, refused = study(arm, knowledge(), replicates=REPLICATES)

    assert not found
    assert [one.where for one in refused] == ["summary"]


def test_in_blood_dose_area_and_clearance_agree_too():
    plasma, blood = subject(), subject(matrix="whole blood")
    ratio = knowledge().parameter("PK-PLASMA-BLOOD").value

    assert np.allclose(measure(blood, "cl_ml_min"), ratio * measure(plasma, "cl_ml_min"), rtol=1e-12)
    assert np.allclose(measure(blood, "vd_l"), ratio * measure(plasma, "vd_l"), rtol=1e-12)
    assert np.array_equal(measure(blood, "t_half_h"), measure(plasma, "t_half_h"))
    with pytest.raises(RecordError, match="blood"):
        measure(subject(matrix="blood", analyte="nordazepam"), "cl_ml_min")


@pytest.mark.verifies("R3")
@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, ""),
        ({"age_range": "95-99"}, "Age 95 years"),
        ({"age_range": "70-97"}, "Age 97 years"),
        ({"weight_kg": "150"}, "Weight 150 kg"),
        ({"age_range": "1-3 months", "weight_kg": "5", "condition": "child, epilepsy"}, "Younger than anyone"),
    ],
)
def test_arms_outside_the_people_studied_are_flagged(cells, said):
    predictions, _ = study(parse_arm(ARM | cells, frozenset()), knowledge(), seed=1, replicates=REPLICATES)

    assert {bool(row.extrapolated) for row in predictions} == {bool(said)}
    assert all(said in " ".join(row.extrapolated) for row in predictions)
    assert ("extrapolated." in to_csv(predictions, ()) or "a guess." in to_csv(predictions, ())) is bool(said)


def test_progress_rises_with_the_arms():
    rows = [",".join(ARM), *(",".join((ARM | {"study_id": f"X{at}"}).values()) for at in range(4))]
    heard: list[float] = []

    run(read_arms("\n".join(rows).encode()), replicates=2, progress=heard.append)

    assert heard == [0.0, 0.25, 0.5, 0.75]
