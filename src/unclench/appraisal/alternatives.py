"""Every alternative appraised like diazepam itself: offer, caution, not for this patient, or cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from unclench.appraisal.findings import AlternativeAppraisal, Reply
from unclench.appraisal.situation import Situation, any_of, ask, evaluate
from unclench.knowledge.rows import Alternative, AlternativeCheck
from unclench.values import Answer, Standing

OFFER, CAUTION, NOT_SUITED, UNSURE = "offer", "caution", "not-for-this-patient", "cannot-say"
UNCONFIRMED = "Unconfirmed: check. "
AGAINST_IF = "Not known, and would speak against it:"
CARE_IF = "Not known, and would call for care:"
# What the record would call a trial of each kind.
NON_DRUG_TRIED = "therapy:non-drug"
NSAID_RULE, NSAID_TRIED = "ALT-07", "tag:nsaid"


@dataclass(frozen=True, slots=True)
class Checked:
    """One check with its answer."""

    row: AlternativeCheck
    reply: Reply

    @property
    def say(self) -> str:
        return UNCONFIRMED + self.row.say if self.row.standing is Standing.UNVERIFIED else self.row.say


def appraise_alternatives(situation: Situation) -> tuple[AlternativeAppraisal, ...]:
    """All alternatives that serve what is, or may be, treated; in order of step, then of the file."""
    treated = entities(situation)
    rows = [row for row in situation.facts.table("alternatives") if treated.intersection(row.uses)]
    return tuple(appraise_alternative(row, situation) for row in sorted(rows, key=lambda row: row.step))


def entities(situation: Situation) -> frozenset[str]:
    """What is treated; while that is open, all that it may still be."""
    indication = situation.indication
    if indication is None:
        return frozenset({"unknown"})
    return frozenset({indication.entity, *indication.possible})


def appraise_alternative(row: Alternative, situation: Situation) -> AlternativeAppraisal:
    """One alternative against all its checks. A check without an answer never counts as passed."""
    checks = [check for check in situation.facts.table("alternative_checks") if check.alternative in (row.id, row.rule)]
    checked = [Checked(check, evaluate(check, situation)) for check in checks]
    known = [one for one in checked if one.reply.answer is Answer.YES]
    open_ones = [one for one in checked if one.reply.answer is Answer.CANNOT_SAY]
    against = [one for one in known if one.row.result == NOT_SUITED]
    deciding = [one for one in open_ones if one.row.result == NOT_SUITED]
    result = _result(against, deciding, known, open_ones)
    used = against or [*known, *open_ones]
    return AlternativeAppraisal(
        id=row.id,
        name=row.name,
        kind=row.kind,
        result=result,
        say=row.say,
        dose=row.dose if _may_show_dose(row, result, situation) else "",
        evidence=row.evidence,
        strength=row.strength,
        because=_because(against or known, [] if against else deciding, [] if against else open_ones),
        missing=() if against else _missing(open_ones),
        facts=(row.id, *(one.row.id for one in used)),
        tried=_tried(row, situation),
        step=row.step,
    )


def _result(against: list[Checked], deciding: list[Checked], known: list[Checked], open_ones: list[Checked]) -> str:
    """Against beats cannot say, which beats caution. An open caution stays a caution."""
    if against:
        return NOT_SUITED
    if deciding:
        return UNSURE
    return CAUTION if known or open_ones else OFFER


def _because(known: list[Checked], deciding: list[Checked], open_ones: list[Checked]) -> tuple[str, ...]:
    """What is known, with its place in the record; then a line on what would decide and one on what would caution."""
    told = [part for one in known for part in (one.say, *one.reply.because)]
    cautions = [one for one in open_ones if one not in deciding]
    for lead, unknown in ((AGAINST_IF, deciding), (CARE_IF, cautions)):
        confirmed = [one.row.say for one in unknown if one.row.standing is not Standing.UNVERIFIED]
        others = [one.row.say for one in unknown if one.row.standing is Standing.UNVERIFIED]
        if unknown:
            told.append(
                " ".join(dict.fromkeys((lead, *confirmed, *([UNCONFIRMED.strip()] if others else []), *others)))
            )
    return tuple(dict.fromkeys(told))


def _missing(checked: Iterable[Checked]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(question for one in checked for question in one.reply.missing))


def _may_show_dose(row: Alternative, result: str, situation: Situation) -> bool:
    """Doses are those of adults, and never an unconfirmed number."""
    if result not in (OFFER, CAUTION) or row.standing is Standing.UNVERIFIED:
        return False
    return ask("age_below", situation, "", situation.limit_of("AGE-ADULT", "a")).answer is Answer.NO


def _tried(row: Alternative, situation: Situation) -> Answer:
    """Whether it was tried before; a class counts for its members where the record only names the class."""
    if row.kind == "procedure":
        return Answer.CANNOT_SAY
    if row.kind == "non-drug":
        return ask("was_tried", situation, NON_DRUG_TRIED).answer
    asked = [f"drug:{row.drug}"] if row.drug else []
    if row.rule == NSAID_RULE:
        asked.append(NSAID_TRIED)
    return any_of(ask("was_tried", situation, one) for one in asked).answer
