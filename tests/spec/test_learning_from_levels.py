"""Measured levels: what a file may hold, and what is learnt from it.

The day is 21 November 2026; the person has taken 10 mg of diazepam at 8:00 and at 22:00 for 120 days, until the day
before. Each case is one file; rows are parted by `;` and the columns are time, analyte, value, unit, limit of
quantification (lloq) and matrix.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from unclench.individual.levels import learn_levels
from unclench.individual.levels_file import COLUMNS, levels_of
from unclench.values import Dose, Phase, RecordError, Regimen

title = "Learning from measured levels"

HEADER = ",".join(COLUMNS)


def content(rows: str) -> bytes:
    lines = [",".join(cell.strip() for cell in row.split(",")) for row in rows.split(";")]
    return "\n".join([HEADER, *lines]).encode()


def read(spec):
    """What is read of a file: level in plasma and hours before midnight of the day, or why not."""

    def look(case):
        try:
            (level,) = levels_of(content(case["row"]), on=spec.on)
        except RecordError as error:
            return {"read": f"refused: {error.need}"}
        sign = "below " if level.below else ""
        return {"read": f"{level.analyte} {sign}{level.ng_ml:.4g} ng/mL, {level.at_h:+.1f} h"}

    return look


def learnt(spec):
    """What the levels do to the clearance of diazepam, and the first thing that is said."""

    def look(case):
        appraisal = spec.appraise({"answer": "cyp2c19=normal"})
        doses = (Dose(Decimal(10), 8.0), Dose(Decimal(10), 22.0))
        taken = (Regimen(spec.on - timedelta(days=120), (Phase(120, doses),)),)
        found = learn_levels(
            body=appraisal.body,
            exposure=appraisal.exposure,
            taken=taken,
            on=spec.on,
            measured=levels_of(content(case["rows"]), on=spec.on),
            seed=7,
        )
        clearance = found.parameters[0]
        middle, low, high = clearance.posterior
        written = float(case["clearance L/h"])
        narrower = (high / low) / (clearance.prior[2] / clearance.prior[1])
        said = "contradicts" if found.contradictory else "little learnt" if clearance.moved < 0.1 else "learnt"
        return {
            "clearance L/h": case["clearance L/h"] if abs(middle - written) < 0.05 * written else f"{middle:.3g}",
            "interval": "as wide" if narrower > 0.9 else "narrower",
            "said": said,
        }

    return look


@pytest.mark.verifies("M9")
def test_what_a_row_may_hold(spec):
    """Every row is read or refused; a refused row refuses the file, and the error names its line."""
    spec.shows(
        """
        row                                              | read
        -------------------------------------------------+--------------------------------------------------
        2026-11-20 08:00, diazepam, 412, ng/mL, 5, plasma | diazepam 412 ng/mL, -16.0 h
        2026-11-20T08:30, Diazepam, 0.412, mg/L, , serum  | diazepam 412 ng/mL, -15.5 h
        2026-11-20 08:00, diazepam, 1.447, umol/L, , plasma | diazepam 412 ng/mL, -16.0 h
        2026-11-20 08:00, nordazepam, 1522, nmol/L, , plasma | nordazepam 412 ng/mL, -16.0 h
        2026-11-20 08:00, desmethyldiazepam, 412, µg/L, , plasma | nordazepam 412 ng/mL, -16.0 h
        2026-11-20 08:00, diazepam, 229, ng/mL, , blood   | diazepam 412.2 ng/mL, -16.0 h
        2026-11-20 08:00, diazepam, <5, ng/mL, 5, plasma  | diazepam below 5 ng/mL, -16.0 h
        2026-11-20 08:00, diazepam, 3, ng/mL, 5, plasma   | diazepam below 5 ng/mL, -16.0 h
        2026-11-20 08:00, nordazepam, 229, ng/mL, , blood | refused: plasma or serum
        2026-11-20 08:00, temazepam, 12, ng/mL, 5, plasma | refused: diazepam or nordazepam
        2026-11-20 08:00, diazepam, 412, ng, 5, plasma    | refused: one of ng/mL, ug/L, mg/L, nmol/L, umol/L
        2026-11-20 08:00, diazepam, 412, , 5, plasma      | refused: one of ng/mL, ug/L, mg/L, nmol/L, umol/L
        2026-11-20 08:00, diazepam, 412, ng/mL, 5,        | refused: plasma, serum or blood
        2026-11-20 08:00, diazepam, 412, ng/mL, 5, hair   | refused: plasma, serum or blood
        2026-11-20, diazepam, 412, ng/mL, 5, plasma       | refused: date and clock time of the person's day, such as 2026-11-20 08:00
        , diazepam, 412, ng/mL, 5, plasma                 | refused: date and clock time of the person's day, such as 2026-11-20 08:00
        2026-11-22 08:00, diazepam, 412, ng/mL, 5, plasma | refused: a time that has been
        2026-11-20 08:00, diazepam, -412, ng/mL, 5, plasma | refused: a number above 0 with a decimal point, or < and the limit of the assay
        2026-11-20 08:00, diazepam, nan, ng/mL, 5, plasma | refused: a number above 0 with a decimal point, or < and the limit of the assay
        2026-11-20 08:00, diazepam, 0, ng/mL, , plasma    | refused: a number above 0
        2026-11-20 08:00, diazepam, 412, ng/mL, 5         | refused: 6, as in the header
        """,
        read(spec),
    )


@pytest.mark.verifies("M9")
def test_what_is_learnt(spec):
    """Before any level the clearance of diazepam is about 1.7 L/h. A number may differ by 5 % from what is written."""
    spec.shows(
        """
        rows                                                                                                                        | clearance L/h | interval | said
        ----------------------------------------------------------------------------------------------------------------------------+---------------+----------+--------------
        2026-11-20 08:00, diazepam, 420, ng/mL, 5, plasma                                                                            | 1.73          | narrower | learnt
        2026-11-20 08:00, diazepam, 840, ng/mL, 5, plasma; 2026-11-17 08:00, diazepam, 800, ng/mL, 5, plasma                          | 1.06          | narrower | learnt
        2026-11-20 08:00, diazepam, 210, ng/mL, 5, plasma; 2026-11-17 08:00, diazepam, 200, ng/mL, 5, plasma                          | 2.62          | narrower | learnt
        2026-11-20 08:00, diazepam, <5000, ng/mL, 5000, plasma                                                                       | 1.71          | as wide  | little learnt
        2026-11-20 08:00, diazepam, 9000, ng/mL, 5, plasma                                                                           | 0.34          | narrower | contradicts
        2026-11-20 08:00, diazepam, 100, ng/mL, 5, plasma; 2026-11-20 09:00, diazepam, 2000, ng/mL, 5, plasma                         | 2.53          | narrower | contradicts
        """,
        learnt(spec),
    )
