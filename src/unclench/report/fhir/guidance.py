"""The verdict as a GuidanceResponse: what was answered, on what condition, and what is still missing."""

from __future__ import annotations

from unclench.appraisal.findings import Appraisal, Asked
from unclench.knowledge import knowledge
from unclench.report import wording as words
from unclench.report.fhir.narrative import narrative
from unclench.report.fhir.parts import Json, coding, concept, filled, recorded, remarks
from unclench.report.fhir.scene import DEVICE, QUESTION, VERDICT, Scene
from unclench.report.merge import merged
from unclench.values import Answer

KIND = "GuidanceResponse"
MODULE = "urn:unclench:consultation"
# Where an answer to a question would stand in a record.
HOLDERS = {"other-medicines": "MedicationStatement", "risk": "Condition", "indication": "Condition"}
ELSEWHERE = "Observation"
ANSWER, MISSING = "answer", "missing"


def guidance(scene: Scene, appraisal: Appraisal, module: str = MODULE, result: Json | None = None) -> Json:
    """`result`: the CarePlan, where there is one."""
    asked = [one for one in appraisal.questions if one.changes_verdict] if appraisal.verdict is not None else []
    missing = _missing(appraisal)
    verdict = words.VERDICTS[appraisal.verdict]
    say = knowledge().say
    because = (line for line in appraisal.verdict_because if line not in appraisal.provided_that)
    said = [f"{verdict}.", *because, *conditions(appraisal)]
    return filled(
        **scene.base(KIND),
        text=narrative(verdict, said[1:], (one.ask for one in asked), say("FHIR-GUIDANCE")),
        contained=[_answer(appraisal), *([_outcome(missing)] if missing else [])],
        moduleUri=module,
        status="data-requested" if asked else "success",
        subject=scene.subject,
        occurrenceDateTime=scene.day(),
        performer=scene.link(DEVICE),
        reasonCode=_reasons(appraisal),
        note=remarks((*said, say("FHIR-GUIDANCE"))),
        evaluationMessage=[{"reference": f"#{MISSING}"}] if missing else None,
        outputParameters={"reference": f"#{ANSWER}"},
        result=result,
        dataRequirement=[_requirement(one) for one in asked],
    )


def conditions(appraisal: Appraisal) -> list[str]:
    """What must be ruled out for the verdict to hold."""
    return [knowledge().say("FHIR-PROVIDED", what=text) for text in appraisal.provided_that]


def _reasons(appraisal: Appraisal) -> list[Json]:
    """What diazepam is wanted for: the reasons of the request, or else what was found."""
    asked = appraisal.request.reasons if appraisal.request is not None else ()
    found = [made for codes, text in asked if (made := recorded(codes, text))]
    name = words.clean(appraisal.indication.name) if appraisal.indication.answer is Answer.YES else ""
    return found or ([concept([], name)] if name else [])


def _missing(appraisal: Appraisal) -> list[Json]:
    """Each thing that could not be answered, as an issue with what it bears on."""
    if appraisal.verdict is None:
        return []
    return [
        filled(
            severity="warning",
            code="incomplete",
            details=concept([], knowledge().say("FHIR-NOT-KNOWN", what=one.title, say=one.say)),
            diagnostics=words.clean(f"{one.rule}: {'; '.join(one.because)}".rstrip(": ")),
        )
        for one in merged(appraisal.findings)
        if one.answer is Answer.CANNOT_SAY
    ]


def _outcome(issues: list[Json]) -> Json:
    return {"resourceType": "OperationOutcome", "id": MISSING, "issue": issues}


def _answer(appraisal: Appraisal) -> Json:
    """The verdict for programs. None due is said with its own word."""
    told: list[Json] = [
        {"name": "verdict", "valueCoding": _verdict(appraisal.verdict.value if appraisal.verdict else "none-due")},
        {"name": "jurisdiction", "valueCode": appraisal.jurisdiction.value},
        {"name": "purpose", "valueCode": appraisal.purpose},
    ]
    told += [
        {
            "name": "conditional-on",
            "part": [
                {"name": "question", "valueCoding": coding(QUESTION, one.question)},
                {"name": "if", "valueString": one.if_answer},
                {"name": "verdict", "valueCoding": _verdict(one.verdict.value)},
            ],
        }
        for one in appraisal.conditional_on
        if one.if_answer
    ]
    return {"resourceType": "Parameters", "id": ANSWER, "parameter": told}


def _verdict(code: str) -> Json:
    return coding(VERDICT, code)


def _requirement(one: Asked) -> Json:
    """An answer that could change the verdict, and the kind of resource that would hold it."""
    area = knowledge().get("questions", one.id).area
    return {
        "type": HOLDERS.get(area, ELSEWHERE),
        "codeFilter": [{"path": "code", "code": [coding(QUESTION, one.id, one.ask)]}],
    }
