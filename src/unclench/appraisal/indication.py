"""What is being treated. The entities are kept apart: spasm, spasticity, sciatica, cramp, chronic back pain... (A1)."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.appraisal.findings import Indication
from unclench.appraisal.lookup import Seen, conditions, holds_now, known, last_noted, recently_recorded
from unclench.appraisal.situation import CANNOT_SAY, YES, Situation
from unclench.values import Answer

NAMES = {
    "acute-spasm": "acute muscle spasm",
    "low-back-pain-without-spasm": "pain without spasm",
    "chronic-low-back-pain": "chronic back pain",
    "sciatica": "sciatica",
    "spasticity": "spasticity",
    "stiff-person": "stiff-person syndrome",
    "athetosis": "athetosis",
    "tetanus": "tetanus",
    "cramp": "cramp at rest or at night",
    "drug-induced-dystonia": "dystonia caused by a medicine",
    "outside-scope": "a use outside muscle spasm",
    "unknown": "not recorded",
}
CAUSES = {
    "multiple_sclerosis": "multiple sclerosis",
    "cerebral_palsy": "cerebral palsy",
    "spinal_cord_injury": "spinal cord injury",
    "motor_neurone_disease": "motor neurone disease",
    "stroke": "stroke",
    "brain_injury": "brain injury",
    "paralysis": "paralysis",
}
BACK = frozenset({"low_back_pain", "chronic_back_pain", "sciatica"})
OUTSIDE = frozenset({"anxiety", "insomnia", "epilepsy", "alcohol_withdrawal"})
MUSCLE = frozenset(
    {"muscle_spasm", "spasticity", "strain", "low_back_pain", "neck_pain", "muscle_pain", "stiff_person", "athetosis"}
    | {"cramp_or_spasm", "cramp", "sciatica", "chronic_back_pain", "spasticity_cause"}
)
DIRECT = (
    ("tetanus", "tetanus"),
    ("drug_induced_dystonia", "drug-induced-dystonia"),
    ("stiff_person", "stiff-person"),
    ("athetosis", "athetosis"),
)
SPASM_OR_NOT = ("acute-spasm", "low-back-pain-without-spasm")


@dataclass(frozen=True, slots=True)
class Clues:
    """Groups that speak for an indication, the words for each, and how many days ago the episode began."""

    words: dict[str, str]
    onset_days: float | None
    onset_stated: bool

    def has(self, *groups: str) -> bool:
        return any(group in self.words for group in groups)

    def because(self, *groups: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.words[group] for group in groups if group in self.words))


def requested_for(situation: Situation) -> dict[str, str]:
    """Groups named as the reason of the request, its dosage text included ("prn anxiety")."""
    request = situation.request
    if request is None:
        return {}
    found: dict[str, str] = {}
    texts = [*request.reasons, ((), request.dosage.text)]
    for codes, text in texts:
        for group in known("condition", codes, text).groups & (MUSCLE | OUTSIDE | set(CAUSES) | {"tetanus"}):
            found.setdefault(group, f"asked for: {text or 'coded reason'} ({request.ref})")
    return found


def spans(seen: Seen, situation: Situation) -> bool:
    """Whether a problem entry is recent enough to speak of the present episode. Lasting disease always is."""
    if not seen.recognition.groups & {"muscle_spasm", "strain", "low_back_pain", "neck_pain", "muscle_pain", "cramp",
                                      "cramp_or_spasm"}:  # fmt: skip
        return True
    if "chronic_back_pain" in seen.recognition.groups:
        return True
    noted = last_noted(seen.entry)
    return noted is None or (situation.on - noted).days <= situation.limit_of("SPASM-ENTRY-DAYS", "d")


def clues(situation: Situation) -> Clues:
    words: dict[str, str] = requested_for(situation)
    began: list[float] = []
    for seen in conditions(situation):
        groups = seen.recognition.groups & (
            MUSCLE | set(CAUSES) | {"tetanus", "drug_induced_dystonia", "chronic_back_pain"}
        )
        if not groups or not holds_now(situation, seen) or seen.recognition.hedged or not spans(seen, situation):
            continue
        for group in groups:
            words.setdefault(group, seen.words)
        start = seen.entry.began or seen.entry.recorded
        if start is not None and groups & {"muscle_spasm", "low_back_pain", "strain", "neck_pain"}:
            began.append((situation.on - start.first).days)
    stated = situation.stated_number("onset-days")
    # The oldest entry: a problem of this kind that is still there began then.
    onset = stated if stated is not None else max(began, default=None)
    return Clues(words, onset, stated is not None)


def named(entity: str, answer: Answer, because: tuple[str, ...], **more: object) -> Indication:
    return Indication(entity, NAMES[entity], answer, because, **more)  # type: ignore[arg-type]


def region(found: Clues) -> str:
    if found.has(*BACK):
        return "back"
    if found.has("neck_pain"):
        return "neck"
    text = " ".join(found.words.values()).casefold()
    if any(part in text for part in ("back", "lumb", "spin")):
        return "back"
    if any(part in text for part in ("neck", "cervic", "trapez")):
        return "neck"
    limbs = ("leg", "calf", "arm", "shoulder", "thigh", "hamstring", "knee", "ankle", "wrist", "elbow", "foot", "hand")
    return "limb" if any(part in text for part in limbs) else ""


def outside_scope(situation: Situation, found: Clues) -> Indication | None:
    said = situation.stated("purpose")
    if said in ("sleep", "anxiety", "seizures", "alcohol-withdrawal"):
        return named("outside-scope", YES, (f"stated: purpose = {said}",))
    reasons = requested_for(situation)
    if reasons and set(reasons) & OUTSIDE and not set(reasons) & MUSCLE:
        return named("outside-scope", YES, tuple(dict.fromkeys(reasons.values())))
    return None


def spastic(situation: Situation, found: Clues) -> Indication | None:
    cause = next((name for group, name in CAUSES.items() if found.has(group)), "")
    tone = situation.stated("tone")
    where = {"cause": cause}
    if tone == "yes" or found.has("spasticity"):
        because = ("stated: tone = yes",) if tone == "yes" else found.because("spasticity")
        return named("spasticity", YES, because + found.because(*CAUSES), **where)
    if tone == "no":
        return None
    if situation.stated("purpose") == "spasticity":
        return named(
            "spasticity",
            CANNOT_SAY,
            ("stated: purpose = spasticity",),
            missing=("tone",),
            possible=("spasticity",),
            **where,
        )
    spasm_elsewhere = (
        found.has("muscle_spasm", "low_back_pain", "strain", "neck_pain") or situation.stated("spasm") == "yes"
    )
    if found.has("spasticity_cause", *CAUSES) and not spasm_elsewhere:
        because = (*found.because("spasticity_cause", *CAUSES), "a possible cause of spasticity, not spasticity itself")
        return named("spasticity", CANNOT_SAY, because, missing=("tone",), possible=("spasticity",), **where)
    return None


PAINFUL = ("muscle_spasm", "strain", "low_back_pain", "neck_pain", "muscle_pain", "chronic_back_pain", "cramp_or_spasm")


def painful(situation: Situation, found: Clues) -> Indication:
    """Spasm, back pain, cramp, or nothing known."""
    said = situation.stated("spasm")
    has_spasm = said == "yes" or (said is None and found.has("muscle_spasm"))
    cramp = situation.stated("cramp")
    if cramp == "yes" or (found.has("cramp") and not has_spasm and cramp is None):
        return named("cramp", YES, found.because("cramp") or ("stated: cramp = yes",), body_region=region(found))
    if has_spasm or found.has(*PAINFUL):
        return episode(situation, found, has_spasm)
    if said == "no":
        return named("unknown", YES, ("stated: spasm = no",), missing=("purpose",))
    nothing = ("nothing recorded or stated shows what is treated",)
    return named("unknown", CANNOT_SAY, nothing, missing=("spasm", "tone", "purpose"))


def episode(situation: Situation, found: Clues, has_spasm: bool) -> Indication:
    """Acute spasm, chronic pain or pain without spasm, by how long it has lasted and whether spasm is there."""
    said = situation.stated("spasm")
    place = region(found)
    because = (() if said is None else (f"stated: spasm = {said}",)) + found.because(*PAINFUL)
    cause = "strain" if found.has("strain") else ""

    def of(entity: str, answer: Answer, missing: tuple[str, ...] = (), possible: tuple[str, ...] = ()) -> Indication:
        return Indication(entity, NAMES[entity], answer, because, missing, place, cause, possible)

    if found.has("chronic_back_pain") and not has_spasm:
        return of("chronic-low-back-pain", YES)
    long = found.onset_days is not None and found.onset_days >= situation.limit_of("CHRONIC-DAYS", "d")
    if long and place != "limb":
        if found.onset_stated or said is not None:
            return of("chronic-low-back-pain", YES)
        return of("chronic-low-back-pain", CANNOT_SAY, ("onset-days",), ("chronic-low-back-pain", *SPASM_OR_NOT))
    if said == "no":
        return of("low-back-pain-without-spasm", YES)
    if not has_spasm:
        return of("acute-spasm", CANNOT_SAY, ("spasm",), SPASM_OR_NOT)
    if found.onset_days is None:
        return of("acute-spasm", CANNOT_SAY, ("onset-days",), ("acute-spasm", "chronic-low-back-pain"))
    return of("acute-spasm", YES)


def find_indication(situation: Situation) -> Indication:
    """The one thing being treated, in a fixed order: what is most specific or most dangerous first."""
    found = clues(situation)
    for group, entity in DIRECT:
        if found.has(group):
            return named(entity, YES, found.because(group))
    outside = outside_scope(situation, found)
    if outside is not None:
        return outside
    denied = situation.stated("leg-pain") == "no"
    recorded = recently_recorded(situation, "sciatica") if denied else ()
    if situation.stated("leg-pain") == "yes" or recorded or (found.has("sciatica") and not denied):
        because = found.because("sciatica") or ("stated: leg-pain = yes",)
        because += ("stated: leg-pain = no, which the record contradicts",) if recorded else ()
        return named("sciatica", YES, because, body_region="back")
    return spastic(situation, found) or painful(situation, found)
