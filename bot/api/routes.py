"""What the API's routers share: their prefix, their lists' parameters and their JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Security
from fastapi.security import HTTPBearer
from starlette.responses import Response

from bot.api.guard import API
from bot.api.models import STORABLE
from bot.api.problems import Problem
from bot.spans import NoTimeError, beginning
from flows.model import Json
from locales.operators import N_

Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str, Query(max_length=500, pattern=STORABLE)]
When = Annotated[str, Query(max_length=40, description="a date, a time in ISO 8601, or so many days ago: 7d")]

_described = HTTPBearer(auto_error=False, description="ADMIN_TOKEN")


def api_router(tag: str) -> APIRouter:
    """A router under `/api/v1`; the guard has checked the token, here it is only described."""
    return APIRouter(prefix=API, tags=[tag], dependencies=[Security(_described)])


def json_response(body: Mapping[str, Json] | Mapping[str, object], status: int = 200) -> Response:
    """The body as JSON."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def listed(items: Sequence[Mapping[str, Json]], total: int, following: str) -> Response:
    """A list as the API promises it."""
    return json_response({"items": list(items), "total": total, "next": following or None})


def moment(text: str, name: str, now: datetime) -> datetime | None:
    """A time from a query, as `beginning` reads it."""
    try:
        return beginning(text, now)
    except NoTimeError as error:
        fault = Problem(
            422, N_("{name}: this is no time"), N_("Write 2026-11-22, 7d or 2026-11-22T10:00:00Z"), name=name
        )
        raise fault from error
