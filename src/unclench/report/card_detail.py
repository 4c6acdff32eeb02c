"""The detail of a card: why, what to do, what is not known and what would change it, as short Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from unclench.appraisal.findings import Appraisal, ExposureChange
from unclench.consult import Opinion
from unclench.knowledge import knowledge
from unclench.planning.instead import instead
from unclench.report import wording as words
from unclench.report.basis import old_edition
from unclench.report.card_text import marked, own, quoted, say
from unclench.report.card_tiers import OTHER, USE, Ground, outside
from unclench.report.drafts import Known
from unclench.report.merge import Merged, merged
from unclench.values import Answer, Effect, Severity, Verdict

TAPER_SAYS = {"taper": "CARD-SAY-TAPER", "specialist": "CARD-SAY-SPECIALIST", "step-down": "CARD-SAY-STEP-DOWN"}


def detail(opinion: Opinion, ground: Ground, known: Known, smaller: Opinion | None) -> str:
    """Paragraphs and lists; no table, no HTML, no link."""
    appraisal = opinion.appraisal
    about = ground.tier.about
    parts = [_head(appraisal, about)]
    parts.append(_list("CARD-SAY-WHY", appraisal, list(_reasons(appraisal, ground))))
    todo = list(_todo(opinion, ground, smaller))
    if todo:
        parts.append(_list("CARD-SAY-INSTEAD", appraisal, todo))
    parts += [*_taper(appraisal), *_open((smaller or opinion).appraisal), *_missing(appraisal, known)]
    parts.append(made(opinion))
    return "\n\n".join(parts)


def _count(key: str) -> int:
    return int(knowledge().limit(key, "1"))


def _head(appraisal: Appraisal, about: str) -> str:
    law = appraisal.jurisdiction
    said = [f"**{words.VERDICTS[appraisal.verdict]}.**"] if about != OTHER and not outside(appraisal) else []
    said.append(say("CARD-SAY-LAW", law, country=words.JURISDICTIONS[law]))
    if appraisal.request_text and about != USE:
        drafted = about == OTHER
        said.append(
            say("CARD-SAY-OTHER-DRAFT", law)
            if drafted
            else say("CARD-SAY-ASKED", law, request=quoted(appraisal.request_text))
        )
    if appraisal.takes_now:
        said.append(say("CARD-SAY-OTHER-TAKEN", law, use=quoted(appraisal.takes_now)))
    return " ".join(said)


def _list(key: str, appraisal: Appraisal, lines: list[str]) -> str:
    return "\n".join((f"**{say(key, appraisal.jurisdiction)}**", "", *(f"- {line}" for line in lines)))


def _reasons(appraisal: Appraisal, ground: Ground) -> Iterator[str]:
    """The card's own reasons first, then what else tells, each with its rule."""
    left = _count("CARD-REASONS")
    for one in ground.excess[:left]:
        left -= 1
        yield f"{marked(own(words.capital(one.words), appraisal.jurisdiction))} ({one.rule})"
    for reason in _telling(appraisal, ground)[:left]:
        yield _reason(reason, appraisal)


def _telling(appraisal: Appraisal, ground: Ground) -> list[Merged]:
    """Of a draft of another medicine only its own reasons; else everything that moves the verdict, mere care last."""
    behind = list(merged(ground.findings))
    if ground.tier.about == OTHER or (behind and behind[0].answer is Answer.CANNOT_SAY):
        return behind
    told = {one.cause for one in behind}
    moving = (one for one in appraisal.findings if one.answer is Answer.YES and one.effect is not Effect.NOTE)
    serious = (one for one in moving if one.severity.rank <= Severity.REQUIRED.rank and one.cause not in told)
    return [*behind, *merged(tuple(serious))]


def _reason(one: Merged, appraisal: Appraisal) -> str:
    law = appraisal.jurisdiction
    says = marked(own(one.say, law))
    if one.answer is Answer.CANNOT_SAY:
        says = say("CARD-SAY-IF-SO", law, says=says)
    elif one.because:
        says = say("CARD-SAY-RECORD", law, says=says, because=quoted(one.because[0].rstrip(".")))
    return f"**{marked(own(one.title, law))}** ({one.rule}): {says}"


def _todo(opinion: Opinion, ground: Ground, smaller: Opinion | None) -> Iterator[str]:
    """What to do; where a smaller order would do, what goes for that."""
    judged, law = smaller or opinion, opinion.appraisal.jurisdiction
    if ground.tier.about == OTHER:
        return
    steps = instead(judged.appraisal, knowledge(), with_regimen=judged.regimen is not None)
    yield from (marked(own(one, law)) for one in steps[: _count("CARD-INSTEAD")])
    yield from _exposure(judged.appraisal)
    yield from _regimen(judged, ground.tier.about)


def _exposure(appraisal: Appraisal) -> Iterator[str]:
    shown = [one for one in appraisal.exposure.changes if one.shows_number and one.counts and one.direction != "none"]
    for one in sorted(shown, key=_farthest)[:1]:
        yield say(
            "CARD-SAY-EXPOSURE",
            appraisal.jurisdiction,
            medicine=quoted(one.perpetrator),
            ratio=words.number(one.ratio),
            low=words.number(one.low),
            high=words.number(one.high),
            basis=one.basis,
        )


def _farthest(one: ExposureChange) -> float:
    return -max(one.ratio, 1 / one.ratio if one.ratio > 0 else 0)


def _regimen(opinion: Opinion, about: str) -> Iterator[str]:
    appraisal, law = opinion.appraisal, opinion.appraisal.jurisdiction
    if about == USE or appraisal.purpose != "new":
        return
    if opinion.regimen is None:
        yield say("CARD-SAY-NO-REGIMEN", law)
        return
    conditional = appraisal.provided_that or appraisal.verdict is Verdict.NOT_FIRST_LINE
    regimen = opinion.regimen.regimen
    yield say(
        "CARD-SAY-REGIMEN-IF" if conditional else "CARD-SAY-REGIMEN",
        law,
        regimen=opinion.regimen.words,
        most=words.amount(regimen.max_mg_per_day),
        last=words.day(regimen.last_day),
    )


def _taper(appraisal: Appraisal) -> Iterator[str]:
    if appraisal.current_use.answer is Answer.YES and appraisal.taper_need in TAPER_SAYS:
        yield say(TAPER_SAYS[appraisal.taper_need], appraisal.jurisdiction)


def _open(appraisal: Appraisal) -> Iterator[str]:
    """What the verdict hangs on."""
    law, points = appraisal.jurisdiction, appraisal.provided_that
    if not points:
        return
    most = _count("CARD-OPEN")
    told = "; ".join(marked(own(one.rstrip("."), law)) for one in points[:most])
    if len(points) > most:
        told = say("CARD-SAY-MORE-OPEN", law, open=told, count=len(points) - most)
    yield say("CARD-SAY-OPEN", law, open=told)


def _missing(appraisal: Appraisal, known: Known) -> Iterator[str]:
    law = appraisal.jurisdiction
    if known.missing:
        names = ", ".join(say(f"CARD-SENT-{one.upper()}", law) for one in known.missing)
        yield say("CARD-SAY-MISSING", law, missing=names)
    if appraisal.unrecognised:
        yield say("CARD-SAY-UNREAD", law, count=len(appraisal.unrecognised))


def made(opinion: Opinion) -> str:
    """How far it can be trusted, and what it was made with. Every card ends with it."""
    made, law = opinion.made_with, opinion.appraisal.jurisdiction
    review = " ".join(words.statements("not-reviewed"))
    said = say("CARD-SAY-MADE", law, review=review, version=made.unclench, edition=made.edition)
    return " ".join((*old_edition(opinion.appraisal.on, made), said))
