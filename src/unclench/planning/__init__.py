"""PLAN: which regimens are worth trying, which one to take, what to dispense, what to watch."""

from unclench.planning.candidates import candidates
from unclench.planning.choose import choose
from unclench.planning.plan import Candidate, Considered, Plan, Supply, SupplyLine, Watch

__all__ = ["Candidate", "Considered", "Plan", "Supply", "SupplyLine", "Watch", "candidates", "choose"]
