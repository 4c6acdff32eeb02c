"""What each building study should have reported of its typical person, given values of the fitted parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from scripts.fit_arms import Arm, Seen
from unclench.engine import draw
from unclench.engine.linear import Chain, Modes, modes_of
from unclench.knowledge.load import knowledge
from unclench.models import covariates
from unclench.models.covariates import Bodies, Reference
from unclench.simulation.parameters import REFERENCE, Numbers

METABOLITES = ("nordazepam", "temazepam", "oxazepam")
# A mean of skewed values lies above the typical one by half the square of the spread.
SKEW = {"cl": 0.30, "vd": 0.30, "t_": 0.42, "cs": 0.30}
FORMS = (
    ("im", "", "IM-INJECTION"),
    ("intranasal", "suspension", "NASAL-SUSPENSION"),
    ("intranasal", "glycofurol", "NASAL-GLYCOFUROL"),
    ("intranasal", "solution", "NASAL-SOLUTION"),
    ("rectal", "gel", "RECTAL-GEL"),
    ("rectal", "suppository", "RECTAL-SUPPOSITORY"),
    ("rectal", "solution", "RECTAL-SOLUTION"),
    ("oral", "", "TABLET"),
)
EARLY = ("cmax_ng_ml", "tmax_h", "level_ng_ml")
CROWD = 64
KA_SPREAD = "spread of PK-KA"
SEED = 20261122
FINE = np.concatenate([np.arange(0.02, 3.0, 0.04), np.arange(3.0, 12.0, 0.25), np.arange(12.0, 24.0, 1.0)])
DAYS_OF_DOSING = {"Abernethy1983": 30, "Ochs1983_cirrhosis": 22}


Depot = tuple[float, float, float]  # rate, delay, share


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of one arm: rates and amounts by mode (modes, people), and delays (people,)."""

    rates: np.ndarray
    amounts: np.ndarray
    lag: np.ndarray


def predictions(values: dict[str, float], seen: list[Seen]) -> np.ndarray:
    """One number per value that was reported."""
    arms = list({one.arm.id: one.arm for one in seen}.values())
    place = {arm.id: at for at, arm in enumerate(arms)}
    reference = _reference(values)
    kinetics = _typical(reference, values, arms)
    depots = [_depot(values, arm) for arm in arms]
    modes, crowds = _modes(kinetics, values, depots), _crowds(seen, place, kinetics, depots, values)
    return np.array([_one(one, place[one.arm.id], kinetics, modes, depots[place[one.arm.id]], crowds) for one in seen])


def _reference(values: dict[str, float]) -> Reference:
    base = Numbers(knowledge(), {}).reference(cirrhosis=True, dialysis=False)
    moved = {field: values[key] for field, (key, _) in REFERENCE.items() if key in values}
    return replace(base, **moved)


def _typical(ref: Reference, values: dict[str, float], arms: list[Arm]) -> dict[str, np.ndarray]:
    """(arms,) or (rows, arms) of clearances, volumes and flows."""
    weight = np.array([arm.weight_kg for arm in arms])
    female = np.array([arm.female for arm in arms])
    height = np.array([arm.height_cm for arm in arms])
    share = np.array([arm.ideal_share for arm in arms])
    ideal = np.where(
        share > 0, weight / np.maximum(share, 1.0), covariates.ideal_weight(ref, height_cm=height, female=female)
    )
    out: dict[str, np.ndarray] = {}
    for ill in (False, True):
        bodies = Bodies(
            age_y=np.array([arm.age_y for arm in arms]),
            female=female,
            weight_kg=weight,
            ideal_kg=ideal,
            albumin_g_per_l=ref.albumin_g_per_l,
            liver_cl=knowledge().parameter("PK-CIRRHOSIS-UNCLASSED").value if ill else 1.0,
            cirrhosis=ill,
            dialysis=False,
        )
        found = covariates.adult(ref, bodies)
        mask = np.array([arm.cirrhosis for arm in arms]) == ill
        for name in ("cl_l_per_h", "volumes_l", "exchange_l_per_h", "metabolite_cl_l_per_h", "metabolite_v_l"):
            whole = getattr(found, name)
            out[name] = np.where(mask, whole, out.get(name, whole))
    share = knowledge().parameter("IX-F2C19").value
    slow = np.array([1 - share if arm.poor else 1.0 for arm in arms])
    # With alleles drawn at random, activity lost on average is the share of alleles without function.
    mixed = 1 - share * float(np.sqrt(knowledge().parameter("STUDY-EAST-ASIAN-PM").value))
    slow = np.where([arm.east_asian and not arm.genotyped for arm in arms], mixed, slow)
    asian = np.array([values["PK-ANCESTRY-EAST-ASIAN"] if arm.east_asian else 1.0 for arm in arms])
    out["cl_l_per_h"] = out["cl_l_per_h"] * slow * asian
    out["metabolite_cl_l_per_h"][0] *= asian
    out["weight"] = weight
    return out


def _depot(values: dict[str, float], arm: Arm) -> Depot | None:
    """Rate, delay and share of the depot; None for a vein."""
    key = next(
        (key for route, form, key in FORMS if arm.route.startswith(route) and form in arm.form and arm.route), None
    )
    if key is None:
        return None
    known = knowledge()

    def read(name: str) -> float:
        return values.get(name, known.parameter(name).value)

    return read(f"PK-KA-{key}"), read(f"PK-LAG-{key}"), read("PK-F-ORAL" if key == "TABLET" else f"PK-F-{key}")


def _modes(kinetics: dict[str, np.ndarray], values: dict[str, float], depots: list[Depot | None]) -> dict[bool, Modes]:
    """The modes of diazepam and nordazepam of every column, by depot and straight into the vein."""
    masses = Numbers(knowledge(), {}).molar_masses()
    count = kinetics["cl_l_per_h"].size
    formed = np.full((1, count), values["PK-FM-NORDAZEPAM"] * masses.nordazepam / masses.diazepam)
    rates, _, shares = (np.array([depot[part] if depot else 1.0 for depot in depots]) for part in range(3))
    return {
        direct: modes_of(
            Chain(
                depot_per_h=rates,
                entering=np.ones(count) if direct else shares,
                volumes_l=kinetics["volumes_l"],
                exchange_l_per_h=kinetics["exchange_l_per_h"],
                loss_l_per_h=kinetics["cl_l_per_h"],
                formed=formed,
                passed_on=np.zeros((1, 1, count)),
                daughter_loss_l_per_h=kinetics["metabolite_cl_l_per_h"][:1],
                daughter_volume_l=kinetics["metabolite_v_l"][:1],
                direct=direct,
            )
        )
        for direct in (False, True)
    }


@cache
def _differences() -> dict[str, np.ndarray]:
    """A few people who differ as the rows say people do: factors on what shapes the first hours; `ka` unscaled."""
    known = knowledge()
    sizes = {
        "lag": "PK-LAG-TABLET",
        "cl": "PK-CL-DIAZEPAM",
        "central": "PK-V1-DIAZEPAM",
        "tissue": "PK-V3-DIAZEPAM",
    }
    out = {"ka": draw.normal(SEED, "fit ka", CROWD)}
    for name, key in sizes.items():
        spread = known.parameter(key).log_sd or 0.0
        out[name] = np.exp(spread * draw.normal(SEED, f"fit {name}", CROWD))
    return out


def _crowds(
    seen: list[Seen],
    place: dict[str, int],
    kinetics: dict[str, np.ndarray],
    depots: list[Depot | None],
    values: dict[str, float],
) -> dict[str, Crowd]:
    """For every arm with a peak or a level: its people, one by one."""
    arms = list({one.arm.id: one.arm for one in seen if one.quantity in EARLY}.values())
    factor = _differences() | {"ka": np.exp(values[KA_SPREAD] * _differences()["ka"])}
    columns = np.repeat([place[arm.id] for arm in arms], CROWD)
    many = {name: whole[..., columns] for name, whole in kinetics.items()}
    tile = {name: np.tile(numbers, len(arms)) for name, numbers in factor.items()}
    many["cl_l_per_h"] = many["cl_l_per_h"] * tile["cl"]
    many["volumes_l"] = many["volumes_l"] * np.stack([tile["central"], tile["tissue"], tile["tissue"]])
    own: list[Depot | None] = []
    for arm in arms:
        depot = depots[place[arm.id]]
        for one in range(CROWD):
            own.append(depot and (depot[0] * factor["ka"][one], depot[1] * factor["lag"][one], depot[2]))
    modes = _modes(many, values, own)
    out = {}
    for at, arm in enumerate(arms):
        part = slice(at * CROWD, (at + 1) * CROWD)
        chosen = modes[own[at * CROWD] is None]
        lag = np.array([depot[1] if depot else 0.0 for depot in own[part]])
        row = 0 if arm.analyte == "diazepam" else 1
        out[arm.id] = Crowd(
            chosen.rates[:, part], (chosen.weights[row] * chosen.given)[:, part] * arm.dose_mg * 1e3, lag
        )
    return out


def _early(one: Seen, crowd: Crowd) -> float:
    """A mean level, the mean of peaks, or the peak of the mean curve: as the paper measured it."""
    arm = one.arm
    times = np.array([one.time_h]) if one.quantity == "level_ng_ml" else np.array(arm.at_h) if arm.at_h else FINE
    since = times[:, None] - crowd.lag
    decay = np.exp(-crowd.rates[:, None] * np.maximum(since, 0.0))
    levels = np.where(since > 0, np.einsum("mp,mtp->tp", crowd.amounts, decay), 0.0)
    if one.quantity == "level_ng_ml":
        return float(levels.mean())
    if arm.peak_of_mean:
        mean = levels.mean(axis=1)
        return float(mean.max()) if one.quantity == "cmax_ng_ml" else _soft_peak(times, mean)
    if one.quantity == "cmax_ng_ml":
        return float(levels.max(axis=0).mean())
    return float(np.mean(times[levels.argmax(axis=0)]))


def _one(
    one: Seen,
    at: int,
    kinetics: dict[str, np.ndarray],
    modes: dict[bool, Modes],
    depot: Depot | None,
    crowds: dict[str, Crowd],
) -> float:
    arm, kind = one.arm, one.quantity
    share = depot[2] if depot and arm.by_mouth else 1.0
    mean = float(np.exp(0.5 * SKEW.get(kind[:2], 0.0) ** 2))
    if kind == "f_percent":
        return 100.0 * (depot[2] if depot else 1.0)
    own = modes[depot is None]
    if arm.analyte == "diazepam":
        clearance, rate = kinetics["cl_l_per_h"][at], own.body_rates[:, at].min()
    else:
        row = METABOLITES.index(arm.analyte)
        clearance = kinetics["metabolite_cl_l_per_h"][row, at]
        rate = clearance / kinetics["metabolite_v_l"][row, at]
        if arm.given == "diazepam":
            rate = (
                min(rate, own.body_rates[:, at].min())
                if kind == "t_half_h" and rate > own.body_rates[:, at].min()
                else rate
            )
            share = 1.0
    if kind in ("cl_ml_min", "cl_ml_min_kg"):
        found = clearance / share * 1000 / 60
        return float(mean * found / (arm.weight_kg if kind.endswith("kg") else 1.0))
    if kind in ("vd_l", "vd_l_kg"):
        return float(mean * clearance / share / rate / (arm.weight_kg if kind.endswith("kg") else 1.0))
    if kind == "t_half_h":
        return float(mean * np.log(2.0) / rate)
    if kind == "css_ng_ml":
        return mean * _average(arm, own, at)
    return _early(one, crowds[arm.id])


def _soft_peak(times: np.ndarray, levels: np.ndarray) -> float:
    """The time of the highest sample, smoothed over people whose curves differ, so that the fit can feel it."""
    weight = (levels / levels.max()) ** 12
    return float((weight * times).sum() / weight.sum())


def _average(arm: Arm, own: Modes, at: int) -> float:
    """Mean level of the last day of dosing."""
    row = 0 if arm.analyte == "diazepam" else 1
    areas = own.weights[row, :, at] * own.given[:, at] / own.rates[:, at]
    until = 24.0 * DAYS_OF_DOSING[arm.publication]
    share = -np.expm1(-own.rates[:, at] * until)
    return float((areas * share).sum() * arm.per_day_mg / 24.0 * 1000.0)
