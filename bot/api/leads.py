"""Leads over HTTP: list, filter, search, one, change, and the export."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response, StreamingResponse

from bot.api.deps import Deps
from bot.api.models import STORABLE, LeadChange, LeadOut, Listed
from bot.api.problems import Problem
from bot.api.routes import Cursor, Limit, When, api_router, json_response, listed, moment
from flows.model import LeadStatus
from flows.ports.reading import Filter
from flows.ports.turns import Clock
from flows.tables import Format
from handlers.disclose import guarded
from handlers.shapes import lead_json
from locales.operators import N_

Text = Annotated[str, Query(max_length=200, pattern=STORABLE)]
LeadId = Annotated[str, Path(max_length=200, pattern=STORABLE)]

_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


class _Query:
    """The parameters that choose leads; `q` searches, times without a zone are in the company's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(
        self, status: LeadStatus | None = None, since: When = "", until: When = "", source: Text = "", q: Text = ""
    ) -> Filter:
        now = self._clock()
        return Filter(
            status=status or "",
            since=moment(since, "since", now),
            until=moment(until, "until", now),
            source=source,
            text=q,
        )


def leads_router(deps: Deps) -> APIRouter:
    """`/api/v1/leads…`."""
    router = api_router("leads")
    query = _Query(deps.clock)

    @router.get("/leads", response_model=Listed[LeadOut])
    async def leads(which: Annotated[Filter, Depends(query)], limit: Limit = 50, cursor: Cursor = "") -> Response:
        page = await deps.leads.page(replace(which, limit=limit, cursor=cursor))
        return listed([lead_json(guarded(row)) for row in page.items], page.total, page.next)

    @router.get("/leads/export", response_class=StreamingResponse)
    async def export(which: Annotated[Filter, Depends(query)], format: Format = "csv") -> Response:  # noqa: A002 - the parameter's public name
        stream = deps.export(format, which)
        # The first piece is read before the answer begins, so that a storage that is down is still a 503.
        first = await anext(stream, b"")
        name = f"leads-{deps.clock():%Y-%m-%d}.{format}"
        return StreamingResponse(
            _joined(first, stream),
            media_type=_TYPES[format],
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )

    @router.get("/leads/{lead}", response_model=LeadOut)
    async def lead(lead: LeadId) -> Response:
        return await _shown(deps, lead)

    @router.patch("/leads/{lead}", response_model=LeadOut)
    async def change(lead: LeadId, wanted: LeadChange) -> Response:
        await deps.leads.update(lead, wanted.status, wanted.owner, "api", deps.clock())
        return await _shown(deps, lead)

    return router


async def _shown(deps: Deps, lead: str) -> Response:
    row = await deps.leads.get(lead)
    if row is None:
        raise Problem(404, N_("There is no such lead"), N_("GET /api/v1/leads lists them"))
    return json_response(lead_json(guarded(row)))


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
