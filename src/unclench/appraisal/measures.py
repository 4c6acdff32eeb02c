"""Measurements of the record in the unit that rules use: the latest that is plausible, dated and not too old."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from weakref import ref

from unclench.appraisal.lookup import known, pairs
from unclench.knowledge import knowledge
from unclench.knowledge.indexes import codes_index
from unclench.knowledge.rows import Measure
from unclench.knowledge.wording import words_of
from unclench.models.renal import egfr_ckd_epi_2021
from unclench.record.patient import Observation, Patient, Status
from unclench.record.units import convert
from unclench.values import RecordError

ADULT_Y = 18.0  # the equation for kidney function was made in adults
PLAIN_UNITS = frozenset(
    {"", "1", "{score}", "(score)", "{INR}", "{inr}", "{ratio}", "{#}", "{count}", "score", "points"}
)
RACE_BASED_EGFR = frozenset({"48642-3", "48643-1", "88293-6", "88294-4"})
PHENOTYPES = {"poor": "PM", "intermediate": "IM", "normal": "NM", "extensive": "NM", "rapid": "RM", "ultrarapid": "UM"}


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement in the unit of its row. `words` says what, when and where."""

    value: float
    unit: str
    taken: date | None
    ref: str
    comparator: str
    words: str


@dataclass(frozen=True, slots=True)
class PregnancyStatus:
    pregnant: bool
    words: str


@dataclass(frozen=True, slots=True)
class ChildPugh:
    """What the recorded data allow. `klass` is None where they do not settle it."""

    klass: str | None
    points_low: int
    points_high: int
    because: tuple[str, ...]


def latest(patient: Patient, measure: str, on: date) -> Measured | None:
    """The newest usable value on a day. Later dates, implausible values and unknown units are left to `problems`."""
    row: Measure = knowledge().get("measures", measure)
    best: Measured | None = None
    for entry in _entries(patient, row):
        if _is_future(entry, on) or _too_old(entry, row, on):
            continue
        made = _converted(entry, row)
        if isinstance(made, Measured) and (best is None or _when(made) >= _when(best)):
            best = made
    return best


def problems(patient: Patient, on: date) -> tuple[str, ...]:
    """Every measurement that cannot be used as it stands, and weights that disagree."""
    found: list[str] = []
    for row in knowledge().table("measures"):
        for entry in _entries(patient, row):
            if _is_future(entry, on):
                found.append(f"{row.name} is dated after {on.isoformat()} ({entry.ref})")
                continue
            made = _converted(entry, row)
            if isinstance(made, str) and made:
                found.append(made)
    return (*found, *_weights_that_disagree(patient, on))


def bmi(patient: Patient, on: date) -> Measured | None:
    """Body mass index: recorded, or from weight and height when the weight is newer."""
    recorded, weight, height = (latest(patient, name, on) for name in ("bmi", "weight", "height"))
    if weight is None or height is None or (recorded is not None and _when(recorded) >= _when(weight)):
        return recorded
    value = weight.value / (height.value / 100) ** 2
    return Measured(
        value,
        "kg/m2",
        weight.taken,
        weight.ref,
        "",
        f"body mass index {value:.1f} kg/m2, from {weight.words} and {height.words}",
    )


def egfr(patient: Patient, on: date) -> Measured | None:
    """Recorded, or by CKD-EPI 2021 from a newer creatinine of an adult whose sex is recorded."""
    recorded, creatinine = latest(patient, "egfr", on), latest(patient, "creatinine", on)
    age = _age_y(patient, on)
    computable = (
        creatinine is not None
        and not creatinine.comparator
        and patient.sex is not None
        and age is not None
        and age >= ADULT_Y
    )
    if creatinine is None or not computable or (recorded is not None and _when(recorded) >= _when(creatinine)):
        return recorded
    value = egfr_ckd_epi_2021(creatinine.value, float(age or 0), patient.sex or "")
    unit = knowledge().get("measures", "egfr").unit
    words = f"eGFR {value:.0f} mL/min/1.73 m2 by CKD-EPI 2021, from {creatinine.words}"
    return Measured(value, unit, creatinine.taken, creatinine.ref, "", words)


def race_based_egfr(patient: Patient, on: date) -> str | None:
    """Words on a recorded eGFR whose code names a race: those equations are superseded."""
    for entry in patient.observations:
        codes = {code for system, code in pairs(entry.codes) if system == "loinc"}
        if codes & RACE_BASED_EGFR and not _is_future(entry, on):
            return f"eGFR by an equation that uses race ({entry.ref}{_dated(entry)})"
    return None


def pregnancy_status(patient: Patient, on: date) -> PregnancyStatus | None:
    """The newest recorded status that still counts. Possible and unknown say nothing."""
    row: Measure = knowledge().get("measures", "pregnancy_status")
    best: tuple[date, PregnancyStatus] | None = None
    for entry in _entries(patient, row):
        groups = _answer_groups(entry)
        if entry.taken is None or _is_future(entry, on) or not groups & {"answer_pregnant", "answer_not_pregnant"}:
            continue
        pregnant = "answer_pregnant" in groups
        keep = knowledge().limit("PREGNANT-STATUS-DAYS" if pregnant else "NOT-PREGNANT-STATUS-DAYS", "d")
        if (on - entry.taken.last).days > keep:
            continue
        words = f"{'pregnant' if pregnant else 'not pregnant'} ({entry.ref}{_dated(entry)})"
        if best is None or entry.taken.last >= best[0]:
            best = (entry.taken.last, PregnancyStatus(pregnant, words))
    return best[1] if best else None


def cyp2c19(patient: Patient, on: date) -> str | None:
    """PM, IM, NM, RM or UM, from the newest phenotype recorded. Results that contradict each other say nothing."""
    row: Measure = knowledge().get("measures", "cyp2c19_phenotype")
    found: set[str] = set()
    for entry in _entries(patient, row):
        if _is_future(entry, on):
            continue
        found |= {group.rpartition("_")[2] for group in _answer_groups(entry) if group.startswith("answer_cyp2c19_")}
        said = words_of(entry.value_text)
        if not entry.value_codes and said:
            found |= {short for word, short in PHENOTYPES.items() if word in said[:1] and "likely" not in said}
    return found.pop() if len(found) == 1 else None


def negative_benzodiazepine_screen(patient: Patient, on: date) -> str | None:
    """Words on the newest urine screen, when it found no benzodiazepine."""
    row: Measure = knowledge().get("measures", "benzodiazepine_urine")
    dated = [
        e for e in _entries(patient, row) if e.taken is not None and not _is_future(e, on) and not _too_old(e, row, on)
    ]
    newest = max(dated, key=lambda entry: entry.taken.last if entry.taken else date.min, default=None)
    if newest is None or not _answer_groups(newest) & {"answer_negative"}:
        return None
    return f"urine screen negative for benzodiazepines ({newest.ref}{_dated(newest)})"


def child_pugh(patient: Patient, on: date) -> ChildPugh:
    """Child-Pugh from what is recorded. What is not recorded counts as 1 to 3 points, never as absent.

    The thresholds are unconfirmed, so the class may raise a concern and never lower one. INR says nothing about the
    liver under an anticoagulant, and is then left open.
    """
    limit = knowledge().limit
    because: list[str] = []
    spans: list[tuple[int, int]] = []
    for name, second, third, high_is_worse in (
        ("bilirubin", limit("CP-BILIRUBIN-2", "umol/L"), limit("CP-BILIRUBIN-3", "umol/L"), True),
        ("albumin", limit("CP-ALBUMIN-2", "g/L"), limit("CP-ALBUMIN-3", "g/L"), False),
        ("inr", limit("CP-INR-2", "1"), limit("CP-INR-3", "1"), True),
    ):
        found = latest(patient, name, on)
        if found is None or found.comparator or (name == "inr" and _takes_anticoagulant(patient)):
            spans.append((1, 3))
            continue
        points = _points(found.value, second, third, high_is_worse)
        spans.append((points, points))
        because.append(found.words)
    for group, name in (("ascites", "ascites"), ("hepatic_encephalopathy", "hepatic encephalopathy")):
        ref = _present(patient, group)
        spans.append((2, 3) if ref else (1, 3))
        because += [f"{name} ({ref})"] if ref else []
    low, high = sum(part[0] for part in spans), sum(part[1] for part in spans)
    worst, middle = limit("CP-CLASS-C", "{score}"), limit("CP-CLASS-B", "{score}")
    klass = "C" if low >= worst else "B" if low >= middle and high < worst else "A" if high < middle else None
    if klass is not None:
        because.append(f"Child-Pugh class {klass} from {low} to {high} points (unconfirmed: check)")
    return ChildPugh(klass, low, high, tuple(because))


def _points(value: float, second: float, third: float, high_is_worse: bool) -> int:
    if high_is_worse:
        return 3 if value > third else 2 if value >= second else 1
    return 3 if value < third else 2 if value <= second else 1


def _present(patient: Patient, group: str) -> str:
    """Where the record names this group as present, or ""."""
    for entry in patient.conditions:
        seen = known("condition", entry.codes, entry.text)
        if (
            group in seen.groups
            and not seen.hedged
            and not seen.history
            and entry.status is not Status.ENDED
            and entry.certain
        ):
            return entry.ref
    return ""


def _takes_anticoagulant(patient: Patient) -> bool:
    return any(
        "anticoagulant" in known("medicine", entry.codes, entry.text).tags
        for entry in patient.medications
        if entry.status is not Status.ENDED
    )


@cache
def _by_name() -> dict[tuple[str, ...], str]:
    return {words_of(name): row.id for row in knowledge().table("measures") for name in (row.id, *row.names)}


@cache
def _by_loinc() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in knowledge().table("measures"):
        for code in row.loinc:
            found[code] = (*found.get(code, ()), row.id)
    return found


def _entries(patient: Patient, row: Measure) -> Sequence[Observation]:
    """Observations of this measure: by LOINC code, or by name where the entry has no LOINC code."""
    return _sorted_out(patient).get(row.id, ())


# By identity, and gone with the patient: what was sorted once is asked for a hundred times, and kept no longer.
_sorted: dict[int, tuple[ref[Patient], dict[str, list[Observation]]]] = {}


def _sorted_out(patient: Patient) -> dict[str, list[Observation]]:
    held = _sorted.get(id(patient))
    if held is not None and held[0]() is patient:
        return held[1]
    found: dict[str, list[Observation]] = {}
    for entry in patient.observations:
        codes = [code for system, code in pairs(entry.codes) if system == "loinc"]
        named = () if codes else (_by_name().get(words_of(entry.text)),)
        for key in dict.fromkeys((*(key for code in codes for key in _by_loinc().get(code, ())), *named)):
            if key is not None:
                found.setdefault(key, []).append(entry)
    key = id(patient)
    _sorted[key] = (ref(patient, lambda _: _sorted.pop(key, None)), found)
    return found


def _converted(entry: Observation, row: Measure) -> Measured | str:
    """The value in the unit of the row, or why it cannot be used; "" where there is no number to use."""
    value = entry.value if entry.value is not None else _coded_number(entry)
    if value is None:
        return ""
    where = f"({entry.ref}{_dated(entry)})"
    if not math.isfinite(value):
        return f"{row.name} is not a number {where}"
    unit = entry.unit.strip()
    if (
        (unit in PLAIN_UNITS and row.unit in ("1", "{score}"))
        or unit == row.unit
        or (row.id == "egfr" and unit.lower() == "ml/min")
    ):
        number = value
    elif not unit:
        return f"{row.name} {value:g} has no unit {where}"
    else:
        try:
            number = convert(value, unit, row.unit, molar_mass_g_per_mol=row.molar_mass_g_per_mol)
        except RecordError:
            return f"{row.name} {value:g} has a unit that cannot be used: {unit} {where}"
    if not row.plausible_low <= number <= row.plausible_high:
        return f"{row.name} {value:g} {unit} is not plausible {where}"
    shown = "" if row.unit in ("1", "{score}") else f" {row.unit.replace('{', '').replace('}', '')}"
    words = f"{row.name} {entry.comparator}{number:.4g}{shown} {where}"
    return Measured(number, row.unit, entry.taken.last if entry.taken else None, entry.ref, entry.comparator, words)


def _answer_groups(entry: Observation) -> set[str]:
    exact, _ = codes_index()
    found = {group for pair in pairs(entry.value_codes) for group in exact.get((pair[0], pair[1].upper()), ())}
    if not entry.value_codes:
        found |= set(_SAID.get(" ".join(words_of(entry.value_text)), ()))
    return found


_SAID = {
    "pregnant": ("answer_pregnant",),
    "not pregnant": ("answer_not_pregnant",),
    "negative": ("answer_negative",),
    "not detected": ("answer_negative",),
    "positive": ("answer_positive",),
    "yes": ("answer_number_1",),
    "no": ("answer_number_0",),
}


def _coded_number(entry: Observation) -> float | None:
    """A score given as a coded answer ("several days" is 1)."""
    numbers = [group.rpartition("_")[2] for group in _answer_groups(entry) if group.startswith("answer_number_")]
    return float(numbers[0]) if len(numbers) == 1 else None


def _is_future(entry: Observation, on: date) -> bool:
    return entry.taken is not None and entry.taken.first > on


def _too_old(entry: Observation, row: Measure, on: date) -> bool:
    if row.keep_days is None:
        return False
    # An undated value is not known to be old: it counts, and its words say that it is undated.
    return entry.taken is not None and (on - entry.taken.last).days > row.keep_days


def _when(found: Measured) -> date:
    return found.taken or date.min


def _dated(entry: Observation) -> str:
    return (
        f", {entry.taken.last.isoformat()}"
        if entry.taken and entry.taken.exact
        else ", date not exact"
        if entry.taken
        else ", undated"
    )


def _age_y(patient: Patient, on: date) -> float | None:
    if patient.birth is None:
        return patient.age_y_given
    return None if patient.birth.first > on else (on - patient.birth.first).days / 365.25


def _weights_that_disagree(patient: Patient, on: date) -> tuple[str, ...]:
    row: Measure = knowledge().get("measures", "weight")
    usable = [made for entry in _entries(patient, row) if isinstance(made := _converted(entry, row), Measured)]
    dated = sorted((made for made in usable if made.taken is not None and made.taken <= on), key=_when)
    share, span = knowledge().limit("WEIGHTS-DIFFER", "1"), knowledge().limit("WEIGHTS-DIFFER-DAYS", "d")
    for earlier, later in itertools.pairwise(dated):
        close = (_when(later) - _when(earlier)).days <= span
        if close and abs(later.value - earlier.value) > share * min(later.value, earlier.value):
            return (f"weights disagree: {earlier.words} and {later.words}",)
    return ()
