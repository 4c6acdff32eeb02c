"""One entry of a list in the short record: a line of words, or keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from unclench.record import dosage_text
from unclench.record.codes import Atc, Code, Icd10cm, Loinc, RxNorm, Snomed
from unclench.record.desk import EARLIEST_YEAR, LATEST_YEAR, Desk
from unclench.record.fhir_dosage import strength_of
from unclench.record.fhir_entries import none_known
from unclench.record.patient import Allergy, Condition, Dosage, Medication, Observation, PartialDate, Procedure, Status
from unclench.record.request import drug_name
from unclench.record.terms import partial_date
from unclench.values import RecordError

_CODE_TYPES: dict[str, type[Any]] = {"snomed": Snomed, "icd10": Icd10cm, "rxnorm": RxNorm, "atc": Atc, "loinc": Loinc}
_STATUS = {
    "active": Status.ACTIVE, "ended": Status.ENDED, "stopped": Status.ENDED, "resolved": Status.ENDED,
    "remission": Status.ENDED,
    "on-hold": Status.ON_HOLD, "on hold": Status.ON_HOLD, "draft": Status.DRAFT, "unknown": Status.UNKNOWN,
}  # fmt: skip
_WHEN = r"\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?(?!\d)"
_SINCE = re.compile(rf",?\s*\b(?:since|from|started(?:\s+on|\s+in)?)\s+({_WHEN})", re.IGNORECASE)
_UNTIL = re.compile(rf",?\s*\b(?:until|till|stopped|ended|resolved)(?:\s+(?:on|in))?\s+({_WHEN})", re.IGNORECASE)
_STOPPED = re.compile(r",\s*(?:was\s+)?(stopped|ended|resolved|on\s+hold|in\s+remission)\b", re.IGNORECASE)
_BECAUSE = re.compile(r",?\s*\b(?:because(?:\s+of)?)\s+(.+)$", re.IGNORECASE)
# The number that is part of a brand, as in "Tylenol #3", which holds codeine.
_BRAND_NUMBER = re.compile(r"\s*(?:#|\bno\.?)\s?\d\b", re.IGNORECASE)
# A second medicine on the line, after an amount or none. Food and times of day are no medicine.
_ALSO = re.compile(
    r"(?:\s*\d[\d.,/]*\s*(?:mg|mcg|micrograms?|milligrams?|g|ml|%)?(?:\s*/\s*\d[\d.,]*\s*(?:mg|mcg|g|ml)?)?)?"
    r"\s*(?:\b(?:and|with|plus)\b|[+&/])\s*"
    r"(?!(?:food|meals?|milk|water|juice|breakfast|lunch|dinner|supper|tea|plenty|or|without|morning|evening|night)\b)"
    r"(?P<other>[^\W\d_][\w'-]+)",
    re.IGNORECASE,
)
_ON = re.compile(rf",?\s*\b(?:on|in)\s+({_WHEN})", re.IGNORECASE)
_AMOUNT = re.compile(
    r"\s*(<=|>=|<|>)?\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d{1,2})?)\s*([^\d\s].*?|1|10\*.*)?\s*", re.IGNORECASE
)
_PRESSURE = re.compile(r"\s*(\d{2,3})\s*/\s*(\d{2,3})\s*(mm\s?hg|mm\[hg\])?\s*", re.IGNORECASE)
_MEASURED = re.compile(r"(?P<name>.*?[^\s:=<>])\s*[:=]?\s+(?P<value>(?:<=|>=|<|>)?\s*-?\d.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """One part of the record and where it stands."""

    where: str
    ref: str
    value: Any


def refused(item: Item, found: str, need: str) -> RecordError:
    return RecordError(
        where=f"{item.where}, {item.ref}", found=found, need=need, fix="See docs/record.md for the keys."
    )


def problem(desk: Desk, item: Item) -> Condition:
    """A problem or diagnosis."""
    keys = item.value if isinstance(item.value, dict) else {}
    text, since, until, stopped, _ = _line(item) if not keys else (word_of(item, "name"), None, None, "", "")
    since, until = since or day_of(item, "since"), until or day_of(item, "until")
    said = keys.get("status") or ("remission" if "remission" in stopped else stopped)
    status = _status(item, said, desk, until)
    certain = word_of(item, "certain").lower() not in ("no", "false")
    if re.search(r"\b(?:suspected|possible|query)\b|\?\s*$", text, re.IGNORECASE):
        certain = False
    return Condition(
        item.ref,
        _codes(item),
        text,
        status,
        since,
        None,
        until,
        said == "remission",
        "problem",
        certain,
        word_of(item, "severity"),
    )


def medication(desk: Desk, item: Item) -> Medication:
    """A medicine, with how it is taken."""
    keys = item.value if isinstance(item.value, dict) else {}
    if keys:
        name, since, until, stopped, why = word_of(item, "name"), day_of(item, "since"), day_of(item, "until"), "", ""
        drug, words = name, " ".join(filter(None, (word_of(item, "dose"), word_of(item, "how"))))
    else:
        line, since, until, stopped, why = _line(item)
        drug = name = drug_name(line) or line
        words = line[len(drug) :].strip(" ,:") if line.startswith(drug) else ""
        drug = _with_others(line, drug)
    read = dosage_text.parse(words, strength_of(name)) if words else None
    days = word_of(item, "days-supply")
    if days and not (re.fullmatch(r"\d{1,4}(\.\d+)?", days) and float(days) > 0):
        raise refused(item, f"days-supply: {days[:30]}", "a number of days above 0")
    purpose = word_of(item, "for") or (read.purpose if read else "")
    status = _status(item, keys.get("status") or stopped, desk, until)
    # Who types an active medicine today says that it is taken today; only a stated supply date is older evidence.
    today = PartialDate(desk.on, desk.on) if status is Status.ACTIVE else None
    return Medication(
        ref=item.ref,
        codes=_codes(item),
        text=drug,
        kind="statement",
        status=status,
        written=since,
        began=since,
        ended=until,
        last_seen=day_of(item, "last-dispensed") or today,
        days_supply=Decimal(days) if days else None,
        quantity=read.quantity if read else "",
        refills=read.refills if read else None,
        dosage=_dosage(read, words),
        strength_mg=strength_of(name),
        reasons=(((), purpose),) if purpose else (),
        stop_reason=word_of(item, "stopped-because") or why,
    )


def _with_others(line: str, drug: str) -> str:
    """The name up to the last medicine that the line joins to it: "promethazine with codeine" is two medicines."""
    end = len(drug) if line.startswith(drug) else 0
    if end and (number := _BRAND_NUMBER.match(line, end)) is not None:
        end = number.end()
    while end and (found := _ALSO.match(line, end)) is not None and drug_name(found["other"]):
        end = found.end()
    return line[:end] or drug


def _dosage(read: dosage_text.Read | None, words: str) -> Dosage | None:
    return replace(read.dosage, text=words) if read is not None else None


def allergy(item: Item) -> Allergy:
    """An allergy: "penicillin (rash)", or keys."""
    if isinstance(item.value, dict):
        text, reaction = word_of(item, "name"), word_of(item, "reaction")
        status = Status.ENDED if word_of(item, "status").lower() == "ended" else Status.ACTIVE
        return Allergy(item.ref, _codes(item), text, status, none_known(text), reaction)
    text = item.value.strip()
    found = re.fullmatch(r"(.+?)\s*(?:\((.+)\)|[:,]\s*(.+))", text)
    name, reaction = (found[1], found[2] or found[3]) if found else (text, "")
    return Allergy(item.ref, (), name, Status.ACTIVE, none_known(text), reaction)


def measurements(desk: Desk, item: Item) -> list[Observation]:
    """One measurement; a blood pressure is two."""
    if isinstance(item.value, dict):
        name, value, taken = word_of(item, "name"), word_of(item, "value"), day_of(item, "on")
    else:
        found = _ON.search(item.value)
        taken = _date(item, found[1]) if found else None
        line = (item.value[: found.start()] + item.value[found.end() :]).strip(" ,") if found else item.value.strip()
        split = _MEASURED.fullmatch(line)
        if split is None:
            raise refused(item, repr(line[:60]), "a name, a value and its unit: albumin 41 g/L on 2026-10-02")
        name, value = split["name"].strip(" ,"), split["value"]
    if not value:
        raise refused(item, "no value", "value: 41 g/L")
    if taken is not None and taken.first > desk.on:
        desk.note("future", item.ref, f"{name} is dated {taken.first}, after {desk.on}: left out")
        return []
    pressure = _PRESSURE.fullmatch(value)
    if pressure is not None:
        return [
            Observation(
                f"{item.ref}.{part}", (Loinc(code),), f"{part} blood pressure", float(number), "mm[Hg]", taken=taken
            )
            for part, code, number in (("systolic", "8480-6", pressure[1]), ("diastolic", "8462-4", pressure[2]))
        ]
    amount = _AMOUNT.fullmatch(value.replace(" /10", "/10").removesuffix("/10"))
    if amount is None:
        return [Observation(item.ref, _codes(item), name, value_text=value, taken=taken)]
    unit = (amount[3] or "").strip()
    return [Observation(item.ref, _codes(item), name, float(amount[2]), unit, amount[1] or "", taken=taken)]


def procedure(desk: Desk, item: Item) -> Procedure | None:
    """Something done: physiotherapy on a day."""
    if isinstance(item.value, dict):
        text, when = word_of(item, "name"), day_of(item, "on")
    else:
        found = _ON.search(item.value) or _SINCE.search(item.value)
        when = _date(item, found[1]) if found else None
        text = (item.value[: found.start()] + item.value[found.end() :]).strip(" ,") if found else item.value.strip()
    if when is not None and when.first > desk.on:
        desk.note("future", item.ref, f"{text} is dated {when.first}, after {desk.on}: left out")
        return None
    status = _STATUS.get(word_of(item, "status").lower() or "ended")
    if status is None:
        raise refused(item, f"status: {word_of(item, 'status')[:30]}", "active, ended or draft")
    return Procedure(item.ref, _codes(item), text, status, when)


def amount_of(item: Item, key: str, text: str) -> tuple[float, str]:
    """A number and its unit."""
    found = _AMOUNT.fullmatch(text)
    if found is None or found[1] or len(text) > 40:
        raise refused(item, f"{key}: {text[:40]}", "a number with its unit")
    return float(found[2]), (found[3] or "").strip()


def day_of(item: Item, key: str) -> PartialDate | None:
    """A date of the entry: YYYY, YYYY-MM or YYYY-MM-DD, and one that exists."""
    text = word_of(item, key)
    return _date(item, text) if text else None


def _date(item: Item, text: str) -> PartialDate:
    found = partial_date(text) if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text) else None
    if found is None or not EARLIEST_YEAR <= found.first.year <= LATEST_YEAR:
        raise refused(item, f"the date {text[:30]!r}", "a date as YYYY, YYYY-MM or YYYY-MM-DD")
    return found


def word_of(item: Item, key: str) -> str:
    """The words of one key; "" when it is not there."""
    value = item.value.get(key) if isinstance(item.value, dict) else None
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refused(item, f"several values for {key}", "one value")
    return value.strip()


def _codes(item: Item) -> tuple[Code, ...]:
    if not isinstance(item.value, dict):
        return ()
    return tuple(kind(word_of(item, key).upper()) for key, kind in _CODE_TYPES.items() if word_of(item, key))


def _status(item: Item, said: str, desk: Desk, until: PartialDate | None) -> Status:
    said = " ".join(str(said or "").lower().replace("in remission", "remission").split())
    if said:
        status = _STATUS.get(said)
        if status is None:
            raise refused(item, f"status: {said[:30]!r}", "active, ended, on-hold, draft or unknown")
        return status
    return Status.ENDED if until is not None and until.first <= desk.on else Status.ACTIVE


def _line(item: Item) -> tuple[str, PartialDate | None, PartialDate | None, str, str]:
    """The words of a line without its dates, and the dates, the word for stopped, and the reason."""
    text = item.value.strip()
    why = ""
    if found := _BECAUSE.search(text):
        why, text = found[1].strip(), text[: found.start()]
    since = until = None
    if found := _SINCE.search(text):
        since, text = _date(item, found[1]), text[: found.start()] + text[found.end() :]
    if found := _UNTIL.search(text):
        until, text = _date(item, found[1]), text[: found.start()] + text[found.end() :]
    stopped = ""
    if found := _STOPPED.search(text):
        stopped, text = found[1].lower(), text[: found.start()] + text[found.end() :]
    if not text.strip(" ,"):
        raise refused(item, "dates without a name", "a name first")
    return text.strip(" ,"), since, until, stopped or ("stopped" if why and until is None else ""), why
