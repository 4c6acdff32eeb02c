"""The equations of effect in SBML: receptor, delay, tolerance, effects, adaptation. models/ says where each is from."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.sbml_document import SbmlDocument
from unclench.simulation.effects_model import LATE
from unclench.simulation.person_effects import Curve, PersonEffects

FILTERS = ("fast", "slow", "slowest")
ONE, NONE = "1 dimensionless", "0 dimensionless"


def write_effects(out: SbmlDocument, effects: PersonEffects, analytes: Sequence[str]) -> None:
    """Everything from unbound levels (`Cu_...`) to effects."""
    _site(out, effects, analytes)
    _tolerance(out, effects)
    _reflexes(out, effects)
    _sedation(out, effects)
    _breathing(out, effects)
    _adaptation(out, effects, analytes)


def _told(out: SbmlDocument, key: str, formula: str, name: str, unit: str = "one") -> None:
    """A quantity that a rule sets at all times."""
    out.parameter(key, None, unit, name, constant=False)
    out.rule(key, formula)


def _followed(out: SbmlDocument, key: str, rate: str, name: str) -> None:
    """A quantity that starts at nothing and follows another."""
    out.parameter(key, 0.0, "one", name, constant=False)
    out.rate_rule(key, rate)


def _site(out: SbmlDocument, effects: PersonEffects, analytes: Sequence[str]) -> None:
    """Ligands that compete for one site: their loads add up."""
    for name, half in zip(analytes, effects.half_ng_ml, strict=True):
        out.parameter(f"K_{name}", half, "ng_per_mL", f"unbound level of {name} that alone holds half of the receptors")
    loads = " + ".join(f"Cu_{name} / K_{name}" for name in analytes)
    _told(out, "load_in_plasma", loads, "load on the receptor if brain and plasma were one")
    out.parameter("ke0", effects.ke0_per_h, "per_h", "rate at which the site follows plasma", kind="rate")
    _followed(out, "load_at_site", "ke0 * (load_in_plasma - load_at_site)", "load at the site")
    # An integrator may go a hair below nothing, where a power has no value.
    _told(out, "load", f"piecewise(load_at_site, load_at_site > {NONE}, {NONE})", "load at the site, never below 0")
    _told(out, "occupancy", f"load / ({ONE} + load)", "share of receptors that are held")


def _tolerance(out: SbmlDocument, effects: PersonEffects) -> None:
    out.parameter(
        "tolerance_half", effects.drive_half, "one", "load at which tolerance is driven half as hard as it can be"
    )
    _told(out, "tolerance_drive", "load / (load + tolerance_half)", "what makes tolerance grow")
    for name, rate in zip(FILTERS, effects.tolerance_per_h, strict=True):
        out.parameter(f"k_tolerance_{name}", rate, "per_h", f"rate of {name} tolerance", kind="rate")
        key = f"tolerance_{name}"
        _followed(out, key, f"k_{key} * (tolerance_drive - {key})", f"{name} tolerance, 0 to 1")


def _rising(out: SbmlDocument, key: str, curve: Curve, what: str, shift: str) -> str:
    """The parameters of a curve, and its formula: most * load^g / ((half * shift)^g + load^g)."""
    out.parameter(f"most_{key}", curve.most, "one", f"the most of: {what}")
    out.parameter(f"half_{key}", curve.half, "one", f"load of half of it without tolerance: {what}")
    out.parameter(f"steepness_{key}", curve.steepness, "one", f"steepness of: {what}")
    _told(out, f"shift_{key}", shift, f"by how much tolerance raises the load of half of: {what}")
    power = f"load^steepness_{key}"
    return f"most_{key} * {power} / ((half_{key} * shift_{key})^steepness_{key} + {power})"


def _reflexes(out: SbmlDocument, effects: PersonEffects) -> None:
    out.parameter("h_muscle", effects.h_muscle, "one", "what full tolerance adds, reflexes")
    shift = f"{ONE} + h_muscle * tolerance_slowest"
    what = "share of the excess of the phasic reflex that is removed; not strength, not function"
    _told(out, "reflex_removed", _rising(out, "reflex", effects.reflex, "reflex removed", shift), what)
    out.parameter("tone_carry", effects.tone_carry, "one", "what the fall of the reflex carries over to tone")
    _told(out, "tone_removed", "reflex_removed * tone_carry", "share of the excess of resting tone that is removed")


def _sedation(out: SbmlDocument, effects: PersonEffects) -> None:
    out.parameter("h_fast", effects.h_fast, "one", "what full fast tolerance adds, sedation")
    out.parameter("h_slow", effects.h_slow, "one", "what full slow tolerance adds, sedation")
    shift = f"({ONE} + h_fast * tolerance_fast) * ({ONE} + h_slow * tolerance_slow)"
    _told(out, "sedation", _rising(out, "sedation", effects.sedation, "sedation", shift), "sedation, 0 to 1")
    out.parameter("drowsy_on_placebo", effects.drowsy_placebo, "one", "chance of drowsiness on placebo")
    out.parameter("drowsy_slope", effects.drowsy_slope, "one", "log-odds of drowsiness that full sedation adds")
    odds = f"({ONE} - drowsy_on_placebo) / drowsy_on_placebo * exp(-drowsy_slope * sedation)"
    _told(out, "drowsy", f"{ONE} / ({ONE} + {odds})", "chance that the person calls themselves drowsy")
    out.parameter("most_impairment", effects.impairment_g_per_l, "g_per_L", "the most impairment")
    what = "psychomotor impairment, as the alcohol in blood that impairs tracking as much"
    _told(out, "impairment", "most_impairment * sedation", what, "g_per_L")


def _breathing(out: SbmlDocument, effects: PersonEffects) -> None:
    out.parameter("h_breath", effects.h_breath, "one", "what full tolerance adds, breathing")
    lost = _rising(out, "breathing", effects.breathing, "CO2 slope lost", f"{ONE} + h_breath * tolerance_slowest")
    _told(out, "co2_slope", f"{ONE} - {lost}", "slope of the response to CO2, as a share of the person's own")


def _adaptation(out: SbmlDocument, effects: PersonEffects, analytes: Sequence[str]) -> None:
    out.parameter("adaptation_load", effects.withdrawal_load, "one", "multiple of the load, for adaptation alone")
    what = "share of the load of what stays after diazepam that adaptation counts"
    out.parameter("late_counted", effects.late_counted, "one", what)
    out.parameter("tau_on", effects.tau_on_h, "h", "time constant of adapting")
    out.parameter("tau_off", effects.tau_off_h, "h", "time constant of losing adaptation")
    loads = " + ".join(
        f"late_counted * Cu_{name} / K_{name}" if name in LATE else f"Cu_{name} / K_{name}" for name in analytes
    )
    held = f"adaptation_load * ({loads})"
    _told(out, "adapting_to", f"{held} / ({ONE} + {held})", "occupancy to which the body adapts")
    rate = "(adapting_to - adaptation) / piecewise(tau_on, adapting_to > adaptation, tau_off)"
    _followed(out, "adaptation", rate, "adaptation; not validated")
    drive = f"piecewise(adaptation - adapting_to, adaptation > adapting_to, {NONE})"
    _told(out, "withdrawal_drive", drive, "by how much adaptation stands above the effect; not validated")
