"""Where Telegram delivers updates when it is in webhook mode."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.api.deps import Deps
from bot.api.problems import Problem
from locales.operators import N_


def telegram_router(deps: Deps) -> APIRouter:
    """`POST /telegram/webhook`: 403 without the secret; while the storage is down 503, and Telegram sends it again."""
    router = APIRouter()

    @router.post("/telegram/webhook", include_in_schema=False)
    async def webhook(request: Request) -> Response:
        if deps.telegram_webhook is None:
            raise Problem(404, N_("Telegram is switched off"), N_("Set TELEGRAM_TOKEN"))
        await deps.telegram_webhook(request.headers, await request.body())
        return Response(status_code=200)

    return router
