"""Findings that tell, one DetectedIssue for each cause."""

from __future__ import annotations

from unclench.appraisal.findings import Appraisal
from unclench.knowledge import knowledge
from unclench.planning.plan import Plan
from unclench.report import wording as words
from unclench.report.fhir.narrative import narrative
from unclench.report.fhir.parts import Json, coding, concept, filled, is_uri
from unclench.report.fhir.scene import DEVICE, RULE, Scene
from unclench.report.merge import Merged, merged
from unclench.values import Answer, Severity, Standing

KIND = "DetectedIssue"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
# Categories of HL7, where one says the same as the stage of a rule; other stages have the rule alone.
CATEGORIES = {
    "interaction": ("DRG", "Drug Interaction Alert"),
    "contraindication": ("OBSA", "Observation Alert"),
    "population": ("OBSA", "Observation Alert"),
    "precaution": ("OBSA", "Observation Alert"),
    "dosing": ("DOSE", "Dosage problem"),
}
SEVERITIES = {
    Severity.CONTRAINDICATED: "high",
    Severity.AVOID: "high",
    Severity.MAJOR: "high",
    Severity.REQUIRED: "moderate",
    Severity.CAUTION: "moderate",
    Severity.INFO: "low",
}


def telling(appraisal: Appraisal) -> tuple[Merged, ...]:
    """What is known and bears on the verdict. Notes, and what is not known, stand elsewhere."""
    if appraisal.verdict is None:
        return ()
    return tuple(one for one in merged(appraisal.findings) if one.answer is Answer.YES and not one.is_note)


def issues(scene: Scene, appraisal: Appraisal, plan: Plan | None, implicated: list[Json]) -> list[Json]:
    """`implicated`: the requests that the findings are about."""
    stages = {finding.rule: finding.stage for finding in appraisal.findings}
    return [_issue(scene, one, stages.get(one.rule, ""), plan, implicated) for one in telling(appraisal)]


def _issue(scene: Scene, one: Merged, stage: str, plan: Plan | None, implicated: list[Json]) -> Json:
    said = f"{words.UNCONFIRMED} {one.say}" if one.standing is Standing.UNVERIFIED else one.say
    rules = (one.rule, *one.others)
    category = CATEGORIES.get(stage)
    codes = [coding(ACT_CODE, *category)] if category else []
    return filled(
        **scene.base(KIND, one.rule),
        text=narrative(
            f"{one.title} ({words.SEVERITIES[one.severity]}, {words.EFFECTS[one.effect]})",
            said,
            one.because,
            f"{', '.join(rules)}. {_source(one.source)}. {_standing(one)}",
        ),
        status="preliminary",
        code=concept([*codes, *(coding(RULE, rule) for rule in rules)], one.title),
        severity=SEVERITIES[one.severity],
        patient=scene.subject,
        identifiedDateTime=scene.day(),
        author=scene.link(DEVICE),
        implicated=implicated,
        evidence=_evidence(scene, one),
        detail=words.clean(said),
        reference=_address(one.source),
        mitigation=_mitigation(plan, rules),
    )


def _evidence(scene: Scene, one: Merged) -> list[Json]:
    return [
        filled(code=[concept([], sentence)] if words.clean(sentence) else [], detail=scene.evidence((sentence,)))
        for sentence in one.because
        if words.clean(sentence)
    ]


def _source(key: str) -> str:
    return knowledge().get("sources", key).title if knowledge().has("sources", key) else key


def _address(key: str) -> str | None:
    """Where the source can be read, if it has one address."""
    address = knowledge().get("sources", key).address if knowledge().has("sources", key) else ""
    return address if is_uri(address) else None


def _standing(one: Merged) -> str:
    return words.capital(words.STANDINGS[one.standing])


def _mitigation(plan: Plan | None, rules: tuple[str, ...]) -> list[Json]:
    """What the plan proposes because of the same rules. Nothing has been done yet, which the words say."""
    if plan is None:
        return []
    say = knowledge().say
    done = [say("FHIR-WATCH", when=watch.when, what=watch.what) for watch in plan.monitoring if watch.rule in rules]
    if plan.chosen is not None and any(rule in plan.chosen.candidate.rules for rule in rules):
        done.append(say("FHIR-SHAPED", regimen=plan.words))
    return [{"action": concept([], text)} for text in done]
