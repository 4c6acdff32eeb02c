"""What is done once before a worker says that it is ready: facts read, kernels and templates built."""

from __future__ import annotations

import gc
from datetime import date

from unclench.consult import consult_patient, foresee_stated
from unclench.interfaces.web.examples import example
from unclench.record import read

EXAMPLE = "acute-back-spasm"
ON = date(2026, 11, 22)
USUAL = gc.get_threshold()
YOUNG = 20_000  # objects before cycles are looked for: one card makes several thousand, and few cycles


def warm() -> None:
    """One whole consultation of an example: everything that is built on first use is built then."""
    patient = read(example(EXAMPLE), on=ON)
    consult_patient(patient, on=ON)
    foresee_stated(patient, on=ON)
    # What lives as long as the process need not be looked through for cycles again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


def cool() -> None:
    """Undone at the end, for a process that goes on to something else."""
    gc.unfreeze()
    gc.set_threshold(*USUAL)
