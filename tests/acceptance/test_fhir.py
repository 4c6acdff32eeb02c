"""FHIR R4 of whole consultations and tapers: valid under three outside validators, and saying what the report says."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml
from typer.testing import CliRunner

from tests import taper_factory
from tests.consultation_factory import KINDS, appraisal, consultation, made_with
from tests.effect_factory import hostile_effects, with_effects
from tests.fhir_checks import Json, assert_valid, of_kind, own, texts
from tests.generative.people import people, typed
from tests.hostile import HOSTILE
from unclench.consult import Consultation, Tapering, consult, taper
from unclench.interfaces.cli import app
from unclench.report.fhir.bundle import taper_fhir, to_fhir
from unclench.report.fhir.risks import CHANCES
from unclench.values import Jurisdiction, Verdict

ON = date(2026, 11, 22)
LAWS = ("us", "uk")
ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.*") if path.suffix in (".yaml", ".json"))
LIVED = ("diazepam-14-months.json", "taper-12-months.yaml", "ms-spasticity.json", "acute-back-spasm.yaml")
SEVEN = {"DetectedIssue", "RiskAssessment", "GuidanceResponse", "CarePlan", "DocumentReference", "Provenance"}

pytestmark = pytest.mark.verifies("O5")


@cache
def made(name: str, law: str = "us") -> tuple[Consultation, Json]:
    found = consult(ROOT / "examples" / name, on=ON, jurisdiction=law)
    return found, json.loads(to_fhir(found))


def test_every_example_is_valid_in_both_countries():
    assert_valid({f"{name} {law}": made(name, law)[1] for name in EXAMPLES for law in LAWS})


def test_every_taper_is_valid_in_both_countries():
    bundles = {
        f"{name} {law}": json.loads(taper_fhir(taper(ROOT / "examples" / name, on=ON, jurisdiction=law)))
        for name in LIVED
        for law in LAWS
    }
    for name in ("step_down", "two_years", "alternate_days", "with_switch", "held"):
        bundles[name] = json.loads(taper_fhir(of_taper(getattr(taper_factory, name)())))
    assert_valid(bundles)


def test_people_who_do_not_exist_get_valid_resources():
    bundles: dict[str, Json] = {}

    @hypothesis.settings(max_examples=12, database=None, deadline=None, derandomize=True)
    @hypothesis.given(people())
    def draw(person: dict[str, Any]) -> None:
        found = consult(typed(person), on=ON, jurisdiction=LAWS[len(bundles) % 2])
        bundles[f"person {len(bundles)}"] = json.loads(to_fhir(found))

    draw()
    assert len(bundles) >= 12
    assert_valid(bundles)


def test_hostile_text_makes_no_invalid_resource():
    bundles: dict[str, Json] = {}
    for number, text in enumerate(HOSTILE):
        bundles[f"hostile {number}"] = json.loads(to_fhir(hostile_effects(text)))
        bundles[f"hostile taper {number}"] = json.loads(taper_fhir(of_taper(taper_factory.hostile(text), text)))
    small = {name: without_the_page(bundle) for name, bundle in bundles.items()}
    assert_valid(small, whole=False)
    for bundle in small.values():
        assert_no_markup(bundle)


def without_the_page(bundle: Json) -> Json:
    """The page has its own tests, and is long."""
    for one in of_kind(bundle, "DocumentReference"):
        one["content"][0]["attachment"]["data"] = "bm9uZQ=="
    return bundle


def assert_no_markup(bundle: Json) -> None:
    for entry in bundle["entry"]:
        div = entry["resource"]["text"]["div"]
        assert div.startswith('<div xmlns="http://www.w3.org/1999/xhtml">')
        inside = div.removeprefix('<div xmlns="http://www.w3.org/1999/xhtml">').removesuffix("</div>")
        for tag in ("p", "b", "ul", "li"):
            inside = inside.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        assert "<" not in inside


def of_taper(one: Any, ref: str = "Patient/1") -> Tapering:
    return Tapering(replace(appraisal(Verdict.USABLE_WITH_CHANGES), patient_ref=ref), one, made_with())


@pytest.mark.parametrize("kind", KINDS)
def test_every_outcome_is_told_without_anything_empty(kind):
    bundle = json.loads(to_fhir(with_effects(kind) if kind != "avoid" else consultation(kind)))
    assert own(bundle) == []
    assert of_kind(bundle, "GuidanceResponse")
    assert of_kind(bundle, "Provenance")


def test_a_whole_answer_holds_every_kind_of_resource_once_made_by_the_program():
    _, bundle = made("acute-back-spasm.json")
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert kinds == SEVEN | {"MedicationRequest", "Device"}
    assert bundle["type"] == "collection"
    agents = [agent["who"]["reference"] for one in of_kind(bundle, "Provenance") for agent in one["agent"]]
    device = of_kind(bundle, "Device")[0]
    assert agents == [f"urn:uuid:{device['id']}"]
    told = {one["type"]["text"]: one["value"] for one in device["version"]}
    found = consult(ROOT / "examples" / "acute-back-spasm.json", on=ON)
    assert told["unclench"] == found.made_with.unclench
    assert found.made_with.edition in told["knowledge edition"]
    assert device["property"][0]["valueQuantity"][0]["value"] == found.made_with.seed
    covered = {one["reference"] for one in of_kind(bundle, "Provenance")[0]["target"]}
    assert covered == {one["fullUrl"] for one in bundle["entry"]} - {
        f"urn:uuid:{one['id']}" for kind in ("Provenance", "Device") for one in of_kind(bundle, kind)
    }


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_an_order_and_under_avoid_nothing_new_is_proposed(name, law):
    found, bundle = made(name, law)
    orders = of_kind(bundle, "MedicationRequest")
    assert {(one["status"], one["intent"]) for one in orders} <= {("draft", "proposal")}
    assert {(one["status"], one["intent"]) for one in of_kind(bundle, "CarePlan")} <= {("draft", "proposal")}
    assert all(one["dispenseRequest"]["numberOfRepeatsAllowed"] == 0 for one in orders)
    assert {one["status"] for one in of_kind(bundle, "DetectedIssue")} <= {"preliminary"}
    taper_days = bool(found.plan.taper and found.plan.taper.days)
    assert len(orders) == (found.plan.regimen is not None) + taper_days
    if found.appraisal.verdict is Verdict.AVOID:
        assert found.plan.regimen is None
        assert all("ends diazepam that is taken now" in texts(one["note"]) for one in orders)
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] != "Provenance":
            assert "eviewed by a clinician" in texts(entry["resource"]) or entry["resource"]["resourceType"] in (
                "DetectedIssue",
            )


def test_findings_that_tell_become_issues_and_what_is_not_known_does_not():
    found, bundle = made("with-opioid.yaml")
    issues = of_kind(bundle, "DetectedIssue")
    codes = {one["code"] for issue in issues for one in issue["code"]["coding"]}
    assert "INT-01" in codes
    opioid = next(issue for issue in issues if "INT-01" in texts(issue["code"]))
    assert opioid["severity"] == "high"
    assert {one["code"] for one in opioid["code"]["coding"]} >= {"DRG", "INT-01"}
    assert opioid["identifiedDateTime"] == ON.isoformat()
    assert opioid["reference"].startswith("http")
    notes = {one.rule for one in found.appraisal.findings if one.effect == "note"}
    heads = {issue["code"]["coding"][-1]["code"] for issue in issues if len(issue["code"]["coding"]) == 1}
    assert not heads & notes
    unknown = {one.rule for one in found.appraisal.findings if one.answer == "cannot-say"}
    known = {one.rule for one in found.appraisal.findings if one.answer == "yes"}
    assert not (codes & (unknown - known))


def test_evidence_leads_into_the_record_and_nowhere_else():
    _, bundle = made("cirrhosis.json")
    record = json.loads((ROOT / "examples" / "cirrhosis.json").read_text(encoding="utf-8"))
    there = {f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in record["entry"]}
    found = {
        detail["reference"]
        for issue in of_kind(bundle, "DetectedIssue")
        for one in issue["evidence"]
        for detail in one.get("detail", [])
    }
    assert found
    assert found <= there


def test_a_chance_is_given_only_where_the_model_gives_one_and_with_its_interval():
    for name in ("acute-back-spasm.json", "diazepam-14-months.json"):
        found, bundle = made(name)
        numbers = {one.id: one for one in found.effects.numbers} if found.effects else {}
        for risk in of_kind(bundle, "RiskAssessment"):
            assert "probabilityDecimal" not in json.dumps(risk)
            for one in risk["prediction"]:
                key = one["outcome"].get("coding", [{"code": ""}])[0]["code"]
                low = one["probabilityRange"].get("low", {}).get("value")
                high = one["probabilityRange"].get("high", {}).get("value")
                assert (low is not None) == (key in CHANCES), key
                if low is not None:
                    assert low == pytest.approx(numbers[key].low, rel=0.05)
                    assert high == pytest.approx(numbers[key].high, rel=0.05)
                    assert low <= high <= 100
            said = texts(risk).lower()
            assert "success" not in said
            assert "withdrawal drive" not in said


def test_no_forecast_of_seizures_is_made():
    words = yaml.safe_dump(
        {
            "patient": {"age": 45, "sex": "female"},
            "problems": ["muscle spasm of the back", "epilepsy"],
            "medications": ["diazepam 10 mg three times a day, since 2025-01-01"],
            "request": "stop diazepam now",
        }
    )
    bundle = json.loads(to_fhir(consult(words.encode(), on=ON)))
    risks = of_kind(bundle, "RiskAssessment")
    assert any("Dependence" in risk["code"]["text"] for risk in risks)
    outcomes = {one["outcome"]["text"].lower() for risk in risks for one in risk["prediction"]}
    assert not any("seizure" in outcome for outcome in outcomes)


def test_what_is_missing_is_asked_for_and_is_no_direction():
    found, bundle = made("acute-back-spasm.json")
    verdict = of_kind(bundle, "GuidanceResponse")[0]
    wanted = [one["codeFilter"][0]["code"][0]["code"] for one in verdict["dataRequirement"]]
    assert wanted == [one.id for one in found.appraisal.questions if one.changes_verdict]
    assert verdict["status"] == "data-requested"
    inside = {one["id"]: one for one in verdict["contained"]}
    answer = {one["name"]: one for one in inside["answer"]["parameter"]}
    assert answer["verdict"]["valueCoding"]["code"] == found.appraisal.verdict
    assert all(issue["details"]["text"].startswith("Not known: ") for issue in inside["missing"]["issue"])


def test_the_report_inside_is_the_page_itself():
    from unclench.report.html import to_html

    found, bundle = made("pregnant.yaml", "uk")
    attachment = of_kind(bundle, "DocumentReference")[0]["content"][0]["attachment"]
    page = base64.b64decode(attachment["data"])
    assert page == to_html(found).encode()
    assert attachment["size"] == len(page)
    assert attachment["language"] == "en-GB"


def test_the_same_input_gives_the_same_bytes_and_another_patient_other_names():
    record = ROOT / "examples" / "acute-back-spasm.json"
    first, again = (to_fhir(consult(record, on=ON)) for _ in range(2))
    assert first == again
    other = record.read_text(encoding="utf-8").replace("example-", "another-")
    moved = json.loads(to_fhir(consult(other.encode(), on=ON)))
    assert not {one["fullUrl"] for one in moved["entry"]} & {one["fullUrl"] for one in json.loads(first)["entry"]}


def test_the_patient_is_a_reference_and_never_a_name():
    record = json.loads((ROOT / "examples" / "acute-back-spasm.json").read_text(encoding="utf-8"))
    for entry in record["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["resource"]["name"] = [{"family": "PLANTED-NAME"}]
            entry["resource"]["identifier"] = [{"value": "PLANTED-NUMBER"}]
            ref = f"Patient/{entry['resource']['id']}"
    written = to_fhir(consult(json.dumps(record).encode(), on=ON))
    bundle = json.loads(written)
    page = base64.b64decode(of_kind(bundle, "DocumentReference")[0]["content"][0]["attachment"]["data"])
    assert b"PLANTED" not in written + page
    subjects = [one["resource"].get("subject") or one["resource"].get("patient") for one in bundle["entry"]]
    assert [one for one in subjects if one] == [{"reference": ref}] * sum(bool(one) for one in subjects)


@pytest.mark.parametrize("law", LAWS)
def test_a_taper_gives_every_day_its_dose_and_only_its_first_supply(law):
    found = taper(ROOT / "examples" / "diazepam-14-months.json", on=ON, jurisdiction=law)
    order = of_kind(json.loads(taper_fhir(found)), "MedicationRequest")[0]
    planned = {day.on: day.mg for day in found.taper.days if day.mg}
    assert mg_by_day(order) == planned
    sequences = [one["sequence"] for one in order["dosageInstruction"]]
    assert sequences == sorted(sequences)
    first = found.taper.supply.prescriptions[0]
    supply = order["dispenseRequest"]
    assert supply["validityPeriod"] == {"start": first.from_on.isoformat(), "end": first.to_on.isoformat()}
    assert supply["expectedSupplyDuration"]["value"] == (first.to_on - first.from_on).days + 1
    mg = sum(line.strength_mg * line.count for line in first.lines)
    counts = {"mg": mg, "{tablet}": first.lines[0].count, "mL": first.lines[0].count}
    assert supply["quantity"]["value"] == float(counts[supply["quantity"]["code"]])


def mg_by_day(order: Json) -> dict[date, Decimal]:
    """Doses as another program would count them: by period, times of day and amount."""
    out: dict[date, Decimal] = {}
    for one in order["dosageInstruction"]:
        repeat = one["timing"]["repeat"]
        times = len(repeat["timeOfDay"]) if "timeOfDay" in repeat else repeat["frequency"]
        on, end = (date.fromisoformat(repeat["boundsPeriod"][name]) for name in ("start", "end"))
        while on <= end:
            out[on] = out.get(on, Decimal(0)) + Decimal(str(one["doseAndRate"][0]["doseQuantity"]["value"])) * times
            on += timedelta(days=1)
    return out


def test_left_to_a_specialist_there_is_no_schedule_but_what_to_do_meanwhile():
    bundle = json.loads(taper_fhir(of_taper(taper_factory.held())))
    assert of_kind(bundle, "MedicationRequest") == []
    assert "Continue the present dose until seen" in texts(of_kind(bundle, "CarePlan"))


def test_a_switch_says_both_medicines_in_the_plan():
    bundle = json.loads(taper_fhir(of_taper(taper_factory.with_switch())))
    said = texts(of_kind(bundle, "CarePlan"))
    assert "mg of lorazepam" in said
    assert "lorazepam" in texts(of_kind(bundle, "MedicationRequest")[0]["note"])


def test_the_law_of_the_land_is_named_and_codes_the_product():
    us, uk = (of_kind(made("acute-back-spasm.yaml", law)[1], "MedicationRequest")[0] for law in LAWS)
    assert us["medicationCodeableConcept"]["coding"][0]["system"].endswith("rxnorm")
    assert uk["medicationCodeableConcept"]["coding"][0] == {
        "system": "http://www.whocc.no/atc",
        "code": "N05BA01",
        "display": "diazepam",
    }
    assert Jurisdiction.UK in texts(of_kind(made("acute-back-spasm.yaml", "uk")[1], "GuidanceResponse"))


def test_the_command_line_writes_the_same_bytes_and_guards_its_targets(tmp_path):
    record, target = ROOT / "examples" / "ms-spasticity.json", tmp_path / "answer.json"
    run, on = CliRunner(), ("--on", ON.isoformat())
    done = run.invoke(app, ["consult", str(record), *on, "--fhir", str(target)])
    assert done.exit_code == 0, done.output
    assert target.read_bytes() == to_fhir(made("ms-spasticity.json")[0])
    told = run.invoke(app, ["taper", str(record), *on, "--fhir", "-"])
    assert told.stdout_bytes == taper_fhir(taper(record, on=ON))
    for verb in ("consult", "taper"):
        for targets in (("--json", str(target), "--fhir", str(target)), ("--fhir", str(record)), ("--fhir", "")):
            assert run.invoke(app, [verb, str(record), *on, *targets]).exit_code == 2
