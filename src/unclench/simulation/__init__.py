"""The only meeting of patient, facts, models and engine."""

from unclench.simulation.simulate import simulate, simulate_courses

__all__ = ["simulate", "simulate_courses"]
