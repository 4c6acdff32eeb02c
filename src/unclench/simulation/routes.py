"""How a dose enters, by route and form: which rows of absorption hold, and what the record of a request may call it."""

from __future__ import annotations

from collections.abc import Callable

from unclench.knowledge.load import knowledge
from unclench.models import population
from unclench.models.covariates import Number
from unclench.models.population import Absorption, Etas
from unclench.simulation.parameters import Numbers
from unclench.values import Regimen, RegimenError

# (route, form): the key of its rows PK-KA-, PK-LAG- and PK-F-. A vein has none.
DEPOTS = {
    ("oral", "tablet"): "TABLET",
    ("oral", "capsule"): "TABLET",
    ("oral", "solution"): "ORAL-SOLUTION",
    ("rectal", "solution"): "RECTAL-SOLUTION",
    ("rectal", "gel"): "RECTAL-GEL",
    ("rectal", "suppository"): "RECTAL-SUPPOSITORY",
    ("im", "injection"): "IM-INJECTION",
    ("intranasal", "solution"): "NASAL-SOLUTION",
    ("intranasal", "suspension"): "NASAL-SUSPENSION",
    ("intranasal", "glycofurol"): "NASAL-GLYCOFUROL",
}
VEIN = ("iv", "injection")
FORMS = (*DEPOTS, VEIN)
SOLID = "TABLET"  # what food acts on
SHARES = {SOLID: "PK-F-ORAL"}


def check_route(regimen: Regimen) -> None:
    """A route and form that the model knows.

    Raises
    ------
    RegimenError
        for any other, with what is known.
    """
    if (regimen.route, regimen.form) not in FORMS:
        known = ", ".join(f"{route} {form}" for route, form in FORMS)
        raise RegimenError(
            where="a regimen",
            found=f"{regimen.route} {regimen.form}",
            need=f"one of: {known}",
            fix="Name a route and a form that the model knows.",
        )


def log_sds(numbers: Numbers, route: str, form: str) -> tuple[float, float, float]:
    """Spread between people of absorption rate, delay (log scale) and share absorbed (logit scale)."""
    key = DEPOTS.get((route, form))
    if key is None:
        return 0.0, 0.0, 0.0
    return numbers.log_sd(f"PK-KA-{key}"), numbers.log_sd(f"PK-LAG-{key}"), numbers.log_sd(_share(key))


def absorption(numbers: Numbers, etas: Etas, assumed: list[str], *, route: str, form: str, fed: bool) -> Absorption:
    """Everybody's absorption. Food acts on what is swallowed as a solid."""
    if (route, form) == VEIN:
        assumed.append(knowledge().say("SIM-VEIN"))
        return population.into_vein(etas.ka.size)
    if DEPOTS[route, form] != SOLID:
        assumed.append(knowledge().say("SIM-ROUTE"))
    elif not fed:
        assumed.append(knowledge().say("SIM-FASTED"))
    return from_depot(numbers.drawn, etas, route=route, form=form, fed=fed)


def from_depot(read: Callable[[str, str], Number], etas: Etas, *, route: str, form: str, fed: bool) -> Absorption:
    """Absorption from a depot. `read`: the number, or one per column, of a row and its unit."""
    key = DEPOTS[route, form]
    ka, lag, share = read(f"PK-KA-{key}", "1/h"), read(f"PK-LAG-{key}", "h"), read(_share(key), "1")
    if key != SOLID or not fed:
        return population.spread_absorption(ka_per_h=ka, lag_h=lag, f=share, etas=etas)
    lag = read("PK-FED-LAG", "h")
    found = population.spread_absorption(ka_per_h=ka * read("PK-FED-KA", "ratio"), lag_h=lag, f=share, etas=etas)
    # On the share itself, not on its logit: one of the two studies found more with food than without.
    return Absorption(found.ka_per_h, found.lag_h, found.f * read("PK-FED-F", "ratio"))


def _share(key: str) -> str:
    return SHARES.get(key, f"PK-F-{key}")
