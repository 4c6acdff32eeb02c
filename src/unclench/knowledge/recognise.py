"""What an entry of a record is: its condition groups, its drugs and their tags, and what it could still bear on.

An entry is understood when its code or its text says what it is. What is not understood could bear on everything that
matters; `could_bear_on` names it, so that a question about it is answered cannot-say and never no.

Rows of `codes` and `terms` place entries in groups. The group "nothing" is understood and bears on no rule; a group
that starts with "?" is what the entry could bear on; "tag:opioid" gives a medicine a tag; "neutral" words say nothing
alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from unclench.knowledge.indexes import Lexicon, codes_index, drug_tags, lexicon, rxnorm_index
from unclench.knowledge.medicines import Medicine, read_medicine
from unclench.knowledge.wording import TEXT_LIMIT, Words, clauses, context

REMEMBERED = 4096  # entries of records, some ten times what a large hospital list holds
MOST_CODES = 50  # of one entry that is remembered

NOTHING, NEUTRAL, MAYBE, TAG = "nothing", "neutral", "?", "tag:"

# Where a *no* needs every entry to be understood: contraindications, red flags, opioids, alcohol, pregnancy.
BEARING_CONDITIONS = frozenset(
    {"myasthenia_gravis", "sleep_apnoea", "angle_closure_glaucoma_acute", "severe_respiratory_insufficiency"}
    | {"severe_hepatic_insufficiency", "decompensated_liver", "benzodiazepine_allergy", "red_flag_spine", "pregnancy"}
    | {
        "breastfeeding",
        "alcohol_use_disorder",
        "unhealthy_alcohol_use",
        "substance_use_disorder",
        "opioid_use_disorder",
    }
    | {"intoxication", "suicidality"}
)
BEARING_MEDICINES = frozenset(
    {"opioid", "opioid_agonist_treatment", "sodium_oxybate", "alcohol_like", "benzodiazepine", "cns_depressant"}
    | {"cyp3a4_inhibitor_strong", "cyp2c19_inhibitor_strong", "hiv_protease_inhibitor"}
)
BEARING = {
    "condition": BEARING_CONDITIONS,
    "medicine": BEARING_MEDICINES,
    "allergy": frozenset({"benzodiazepine_allergy"}),
    "procedure": frozenset[str](),
}
# A general group says nothing beside a particular one.
SETTLED_BY = {
    "cramp_or_spasm": frozenset({"muscle_spasm", "cramp"}),
    "glaucoma_unspecified": frozenset(
        {"angle_closure_glaucoma_acute", "angle_closure_glaucoma_other", "open_angle_glaucoma"}
    ),
}
# "History of" these is still about today: they last, or their past is what counts.
LASTING = frozenset(
    {
        "ckd",
        "ischaemic_heart_disease",
        "heart_failure",
        "arrhythmia",
        "stroke",
        "brain_injury",
        "spasticity_cause",
        "diabetes",
    }
    | {
        "multiple_sclerosis",
        "cerebral_palsy",
        "spinal_cord_injury",
        "motor_neurone_disease",
        "copd",
        "asthma",
        "cirrhosis",
    }
    | {
        "dementia",
        "epilepsy",
        "falls",
        "hip_fracture",
        "osteoporosis",
        "sickle_cell",
        "alcohol_use_disorder",
        "long_qt",
    }
    | {"substance_use_disorder", "opioid_use_disorder", "benzodiazepine_dependence", "suicidality", "overdose_history"}
    | {"myasthenia_gravis", "sleep_apnoea", "angle_closure_glaucoma_other", "open_angle_glaucoma", "porphyria_acute"}
    | {"peptic_ulcer", "benzodiazepine_allergy", "parkinson", "severe_respiratory_insufficiency", "cancer", "psychosis"}
    | {"hepatic_disease_any", "severe_hepatic_insufficiency", "decompensated_liver", "home_oxygen", "hypertension"}
)
_ALLERGY_WORDS = frozenset(
    {"allergy", "allergic", "allergie", "hypersensitivity", "intolerance", "anaphylaxi", "anafylaxis"}
)
_ICD10CM = re.compile(r"[A-TV-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
_ATC = re.compile(r"[A-DGHJLMNPRSV]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")


@dataclass(frozen=True, slots=True)
class Recognition:
    """What one entry is. `could_bear_on`: groups and tags that it might still belong to.

    `hedged`: suspected, possible, to be ruled out. `history`: said to be past. A denied or family entry is understood
    and has no groups.
    """

    groups: frozenset[str] = frozenset()
    drugs: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    understood: bool = False
    could_bear_on: frozenset[str] = frozenset()
    hedged: bool = False
    history: bool = False


def recognise(kind: str, codes: tuple[tuple[str, str], ...], text: str) -> Recognition:
    """Recognise an entry. `kind`: condition | medicine | allergy | procedure; codes are (system, code) pairs.

    What was read last is remembered by its own words, apart from any person. Of a text that is longer than is compared,
    the rest could say anything: only a code can then make it understood.
    """
    if len(codes) > MOST_CODES:
        return _recognised(kind, codes, text[:TEXT_LIMIT])
    if len(text) <= TEXT_LIMIT:
        return _remembered(kind, codes, text)
    found = _remembered(kind, codes, text[:TEXT_LIMIT])
    if _remembered(kind, codes, "").understood:
        return found
    unread = BEARING.get(kind, BEARING_CONDITIONS) - found.groups - found.tags
    return replace(found, understood=False, could_bear_on=found.could_bear_on | unread)


def _recognised(kind: str, codes: tuple[tuple[str, str], ...], text: str) -> Recognition:
    by_code = _placed(_groups_of_codes(codes))
    if kind in ("medicine", "allergy"):
        return _with_drugs(kind, codes, by_code, text)
    return _with_groups(kind, by_code, text)


# Bounded, so that a service that runs for months neither fills its memory nor gathers what it was sent.
_remembered = lru_cache(maxsize=REMEMBERED)(_recognised)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Groups of several rows, sorted by what they mean."""

    groups: frozenset[str]
    tags: frozenset[str]
    maybe: frozenset[str]
    known: bool


def _placed(names: set[str]) -> _Placed:
    return _Placed(
        frozenset(name for name in names if name not in (NOTHING, NEUTRAL) and not name.startswith((MAYBE, TAG))),
        frozenset(name.removeprefix(TAG) for name in names if name.startswith(TAG)),
        frozenset(name.removeprefix(MAYBE) for name in names if name.startswith(MAYBE)),
        bool(names),
    )


def _groups_of_codes(codes: tuple[tuple[str, str], ...]) -> set[str]:
    """Groups of all codes. Well-formed ICD-10-CM and ATC codes are understood even when no row names them."""
    found: set[str] = set()
    exact, prefixes = codes_index()
    for system, raw in codes:
        code = raw.strip().upper()
        if system == "icd10cm":
            code = _dotted(code)
        found.update(exact.get((system, code), ()))
        if system not in prefixes:
            continue
        pattern = _ICD10CM if system == "icd10cm" else _ATC
        if pattern.fullmatch(code):
            found.update(_by_prefix(prefixes[system], code))
            found.add(NOTHING)
    return found


def _dotted(code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code


def _by_prefix(table: dict[str, tuple[str, ...]], code: str) -> set[str]:
    """Groups of every prefix, longest first; a prefix that means "nothing" hides the shorter ones."""
    found: set[str] = set()
    for length in range(len(code), 0, -1):
        groups = table.get(code[:length], ())
        found.update(group for group in groups if group != NOTHING)
        if NOTHING in groups:
            break
    return found


def _with_groups(kind: str, by_code: _Placed, text: str) -> Recognition:
    """A condition or procedure: the code says what it is, the text adds doubt, past and further groups."""
    words = clauses(text)
    said = context(words)
    by_text, complete = _read_groups(kind, words, said.denied)
    if kind == "condition" and not _ALLERGY_WORDS.isdisjoint(words.tokens):
        allergy = recognise("allergy", (), text)
        by_text = _Placed(
            by_text.groups | allergy.groups, by_text.tags, by_text.maybe, by_text.known or allergy.understood
        )
        complete = complete or allergy.understood
    # A risk of falling is itself what the rules ask about; any other mere risk is not the condition.
    only_risk = said.not_present and kind == "condition" and "falls" not in by_text.groups | by_code.groups
    denied_or_other = said.other_person or only_risk
    if by_code.known:
        doubt = said.doubted or denied_or_other or (bool(by_code.groups) and any(said.denied) and not by_text.groups)
        return Recognition(
            groups=_settled(by_code.groups | (frozenset() if denied_or_other else by_text.groups)),
            understood=True,
            could_bear_on=by_code.maybe - by_code.groups,
            hedged=doubt and bool(by_code.groups | by_text.groups),
            history=_is_past(said.past, by_code.groups | by_text.groups),
        )
    if denied_or_other and (by_text.known or complete):
        return Recognition(understood=True)
    maybe = by_text.maybe - by_text.groups
    understood = by_text.known and complete
    if not understood and not maybe:
        maybe = BEARING.get(kind, BEARING_CONDITIONS) - by_text.groups
    return Recognition(
        groups=_settled(by_text.groups),
        understood=understood,
        could_bear_on=maybe,
        hedged=said.doubted and bool(by_text.groups),
        history=_is_past(said.past, by_text.groups),
    )


def _settled(groups: frozenset[str]) -> frozenset[str]:
    return frozenset(group for group in groups if not SETTLED_BY.get(group, frozenset()) & groups)


def _is_past(said: bool, groups: frozenset[str]) -> bool:
    """Past, unless something named is lasting."""
    return said and not groups & LASTING


def _read_groups(kind: str, words: Words, denied: tuple[bool, ...]) -> tuple[_Placed, bool]:
    """Groups that the words name, and whether every clause says something known.

    A match inside a longer match does not count: *heat stroke* is not a stroke. A suspicious stem counts only where no
    known words cover it. What is denied is known, and names nothing.
    """
    table = lexicon(kind)
    matches = _longest(table.matches(words.tokens))
    covered = {index for match in matches if not match.suspicion for index in match.at}
    names: set[str] = set()
    for match in matches:
        if match.suspicion:
            if not covered.issuperset(match.at) and not any(denied[index] for index in match.at):
                names.add(match.group)
        else:
            names.add(NOTHING if denied[min(match.at)] else match.group)
    complete = bool(words.tokens) and _complete(table, words, covered)
    placed = _placed(names)
    return _Placed(placed.groups, placed.tags, placed.maybe, bool(covered)), complete


def _longest(matches: list[Lexicon.Match]) -> list[Lexicon.Match]:
    """Leave out every match that lies wholly inside a longer one."""
    known = [frozenset(match.at) for match in matches if not match.suspicion]
    return [match for match in matches if match.suspicion or not any(frozenset(match.at) < other for other in known)]


def _complete(table: Lexicon, words: Words, covered: set[int]) -> bool:
    """Every clause holds a known word, or only neutral ones."""
    clause_known: dict[int, bool] = {}
    clause_plain: dict[int, bool] = {}
    for index, token in enumerate(words.tokens):
        part = words.item[index]
        clause_known[part] = clause_known.get(part, False) or index in covered
        clause_plain[part] = clause_plain.get(part, True) and (token in table.neutral or token.isdigit())
    return all(clause_known[part] or clause_plain[part] for part in clause_known)


def _with_drugs(kind: str, codes: tuple[tuple[str, str], ...], by_code: _Placed, text: str) -> Recognition:
    """A medicine or an allergen: its drugs, by code and by every name in the text."""
    coded = tuple(drug for system, code in codes for drug in _drugs_of_code(system, code.strip().upper()))
    read: Medicine = read_medicine(text)
    drugs = tuple(dict.fromkeys(coded + read.drugs))
    tags = set(by_code.tags)
    for drug in drugs:
        tags |= drug_tags(drug)
    tags = read.by_route(tags)
    words = clauses(text)
    said = context(words)
    by_text, complete = _read_groups(kind, words, said.denied)
    tags |= by_text.tags
    groups = set(by_code.groups) | set(by_text.groups)
    if kind == "allergy" and "benzodiazepine" in tags:
        groups.add("benzodiazepine_allergy")
    understood = bool(coded) or by_code.known or (bool(read.drugs) and read.complete)
    understood = understood or (by_text.known and complete) or (bool(read.drugs) and bool(read.unknown) and complete)
    maybe = (by_code.maybe | by_text.maybe) - tags - groups
    if not understood and not maybe:
        maybe = BEARING[kind] - tags - groups
    return Recognition(
        frozenset(groups),
        drugs,
        frozenset(tags),
        understood,
        frozenset(maybe),
        said.doubted and bool(drugs or groups),
        said.past,
    )


def _drugs_of_code(system: str, code: str) -> tuple[str, ...]:
    if system == "rxnorm":
        return rxnorm_index().by_rxnorm.get(code, ())
    if system == "atc":
        return rxnorm_index().by_atc.get(code, ())
    if system == "snomed":
        return rxnorm_index().by_snomed.get(code, ())
    return ()
