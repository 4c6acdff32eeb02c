"""The body of a question: an `Ask` as JSON, or a form with a field `ask` that holds that JSON.

The form is how a plain button of the page saves a file: without a script, and with a refusal as a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema

from unclench.interfaces.web.asks import Ask

FIELD = "ask"


@dataclass
class AskOperation(Operation):
    """How the schema tells the body: a handler that reads it itself says nothing of it."""

    def __post_init__(self) -> None:
        ask = Reference(ref="#/components/schemas/Ask")
        field = Schema(type=OpenAPIType.STRING, description="The same as JSON.")
        form = Schema(type=OpenAPIType.OBJECT, properties={FIELD: field}, required=[FIELD])
        self.request_body = RequestBody(
            required=True,
            content={
                RequestEncodingType.JSON: OpenAPIMediaType(schema=ask),
                RequestEncodingType.URL_ENCODED: OpenAPIMediaType(schema=form),
            },
        )


async def ask_of(request: Request[Any, Any, State]) -> Ask:
    """The question in the body of a request.

    Raises
    ------
    ClientException
        for a body that is no question. It does not repeat what was sent.
    """
    # Only this kind of form: the parts of the other kind may be put on disk while they are read.
    if request.content_type[0] == RequestEncodingType.URL_ENCODED:
        sent = (await request.form()).get(FIELD)
        body = sent.encode() if isinstance(sent, str) else b""
    else:
        body = await request.body()
    try:
        return msgspec.json.decode(body, type=Ask)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = str(error) if isinstance(error, msgspec.ValidationError) else "it is not JSON"
        need = f"a question as JSON, or a form with a field {FIELD!r} that holds it"
        raise ClientException(need, extra=[{"message": where}]) from None


def saved_as(name: str) -> dict[str, str]:
    """An attachment: a browser saves it and shows none of it beside our pages."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
