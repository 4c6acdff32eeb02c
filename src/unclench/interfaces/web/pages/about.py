"""What this service is, offers and refuses, in words: for people who run it, connect to it or are to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

from litestar import Response, get
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from unclench.interfaces.web.asks_taper import MOST_DIARY_DAYS, MOST_LEVELS, MOST_WEEKS
from unclench.interfaces.web.hooks.capability import capability
from unclench.interfaces.web.service import Service
from unclench.interfaces.web.settings import Settings
from unclench.interfaces.web.views import page
from unclench.knowledge import knowledge
from unclench.report import wording as words
from unclench.values import Jurisdiction

CHECKOUT = Path(__file__).parents[5]  # a copy that is not installed has its notice there


def security(settings: Settings) -> tuple[tuple[str, str], ...]:
    """What protects this service as it is set up now. No address, key or name of a client is told."""
    return (
        ("Callers of CDS Hooks", _callers(settings)),
        (
            "Missing data",
            f"Fetched only from {words.counted(len(settings.fhir_servers), 'server')} on a list."
            if settings.fhir_servers
            else "Never fetched: nothing leaves this service.",
        ),
        ("Other web pages", _others(settings)),
        ("Encryption", "HTTPS, by the proxy before it." if settings.behind_tls else "None of its own: local use."),
        ("Kept of a patient", "Nothing: no database, no file, no log, no cookie, no address."),
        (
            "Kept of feedback",
            "Rule, outcome, coded reason and hour"
            + (
                ", in a file that the configuration names." if settings.feedback_file else ", in memory until it stops."
            ),
        ),
        ("Kept in your browser", "Light or dark, if you chose one. Nothing else."),
        ("Scripts", "Only those of this service; none is needed to read an answer."),
    )


def _callers(settings: Settings) -> str:
    if settings.insecure_loopback:
        return "No token is asked for: this service answers only the computer that it runs on."
    named = words.counted(len(settings.clients), "client") + " named in the configuration"
    known = f"Known: {named}." if settings.clients else "No client is named in the configuration: none is answered."
    return f"Each call needs a signed token (ES384 or RS384), which counts once. {known}"


def _others(settings: Settings) -> str:
    parts = []
    if settings.frame_ancestors:
        parts.append(f"{words.counted(len(settings.frame_ancestors), 'site')} may show it in a frame.")
    if settings.cors_origins:
        parts.append(f"{words.counted(len(settings.cors_origins), 'site')} may call CDS Hooks from a browser.")
    return " ".join(parts) or "None may show it in a frame, or call it."


def limits(settings: Settings) -> tuple[tuple[str, str], ...]:
    """How much one caller may ask."""
    return (
        ("One request", f"At most {settings.max_body_bytes:,} bytes, nested at most {settings.max_depth} deep"),
        ("Its time", f"{settings.request_seconds:g} seconds"),
        (
            "In a minute",
            f"{settings.rate_per_minute:,} requests of one address" if settings.rate_per_minute else "No limit",
        ),
        ("Waiting at once", f"{settings.max_queue} requests to one worker; more are told to come again"),
        (
            "A taper",
            f"At most {MOST_WEEKS} weeks where a length is asked for, {MOST_DIARY_DAYS} days of a diary and "
            f"{MOST_LEVELS} levels. The search for the shortest taper below a peak is on the command line only.",
        ),
    )


@cache
def notice() -> str:
    """The terms of everything inside, as they are shipped."""
    files = metadata.files("unclench") or []
    found = next((file.read_text(encoding="utf-8") for file in files if file.name == "NOTICE"), None)
    return found if found is not None else (CHECKOUT / "NOTICE").read_text(encoding="utf-8")


@get("/about", include_in_schema=False)
async def about(state: State) -> Response[str]:
    service: Service = state.service
    settings, facts = service.settings, knowledge()
    return page(
        "about.html.j2",
        here="about",
        hooks=await service.worker.run(capability, settings),
        security=security(settings),
        limits=limits(settings),
        edition=facts.edition,
        edition_date=words.day(facts.edition_date),
        law=words.JURISDICTIONS[Jurisdiction(settings.jurisdiction)],
        notice=await service.worker.run(notice),
    )


def handlers() -> Sequence[ControllerRouterHandler]:
    return [about]
