"""The peer of the load benchmark: a bare Litestar handler that decodes the same body and answers no card.

python -m benchmarks.load_peer PORT
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, Request, post
from litestar.datastructures import State

ANSWER = b'{"cards":[]}'


@post("/cds-services/unclench-order-sign", status_code=200)
async def empty(request: Request[Any, Any, State]) -> bytes:
    assert msgspec.json.decode(await request.body())["hook"] == "order-sign"
    return ANSWER


if __name__ == "__main__":
    app = Litestar([empty], openapi_config=None, logging_config=None)
    uvicorn.run(app, port=int(sys.argv[1]), http="httptools", ws="none", log_level="error", access_log=False)
