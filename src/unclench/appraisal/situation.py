"""What a question is asked about, and the grammar of rules: all questions in `when` must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from unclench.appraisal.findings import Body, CurrentMedicine, CurrentUse, Exposure, Indication, Reply
from unclench.knowledge import Knowledge
from unclench.record.patient import Patient, Request
from unclench.values import Answer, Jurisdiction, KnowledgeError


class Row(Protocol):
    """What a question may read of the row that asks it."""

    @property
    def id(self) -> str: ...
    @property
    def when(self) -> tuple[str, ...]: ...
    @property
    def of(self) -> str: ...
    @property
    def limit(self) -> float | None: ...


@dataclass(slots=True, eq=False)
class Situation:
    """The patient on a day, in a jurisdiction, with what earlier steps of appraisal have found."""

    patient: Patient
    on: date
    jurisdiction: Jurisdiction
    facts: Knowledge
    medicines: tuple[CurrentMedicine, ...] = ()
    indication: Indication | None = None
    current_use: CurrentUse | None = None
    request: Request | None = None
    purpose: str = "new"
    body: Body | None = None
    exposure: Exposure | None = None
    cache: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def limit_of(self, key: str, unit: str) -> float:
        """A threshold by id, in the unit of its row."""
        return self.facts.limit(key, unit)

    def stated(self, question: str) -> str | None:
        """What a person answered to this question, or None. The last answer counts."""
        for answer in reversed(self.patient.answers):
            if answer.question == question:
                return answer.value
        return None

    def stated_number(self, question: str) -> float | None:
        text = self.stated(question)
        return None if text is None else float(text)


Ask = Callable[[Situation, str, float | None], Reply]
QUESTIONS: dict[str, Ask] = {}


def question(ask: Ask) -> Ask:
    """Register a question under its own name, so that rows can name it."""
    QUESTIONS[ask.__name__] = ask
    return ask


YES, NO, CANNOT_SAY = Answer.YES, Answer.NO, Answer.CANNOT_SAY


def all_of(replies: Iterable[Reply]) -> Reply:
    """Kleene *and*: one no is enough; else one cannot-say is enough; else yes."""
    because: list[str] = []
    missing: list[str] = []
    answer = YES
    for reply in replies:
        if reply.answer is NO:
            return Reply(NO, reply.because)
        because += reply.because
        if reply.answer is CANNOT_SAY:
            answer = CANNOT_SAY
            missing += reply.missing
    return Reply(answer, tuple(dict.fromkeys(because)), tuple(dict.fromkeys(missing)))


def any_of(replies: Iterable[Reply]) -> Reply:
    """Kleene *or*: one yes is enough, and then only the reasons of the yes answers count."""
    known = list(replies)
    yes = [reply for reply in known if reply.answer is YES]
    if yes:
        return Reply(YES, tuple(dict.fromkeys(part for reply in yes for part in reply.because)))
    unsure = [reply for reply in known if reply.answer is CANNOT_SAY]
    if unsure:
        return Reply(
            CANNOT_SAY,
            tuple(dict.fromkeys(part for reply in unsure for part in reply.because)),
            tuple(dict.fromkeys(part for reply in unsure for part in reply.missing)),
        )
    return Reply(NO, tuple(dict.fromkeys(part for reply in known for part in reply.because)))


def is_not(reply: Reply) -> Reply:
    """The opposite; cannot-say stays cannot-say."""
    turned = {YES: NO, NO: YES, CANNOT_SAY: CANNOT_SAY}[reply.answer]
    return Reply(turned, reply.because, reply.missing)


def ask(name: str, situation: Situation, of: str = "", limit: float | None = None) -> Reply:
    """Ask one question by name."""
    key = (name, of, limit)
    if key not in situation.cache:
        try:
            function = QUESTIONS[name]
        except KeyError:
            raise KnowledgeError(
                where="a row", found=f"question {name!r}", need="one of the named questions", fix="Correct `when`."
            ) from None
        situation.cache[key] = function(situation, of, limit)
    reply: Reply = situation.cache[key]
    return reply


def evaluate(row: Row, situation: Situation) -> Reply:
    """All questions of a row. A leading `not_` turns one question round."""
    replies = []
    for name in row.when:
        if name.startswith("not_"):
            replies.append(is_not(ask(name.removeprefix("not_"), situation, row.of, row.limit)))
        else:
            replies.append(ask(name, situation, row.of, row.limit))
    return all_of(replies)
