"""The routes of the CDS Hooks service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.enums import MediaType
from litestar.params import FromPath, SkipValidation
from litestar.types import ControllerRouterHandler

from unclench.interfaces.web.hooks.answer import Asking, cards_for, order_of
from unclench.interfaces.web.hooks.body import plain, refuse_other_types
from unclench.interfaces.web.hooks.call import Call, call_of
from unclench.interfaces.web.hooks.faults import HANDLERS, SAID, Refused
from unclench.interfaces.web.hooks.feedback import reported
from unclench.interfaces.web.hooks.fetch import Fetcher
from unclench.interfaces.web.hooks.repeat import Asker, RepeatFilter
from unclench.interfaces.web.hooks.sent import Part, parts_of
from unclench.interfaces.web.hooks.services import HookService, Published, offered, published
from unclench.interfaces.web.hooks.told import Reported, Told
from unclench.interfaces.web.service import Service
from unclench.interfaces.web.settings import Settings
from unclench.interfaces.web.tokens.door import authenticated, caller_of
from unclench.report.card_links import override_reasons
from unclench.report.schema_cards import Card, CardsOut

KEEPS = "private, max-age=3600"

AnyRequest = Request[Any, Any, State]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What the routes of one worker share. Nothing of a patient is in it."""

    services: dict[str, HookService]
    discovery: Published
    told: Told
    repeats: RepeatFilter | None


SharedByAll = NamedDependency[SkipValidation[Shared]]


def shared_of(settings: Settings) -> Shared:
    return Shared(
        services={one.id: one for one in offered(settings)},
        discovery=published(settings),
        told=Told(settings.feedback_file),
        repeats=RepeatFilter() if settings.repeat_filter else None,
    )


@get("/", summary="The CDS services on offer")
async def discover(request: AnyRequest, shared: SharedByAll) -> Response[Any]:
    headers = {"ETag": shared.discovery.etag, "Cache-Control": KEEPS}
    if shared.discovery.etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(shared.discovery.body, headers=headers, media_type=MediaType.JSON)


@post("/{service_id:str}", status_code=200, summary="The cards of one service")
async def ask(request: AnyRequest, service_id: FromPath[str], shared: SharedByAll) -> Response[Any]:
    service: Service = request.app.state.service
    found = _service(shared, service_id)
    data = await _body(request)
    settings = service.settings
    asking = Asking(service.today(), settings.jurisdiction, settings.base_url)
    fetcher = Fetcher(service.fhir, seconds=settings.fetch_seconds)
    call, parts, answer = await service.worker.run(_at_once, data, found, settings.max_depth, asking, fetcher)
    if answer is None:
        parts = await fetcher.completed(call, parts)
        answer = await service.worker.run(cards_for, call, parts, asking)
    cards = answer.cards if shared.repeats is None else _fresh(shared.repeats, request, call, answer.cards)
    shared.told.remember(cards)
    service.watch.cards(found.hook, (card.indicator for card in cards))
    return Response(msgspec.json.encode(CardsOut(cards)), media_type=MediaType.JSON)


@post("/{service_id:str}/feedback", status_code=200, summary="What was done with cards")
async def feedback(request: AnyRequest, service_id: FromPath[str], shared: SharedByAll) -> Response[Any]:
    service: Service = request.app.state.service
    _service(shared, service_id)
    data = await _body(request)
    shared.told.report(await service.worker.run(_reported, data, service.settings.max_depth))
    return Response(b"", status_code=200, media_type=MediaType.TEXT)


def _service(shared: Shared, service_id: str) -> HookService:
    found = shared.services.get(service_id)
    if found is None:
        raise Refused(404, SAID[404])
    return found


async def _body(request: AnyRequest) -> bytes:
    refuse_other_types(request.headers.get("content-type", ""), request.headers.get("content-encoding", ""))
    return await request.body()


def _at_once(
    data: bytes, found: HookService, max_depth: int, asking: Asking, fetcher: Fetcher
) -> tuple[Call, dict[str, Part], CardsOut | None]:
    """The call and, unless something has to be fetched first, its answer."""
    call = call_of(plain(data, max_depth=max_depth), found.hook)
    parts = parts_of(call.prefetch, call.patient_id)
    return call, parts, None if fetcher.may_help(call, parts) else cards_for(call, parts, asking)


def _fresh(repeats: RepeatFilter, request: AnyRequest, call: Call, cards: tuple[Card, ...]) -> tuple[Card, ...]:
    who = Asker(caller_of(request).iss, call.user_id, call.patient_id)
    return tuple(card for card in cards if repeats.is_fresh(card, who, order=order_of(card, call)))


def _reported(data: bytes, max_depth: int) -> tuple[Reported, ...]:
    return reported(plain(data, max_depth=max_depth), reasons=frozenset(one.code for one in override_reasons()))


def hook_handlers(settings: Settings) -> Sequence[ControllerRouterHandler]:
    """Discovery, the services and their feedback, for clients that show who they are."""
    shared = shared_of(settings)
    return [
        Router(
            "/cds-services",
            route_handlers=[discover, ask, feedback],
            dependencies={"shared": Provide(lambda: shared, sync_to_thread=False)},
            guards=[authenticated],
            exception_handlers=HANDLERS,
        )
    ]
