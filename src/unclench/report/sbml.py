"""One person's model and regimen as SBML Level 3, for any tool that reads it. Nothing in it says who the person is."""

from __future__ import annotations

from collections.abc import Iterator

from unclench.knowledge import knowledge
from unclench.report import wording as words
from unclench.report.basis import every_row
from unclench.report.sbml_document import SbmlDocument
from unclench.report.sbml_effects import write_effects
from unclench.simulation.person import DoseSeries, PersonModel
from unclench.values import MadeWith, RegimenError

MAX_SERIES = 2000
"""Each series of even doses is one event, and a simulator looks at every event in every step."""

NG_ML_PER_MG_L = 1000.0
COMPARTMENTS = {1: ("central",), 2: ("central", "tissue"), 3: ("central", "fast", "slow")}


def to_sbml(person: PersonModel, made_with: MadeWith) -> bytes:
    """The document, in UTF-8.

    Raises
    ------
    RegimenError
        when the doses are so uneven that they need more than MAX_SERIES events.
    """
    if len(person.doses) > MAX_SERIES:
        raise RegimenError(
            where="SBML export",
            found=f"{len(person.doses)} series of even doses",
            need=f"at most {MAX_SERIES}",
            fix="Repeat doses at even intervals, or export a shorter course.",
        )
    return _Writer(person, made_with).written()


class _Writer:
    """Writes the parts in the order in which a reader meets them."""

    def __init__(self, person: PersonModel, made_with: MadeWith) -> None:
        self._person = person
        self._spaces = COMPARTMENTS[len(person.volumes_l)]
        self._medicine, *self._metabolites = person.analytes
        self._central = f"A_{self._medicine}_{self._spaces[0]}"
        self._out = SbmlDocument("unclench_person", f"{self._medicine} in one person", tuple(_notes(person, made_with)))

    def written(self) -> bytes:
        self._body()
        self._clearances()
        self._formations()
        self._levels()
        if self._person.effects is not None:
            write_effects(self._out, self._person.effects, self._person.analytes)
        self._depots()
        self._doses()
        self._changes()
        return self._out.to_xml()

    def _body(self) -> None:
        person, out = self._person, self._out
        for space, litres in zip(self._spaces, person.volumes_l, strict=True):
            out.compartment(space, litres, f"{space} volume of {self._medicine}")
            out.amount(f"A_{self._medicine}_{space}", space, f"{self._medicine}, {space}")
        for name, litres in zip(self._metabolites, person.metabolite_volumes_l, strict=True):
            out.compartment(f"body_{name}", litres, f"volume of {name}")
            out.amount(f"A_{name}", f"body_{name}", name)
        for space, flow in zip(self._spaces[1:], person.exchange_l_per_h, strict=True):
            key, other = f"Q_{space}", f"A_{self._medicine}_{space}"
            out.parameter(key, flow, "L_per_h", f"exchange with the {space} tissues", kind="rate")
            to, back = f"{key} * {self._central} / {self._spaces[0]}", f"{key} * {other} / {space}"
            out.reaction(f"into_{space}", f"into {space}", to, of=self._central, to=other, kind="transport")
            out.reaction(f"out_of_{space}", f"out of {space}", back, of=other, to=self._central, kind="transport")

    def _amount(self, analyte: int) -> tuple[str, str]:
        """The amount from which an analyte is cleared and sampled, and the volume that it is in."""
        if analyte == 0:
            return self._central, self._spaces[0]
        name = self._person.analytes[analyte]
        return f"A_{name}", f"body_{name}"

    def _loss(self, analyte: int) -> str:
        name, (amount, space) = self._person.analytes[analyte], self._amount(analyte)
        return f"CL_{name} * CL_multiple_{name} * {amount} / {space}"

    def _clearances(self) -> None:
        first = self._person.changes[0].multiples
        for analyte, name in enumerate(self._person.analytes):
            out, litres_per_h = self._out, self._person.clearance_l_per_h[analyte]
            out.parameter(
                f"CL_{name}", litres_per_h, "L_per_h", f"clearance of {name} from plasma, by itself", kind="rate"
            )
            what = f"what genotype and other medicines now multiply the clearance of {name} by"
            out.parameter(f"CL_multiple_{name}", first[analyte], "one", what, constant=False)
            out.reaction(
                f"loss_of_{name}", f"loss of {name}", self._loss(analyte), of=self._amount(analyte)[0], kind="loss"
            )

    def _formations(self) -> None:
        for one in self._person.formed:
            parent, daughter = self._person.analytes[one.parent], self._person.analytes[one.daughter]
            share, key = f"formed_{daughter}_per_{parent}", f"formation_of_{daughter}_from_{parent}"
            self._out.parameter(share, one.mg_per_mg, "one", f"mg of {daughter} formed per mg of {parent} lost")
            self._out.reaction(
                key,
                f"formation of {daughter} from {parent}",
                f"{share} * {self._loss(one.parent)}",
                to=self._amount(one.daughter)[0],
                driven_by=[self._amount(one.parent)[0]],
                kind="conversion",
            )

    def _levels(self) -> None:
        unit = "ng_per_mL_per_mg_per_L"
        self._out.parameter(unit.lower(), NG_ML_PER_MG_L, unit, "a level in ng/mL per level in mg/L")
        for analyte, name in enumerate(self._person.analytes):
            (amount, space), fraction = self._amount(analyte), self._person.unbound[analyte]
            self._out.parameter(f"fu_{name}", fraction, "one", f"unbound fraction of {name} in plasma")
            for key, how in ((f"C_{name}", "total"), (f"Cu_{name}", "unbound")):
                self._out.parameter(
                    key, None, "ng_per_mL", f"{name} in plasma, {how}", constant=False, kind="concentration"
                )
            self._out.rule(f"C_{name}", f"{unit.lower()} * {amount} / {space}")
            self._out.rule(f"Cu_{name}", f"fu_{name} * C_{name}")

    def _depots(self) -> None:
        for number, depot in enumerate(self._person.depots, start=1):
            out, amount = self._out, f"A_depot_{number}"
            out.compartment(
                f"depot_{number}", 1.0, f"{words.clean(depot.name)}: where it is absorbed; its volume has no meaning"
            )
            out.amount(amount, f"depot_{number}", f"{self._medicine} not yet absorbed")
            out.parameter(f"ka_{number}", depot.ka_per_h, "per_h", "absorption rate", kind="rate")
            out.parameter(f"lag_{number}", depot.lag_h, "h", "time before a dose begins to be absorbed")
            out.parameter(f"F_{number}", depot.f, "one", "share of a dose that reaches the blood")
            out.reaction(
                f"absorption_{number}",
                "absorption",
                f"ka_{number} * {amount}",
                of=amount,
                to=self._central,
                kind="transport",
            )

    def _doses(self) -> None:
        if any(series.over_h for series in self._person.doses):
            self._out.parameter("infusion", 0.0, "mg_per_h", "what is being infused", constant=False)
            self._out.reaction("infused", "infusion", "infusion", to=self._central, kind="input")
        for number, series in enumerate(self._person.doses, start=1):
            self._dose(f"dose_{number}", series)

    def _dose(self, key: str, series: DoseSeries) -> None:
        out = self._out
        out.parameter(f"{key}_mg", series.mg, "mg", "dose")
        if series.over_h:
            out.parameter(f"{key}_over", series.over_h, "h", "length of the infusion")
            self._event(key, series, f"{key}_at", [("infusion", f"infusion + {key}_mg / {key}_over")])
            ends = f"{key}_end"
            self._event(ends, series, f"{ends}_at + {key}_over", [("infusion", f"infusion - {key}_mg / {key}_over")])
        elif series.depot is None:
            self._event(key, series, f"{key}_at", [(self._central, f"{self._central} + {key}_mg")])
        else:
            number = series.depot + 1
            amount = f"A_depot_{number}"
            taken = [(amount, f"{amount} + F_{number} * {key}_mg")]
            self._event(key, series, f"{key}_at + lag_{number}", taken)

    def _event(self, key: str, series: DoseSeries, at: str, then: list[tuple[str, str]]) -> None:
        """One event for the whole series: each time it happens it sets its own next time."""
        out, again = self._out, series.times > 1
        words_of = f"{series.mg:g} mg" + (f", {series.times} times, every {series.every_h:g} h" if again else "")
        out.parameter(f"{key}_at", series.first_h, "h", "when the next is due", constant=not again)
        when = f"time >= {at}"
        if again:
            out.parameter(f"{key}_every", series.every_h, "h", "time from one to the next")
            out.parameter(f"{key}_left", float(series.times), "one", "how many are left", constant=False)
            when = f"({when}) && ({key}_left > 0.5 dimensionless)"
            then = [*then, (f"{key}_at", f"{key}_at + {key}_every"), (f"{key}_left", f"{key}_left - 1 dimensionless")]
        out.event(key, words_of, when, then)

    def _changes(self) -> None:
        for number, change in enumerate(self._person.changes[1:], start=1):
            key = f"clearance_changes_{number}"
            self._out.parameter(f"{key}_at", change.from_h, "h", "when clearance changes")
            then = []
            for name, multiple in zip(self._person.analytes, change.multiples, strict=True):
                value = f"{key}_{name}"
                self._out.parameter(value, multiple, "one", f"what multiplies the clearance of {name} from then on")
                then.append((f"CL_multiple_{name}", value))
            self._out.event(key, "clearance changes", f"time >= {key}_at", then)


def _notes(person: PersonModel, made_with: MadeWith) -> Iterator[str]:
    """What it is, what it is not, and the rows that its numbers rest on."""
    yield (
        f"Made with unclench {made_with.unclench}, knowledge {made_with.edition}, seed {made_with.seed}. "
        "Amounts in mg, time in h from midnight of the first day of doses, levels in ng/mL of plasma."
    )
    yield from words.statements("not-reviewed")
    yield from words.statements("simulated")
    yield from words.statements("exported")
    if person.extrapolated:
        yield from words.statements("exported-extrapolated")
    if person.effects is not None:
        yield from words.statements("exported-effects")
    if person.day_one_h:
        yield f"Diazepam was taken before: day 1 of the regimen begins at {person.day_one_h:g} h."
    rows, sources = every_row(), {row.id: row for row in knowledge().table("sources")}
    for key in person.facts:
        row = rows[key]
        title = sources[row.source].title if row.source in sources else row.source
        yield f"{key}: {row.what}. {title}; {row.locator}; {words.STANDINGS[row.standing]}."
