"""FHIR R4 entries: statuses, references, merging, doses, what is noticed."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from unclench.record import patient_from_resources, read
from unclench.record.codes import Icd10cm, Loinc, OtherCode, RxNorm, Snomed
from unclench.record.patient import Patient, Status
from unclench.record.terms import partial_date
from unclench.values import RecordError

ON = date(2026, 11, 22)
RX = "http://www.nlm.nih.gov/research/umls/rxnorm"
SCT = "http://snomed.info/sct"
D = Decimal
PERSON = {"resourceType": "Patient", "id": "example-p", "gender": "female", "birthDate": "1970-05-01"}
DIAZEPAM = {"coding": [{"system": RX, "code": "197591"}], "text": "Diazepam 5 MG Oral Tablet"}


def coded(word: str) -> dict[str, Any]:
    return {"coding": [{"code": word}]}


def one(kind: str, ident: str = "x", **more: Any) -> dict[str, Any]:
    about = "patient" if kind == "AllergyIntolerance" else "subject"
    return {"resourceType": kind, "id": ident, about: {"reference": "Patient/example-p"}, **more}


def order(ident: str = "x", **more: Any) -> dict[str, Any]:
    return one(
        "MedicationRequest",
        ident,
        **{"status": "active", "intent": "order", "medicationCodeableConcept": DIAZEPAM, **more},
    )


def of(*resources: dict[str, Any], kind: str = "collection", **bundle: Any) -> Patient:
    entries = [
        {"fullUrl": f"http://example.org/fhir/{r['resourceType']}/{r.get('id')}", "resource": r}
        for r in (PERSON, *resources)
    ]
    return read(json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries, **bundle}).encode(), on=ON)


def noticed(patient: Patient) -> list[str]:
    return [one.kind for one in patient.noticed]


def dose(**instruction: Any) -> Any:
    return of(order(dosageInstruction=[instruction])).medications[0].dosage


@pytest.mark.verifies("R2")
def test_codes_keep_their_system() -> None:
    found = of(
        one(
            "Condition",
            code={
                "coding": [
                    {"system": SCT, "code": "24700007"},
                    {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "g35"},
                    {"system": "http://example.org/local", "code": "1"},
                    {"system": "http://loinc.org", "code": "1-8"},
                    {"display": "no code"},
                ]
            },
        ),
    )
    assert found.conditions[0].codes == (
        Snomed("24700007"),
        Icd10cm("G35"),
        OtherCode("http://example.org/local", "1"),
        Loinc("1-8"),
    )
    assert found.conditions[0].text == "no code"


@pytest.mark.parametrize("word", ["refuted", "entered-in-error"])
@pytest.mark.parametrize("kind", ["Condition", "AllergyIntolerance"])
def test_what_is_refuted_never_counts(kind: str, word: str) -> None:
    found = of(one(kind, code={"text": "Myasthenia gravis"}, verificationStatus=coded(word)))
    assert not found.conditions
    assert not found.allergies
    assert noticed(found) == [word]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("active", Status.ACTIVE),
        ("relapse", Status.ACTIVE),
        ("resolved", Status.ENDED),
        ("inactive", Status.ENDED),
        ("remission", Status.ENDED),
        ("bogus", Status.UNKNOWN),
    ],
)
def test_clinical_status(word: str, status: Status) -> None:
    found = of(one("Condition", code={"text": "Spasm"}, clinicalStatus=coded(word))).conditions[0]
    assert found.status is status
    assert found.remission == (word == "remission")


def test_a_suspicion_is_not_certain() -> None:
    assert (
        not of(one("Condition", code={"text": "Spasm"}, verificationStatus=coded("differential"))).conditions[0].certain
    )


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("No known allergies", True),
        ("NKDA", True),
        ("No known drug allergy", True),
        ("Nut allergy", False),
        ("no known nut", False),
    ],
)
def test_no_known_allergy_in_words(text: str, none: bool) -> None:
    assert of(one("AllergyIntolerance", code={"text": text})).allergies[0].is_none_known is none


@pytest.mark.parametrize("code", ["716186003", "409137002"])
def test_no_known_allergy_by_code(code: str) -> None:
    found = of(one("AllergyIntolerance", code={"coding": [{"system": SCT, "code": code}]}))
    assert found.allergies[0].is_none_known
    assert found.allergies_state.complete


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"status": "entered-in-error"}, "entered-in-error"),
        ({"status": "cancelled"}, "cancelled"),
        ({"doNotPerform": True}, "cancelled"),
    ],
)
def test_orders_that_never_count(changes: dict[str, Any], kind: str) -> None:
    found = of(order(**changes))
    assert not found.medications
    assert noticed(found) == [kind]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "draft"}, Status.DRAFT),
        ({"intent": "proposal"}, Status.DRAFT),
        ({"intent": "plan"}, Status.DRAFT),
        ({"status": "stopped", "intent": "plan"}, Status.ENDED),
        ({"status": "completed"}, Status.ENDED),
        ({"status": "on-hold"}, Status.ON_HOLD),
        ({"status": None}, Status.UNKNOWN),
        ({}, Status.ACTIVE),
    ],
)
def test_order_status(changes: dict[str, Any], status: Status) -> None:
    assert of(order(**changes)).medications[0].status is status


def test_a_request_alone_does_not_make_the_list_complete() -> None:
    found = of(order(status="draft"))
    assert (found.medications_state.entries, found.medications_state.complete) == (0, False)


@pytest.mark.parametrize("reference", ["#m", "Medication/m1", "http://example.org/fhir/Medication/m1", "urn:uuid:m1"])
def test_medicines_by_reference(reference: str) -> None:
    held = {"resourceType": "Medication", "id": "m1", "code": DIAZEPAM}
    changed = order(medicationReference={"reference": reference}, contained=[{**held, "id": "m"}])
    del changed["medicationCodeableConcept"]
    found = of(held, changed)
    assert found.medications[0].codes == (RxNorm("197591"),)
    assert found.medications[0].strength_mg == 5


def test_a_medicine_that_is_missing_is_noticed_and_kept() -> None:
    changed = order(medicationReference={"reference": "Medication/gone"})
    del changed["medicationCodeableConcept"]
    found = of(changed)
    assert found.medications[0].text == "(medicine not in the record)"
    assert noticed(found) == ["unreadable"]


def test_reasons_by_reference_and_by_code() -> None:
    found = of(
        one("Condition", "c", code={"text": "Spasm", "coding": [{"system": SCT, "code": "45352006"}]}),
        order(
            reasonCode=[{"text": "Pain"}],
            reasonReference=[{"reference": "Condition/c"}, {"reference": "Condition/no", "display": "Ache"}],
        ),
    )
    assert found.medications[0].reasons == (((), "Pain"), ((Snomed("45352006"),), "Spasm"), ((), "Ache"))


@pytest.mark.verifies("R4")
def test_dispenses_are_merged_into_their_order() -> None:
    found = of(
        order("o", authoredOn="2026-01-02"),
        one(
            "MedicationDispense",
            "d1",
            status="completed",
            medicationCodeableConcept=DIAZEPAM,
            whenHandedOver="2026-09-01",
            authorizingPrescription=[{"reference": "MedicationRequest/o"}],
            daysSupply={"value": 30, "code": "d"},
        ),
        one(
            "MedicationDispense",
            "d2",
            status="completed",
            medicationCodeableConcept=DIAZEPAM,
            whenHandedOver="2026-10-01",
            daysSupply={"value": 28, "code": "d"},
        ),
        one(
            "MedicationAdministration",
            "a",
            status="completed",
            medicationCodeableConcept=DIAZEPAM,
            effectiveDateTime="2026-10-03",
            request={"reference": "MedicationRequest/o"},
        ),
        one("MedicationStatement", "s", status="active", medicationCodeableConcept=DIAZEPAM, dateAsserted="2026-10-05"),
    )
    assert len(found.medications) == 1
    medication = found.medications[0]
    assert medication.kind == "order"
    assert medication.last_seen == partial_date("2026-10-05")
    assert medication.days_supply == 28
    assert len(medication.merged) == 4


def test_a_dispense_before_the_order_or_of_another_drug_stays_apart() -> None:
    other = {"text": "Naproxen 500 MG"}
    found = of(
        order("o", authoredOn="2026-06-01"),
        one(
            "MedicationDispense",
            "d1",
            status="completed",
            medicationCodeableConcept=DIAZEPAM,
            whenHandedOver="2026-05-01",
        ),
        one(
            "MedicationDispense", "d2", status="completed", medicationCodeableConcept=other, whenHandedOver="2026-07-01"
        ),
    )
    assert [m.kind for m in found.medications] == ["order", "dispense", "dispense"]
    assert found.medications[1].status is Status.UNKNOWN


def test_a_statement_that_disagrees_stays_and_is_noticed() -> None:
    found = of(
        order("o", authoredOn="2026-06-01"),
        one(
            "MedicationStatement", "s", status="stopped", medicationCodeableConcept=DIAZEPAM, dateAsserted="2026-07-01"
        ),
        one("MedicationStatement", "n", status="not-taken", medicationCodeableConcept=DIAZEPAM),
    )
    assert len(found.medications) == 2
    assert sorted(noticed(found)) == ["contradiction", "refuted"]


@pytest.mark.parametrize(
    ("quantity", "mg", "problem"),
    [
        ({"value": 5, "unit": "mg", "code": "mg"}, D(5), ""),
        ({"value": 0.005, "code": "g"}, D(5), ""),
        ({"value": 500, "unit": "mcg"}, D("0.5"), ""),
        ({"value": 2, "code": "{tablet}"}, D(10), ""),
        ({"value": 1, "unit": "{pill}"}, D(5), ""),
        ({"value": 1, "code": "1"}, D(5), ""),
        ({"value": 1}, None, "1 without a unit"),
        ({"value": 1, "unit": "mL"}, None, "unknown strength"),
        ({"value": -1, "code": "mg"}, None, "a dose of -1"),
        ({"value": 0, "code": "mg"}, None, "a dose of 0"),
        ({"value": 2, "unit": "{puff}"}, None, "not an amount in mg"),
        ({"value": 5, "code": "mg", "comparator": "<"}, None, "only bounded"),
    ],
)
def test_dose_quantities(quantity: dict[str, Any], mg: D | None, problem: str) -> None:
    found = dose(doseAndRate=[{"doseQuantity": quantity}])
    assert found.mg_per_dose == mg
    assert problem in found.problem
    assert bool(problem) == bool(found.problem)


def test_millilitres_need_a_concentration() -> None:
    found = of(
        order(
            medicationCodeableConcept={"text": "Diazepam 1 MG/ML Oral Solution"},
            dosageInstruction=[{"doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mL"}}]}],
        )
    )
    assert found.medications[0].dosage is not None
    assert found.medications[0].dosage.mg_per_dose == 5


def test_dose_range_and_maximum() -> None:
    found = dose(
        doseAndRate=[{"doseRange": {"low": {"value": 2, "code": "mg"}, "high": {"value": 5, "code": "mg"}}}],
        maxDosePerPeriod={"numerator": {"value": 15, "code": "mg"}, "denominator": {"value": 1, "code": "d"}},
        asNeededBoolean=True,
        route=coded("26643006"),
    )
    assert (found.mg_per_dose, found.mg_per_dose_max, found.max_mg_per_day) == (2, 5, 15)
    assert (found.as_needed, found.route) == (True, "oral")


@pytest.mark.parametrize(
    ("timing", "rate"),
    [
        ({"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}}, D(3)),
        ({"repeat": {"frequency": 1, "period": 8, "periodUnit": "h"}}, D(3)),
        ({"repeat": {"frequency": 2, "frequencyMax": 3, "period": 1, "periodUnit": "d"}}, D(3)),
        ({"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}, D("0.142857")),
        ({"repeat": {"when": ["MORN", "HS"]}}, D(2)),
        ({"repeat": {"timeOfDay": ["08:00:00", "14:00:00", "20:00:00"]}}, D(3)),
        ({"code": coded("BID")}, D(2)),
        ({"code": coded("QID")}, D(4)),
        ({"code": {"text": "three times a day"}}, D(3)),
        ({"repeat": {"frequency": 1, "period": 0, "periodUnit": "d"}}, None),
        ({}, None),
    ],
)
def test_timing(timing: dict[str, Any], rate: D | None) -> None:
    assert dose(timing=timing).doses_per_day == rate


def test_structure_and_text_that_disagree_are_a_problem() -> None:
    found = dose(
        text="10 mg at night",
        doseAndRate=[{"doseQuantity": {"value": 5, "code": "mg"}}],
        timing={"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
    )
    assert (found.mg_per_dose, found.doses_per_day) == (None, None)
    assert "disagree" in found.problem


def test_period_of_the_dosage_stands_in_for_the_date() -> None:
    timing = {"repeat": {"boundsPeriod": {"start": "2026-03-01", "end": "2026-04-01"}}}
    found = of(order(dosageInstruction=[{"timing": timing}])).medications[0]
    assert (found.written, found.ended) == (partial_date("2026-03-01"), partial_date("2026-04-01"))


def test_supply_and_stop_reason() -> None:
    found = of(
        order(
            status="stopped",
            statusReason={"text": "Drowsy"},
            dispenseRequest={
                "quantity": {"value": 21, "unit": "{tablet}"},
                "expectedSupplyDuration": {"value": 1, "code": "wk"},
                "numberOfRepeatsAllowed": 0,
            },
        )
    ).medications[0]
    assert (found.stop_reason, found.quantity, found.days_supply, found.refills) == ("Drowsy", "21 {tablet}", 7, 0)


def test_observations_of_every_kind_of_value() -> None:
    def seen(**value: Any) -> list[Any]:
        return [
            (o.value, o.unit, o.value_text, o.comparator)
            for o in of(one("Observation", status="final", code={"text": "T"}, **value)).observations
        ]

    assert seen(valueQuantity={"value": 4.2, "unit": "g/dL", "comparator": "<"}) == [(4.2, "g/dL", "", "<")]
    assert seen(valueString="many") == [(None, "", "many", "")]
    assert seen(valueInteger=8) == [(8.0, "", "", "")]
    assert seen(valueBoolean=True) == [(None, "", "yes", "")]
    assert seen(valueCodeableConcept={"text": "Pregnant"}) == [(None, "", "Pregnant", "")]
    assert seen(dataAbsentReason=coded("unknown")) == []
    assert seen() == []
    both = [
        {"code": {"text": "S"}, "valueQuantity": {"value": 120, "unit": "mm[Hg]"}},
        {"code": {"text": "D"}, "valueQuantity": {"value": 80, "unit": "mm[Hg]"}},
    ]
    assert seen(component=both) == [(120.0, "mm[Hg]", "", ""), (80.0, "mm[Hg]", "", "")]


@pytest.mark.parametrize(
    ("status", "kept"), [("final", 1), ("unknown", 1), ("entered-in-error", 0), ("cancelled", 0), ("bogus", 0)]
)
def test_observation_status(status: str, kept: int) -> None:
    found = of(one("Observation", status=status, code={"text": "T"}, valueInteger=1))
    assert len(found.observations) == kept
    assert len(found.noticed) == 1 - kept


@pytest.mark.verifies("R4")
def test_doubles_are_counted_once() -> None:
    twice = [one("Condition", ident, code={"text": "Chest pain"}, onsetDateTime="2020-01-01") for ident in ("a", "b")]
    found = of(*twice, order("m", authoredOn="2020-01-01"), order("n", authoredOn="2020-01-01"))
    assert (len(found.conditions), len(found.medications)) == (1, 1)
    assert noticed(found) == ["duplicate", "duplicate"]


def _weights(*values: float) -> list[dict[str, Any]]:
    return [
        one(
            "Observation",
            f"w{n}",
            status="final",
            code={"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
            effectiveDateTime="2026-01-01",
            valueQuantity={"value": value, "unit": "kg"},
        )
        for n, value in enumerate(values)
    ]


@pytest.mark.verifies("R4")
@pytest.mark.parametrize(
    ("resources", "kinds"),
    [
        (
            [order("a", authoredOn="2026-01-01"), order("b", status="stopped", authoredOn="2026-02-01")],
            ["contradiction"],
        ),
        ([order("a", authoredOn="2026-02-01"), order("b", status="stopped", authoredOn="2026-01-01")], []),
        (_weights(80, 95), ["contradiction"]),
        (_weights(80, 81), []),
        (_weights(-5), ["unreadable"]),
        (
            [one("Condition", code={"text": "S"}, onsetDateTime="2026-02-01", abatementDateTime="2026-01-01")],
            ["contradiction"],
        ),
        ([one("Condition", code={"text": "S"}, onsetDateTime="2027-02-01")], ["future"]),
        ([order(authoredOn="2027-01-01")], ["future"]),
        ([order(authoredOn="0001-01-01")], ["unreadable"]),
        ([order(authoredOn="soon")], ["unreadable"]),
        ([one("Condition", code={"text": "S"}, onsetDateTime="2026-02-31")], ["unreadable"]),
    ],
)
def test_contradictions_and_impossible_dates(resources: list[dict[str, Any]], kinds: list[str]) -> None:
    assert noticed(of(*resources)) == kinds


@pytest.mark.parametrize(
    ("person", "kinds"),
    [
        ({"birthDate": "2030-01-01"}, ["contradiction"]),
        ({"deceasedDateTime": "1960-01-01"}, ["contradiction"]),
        ({"deceasedBoolean": True}, []),
        ({"deceasedDateTime": "2030-01-01"}, ["future"]),
        ({"birthDate": "x"}, ["unreadable"]),
    ],
)
def test_a_life_that_cannot_be(person: dict[str, Any], kinds: list[str]) -> None:
    found = patient_from_resources([{**PERSON, **person}], on=ON)
    assert noticed(found) == kinds
    assert found.deceased == any(name.startswith("deceased") for name in person)


def test_an_order_that_outlives_the_patient() -> None:
    found = patient_from_resources([{**PERSON, "deceasedDateTime": "2026-01-01"}, order()], on=ON)
    assert noticed(found) == ["contradiction"]


def test_another_patient_is_left_out_and_family_is_not_read() -> None:
    stranger = {**order("s"), "subject": {"reference": "Patient/someone-else"}}
    family = {"resourceType": "FamilyMemberHistory", "id": "f", "patient": {"reference": "Patient/example-p"}}
    found = of(stranger, family)
    assert not found.medications
    assert noticed(found) == ["not-for-patient"]


def test_two_patients_are_refused_unless_one_is_chosen() -> None:
    second = {**PERSON, "id": "example-q"}
    data = json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": PERSON}, {"resource": second}, {"resource": order()}],
        }
    ).encode()
    with pytest.raises(RecordError, match=r"2 patients \(example-p, example-q\)"):
        read(data, on=ON)
    assert len(read(data, on=ON, patient_id="example-p").medications) == 1
    assert not read(data, on=ON, patient_id="example-q").medications
    with pytest.raises(RecordError, match="no patient 'other'"):
        read(data, on=ON, patient_id="other")


@pytest.mark.parametrize(
    ("bundle", "complete", "why"),
    [
        ({}, True, ""),
        ({"total": 2}, True, ""),
        ({"total": 9}, False, "2 of 9"),
        ({"link": [{"relation": "next", "url": "x"}]}, False, "one page"),
        ({"link": [{"relation": "self", "url": "http://a/fhir/MedicationRequest?patient=1&_include=x"}]}, True, ""),
        (
            {"link": [{"relation": "self", "url": "http://a/fhir/MedicationRequest?patient=1&authoredon=ge2026"}]},
            False,
            "authoredon",
        ),
        (
            {"link": [{"relation": "self", "url": "http://a/fhir/MedicationRequest?patient=1&status=active"}]},
            False,
            "status",
        ),
        ({"link": [{"relation": "self", "url": "http://a/fhir/Condition?patient=1&_lastUpdated=ge2026"}]}, True, ""),
        ({"link": [{"relation": "self", "url": "http://a/fhir?_lastUpdated=ge2026"}]}, False, "_lastUpdated"),
        ({"link": "none"}, False, "one page"),
    ],
)
def test_a_list_that_is_cut_cannot_support_a_no(bundle: dict[str, Any], complete: bool, why: str) -> None:
    state = of(order(), kind="searchset", **bundle).medications_state
    assert state.complete is complete
    assert why in state.why_not


def test_one_bad_entry_does_not_lose_the_rest() -> None:
    found = of(
        order("good"),
        {"resourceType": "Condition", "id": "bad", "subject": 7, "code": {"text": "Spasm", "coding": {"code": 5}}},
        order("worse", dosageInstruction="three times", status="stopped"),
    )
    assert [c.text for c in found.conditions] == ["Spasm"]
    assert len(found.medications) == 2
    assert noticed(found).count("unreadable") == 3  # the third: an entry that names no patient
    assert not found.conditions_state.complete


@pytest.mark.parametrize(
    "entry",
    [5, None, [], "x", {"resource": 5}, {"resource": None}, {"resource": []}, {"fullUrl": 3, "resource": order()}],
)
def test_entries_that_are_none(entry: Any) -> None:
    data = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PERSON}, entry]}
    assert read(json.dumps(data).encode(), on=ON).ref == "Patient/example-p"


def test_single_things_where_lists_belong_are_read() -> None:
    found = patient_from_resources([PERSON, order(reasonCode={"text": "Spasm"}, category={"text": "x"})], on=ON)
    assert found.medications[0].reasons == (((), "Spasm"),)


def test_a_key_given_twice_is_noticed() -> None:
    raw = json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PERSON}, {"resource": order()}]}
    )
    found = read(raw.replace('"status": "active"', '"status": "stopped", "status": "active"').encode(), on=ON)
    assert not found.medications
    assert noticed(found) == ["unreadable"]
    assert not found.medications_state.complete
    hidden = raw[:-1] + ', "entry": [' + json.dumps({"resource": PERSON}) + "]}"
    with pytest.raises(RecordError, match="twice"):
        read(hidden.encode(), on=ON)


def test_gzip_and_several_files(tmp_path: Path) -> None:
    person, rest = tmp_path / "a.json", tmp_path / "b.json.gz"
    person.write_text(json.dumps(PERSON))
    rest.write_bytes(gzip.compress(json.dumps({"resourceType": "Bundle", "entry": [{"resource": order()}]}).encode()))
    assert len(read((person, rest), on=ON).medications) == 1
    assert len(read(tmp_path, on=ON).medications) == 1
    with pytest.raises(RecordError, match="no Patient"):
        read(rest, on=ON)


def test_ndjson_folder(tmp_path: Path) -> None:
    second = {**PERSON, "id": "example-q"}
    (tmp_path / "Patient.000.ndjson").write_text(json.dumps(PERSON) + "\n" + json.dumps(second) + "\n")
    lines = json.dumps(order()) + "\n\n" + "{not json example-p}\n"
    (tmp_path / "MedicationRequest.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "log.ndjson").write_text('{"exportId": "example-p"}\n')
    with pytest.raises(RecordError, match=r"2 patients"):
        read(tmp_path, on=ON)
    found = read(tmp_path, on=ON, patient_id="example-p")
    assert len(found.medications) == 1
    assert noticed(found) == ["unreadable"]
    assert not found.medications_state.complete
    with pytest.raises(RecordError, match=r"no patient 'zzz' among 2"):
        read(tmp_path, on=ON, patient_id="zzz")
