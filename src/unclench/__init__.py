"""Unclench: diazepam for muscle spasm in this patient. Decision support for a professional.

>>> from unclench import read, appraise, simulate, consult
"""

# Imported here and not on first use: `unclench.consult` is a module too, and only an import that is done before
# anybody else's leaves the function under that name.
from unclench.appraisal.appraise import appraise
from unclench.consult import Consultation, consult
from unclench.planning import candidates, choose
from unclench.record import read
from unclench.simulation import simulate

__all__ = ["Consultation", "appraise", "candidates", "choose", "consult", "read", "simulate"]
