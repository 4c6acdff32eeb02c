"""Unclench: diazepam for muscle spasm in this patient. Decision support for a professional.

>>> from unclench import read, appraise, simulate, consult, taper
"""

# Imported here and not on first use: `unclench.consult` is a module too, and only an import that is done before
# anybody else's leaves the function under that name.
from unclench.appraisal.appraise import appraise
from unclench.consult import Consultation, Tapering, consult, taper
from unclench.planning import candidates, choose
from unclench.record import read
from unclench.simulation import simulate

__all__ = ["Consultation", "Tapering", "appraise", "candidates", "choose", "consult", "read", "simulate", "taper"]
