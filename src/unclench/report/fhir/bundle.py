"""A consultation, or a taper, as one Bundle of FHIR R4. The same input gives the same bytes."""

from __future__ import annotations

import msgspec

from unclench.appraisal.findings import Appraisal
from unclench.consult import Consultation, Tapering
from unclench.knowledge import knowledge
from unclench.planning.taper_plan import Taper
from unclench.report import wording as words
from unclench.report.basis import facts_used, limits, sources_of, sources_used, taper_facts, taper_limits
from unclench.report.fhir.careplans import KIND as PLAN
from unclench.report.fhir.careplans import care_plan
from unclench.report.fhir.documents import device, document, provenance
from unclench.report.fhir.guidance import conditions, guidance
from unclench.report.fhir.issues import issues
from unclench.report.fhir.orders import Reasons, medication_request
from unclench.report.fhir.parts import Json, reference
from unclench.report.fhir.risks import dependence_risk, effects_risk
from unclench.report.fhir.scene import Scene, entries, scene
from unclench.report.fhir.tapers import taper_request
from unclench.report.html import to_html
from unclench.report.taper_page import taper_html

ORDER, PROPOSED = "MedicationRequest", "proposed"
TAPER_MODULE = "urn:unclench:taper"


def to_fhir(consultation: Consultation) -> bytes:
    """Proposal, findings, risks, verdict, plan, report and provenance of one consultation."""
    appraisal, plan = consultation.appraisal, consultation.plan
    html = to_html(consultation).encode("utf-8")
    here = scene(appraisal, consultation.patient.ref, entries(consultation), html, consultation.made_with)
    taper = plan.taper
    orders = [made for made in (_proposal(here, consultation), _taper(here, appraisal, taper)) if made is not None]
    links = [_link(made) for made in orders]
    found = issues(here, appraisal, plan, _implicated(here, appraisal, links))
    doing = " ".join(plan.instead[:1]) or plan.words
    risks = [effects_risk(here, consultation), dependence_risk(here, appraisal, taper, doing)]
    support = [*found, *(risk for risk in risks if risk is not None)]
    todo = care_plan(here, appraisal, plan, taper, links, [_link(made) for made in support])
    verdict = guidance(here, appraisal, result=here.link(PLAN) if todo is not None else None)
    made = [*orders, *support, verdict, *([todo] if todo is not None else [])]
    made.append(document(here, html, knowledge().say("FHIR-DOCUMENT"), [_link(one) for one in made]))
    facts = facts_used(consultation)
    origin = provenance(
        here,
        [_link(one) for one in made],
        facts,
        sources_used(facts, consultation),
        consultation.patient.source,
        limits(consultation),
    )
    return _bundle(here, [*made, origin, device(here)])


def taper_fhir(tapering: Tapering) -> bytes:
    """The taper as a proposal with every dose in sequence, what is known of dependence, the plan and the page."""
    appraisal, taper, made_with = tapering.appraisal, tapering.taper, tapering.made_with
    html = taper_html(taper, on=appraisal.on, jurisdiction=appraisal.jurisdiction, made_with=made_with).encode("utf-8")
    asked = (appraisal.request.ref,) if appraisal.request is not None else ()
    known = (*asked, *(ref for medicine in appraisal.medicines for ref in medicine.refs))
    here = scene(appraisal, appraisal.patient_ref, known, html, made_with)
    order = _taper(here, appraisal, taper)
    links = [_link(order)] if order is not None else []
    found = issues(here, appraisal, None, _implicated(here, appraisal, links))
    risk = dependence_risk(here, appraisal, taper, taper.hold)
    support = [*found, *([risk] if risk is not None else [])]
    todo = care_plan(here, appraisal, None, taper, links, [_link(made) for made in support])
    verdict = guidance(here, appraisal, TAPER_MODULE, here.link(PLAN) if todo is not None else None)
    made = [*([order] if order is not None else []), *support, verdict, *([todo] if todo is not None else [])]
    made.append(document(here, html, knowledge().say("FHIR-TAPER-DOCUMENT"), [_link(one) for one in made]))
    facts = taper_facts(taper)
    origin = provenance(
        here,
        [_link(one) for one in made],
        facts,
        sources_of(facts),
        "",
        taper_limits(taper, appraisal.on, made_with),
    )
    return _bundle(here, [*made, origin, device(here)])


def _proposal(here: Scene, consultation: Consultation) -> Json | None:
    """What to prescribe: nothing under *avoid*, where the plan has no regimen."""
    plan, appraisal = consultation.plan, consultation.appraisal
    if plan.regimen is None:
        return None
    return medication_request(
        plan.regimen,
        jurisdiction=appraisal.jurisdiction,
        subject=here.subject,
        ident=here.ident(ORDER, PROPOSED),
        supply=plan.supply,
        reason=_reasons(appraisal),
        rules=plan.chosen.candidate.rules if plan.chosen is not None else (),
        notes=(words.capital(plan.heading or appraisal.regimen_heading), *conditions(appraisal)),
    )


def _taper(here: Scene, appraisal: Appraisal, taper: Taper | None) -> Json | None:
    return taper_request(here, taper, _reasons(appraisal)) if taper is not None else None


def _reasons(appraisal: Appraisal) -> Reasons:
    asked = appraisal.request.reasons if appraisal.request is not None else ()
    return asked or (((), appraisal.indication.name),)


def _implicated(here: Scene, appraisal: Appraisal, proposals: list[Json]) -> list[Json]:
    """The order that is asked about, where the record holds it; else what is proposed in its place."""
    asked = appraisal.request.ref if appraisal.request is not None else ""
    return [{"reference": asked}] if asked in here.record else proposals


def _link(resource: Json) -> Json:
    return reference(f"urn:uuid:{resource['id']}", resource["resourceType"])


def _bundle(here: Scene, resources: list[Json]) -> bytes:
    made = {
        "resourceType": "Bundle",
        "id": here.ident("Bundle"),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{here.ident('Bundle')}"},
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
