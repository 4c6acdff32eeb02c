"""A taper as JSON: alone, and in a consultation as `plan.taper`. The same bytes for the same input."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from unclench.individual.learnt import Learning
from unclench.planning.plan import SupplyLine
from unclench.planning.taper_plan import (
    Compared,
    Drive,
    HiddenChange,
    Proof,
    Switch,
    Taper,
    TaperCurve,
    TaperDay,
    TaperSupply,
    Unit,
)
from unclench.report import schema_taper as out
from unclench.report import wording as words
from unclench.report.basis import taper_facts, taper_limits
from unclench.report.drawing import kept_points
from unclench.report.json_values import array, finite
from unclench.report.schema_types import MadeWithOut, SupplyLineOut
from unclench.values import Jurisdiction, MadeWith


def taper_json(taper: Taper, *, on: date, jurisdiction: Jurisdiction, made_with: MadeWith) -> bytes:
    """The bytes of one taper, indented, ending in a newline."""
    made = taper_out(taper, on=on, jurisdiction=jurisdiction, made_with=made_with)
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def taper_out(taper: Taper, *, on: date, jurisdiction: Jurisdiction, made_with: MadeWith) -> out.TaperOut:
    """The taper as plain values of the published shape. Doses and counts are exact."""
    need: Any = taper.need
    pace: Any = taper.pace
    schedule = taper.schedule
    return out.TaperOut(
        jurisdiction=jurisdiction.value,
        on=on.isoformat(),
        need=need,
        because=_texts(taper.because),
        views=tuple(_view(one.fact, one.name, one.need, one.agrees, one.say) for one in taper.views),
        hold=words.clean(taper.hold),
        urgency=words.clean(taper.urgency),
        from_mg=float(taper.from_mg) if taper.from_mg is not None else None,
        pace=pace,
        pace_because=_texts(taper.pace_because),
        weeks=finite(taper.weeks),
        start_on=schedule.start_on.isoformat() if schedule is not None else None,
        end_on=schedule.ends_on.isoformat() if schedule is not None else None,
        days=tuple(_day(day) for day in taper.days),
        cuts=tuple(out.CutOut(cut.on.isoformat(), float(cut.from_mg), float(cut.to_mg)) for cut in taper.cuts),
        proofs=tuple(_proof(proof) for proof in taper.proofs),
        peak_withdrawal_drive=drive_out(taper.peak) if taper.peak is not None else None,
        curves=tuple(_curve(curve) for curve in taper.curves),
        compared=tuple(_compared(one) for one in taper.compared),
        loss=out.LossOut(finite(taper.loss[0]), finite(taper.loss[1]), "% of reference") if taper.loss else None,
        supply=_supply(taper.supply) if taper.supply is not None else None,
        hidden=tuple(_hidden(one) for one in taper.hidden),
        switch=_switch(taper.switch) if taper.switch is not None else None,
        learning=_learning(taper.learning) if taper.learning is not None else None,
        holds_at=tuple(out.SaidOut(rule, words.clean(say)) for rule, say in taper.holds_at),
        says=_texts(taper.says),
        limits=_texts(taper_limits(taper, on, made_with)),
        facts=taper_facts(taper),
        seed=made_with.seed,
        made_with=made_with_out(made_with),
    )


def made_with_out(made_with: MadeWith) -> MadeWithOut:
    return MadeWithOut(
        unclench=made_with.unclench,
        edition=made_with.edition,
        edition_date=made_with.edition_date.isoformat(),
        python_packages=dict(sorted(made_with.python_packages)),
        notes=_texts(made_with.notes),
    )


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words.clean(text) for text in texts)


def _view(fact: str, name: str, need: Any, agrees: bool, say: str) -> out.SourceViewOut:
    return out.SourceViewOut(fact, words.clean(name), need, agrees, words.clean(say))


def _unit(unit: Unit) -> out.UnitOut:
    return out.UnitOut(unit.product, float(unit.mg_each), float(unit.count))


def _day(day: TaperDay) -> out.TaperDayOut:
    return out.TaperDayOut(
        date=day.on.isoformat(),
        mg=float(day.mg),
        units=tuple(_unit(unit) for unit in day.units),
        intakes=tuple(
            out.IntakeOut(intake.clock_h, tuple(_unit(unit) for unit in intake.units)) for intake in day.intakes
        ),
    )


def _proof(proof: Proof) -> out.ProofOut:
    return out.ProofOut(
        rule=proof.rule,
        holds=proof.holds,
        worst=finite(proof.worst),
        limit=finite(proof.limit) if proof.limit is not None else None,
        unit=proof.unit,
        on=proof.on.isoformat() if proof.on is not None else None,
        say=words.clean(proof.say),
    )


def drive_out(drive: Drive) -> out.DriveOut:
    return out.DriveOut(
        typical=finite(drive.typical),
        low=finite(drive.low),
        high=finite(drive.high),
        worst_fifth=finite(drive.worst_fifth),
        on_day=finite(drive.day),
        unit="% of reference",
        validated=False,
    )


def _curve(curve: TaperCurve) -> out.TaperCurveOut:
    kept = kept_points(curve.t_d, curve.typical)
    bands = (array(band[kept]) for band in (curve.typical, curve.p05, curve.p25, curve.p50, curve.p75, curve.p95))
    return out.TaperCurveOut(words.clean(curve.name), curve.unit, array(curve.t_d[kept]), *bands)


def _compared(one: Compared) -> out.ComparedOut:
    return out.ComparedOut(
        id=one.id,
        name=words.clean(one.name),
        weeks=finite(one.weeks),
        peak_withdrawal_drive=drive_out(one.drive),
        meets_caps=one.meets_caps,
        makeable=one.makeable,
        chosen=one.chosen,
        say=words.clean(one.say),
        facts=one.facts,
    )


def _lines(lines: tuple[SupplyLine, ...]) -> tuple[SupplyLineOut, ...]:
    return tuple(
        SupplyLineOut(line.product, words.clean(line.name), float(line.strength_mg), float(line.count))
        for line in lines
    )


def _supply(supply: TaperSupply) -> out.TaperSupplyOut:
    return out.TaperSupplyOut(
        prescriptions=tuple(
            out.PrescriptionOut(one.from_on.isoformat(), one.to_on.isoformat(), _lines(one.lines))
            for one in supply.prescriptions
        ),
        lines=_lines(supply.lines),
        total_mg=float(supply.total_mg),
        interval_days=supply.interval_days,
        half_tablets=tuple(
            out.HalfTabletOut(product, finite(low), finite(high)) for product, low, high in supply.half_tablet_mg
        ),
        notes=_texts(supply.notes),
    )


def _hidden(one: HiddenChange) -> out.HiddenChangeOut:
    low, typical, high = (finite(mg) for mg in one.as_if_mg)
    return out.HiddenChangeOut(
        medicine=words.clean(one.medicine),
        date=one.on.isoformat(),
        dose_mg=float(one.dose_mg),
        as_if_low_mg=low,
        as_if_mg=typical,
        as_if_high_mg=high,
        say=words.clean(one.say),
    )


def _switch(switch: Switch) -> out.SwitchOut:
    return out.SwitchOut(
        drug=words.clean(switch.drug),
        from_mg=float(switch.from_mg),
        to_mg=None if switch.to_mg is None else float(switch.to_mg),
        low_mg=finite(switch.low_mg),
        high_mg=finite(switch.high_mg),
        days=tuple(
            out.SwitchDayOut(
                day.on.isoformat(),
                float(day.other_mg),
                float(day.diazepam_mg),
                tuple(_unit(unit) for taken in switch.taken if taken.on == day.on for unit in taken.units),
            )
            for day in switch.days
        ),
        sources=tuple(out.SaidOut(fact, words.clean(say)) for fact, say in switch.sources),
        against=_texts(switch.against),
        says=_texts(switch.says),
        curves=tuple(_curve(curve) for curve in switch.curves),
        facts=switch.facts,
        hold=words.clean(switch.hold),
        review_from=None if switch.review is None else switch.review[0].isoformat(),
        review_to=None if switch.review is None else switch.review[1].isoformat(),
        first_cut_on=None if switch.first_cut_on is None else switch.first_cut_on.isoformat(),
    )


def _learning(learning: Learning) -> out.LearningOut:
    decision: Any = learning.decision
    return out.LearningOut(
        parameters=tuple(
            out.LearntOut(
                name=words.clean(one.name),
                unit=one.unit,
                prior=out.MiddleOut(*(finite(value) for value in one.prior)),
                posterior=out.MiddleOut(*(finite(value) for value in one.posterior)),
                moved=finite(one.moved),
                say=words.clean(one.say),
            )
            for one in learning.parameters
        ),
        levels=learning.levels,
        ratings=learning.ratings,
        decision=decision,
        says=_texts(learning.says),
        facts=learning.facts,
    )
