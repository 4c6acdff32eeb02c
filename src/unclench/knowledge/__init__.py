"""FACTS: data files, and the one module that opens, checks and freezes them."""

from unclench.knowledge.load import Knowledge, knowledge

__all__ = ["Knowledge", "knowledge"]
