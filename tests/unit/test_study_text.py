"""The words of a table of arms: what is understood, and what is refused."""

from __future__ import annotations

import pytest

from unclench.simulation import study_doses, study_text
from unclench.simulation.study_arm import parse_arm
from unclench.simulation.study_condition import condition
from unclench.simulation.study_text import Ages
from unclench.values import RecordError

KNOWN = frozenset({"fluvoxamine", "omeprazole", "cimetidine", "rifampin", "isoniazid"})
ARM = {
    "study_id": "X1", "condition": "healthy", "drug_given": "diazepam", "route": "oral", "analyte": "diazepam",
    "dose_mg": "10", "regimen": "single",
}  # fmt: skip


@pytest.mark.parametrize(
    ("mean", "text", "found"),
    [
        (None, "21-37", Ages(None, 21, 37)),
        (None, "", Ages()),
        (27.0, "", Ages(27.0)),
        (3.9, "0.4-17.8", Ages(3.9, 0.4, 17.8)),
        (None, "6-24 months", Ages(None, 0.5, 2.0)),
        (None, "young (subset of 20-91)", Ages(word="young")),
        (None, "elderly", Ages(word="elderly")),
        (None, "elderly men", Ages(word="elderly")),
        (None, "72 (65-80)", Ages(72, 65, 80)),
        (None, "18 to 45", Ages(None, 18, 45)),
        (None, "mean 72", Ages(72)),
        (None, "22 +/- 2", Ages(22)),
        (None, "3-6 mo", Ages(None, 0.25, 0.5)),
    ],
)
def test_ages_are_understood(mean, text, found):
    read = study_text.ages(mean, text)

    assert (read.mean, read.word) == (found.mean, found.word)
    if not found.word:
        assert (read.low, read.high) == (found.low, found.high)


@pytest.mark.parametrize(
    "text", ["preterm to 16 y", "adults", "37-21", "20-", "about 30", "21-37 or older", ">65", "65+"]
)
def test_ages_that_are_not_understood_are_refused(text):
    with pytest.raises(RecordError, match="age_range"):
        study_text.ages(None, text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("M", 0.0), ("F", 1.0), ("M/F", 0.5), ("", 0.5), ("52% M", 0.48), ("52 % F", 0.52), ("males", 0.0),
        ("male/female", 0.5), ("men and women", 0.5), ("6 M, 4 F", 0.4), ("6F/2M", 0.75),
    ],
)  # fmt: skip
def test_sexes(text, share):
    assert study_text.women(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["X", "120% M", "mostly men", "M/M", "6 M, 4 M"])
def test_sexes_that_are_not_understood_are_refused(text):
    with pytest.raises(RecordError, match="sex"):
        study_text.women(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("CYP2C19 *1/*1", "NM"),
        ("CYP2C19 *1/*2 (wt/m1)", "IM"),
        ("CYP2C19 *2/*2 (m1/m1)", "PM"),
        ("*2/*3", "PM"),
        ("*1/*17", "RM"),
        ("*17/*17", "UM"),
        ("*2/*17", "IM"),
        ("S-mephenytoin EM", "NM"),
        ("S-mephenytoin PM", "PM"),
        ("mephenytoin EM + debrisoquin PM", "NM"),
        ("slow omeprazole metabolizer (PM)", "PM"),
        ("rapid omeprazole metabolizer", "NM"),
        ("poor metabolizers", "PM"),
        ("het EM", "IM"),
        ("wt/m1", "IM"),
        ("m1/m2", "PM"),
        ("CYP2C19 *1/*1, CYP2D6 PM", "NM"),
        ("not determined", None),
    ],
)
def test_genotypes(text, found):
    assert study_text.cyp2c19(text) == found


@pytest.mark.parametrize(
    "text",
    ["S-mephenytoin EM/PM", "*1/*1 PM", "*2/*2 and *1/*1", "CYP2C19/CYP3A4", "*1/*9", "CYP2D6 PM", "CYP3A5 *3/*3"],
)
def test_conflicting_genotypes_are_refused(text):
    with pytest.raises(RecordError, match="genotype"):
        study_text.cyp2c19(text)


@pytest.mark.parametrize(
    ("regimen", "text", "count", "first", "last_h"),
    [
        ("single", "10", 1, None, 0.0),
        ("single crossover", "10", 1, None, 0.0),
        ("after subchronic oral", "10/day PO x6 d then 0.1 mg/kg IV", 1, None, 0.0),
        ("once daily, 30 days", "2", 30, None, 29 * 24.0),
        ("multiple", "2 nightly x30", 30, 2.0, 29 * 24.0),
        ("multiple", "5 tid days 1-13; 15 qd days 15-24", 49, 5.0, 23 * 24.0),
        ("2.5 bid days 1-15", "2.5 bid x15", 30, 2.5, 14 * 24.0 + 12),
        ("5 q12h, 10 days", "", 20, 5.0, 9 * 24.0 + 12),
        ("5 mg b.i.d. x 14 days", "", 28, 5.0, 13 * 24.0 + 12),
        ("5 mg twice daily for 14 days", "", 28, 5.0, 13 * 24.0 + 12),
        ("bid x 14 days", "5", 28, None, 13 * 24.0 + 12),
        ("5 mg at bedtime for 7 days", "", 7, 5.0, 6 * 24.0),
        ("10 mg single", "", 1, None, 0.0),
    ],
)
def test_regimens(regimen, text, count, first, last_h):
    doses = study_doses.times(regimen, text)

    assert doses is not None
    assert (len(doses), doses[0][1], doses[-1][0]) == (count, first, last_h)


def test_a_course_without_an_end_has_no_doses():
    assert study_doses.times("multiple (1 wk+)", "150-200/day") is None
    assert study_doses.times("b.i.d.", "5") is None


@pytest.mark.parametrize("text", ["uncontrolled use", "4 doses at least a day apart", "now and then"])
def test_regimens_that_are_not_understood_are_refused(text):
    with pytest.raises(RecordError, match="regimen"):
        study_doses.times(text, "")


@pytest.mark.parametrize(
    ("text", "population", "group", "liver", "dialysis", "with_"),
    [
        ("healthy", "volunteers", "volunteers", None, False, ()),
        ("healthy", "matched controls", "patients", None, False, ()),
        ("obesity (170% IBW)", "obese", "obese", None, False, ()),
        ("cirrhosis", "", "patients", "unclassed", False, ()),
        ("chronic liver disease", "", "patients", "unclassed", False, ()),
        ("ESRD", "haemodialysis", "patients", None, True, ()),
        ("healthy + fluvoxamine 100-150 mg/d", "", "volunteers", None, False, ("fluvoxamine",)),
        ("rifampin-induced", "tuberculosis", "patients", None, False, ("rifampin",)),
        ("febrile convulsions", "infants", "child", None, False, ()),
        ("Child-Pugh B cirrhosis", "", "patients", "B", False, ()),
        ("cirrhosis (Child class A)", "Child-Pugh A", "patients", "A", False, ()),
        ("Child-Turcotte-Pugh class C", "", "patients", "C", False, ()),
        ("cirrhosis, Child A or B", "", "patients", "unclassed", False, ()),
        ("end-stage renal failure", "", "patients", None, True, ()),
        ("hemodialysis", "", "patients", None, True, ()),
        ("hyperthyroidism", "", "patients", None, False, ()),
        ("healthy smokers", "", "volunteers", None, False, ()),
        ("morbid obesity", "", "obese", None, False, ()),
        ("normal volunteers", "", "volunteers", None, False, ()),
        ("healthy + omeprazole 20 mg bid + cimetidine", "", "volunteers", None, False, ("cimetidine", "omeprazole")),
    ],
)
def test_conditions(text, population, group, liver, dialysis, with_):
    assert condition(text, population, KNOWN) == (group, liver, dialysis, with_)


@pytest.mark.parametrize(
    "text",
    [
        "DUID", "omeprazole 20 mg / cimetidine 400 bid", "healthy + love", "healthy + omeprazole + love",
        "acute viral hepatitis", "chronic active hepatitis", "renal insufficiency", "predialysis",
        "fatty liver disease",
        "mild hepatic impairment", "pregnancy", "no cirrhosis", "not on dialysis", "healthy without omeprazole",
        "before omeprazole", "after stopping rifampicin",
    ],
)  # fmt: skip
def test_conditions_that_are_not_in_the_model_are_refused(text):
    with pytest.raises(RecordError, match="condition"):
        condition(text, "", KNOWN)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dose_mg", "nan"), ("dose_mg", "-5"), ("dose_mg", "10000"), ("dose_mg", "ten"), ("n", "0"), ("n", "2.5"),
        ("weight_kg", "70000"), ("age_mean", "-1"), ("cmax_ng_ml", "inf"), ("drug_given", "aspirin"), ("route", "ear"),
        ("analyte", "lorazepam"), ("fed", "perhaps"),
        ("formulation", "controlled-release capsule"), ("sampling_times_h", "1;0.5"), ("sampling_times_h", "1;x"),
    ],
)  # fmt: skip
def test_cells_that_cannot_be_are_refused(column, value):
    with pytest.raises(RecordError):
        parse_arm(ARM | {column: value}, KNOWN)


def test_clorazepate_becomes_nordazepam():
    arm = parse_arm(ARM | {"drug_given": "clorazepate", "analyte": "nordazepam (from clorazepate)"}, KNOWN)

    assert (arm.given, arm.analyte) == ("nordazepam", "nordazepam")
    assert arm.dose_mg == pytest.approx(6.62)


def test_a_dose_in_mg_and_in_mg_per_kg_is_refused():
    with pytest.raises(RecordError, match="not both"):
        parse_arm(ARM | {"dose_mg_per_kg": "0.1"}, KNOWN)


@pytest.mark.parametrize(
    ("route", "form", "found"),
    [
        ("IM deltoid", "", ("im", "injection")),
        ("IV push 1 min", "", ("iv", "injection")),
        ("rectal", "experimental suppository", ("rectal", "suppository")),
        ("intranasal", "solution (NRL-1 type)", ("intranasal", "solution")),
        ("intranasal", "supersaturated glycofurol-water", ("intranasal", "glycofurol")),
        ("oral", "capsule", ("oral", "tablet")),
        ("", "", ("", "")),
        ("10 mg PO", "", ("oral", "tablet")),
        ("p.o.", "elixir", ("oral", "solution")),
        ("i.v. bolus", "", ("iv", "injection")),
        ("intramuscular", "", ("im", "injection")),
        ("rectal gel", "", ("rectal", "gel")),
        ("PR", "enema", ("rectal", "solution")),
        ("rectal", "suppositories", ("rectal", "suppository")),
        ("IV/oral", "", ("", "")),
    ],
)
def test_routes(route, form, found):
    assert study_text.route_and_form(route, form) == found


@pytest.mark.parametrize(("text", "mg"), [("10", 10.0), ("10 mg po", 10.0), ("5-10", None), ("5 bid x14", None)])
def test_a_dose_in_words_is_taken_where_it_is_one_number(text, mg):
    assert parse_arm(ARM | {"dose_mg": "", "dose_text": text}, KNOWN).dose_mg == mg


@pytest.mark.parametrize(
    ("population", "age_range", "word"),
    [
        ("healthy elderly", "", "elderly"),
        ("young men", "", "young"),
        ("elderly", "60-75", ""),
        ("young and elderly", "", ""),
    ],
)
def test_what_people_are_called_stands_in_for_ages(population, age_range, word):
    assert parse_arm(ARM | {"population": population, "age_range": age_range}, KNOWN).ages.word == word


@pytest.mark.parametrize("population", ["newborns 2.9-3.6 kg", "preterm neonates", "adolescents"])
def test_newborns_and_adolescents_need_ages(population):
    with pytest.raises(RecordError, match="age_range"):
        parse_arm(ARM | {"population": population}, KNOWN)

    assert parse_arm(ARM | {"population": population, "age_range": "13-17"}, KNOWN).people == "child"


def test_other_names_of_nordazepam():
    arm = parse_arm(ARM | {"analyte": "N-desmethyldiazepam"}, KNOWN)

    assert (arm.given, arm.analyte) == ("diazepam", "nordazepam")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"route": "oral", "formulation": "gel"}, "formulation"),
        ({"route": "oral", "formulation": "frobnicated"}, "formulation"),
        ({"route": "oral; DROP", "formulation": "tablet"}, "formulation"),
        ({"condition": "healthy/cirrhosis"}, "condition"),
        ({"condition": "healthy or obese"}, "condition"),
        ({"genotype": "CYP2C19 *17/*17/*2"}, "genotype"),
    ],
)
def test_text_that_says_more_than_is_understood_is_refused(cells, column):
    with pytest.raises(RecordError) as refused:
        parse_arm(ARM | cells, KNOWN)

    assert refused.value.where == column


@pytest.mark.parametrize("form", ["", "tablet", "capsule", "tablet with vodka/orange juice", "coated tablets, fasting"])
def test_usual_words_of_tablets_are_understood(form):
    arm = parse_arm(ARM | {"route": "oral", "formulation": form}, KNOWN)

    assert (arm.route, arm.form) == ("oral", "tablet")
