"""What is said at the moment of ordering: at most one primary card for an order, and nothing where nothing is to say."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.consult import Opinion
from unclench.report.drafts import ALL_SENT, Known, OrderDraft
from unclench.report.schema_cards import Card, CardsOut, Hook


def answer(
    judged: Sequence[tuple[OrderDraft | None, Opinion]],
    *,
    hook: Hook,
    hook_instance: str,
    base_url: str,
    known: Known = ALL_SENT,
) -> CardsOut:
    """The whole answer of one call: the cards of every order in question, worst first, each pair told once.

    `judged`: for order hooks each selected draft with the opinion on `draft_orders.facing` it; for patient-view one
    pair of None and the opinion. At most one card of information is kept.
    """
    return CardsOut(())


def cards_of(
    opinion: Opinion,
    *,
    hook: Hook,
    hook_instance: str,
    order: OrderDraft | None,
    base_url: str,
    known: Known = ALL_SENT,
) -> tuple[Card, ...]:
    """The cards of one order, or of one patient view.

    Parameters
    ----------
    order
        None for patient-view.
    base_url
        where the pages are, without a slash at the end: "https://unclench.example".
    """
    return ()
