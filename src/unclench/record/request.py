"""The words of a request: "diazepam 5 mg three times a day for 7 days", "stop diazepam now", "taper diazepam"."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from unclench.record import dosage_text
from unclench.record.patient import Dosage, Request
from unclench.values import RecordError

MAX_MG = Decimal(1000)
"""No single oral dose of a medicine for spasm is larger: more is a slip of the unit or of the decimal point."""

MAX_DAYS = 3660
MAX_LENGTH = 400
_EXAMPLE = 'Write it like "diazepam 5 mg three times a day for 7 days" or "stop diazepam".'
_VERB = re.compile(
    r"^(?:please\s+)?(?P<verb>stop|discontinue|cease|come\s+off|taper(?:\s+off)?|wean(?:\s+off)?|withdraw|reduce(?:\s+and\s+stop)?|"
    r"increase|switch(?:\s+to)?|continue|carry\s+on(?:\s+with)?|keep|restart|start|prescribe|give|add|new)\b\s*(?:the\s+|with\s+)?",
    re.IGNORECASE,
)
_STOP = ("stop", "discontinue", "cease", "come off")
_CARRY_ON = ("continue", "carry on", "keep")
_TAPER = ("taper", "wean", "withdraw", "reduce")
_NOT_DRUG = (
    r"for|at|in|up|to|every|each|once|twice|thrice|one|two|three|four|half|five|six|seven|eight|nine|ten|mg|to|a|an|and|then|with|max|maximum|now|today|abruptly|"
    r"immediately|slowly|gradually|tablets?|tabs?|capsules?|by|as|when|if|daily|nightly|nocte|mane|prn|bd|bid|tds|tid|qds|qid|od|qd|"
    r"qhs|hs|po|orally|oral|no|refills?|because|due|over|please|q\d+h|take|taper|stop"
)
_DRUG_NAME = re.compile(rf"[^\W\d_][\w'()+/-]*(?:\s+(?!(?:{_NOT_DRUG})\b)[^\W\d_][\w'()+/-]*){{0,3}}", re.IGNORECASE)
_NOW = re.compile(r"\b(?:now|today|at\s+once|immediately|abruptly|straight\s*away|cold\s+turkey)\b", re.IGNORECASE)
_SLOWLY = re.compile(r"\b(?:slowly|gradually|with\s+a\s+taper|by\s+tapering|taper(?:ing)?|stepwise)\b", re.IGNORECASE)


def parse_request(text: str, *, ref: str = "--request") -> Request:
    """Read a request. What cannot be read is refused: a request is short enough to write again."""
    words = " ".join(text.split())
    if not words or len(words) > MAX_LENGTH:
        raise _refused(
            ref, "nothing" if not words else f"{len(words)} characters", f"a request of 1 to {MAX_LENGTH} characters"
        )
    verb = _VERB.match(words)
    rest = words[verb.end() :] if verb else words
    said = " ".join(verb["verb"].lower().split()) if verb else ""
    drug = drug_name(rest)
    if not drug:
        raise _refused(ref, repr(text[:80]), "the name of a medicine first")
    tail = rest[len(drug) :]
    if said.startswith(_STOP + _TAPER):
        return _stopping(ref, text, drug, tail, taper=said.startswith(_TAPER))
    return replace(_asking(ref, text, drug, tail), carry_on=said.startswith(_CARRY_ON))


def drug_name(text: str) -> str:
    """The name that a text starts with, up to the first number or word of dosage; "" when there is none."""
    found = _DRUG_NAME.match(text)
    if found is None or re.fullmatch(_NOT_DRUG, found[0], re.IGNORECASE):
        return ""
    return found[0]


def _stopping(ref: str, text: str, drug: str, tail: str, *, taper: bool) -> Request:
    how = "taper" if taper or _SLOWLY.search(tail) else "now" if _NOW.search(tail) else ""
    return Request(ref, drug, (), Dosage(text=text.strip()), stop=True, stop_how=how)


def _asking(ref: str, text: str, drug: str, tail: str) -> Request:
    if re.search(r"(?:^|[\s(])[-−–]\s*\d", tail):
        raise _refused(ref, repr(text[:80]), "an amount above 0 mg")
    read = dosage_text.parse(tail)
    dosage = read.dosage
    for amount in (dosage.mg_per_dose, dosage.mg_per_dose_max, dosage.max_mg_per_day):
        if amount is not None and not 0 < amount <= MAX_MG:
            raise _refused(ref, f"{amount:f} mg", f"an amount above 0 and up to {MAX_MG} mg")
    if read.bare_number:
        need = "a unit with every number, such as mg" if dosage.mg_per_dose is None else "a meaning for every number"
        raise _refused(ref, f"{read.bare_number!r} without a unit in {text[:80]!r}", need)
    if dosage.problem:
        raise _refused(ref, f"{text[:80]!r}, which {dosage.problem}", "one dose, one way of saying how often")
    if dosage.doses_per_day is not None and not 0 < dosage.doses_per_day <= 24:
        raise _refused(ref, f"{dosage.doses_per_day:f} doses a day", "more than 0 and up to 24 a day")
    daily = (dosage.mg_per_dose_max or dosage.mg_per_dose or 0) * (dosage.doses_per_day or 0)
    if daily > MAX_MG:
        raise _refused(ref, f"{daily:f} mg a day", f"at most {MAX_MG} mg a day")
    if dosage.mg_per_dose is None and re.search(r"(?<!\w)(?:mg|mcg|g)(?!\w)", read.left):
        raise _refused(ref, repr(text[:80]), f"a number before the unit in {read.left[:40]!r}")
    if read.days is not None and not 0 < read.days <= MAX_DAYS:
        raise _refused(ref, f"{read.days} days", f"1 to {MAX_DAYS} days")
    if re.search(r"\d", read.left):
        raise _refused(ref, repr(text[:80]), f"words that can be read instead of {read.left[:40]!r}")
    reasons = (((), read.purpose),) if read.purpose else ()
    return Request(
        ref=ref,
        drug_text=drug,
        codes=(),
        dosage=replace(dosage, text=text.strip()),
        days=read.days,
        refills=read.refills,
        quantity=read.quantity,
        reasons=reasons,
    )


def _refused(ref: str, found: str, need: str) -> RecordError:
    return RecordError(where=ref, found=found, need=need, fix=_EXAMPLE)
