"""What is printed, kept or handed over: the report, the leaflet and the calendar of one question.

The body is an `Ask` as JSON, or a form with a field `ask` that holds that JSON, so that a plain form of a page can
download a file. Files are made in memory; their names are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import HttpMethod, Request, Response
from litestar.datastructures import State
from litestar.exceptions import ClientException, NotAuthorizedException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema

from unclench.consult import Consultation, consult_patient
from unclench.interfaces.web.asks import Ask, asked
from unclench.interfaces.web.service import Service
from unclench.report.calendar_course import (
    consultation_calendar_html,
    consultation_calendar_pdf,
    consultation_ics,
)
from unclench.report.html import to_html
from unclench.report.leaflet_page import leaflet_html, leaflet_pdf
from unclench.report.pdf import to_pdf
