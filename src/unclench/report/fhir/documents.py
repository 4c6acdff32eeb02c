"""Who made the answer, from what, and the report itself: Device, Provenance, DocumentReference."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1

from unclench.knowledge import knowledge
from unclench.knowledge.rows import Source
from unclench.report import wording as words
from unclench.report.fhir.narrative import narrative
from unclench.report.fhir.parts import Json, concept, filled, remarks
from unclench.report.fhir.scene import DEVICE, EDITION, FACT, SOURCE, Scene
from unclench.values import Jurisdiction

DOCUMENT, PROVENANCE = "DocumentReference", "Provenance"
PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
PROGRAM = "Unclench"


def device(scene: Scene) -> Json:
    """The software, as the author of everything here. No person is named: none has had a hand in it."""
    made = scene.made_with
    say = knowledge().say
    versions = [
        ("unclench", made.unclench),
        ("knowledge edition", f"{made.edition} ({made.edition_date.isoformat()})"),
        *sorted(made.python_packages),
    ]
    return filled(
        **scene.base(DEVICE),
        text=narrative(PROGRAM, (f"{name} {value}" for name, value in versions), say("FHIR-PROPOSAL")),
        deviceName=[{"name": PROGRAM, "type": "model-name"}],
        version=[{"type": concept([], name), "value": value} for name, value in versions],
        property=[{"type": concept([], "seed"), "valueQuantity": [{"value": made.seed}]}],
        note=remarks((say("FHIR-PROPOSAL"), *made.notes)),
    )


def document(scene: Scene, html: bytes, title: str, about: list[Json]) -> Json:
    """The report as a page, whole: what the resources leave out stands there."""
    return filled(
        **scene.base(DOCUMENT),
        text=narrative(title, knowledge().say("FHIR-PROPOSAL")),
        status="current",
        docStatus="preliminary",
        type=concept([], title),
        subject=scene.subject,
        author=[scene.link(DEVICE)],
        description=words.clean(f"{title}. {knowledge().say('FHIR-PROPOSAL')}"),
        content=[
            {
                "attachment": {
                    "contentType": "text/html",
                    "language": "en-GB" if scene.jurisdiction is Jurisdiction.UK else "en-US",
                    "data": b64encode(html).decode("ascii"),
                    "size": len(html),
                    # R4 asks for SHA-1. It finds damage; nothing is trusted because of it.
                    "hash": b64encode(sha1(html, usedforsecurity=False).digest()).decode("ascii"),
                    "title": title,
                    "creation": scene.day(),
                }
            }
        ],
        context=filled(related=about),
    )


def provenance(
    scene: Scene,
    targets: list[Json],
    facts: Iterable[str],
    sources: Iterable[Source],
    record: str,
    limits: Iterable[str],
) -> Json:
    """What everything here was made from. No clock is read: the day of the question stands for the moment."""
    made = scene.made_with
    agent = {
        "type": concept([{"system": PARTICIPANT, "code": "assembler", "display": "Assembler"}]),
        "who": scene.link(DEVICE),
    }
    edition = {
        "identifier": {"system": EDITION, "value": made.edition},
        "display": f"Knowledge edition {made.edition} of {made.edition_date.isoformat()}",
    }
    used = [edition, *(_source(row) for row in sources), *(_fact(key) for key in facts)]
    if words.clean(record):
        used.insert(0, {"display": words.clean(record)})
    return filled(
        **scene.base(PROVENANCE),
        text=narrative(knowledge().say("FHIR-PROVENANCE"), limits),
        target=targets,
        occurredDateTime=scene.day(),
        recorded=f"{scene.day()}T00:00:00Z",
        agent=[agent],
        entity=[{"role": "source", "what": what} for what in used],
    )


def _source(row: Source) -> Json:
    return filled(identifier={"system": SOURCE, "value": row.id}, display=words.clean(row.title))


def _fact(key: str) -> Json:
    return {"identifier": {"system": FACT, "value": key}}
