"""The verbs for other tools: `simulate` stated doses into tables, and `export` one person's model as SBML."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from unclench.interfaces.door import JURISDICTION_VARIABLE, check_targets, parse_day, refused, screen, write
from unclench.values import Jurisdiction

if TYPE_CHECKING:
    from unclench.appraisal.findings import Appraisal
    from unclench.consult import Simulation
    from unclench.values import Regimen

FEWEST_PEOPLE, MOST_PEOPLE = 2, 100_000
LARGEST_SEED = 2**63 - 1
TYPICAL = "typical"

RECORD_HELP = "A FHIR R4 bundle, a folder of NDJSON, or a short record (YAML, JSON). Several files: one record."
Records = Annotated[list[str], typer.Argument(metavar="RECORD...", help=RECORD_HELP)]
Request = Annotated[
    str | None,
    typer.Option(help='The doses: "diazepam 5 mg three times a day for 7 days". Default: the request in the record.'),
]
On = Annotated[str | None, typer.Option(help="The day of the question, as 2026-11-21. Default: today.")]
Law = Annotated[Jurisdiction, typer.Option(envvar=JURISDICTION_VARIABLE, help="Whose label and limits count.")]
Patient = Annotated[str | None, typer.Option(help="Which patient, where the record holds several.")]
Clock = Annotated[list[str] | None, typer.Option("--at", help="Hour of a dose, as 08:00; again for each dose.")]
Route = Annotated[
    str | None, typer.Option(help="oral, rectal, im, intranasal or iv. Default: that of the request, else oral.")
]
Form = Annotated[
    str | None,
    typer.Option(help="tablet, capsule, solution, gel, suppository, suspension, injection. Default: the usual one."),
]
Fed = Annotated[bool, typer.Option("--fed", help="Tablets are taken with food.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the drawn people.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the program."""
    app.command()(simulate)
    app.command()(export)


def simulate(
    record: Records,
    request: Request = None,
    at: Clock = None,
    route: Route = None,
    formulation: Form = None,
    fed: Fed = False,
    on: On = None,
    jurisdiction: Law = Jurisdiction.US,
    patient: Patient = None,
    people: Annotated[int | None, typer.Option(help="How many people like this patient are drawn.")] = None,
    seed: Seed = None,
    csv: Annotated[str | None, typer.Option(help="Write the courses as a table to this file; - for output.")] = None,
    arrow: Annotated[str | None, typer.Option(help="The same as an Arrow IPC file; - for standard output.")] = None,
) -> None:
    """Simulate stated doses in this patient, whatever the verdict is. Not a recommendation."""
    from unclench.consult import simulate_stated
    from unclench.simulation.simulate import PEOPLE, SEED

    check_targets([target for target in (csv, arrow) if target is not None], record)
    drawn = PEOPLE if people is None else people
    if not FEWEST_PEOPLE <= drawn <= MOST_PEOPLE:
        raise refused(f"found {drawn} people, need {FEWEST_PEOPLE} to {MOST_PEOPLE}.")
    appraisal, regimen = _stated(record, request, on, jurisdiction, patient, (at, route, formulation))
    found = simulate_stated(
        appraisal, regimen, seed=SEED if seed is None else checked_seed(seed), people=drawn, fed=fed
    )
    for target, content in _tables(found, csv, arrow):
        write(target, content)
    if "-" not in (csv, arrow):
        from unclench.report.simulated import print_simulation

        print_simulation(found, screen())


def _tables(found: Simulation, csv: str | None, arrow: str | None) -> Iterator[tuple[str, bytes]]:
    """Each table that was asked for, with its target."""
    from unclench.report.tables import Labelled, to_arrow, to_csv

    courses = [Labelled("stated", found.course, found.effects)]
    if csv is not None:
        yield csv, to_csv(courses, found.made_with)
    if arrow is not None:
        yield arrow, to_arrow(courses, found.made_with)


def export(
    record: Records,
    sbml: Annotated[str, typer.Option(help="Write the model and its doses as SBML to this file; - for output.")],
    request: Request = None,
    at: Clock = None,
    route: Route = None,
    formulation: Form = None,
    fed: Fed = False,
    on: On = None,
    jurisdiction: Law = Jurisdiction.US,
    patient: Patient = None,
    person: Annotated[
        str, typer.Option(help="typical, or the number of one of the drawn people: 1, 2, 3...")
    ] = TYPICAL,
    effects: Annotated[bool, typer.Option(help="Whether equations of effect are in it, or kinetics alone.")] = True,
    seed: Seed = None,
) -> None:
    """Write the model of one person like this patient, with the stated doses, for other tools."""
    from unclench.consult import made_with
    from unclench.report.sbml import to_sbml
    from unclench.simulation import person as one
    from unclench.simulation.simulate import SEED

    check_targets([sbml], record)
    which, drawn = _person(person), SEED if seed is None else checked_seed(seed)
    appraisal, regimen = _stated(record, request, on, jurisdiction, patient, (at, route, formulation))
    model = one.person_model(
        body=appraisal.body,
        exposure=appraisal.exposure,
        regimen=regimen,
        existing=appraisal.current_use.regimen,
        on=appraisal.on,
        seed=drawn,
        person=which,
        patient=appraisal.patient_ref,
        fed=fed,
        with_effects=effects,
    )
    write(sbml, to_sbml(model, made_with(drawn)))


def _stated(
    record: list[str],
    request: str | None,
    on: str | None,
    jurisdiction: Jurisdiction,
    patient: str | None,
    how: tuple[list[str] | None, str | None, str | None],
) -> tuple[Appraisal, Regimen]:
    """The record, judged, and the doses that are asked for. `how`: hours of the clock, route, formulation."""
    from unclench.consult import appraise_stated
    from unclench.record import read

    # Taken once, here at the door: everything inside is a function of this day.
    day = date.today() if on is None else parse_day(on)
    at, route, formulation = how
    hours = [_hour(text) for text in at or ()]
    if len(set(hours)) < len(hours):
        raise refused("found one hour of a dose twice, need each once.")
    found = read(record[0] if len(record) == 1 else tuple(record), on=day, request=request, patient_id=patient)
    return appraise_stated(found, on=day, jurisdiction=jurisdiction, route=route, form=formulation, at_h=hours)


def _hour(text: str) -> float:
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and len(hours) <= 2):
        raise refused(f"found {text[:40]!r}, need an hour such as 08:00.")
    if int(hours) > 23 or int(minutes) > 59:
        raise refused(f"found {text!r}, need an hour from 00:00 to 23:59.")
    return int(hours) + int(minutes) / 60


def checked_seed(seed: int) -> int:
    if not 0 <= seed <= LARGEST_SEED:
        raise refused(f"found the seed {seed}, need 0 to {LARGEST_SEED}.")
    return seed


def _person(text: str) -> int:
    """Which column of the people: -1 is the typical person."""
    if text == TYPICAL:
        return -1
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 6 and 1 <= int(text) <= MOST_PEOPLE):
        raise refused(f"found {text[:40]!r}, need {TYPICAL}, or a number from 1 to {MOST_PEOPLE}.")
    return int(text) - 1
