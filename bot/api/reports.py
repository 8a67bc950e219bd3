"""Figures and deliveries over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from bot.api.deps import Deps
from bot.api.models import DeliveryOut, Listed, Retried, RetryThese
from bot.api.routes import Cursor, Limit, api_router, json_response, listed
from handlers.report import LONGEST
from handlers.shapes import delivery_json

Days = Annotated[int, Query(ge=1, le=LONGEST)]


def reports_router(deps: Deps) -> APIRouter:
    """`/api/v1/stats` and `/api/v1/deliveries`."""
    router = api_router("reports")

    @router.get("/stats")
    async def stats(days: Days = 30) -> Response:
        return json_response(await deps.stats(days, deps.clock()))

    @router.get("/deliveries", response_model=Listed[DeliveryOut])
    async def deliveries(
        status: Literal["open", "sent", "failed", "cancelled"] | None = None, limit: Limit = 50, cursor: Cursor = ""
    ) -> Response:
        found, total, following = await deps.deliveries.list(status, limit, cursor)
        return listed([delivery_json(delivery) for delivery in found], total, following)

    @router.post("/deliveries/retry", response_model=Retried)
    async def retry(these: RetryThese) -> Response:
        return json_response({"retried": await deps.deliveries.retry(these.ids, deps.clock())})

    return router
