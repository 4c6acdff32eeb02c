"""Which medicines of a list change diazepam exposure, how strongly, and by which rows. Measured first, model second."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from unclench.appraisal.findings import CurrentMedicine
from unclench.knowledge import Knowledge
from unclench.knowledge.rows import Perpetrator, Ratio
from unclench.models.enzymes import Block, Shares, auc_ratio, left, rescaled
from unclench.values import Answer, Standing

Dosed = TypeVar("Dosed", Perpetrator, Ratio)

MEASURED = "measured"
PREDICTED = "predicted"
ESTIMATE = "project estimate, not measured"

# Combined contraceptives hold several drugs but are one perpetrator; the classes stand in for drugs without own rows.
WHOLE_TAGS = ("tag:hormonal_contraceptive",)


@dataclass(frozen=True, slots=True)
class Course:
    """One stretch of taking a perpetrator. None: open, to the past or to the future."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A perpetrator of the knowledge base with all its courses. `sure`: it is, was or will be taken.

    `drugs`: the ingredients that made it one; more than its own name where a class stands in for them.
    """

    key: str
    drugs: tuple[str, ...]
    courses: tuple[Course, ...]
    mg_per_day: float | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Strength:
    """What one perpetrator does to diazepam and to nordazepam, and how that is known.

    `ratio` is that of this body's genotype, against the same body without the perpetrator.
    """

    key: str
    basis: str
    ratio: float
    low: float
    high: float
    people: int | None
    diazepam: Block
    nordazepam: Block
    off_half_life_h: float | None
    facts: tuple[str, ...]
    shows_number: bool = True
    induces: bool = False


def keys_of(facts: Knowledge) -> frozenset[str]:
    """Every perpetrator that has a row which may be used."""
    used = {row.perpetrator for row in facts.table("ratios") if row.use == "use"}
    return frozenset(used | {row.drug for row in facts.table("perpetrators")})


def taken(medicines: Iterable[CurrentMedicine], facts: Knowledge, on: date) -> tuple[Taken, ...]:
    """The perpetrators in a list, merged, in an order that does not depend on the list."""
    keys = keys_of(facts)
    entries = [entry for entry in medicines if may_act(entry, on)]
    present = {drug for entry in entries for drug in entry.drugs}
    joint = [key for key in keys if " + " in key and present.issuperset(key.split(" + "))]
    # A measured combination speaks for all its members, the largest first.
    member_of: dict[str, str] = {}
    for key in sorted(joint, key=lambda name: (-name.count("+"), name)):
        members = key.split(" + ")
        if not any(member in member_of for member in members):
            member_of.update(dict.fromkeys(members, key))
    found: dict[str, list[tuple[str, CurrentMedicine]]] = {}
    for entry in entries:
        for key, drug in _keys_of_entry(entry, keys, member_of, facts):
            found.setdefault(key, []).append((drug, entry))
    return tuple(_merged(key, found[key]) for key in sorted(found))


def may_act(entry: CurrentMedicine, on: date) -> bool:
    """Taken, perhaps taken, or stopped on a known day before `on`, so that some effect may be left."""
    if entry.active is not Answer.NO:
        return True
    return entry.until is not None and entry.until < on and (entry.since is None or entry.since <= entry.until)


def _keys_of_entry(
    entry: CurrentMedicine, keys: frozenset[str], member_of: dict[str, str], facts: Knowledge
) -> list[tuple[str, str]]:
    """Pairs of perpetrator and the ingredient it comes from."""
    whole = [(tag, "") for tag in WHOLE_TAGS if tag.removeprefix("tag:") in entry.tags and tag in keys]
    found = list(whole)
    for drug in entry.drugs:
        if drug in member_of:
            found.append((member_of[drug], drug))
        elif drug in keys:
            found.append((drug, drug))
        elif not whole:
            tags = facts.get("drugs", drug).tags if facts.has("drugs", drug) else entry.tags
            found.extend((f"tag:{tag}", drug) for tag in tags if f"tag:{tag}" in keys)
    return found


def _merged(key: str, found: list[tuple[str, CurrentMedicine]]) -> Taken:
    """All entries of one perpetrator; those only perhaps taken count only where no other speaks."""
    acting = [pair for pair in found if pair[1].active is not Answer.CANNOT_SAY and _may_reach_liver(key, pair[1])]
    chosen = acting or found
    courses = {Course(entry.since, entry.until) for _, entry in chosen}
    doses = [float(entry.mg_per_day) for _, entry in chosen if entry.mg_per_day is not None and len(entry.drugs) == 1]
    ordered = sorted(courses, key=lambda course: (course.since or date.min, course.until or date.max))
    drugs = tuple(sorted({drug for drug, _ in chosen if drug}))
    return Taken(key, drugs, tuple(ordered), max(doses, default=None), bool(acting))


def _may_reach_liver(key: str, entry: CurrentMedicine) -> bool:
    """A cream or eye drop is in no study; contraceptive patches and rings do reach the blood."""
    dosage = entry.entry.dosage if entry.entry else None
    return key in WHOLE_TAGS or dosage is None or dosage.route != "other"


def shares(facts: Knowledge, victim: str = "diazepam") -> Shares:
    """Which enzymes clear it."""
    letter = "F" if victim == "diazepam" else "N"
    return Shares(*(facts.parameter(f"IX-{letter}{part}").value for part in ("3A4", "2C19", "OTHER")))


def activity(cyp2c19: str | None, facts: Knowledge) -> float:
    """CYP2C19 activity of a phenotype; a normal metaboliser where it is not known."""
    return facts.parameter(f"IX-ACT-{cyp2c19 or 'NM'}").value


def strength(one: Taken, cyp2c19: str | None, facts: Knowledge) -> Strength | None:
    """What this perpetrator does to this body; None where no usable row says anything."""
    models = _fitting([row for row in facts.table("perpetrators") if row.drug == one.key], one.mg_per_day)
    model: Perpetrator | None = models[0] if models else None
    measured: list[Ratio] = _fitting(
        [row for row in facts.table("ratios") if row.perpetrator == one.key and row.use == "use"], one.mg_per_day
    )
    parent = [ratio for ratio in measured if ratio.victim == "diazepam" and ratio.auc_ratio is not None]
    own = [ratio for ratio in parent if ratio.phenotype == cyp2c19 and ratio.phenotype not in ("", "NM")]
    normal = [ratio for ratio in parent if ratio.phenotype in ("", "NM")]
    raw = Block(model.ir_cyp3a4 or 0.0, model.ir_cyp2c19 or 0.0) if model else _joint(one.key, facts)
    if normal:
        return _measured(one.key, own, normal, measured, model, raw, cyp2c19, facts)
    if model is None:
        return None
    if model.ir_cyp3a4 is None and model.ir_cyp2c19 is None:
        return _direction_only(model, facts)
    return _modelled(one.key, model, raw, cyp2c19, facts)


def _joint(key: str, facts: Knowledge) -> Block:
    """What the members of a combination do together, from their own rows; nothing for a single one."""
    members = set(key.split(" + "))
    rows = [row for row in facts.table("perpetrators") if len(members) > 1 and row.drug in members]
    return Block(1 - left(row.ir_cyp3a4 or 0.0 for row in rows), 1 - left(row.ir_cyp2c19 or 0.0 for row in rows))


def _fitting(rows: list[Dosed], dose: float | None) -> list[Dosed]:
    """Rows that fit the dose; all of them where the dose is not known or fits none."""
    if dose is None:
        return rows
    fits = [
        row
        for row in rows
        if (row.dose_low_mg_per_day is None or dose > row.dose_low_mg_per_day)
        and (row.dose_high_mg_per_day is None or dose <= row.dose_high_mg_per_day)
    ]
    return fits or rows


def pooled(values: list[tuple[float, int | None]]) -> float:
    """Geometric mean, weighted by the number of people; one who is not counted weighs as one."""
    weight = sum(n or 1 for _, n in values)
    return math.exp(sum(math.log(value) * (n or 1) for value, n in values) / weight)


def _interval(values: list[tuple[float, int | None]], facts: Knowledge) -> tuple[float, float, str]:
    """Range of the studies, and never narrower than the project's range for that many people."""
    enough = facts.parameter("IX-ENOUGH-PEOPLE").value
    people = sum(n or 0 for _, n in values)
    fact = "IX-SPREAD-MEASURED" if people >= enough else "IX-SPREAD-MEASURED-FEW"
    spread, middle = facts.parameter(fact).value, pooled(values)
    return min([middle / spread, *(v for v, _ in values)]), max([middle * spread, *(v for v, _ in values)]), fact


def _measured(
    key: str,
    own: list[Ratio],
    normal: list[Ratio],
    rows: list[Ratio],
    model: Perpetrator | None,
    raw: Block,
    cyp2c19: str | None,
    facts: Knowledge,
) -> Strength:
    in_normal = [(row.auc_ratio, row.n) for row in normal if row.auc_ratio is not None]
    no_change = facts.limit("IX-NO-CHANGE", "ratio")
    middle = pooled(in_normal)
    nothing = 1 / no_change < middle < no_change
    block = Block() if nothing else rescaled(raw, shares(facts), middle)
    metabolite = [
        (row.nordazepam_auc_ratio, row.n) for row in rows if row.victim == "nordazepam" and row.nordazepam_auc_ratio
    ]
    enzymes_only = Block(block.cyp3a4, block.cyp2c19)
    after = rescaled(raw, shares(facts, "nordazepam"), pooled(metabolite)) if metabolite else enzymes_only
    low, high, spread = _interval(in_normal, facts)
    used, basis, ratio = normal, MEASURED, middle
    people = sum(row.n or 0 for row in normal) or None
    if own:
        ours = [(row.auc_ratio, row.n) for row in own if row.auc_ratio is not None]
        ratio, (low, high, spread) = pooled(ours), _interval(ours, facts)
        used, people = own, sum(row.n or 0 for row in own) or None
    elif cyp2c19 not in (None, "NM") and not nothing and (block.cyp3a4 or block.cyp2c19):
        # Nobody measured it in this genotype: the enzyme model carries the measurement over.
        ratio = auc_ratio(shares(facts), activity(cyp2c19, facts), [block])
        wide = facts.parameter("IX-SPREAD-MODEL").value
        low, high, basis, spread = ratio / wide, ratio * wide, PREDICTED, "IX-SPREAD-MODEL"
    ids = tuple(row.id for row in used) + ((model.id,) if model and basis == PREDICTED else ()) + (spread,)
    off = model.offset_half_life_h if model else None
    return Strength(key, basis, ratio, low, high, people, block, after, off, ids, induces=middle < 1)


def _modelled(key: str, model: Perpetrator, raw: Block, cyp2c19: str | None, facts: Knowledge) -> Strength:
    sure = model.standing in (Standing.READ, Standing.DERIVED)
    fact = "IX-SPREAD-MODEL" if sure else "IX-SPREAD-UNVERIFIED"
    spread = facts.parameter(fact).value
    known = [cyp2c19] if cyp2c19 else ["NM", "IM", "RM"]
    ratios = [auc_ratio(shares(facts), activity(phenotype, facts), [raw]) for phenotype in known]
    # An unconfirmed row counts only in the cautious direction: what it would induce is left out of the sum.
    counted = raw if sure else Block(max(raw.cyp3a4, 0.0), max(raw.cyp2c19, 0.0))
    ids = (model.id, "IX-F2C19", "IX-F3A4", fact)
    return Strength(
        key,
        PREDICTED if sure else ESTIMATE,
        ratios[0],
        min(ratios) / spread,
        max(ratios) * spread,
        None,
        counted,
        counted,
        model.offset_half_life_h,
        ids,
        induces=ratios[0] < 1,
    )


def _direction_only(model: Perpetrator, facts: Knowledge) -> Strength:
    """A class that induces, of unknown strength: the direction is said, nothing is counted."""
    floor = 1 / facts.parameter("IX-SPREAD-UNVERIFIED").value
    ids = (model.id,)
    nothing = Block()
    return Strength(model.drug, ESTIMATE, 1.0, floor, 1.0, None, nothing, nothing, None, ids, False, True)
