"""Where Telegram delivers updates when it is in webhook mode."""

import hmac

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.api.deps import Deps
from bot.api.problems import Problem
from locales.operators import N_

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


def telegram_router(deps: Deps) -> APIRouter:
    """`POST /telegram/webhook`; while the storage is down it answers 503, and Telegram sends the update again."""
    router = APIRouter()

    @router.post("/telegram/webhook", include_in_schema=False)
    async def webhook(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        if not deps.webhook_secret or not hmac.compare_digest(given, deps.webhook_secret.encode()):
            raise Problem(403, N_("The secret header is missing or wrong"), N_("Run `assistant doctor --fix`"))
        if deps.telegram_webhook is None:
            raise Problem(404, N_("Telegram is not in webhook mode"), N_("Set TELEGRAM_TOKEN, TELEGRAM_MODE=webhook"))
        await deps.telegram_webhook(request.headers, await request.body())
        return Response(status_code=200)

    return router
