"""Where trackers tell of moves: signed over the very bytes, and stored before we say yes."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.api.deps import Deps
from bot.api.problems import Problem
from flows.errors import Refused
from locales.operators import N_


def trackers_router(deps: Deps) -> APIRouter:
    """`HEAD, POST /trackers/{name}/webhook`: 401 without a signature that holds; 503 while the storage is down."""
    router = APIRouter()

    def known(tracker: str) -> None:
        if tracker not in deps.trackers:
            raise Problem(404, N_("This tracker is switched off"), N_("Name it in TRACKERS"))

    @router.head("/trackers/{tracker}/webhook", include_in_schema=False)
    async def ask(tracker: str) -> Response:
        known(tracker)
        return Response(status_code=200)

    @router.post("/trackers/{tracker}/webhook", include_in_schema=False)
    async def webhook(tracker: str, request: Request) -> Response:
        known(tracker)
        try:
            await deps.trackers[tracker](request.headers, await request.body())
        except Refused as error:
            if error.state != "forbidden":
                raise
            raise Problem(
                401, N_("The signature does not hold"), N_("Compare the secret with the tracker's")
            ) from error
        return Response(status_code=200)

    return router
