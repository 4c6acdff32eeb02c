"""What an entry of a record is taken for, by code and by words, and what is never understood."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import BIDI, HTML, LONG, ODD, TERMINAL
from unclench.knowledge.recognise import BEARING, BEARING_CONDITIONS, recognise

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"

# (text, groups, what it could still bear on)
CONDITIONS: tuple[tuple[str, str, str], ...] = (
    ("COPD", "copd", ""),
    ("OSA", "sleep_apnoea", ""),
    ("obstructive sleep apnoea", "sleep_apnoea", ""),
    ("Obstructive sleep apnea syndrome (disorder)", "sleep_apnoea", ""),
    ("Sleep disorder (disorder)", "", "sleep_apnoea"),
    ("Narcolepsy", "", ""),
    ("alcohol dependence", "alcohol_use_disorder", ""),
    ("Alcohol use disorder, severe, in sustained remission", "alcohol_use_disorder", ""),
    ("Unhealthy alcohol drinking behavior (finding)", "unhealthy_alcohol_use", ""),
    ("cirrhosis", "cirrhosis hepatic_disease_any", ""),
    ("cirrhosis with ascites", "cirrhosis ascites decompensated_liver hepatic_disease_any", ""),
    ("Cirrhosis, Child-Pugh C", "cirrhosis severe_hepatic_insufficiency hepatic_disease_any", ""),
    ("Non-alcoholic fatty liver disease", "hepatic_disease_any", ""),
    ("low back strain", "strain", ""),
    ("lumbago", "low_back_pain", ""),
    ("Lumbar sprain", "low_back_pain strain", ""),
    ("Chronic low back pain (finding)", "chronic_back_pain low_back_pain", ""),
    ("back pain with sciatica", "low_back_pain sciatica", ""),
    ("acute muscle spasm of lower back", "muscle_spasm", ""),
    ("Spasm", "cramp_or_spasm", ""),
    ("Leg cramps at night", "cramp", ""),
    ("MS", "multiple_sclerosis spasticity_cause", ""),
    ("multiple sclerosis with leg spasticity", "multiple_sclerosis spasticity_cause spasticity", ""),
    ("Stroke", "stroke spasticity_cause", ""),
    ("heat stroke", "", ""),
    ("CP", "cerebral_palsy spasticity_cause", ""),
    ("spastic diplegia", "spasticity spasticity_cause cerebral_palsy", ""),
    ("Chronic paralysis due to lesion of spinal cord", "paralysis spinal_cord_injury spasticity_cause", ""),
    ("IBS", "", ""),
    ("Acute angle-closure glaucoma", "angle_closure_glaucoma_acute", ""),
    ("narrow angle glaucoma", "angle_closure_glaucoma_other", ""),
    ("primary open-angle glaucoma", "open_angle_glaucoma", ""),
    ("glaucoma", "glaucoma_unspecified", ""),
    ("myasthenia gravis", "myasthenia_gravis", ""),
    ("MG", "", "myasthenia_gravis"),
    ("double vision", "", "myasthenia_gravis"),
    ("respiratory failure type 2", "severe_respiratory_insufficiency", ""),
    ("acute respiratory failure", "acute_respiratory_failure", ""),
    ("Misuses drugs (finding)", "substance_use_disorder", ""),
    ("Drug overdose", "overdose_history", "suicidality substance_use_disorder intoxication"),
    ("opioid use disorder on methadone", "opioid_use_disorder substance_use_disorder", ""),
    ("Severe anxiety (panic) (finding)", "anxiety", ""),
    ("Normal pregnancy", "pregnancy", ""),
    ("32 weeks pregnant", "pregnancy", ""),
    ("Miscarriage in first trimester", "", ""),
    ("missed period", "", "pregnancy"),
    ("allergy to diazepam", "benzodiazepine_allergy", ""),
    ("allergic to penicillin", "", ""),
    ("Full-time employment (finding)", "", ""),
    ("Not in labor force (finding)", "", ""),
    ("Viral sinusitis (disorder)", "", ""),
    ("Internal hemorrhoids without mention of complication", "", ""),
    ("Duodenal ulcer without hemorrhage, without perforation AND without obstruction", "peptic_ulcer", ""),
    ("Body mass index 40+ - severely obese (finding)", "obesity", ""),
    ("End-stage renal disease (disorder)", "ckd ckd_severe", ""),
    ("Pathological fracture due to osteoporosis (disorder)", "osteoporosis", "red_flag_spine"),
    ("at risk for falls", "falls", ""),
    ("history of falls", "falls", ""),
    ("T2DM; HTN; hyperlipidemia", "diabetes hypertension", ""),
    ("high blood pressure and gout", "hypertension", ""),
)


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(("text", "groups", "open_about"), CONDITIONS, ids=[row[0] for row in CONDITIONS])
def test_a_condition_by_its_words(text: str, groups: str, open_about: str) -> None:
    found = recognise("condition", (), text)
    assert found.groups == set(groups.split())
    assert found.could_bear_on == set(open_about.split())
    assert found.understood
    assert not found.hedged


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    "text",
    [
        "No history of sleep apnea",
        "Patient denies alcohol abuse",
        "Sleep apnoea ruled out",
        "not pregnant",
        "FH: Diabetes mellitus",
        "Family history of epilepsy",
        "mother had depression",
        "depression screening",
        "risk of stroke",
        "Hepatitis B vaccination",
    ],
)
def test_what_is_denied_or_of_another_person_is_understood_and_not_present(text: str) -> None:
    found = recognise("condition", (), text)
    assert found.understood
    assert found.groups == set()
    assert found.could_bear_on == set()


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("suspected OSA", "sleep_apnoea"),
        ("possible myasthenia gravis", "myasthenia_gravis"),
        ("r/o sleep apnoea", "sleep_apnoea"),
        ("? myasthenia gravis", "myasthenia_gravis"),
        ("Suspected lung cancer (situation)", "cancer"),
    ],
)
def test_what_is_doubted_is_hedged(text: str, group: str) -> None:
    found = recognise("condition", (), text)
    assert group in found.groups
    assert found.hedged


@pytest.mark.verifies("R2")
def test_a_denial_ends_with_its_clause() -> None:
    assert recognise("condition", (), "no COPD, but has asthma").groups == {"asthma"}
    assert recognise("condition", (), "COPD, no home oxygen").groups == {"copd"}
    assert recognise("condition", (), "Migraine without aura").understood


@pytest.mark.verifies("R2")
def test_the_past_is_said_unless_it_lasts() -> None:
    assert recognise("condition", (), "history of depression").history
    assert not recognise("condition", (), "history of myocardial infarction").history
    assert not recognise("condition", (), "History of renal transplant (situation)").history


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    "text", ["", "gdfgdfg", "Zork syndrome", "Z99.9", "see letter", "bronchitis and zork", "epilepsy due to zork"]
)
def test_unknown_words_are_never_understood(text: str) -> None:
    found = recognise("condition", (), text)
    assert not found.understood
    assert found.could_bear_on == BEARING_CONDITIONS - found.groups


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Frobnication of the liver", "severe_hepatic_insufficiency"),
        ("trouble breathing", "severe_respiratory_insufficiency"),
        ("drinks 3 glasses a day", "unhealthy_alcohol_use"),
        ("obstetric thing", "pregnancy"),
        ("neuromuscular thing", "myasthenia_gravis"),
        ("spinal thing", "red_flag_spine"),
    ],
)
def test_suspicious_words_narrow_what_it_could_be(text: str, group: str) -> None:
    found = recognise("condition", (), text)
    assert group in found.could_bear_on
    assert len(found.could_bear_on) < len(BEARING_CONDITIONS)
    assert not found.understood


MEDICINES: tuple[tuple[str, str, str, str], ...] = (
    (
        "Acetaminophen 325 MG / oxycodone Hydrochloride 5 MG Oral Tablet",
        "paracetamol oxycodone",
        "opioid paracetamol",
        "",
    ),
    ("Diazepam [Valium]", "diazepam", "benzodiazepine", ""),
    ("Lasix 40mg", "furosemide", "antihypertensive", "corticosteroid"),
    ("Natazia 28 Day Pack", "estradiol+and+dienogest", "hormonal_contraceptive", "oestrogen"),
    ("Camila 28 Day Pack", "norethindrone", "", "hormonal_contraceptive"),
    (
        "NuvaRing 0.12/0.015 MG per 24HR 21 Day Vaginal System",
        "ethinyl+estradiol etonogestrel",
        "hormonal_contraceptive",
        "",
    ),
    ("Tylenol #3", "codeine paracetamol", "opioid", ""),
    ("Co-codamol 30/500 tablets", "codeine paracetamol", "opioid", ""),
    ("hydrocodone-acetaminophen 5-325 mg", "hydrocodone paracetamol", "opioid", ""),
    ("losartan potassium 50 mg", "losartan", "antihypertensive", ""),
    ("Fentanyl 25 mcg/hr patch", "fentanyl", "opioid cns_depressant", ""),
    ("diclofenac patch", "diclofenac", "topical_nsaid", "nsaid"),
    ("Voltaren gel", "diclofenac", "topical_nsaid", "nsaid"),
    ("diclofenac 50 mg tablets", "diclofenac", "nsaid", "topical_nsaid"),
    ("timolol 0.5% ophthalmic solution", "timolol", "ocular_hypotensive", "antihypertensive"),
    ("timolol maleate 10 MG Oral Tablet", "timolol", "antihypertensive", "ocular_hypotensive"),
    ("Hydrocortisone 10 MG/ML Topical Cream", "hydrocortisone", "", "corticosteroid"),
    ("prednisolone 5mg tablets", "prednisolone", "corticosteroid", ""),
    ("prednisolone eye drops", "prednisolone", "", "corticosteroid"),
    ("Advair Diskus", "fluticasone salmeterol", "", "corticosteroid"),
    ("miconazole oral gel", "miconazole", "azole", ""),
    ("clotrimazole cream", "clotrimazole", "", "azole"),
    ("St. John's Wort 300 mg", "st+johns+wort", "cyp3a4_inducer_moderate", ""),
    ("Xyrem", "oxybate", "sodium_oxybate", ""),
    (
        "buprenorphine 2 MG / naloxone 0.5 MG Sublingual Film",
        "buprenorphine naloxone",
        "opioid opioid_agonist_treatment",
        "",
    ),
    ("rifampicin 300 mg", "rifampin", "cyp3a4_inducer_strong", ""),
    ("pethidine", "meperidine", "opioid", ""),
    ("Penicillin V Potassium 250 MG Oral Tablet", "penicillin+v", "", "opioid"),
    ("fluoxetine and tramadol", "fluoxetine tramadol", "ssri opioid serotonergic", ""),
)


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(("text", "drugs", "tags", "not_tags"), MEDICINES, ids=[row[0] for row in MEDICINES])
def test_a_medicine_by_its_words(text: str, drugs: str, tags: str, not_tags: str) -> None:
    found = recognise("medicine", (), text)
    assert set(found.drugs) == {drug.replace("+", " ") for drug in drugs.split()}
    assert found.understood
    assert found.tags >= set(tags.split())
    assert not found.tags & set(not_tags.split())


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    "text", ["", "zyxomab", "codeine and zyxomab", "zyxomab 5 mg / codeine 10 mg", "unknown white tablet"]
)
def test_a_medicine_with_an_unknown_part_is_not_understood(text: str) -> None:
    found = recognise("medicine", (), text)
    assert not found.understood
    assert found.could_bear_on == BEARING["medicine"] - found.tags


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    ("kind", "code", "groups", "tags"),
    [
        ("condition", ("icd10cm", "M62.830"), "muscle_spasm", ""),
        ("condition", ("icd10cm", "m62830"), "muscle_spasm", ""),
        ("condition", ("icd10cm", "R25.2"), "cramp_or_spasm", ""),
        ("condition", ("icd10cm", "G35"), "multiple_sclerosis spasticity_cause", ""),
        ("condition", ("icd10cm", "G81.11"), "spasticity spasticity_cause paralysis", ""),
        ("condition", ("icd10cm", "I69.354"), "stroke spasticity_cause paralysis", ""),
        ("condition", ("icd10cm", "J96.01"), "acute_respiratory_failure", ""),
        ("condition", ("icd10cm", "J96.11"), "severe_respiratory_insufficiency", ""),
        ("condition", ("icd10cm", "F11.21"), "opioid_use_disorder substance_use_disorder", ""),
        ("condition", ("icd10cm", "E66.3"), "", ""),
        ("condition", ("icd10cm", "O03.9"), "", ""),
        ("condition", ("icd10cm", "L20.9"), "", ""),
        ("condition", ("snomed", "78275009"), "sleep_apnoea", ""),
        ("medicine", ("atc", "N02AA05"), "", "opioid cns_depressant cns_active"),
        ("medicine", ("atc", "N05AN01"), "", "lithium serotonergic"),
        ("medicine", ("atc", "C10AA05"), "", ""),
        ("allergy", ("snomed", "372664007"), "benzodiazepine_allergy", ""),
    ],
)
def test_an_entry_by_its_code_alone(kind: str, code: tuple[str, str], groups: str, tags: str) -> None:
    found = recognise(kind, (code,), "")
    assert found.understood
    assert found.groups == set(groups.split())
    assert found.tags == set(tags.split())


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    ("code", "drug"), [("563026", "diazepam"), ("197591", "diazepam"), ("11118", "valproate"), ("9899", "oxybate")]
)
def test_rxnorm_codes_of_products(code: str, drug: str) -> None:
    assert recognise("medicine", (("rxnorm", code),), "").drugs == (drug,)


@pytest.mark.verifies("R2")
@pytest.mark.parametrize(
    "code", [("icd10cm", "ZZ"), ("snomed", "99999"), ("rxnorm", "99999999"), ("other", "x"), ("atc", "9")]
)
def test_codes_of_no_list_are_not_understood(code: tuple[str, str]) -> None:
    for kind in ("condition", "medicine", "allergy"):
        assert not recognise(kind, (code,), "").understood


@pytest.mark.verifies("R2")
def test_allergies() -> None:
    assert "benzodiazepine_allergy" in recognise("allergy", (("rxnorm", "3322"),), "Diazepam").groups
    assert "benzodiazepine_allergy" in recognise("allergy", (), "lorazepam").groups
    assert recognise("allergy", (), "Allergy to peanuts").understood
    assert recognise("allergy", (), "sulfonamide antibacterial").understood
    assert recognise("allergy", (), "zork").could_bear_on == {"benzodiazepine_allergy"}


@pytest.mark.parametrize("text", [*HTML, *TERMINAL, *BIDI, *LONG, *ODD])
@pytest.mark.parametrize("kind", ["condition", "medicine", "allergy", "procedure"])
def test_hostile_text_is_only_compared(kind: str, text: str) -> None:
    recognise(kind, (), text)


@given(st.text(max_size=60), st.sampled_from(["condition", "medicine"]))
def test_any_text_is_understood_or_could_bear_on_something(text: str, kind: str) -> None:
    found = recognise(kind, (), text)
    assert found.understood or found.could_bear_on or found.groups | found.tags >= BEARING[kind]


def _walk(node: Any) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(node, dict):
        kind = {"Condition": "condition", "MedicationRequest": "medicine", "AllergyIntolerance": "allergy"}.get(
            node.get("resourceType", "")
        )
        concept = node.get("medicationCodeableConcept" if kind == "medicine" else "code")
        if kind and isinstance(concept, dict):
            for coding in concept.get("coding") or [{}]:
                yield (
                    kind,
                    coding.get("system", ""),
                    coding.get("code", ""),
                    concept.get("text") or coding.get("display", ""),
                )
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)


def _documents() -> Iterator[Any]:
    for path in sorted(SAMPLES.rglob("*")):
        if not path.name.endswith((".json", ".json.gz", ".ndjson", ".ndjson.gz")):
            continue
        text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
        lines = text.splitlines() if ".ndjson" in path.name else [text]
        for line in lines:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


SYSTEM = {"sct": "snomed", "rxnorm": "rxnorm", "icd-10-cm": "icd10cm"}


@pytest.mark.verifies("R2", "R4")
@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/samples, which is not here")
def test_every_entry_of_the_samples_is_understood() -> None:
    entries = {entry for document in _documents() for entry in _walk(document) if entry[3]}
    assert len(entries) > 200
    missed = sorted(
        f"{kind}: {text}"
        for kind, system, code, text in entries
        if not recognise(kind, ((SYSTEM.get(system.rstrip("/").rpartition("/")[2], "other"), code),), text).understood
    )
    assert missed == []
