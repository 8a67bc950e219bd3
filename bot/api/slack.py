"""Where Slack delivers events, commands and presses when there is no socket."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.api.deps import Deps
from bot.api.problems import Problem
from locales.operators import N_


def slack_router(deps: Deps) -> APIRouter:
    """`POST /slack/events`: 401 without a valid signature; 503 while nothing can be stored: Slack sends it again."""
    router = APIRouter()

    @router.post("/slack/events", include_in_schema=False)
    async def events(request: Request) -> Response:
        if deps.slack_events is None:
            raise Problem(404, N_("Slack is switched off"), N_("Set SLACK_BOT_TOKEN"))
        answer = await deps.slack_events(request.headers, await request.body())
        return Response(answer.body, answer.status, media_type=answer.media_type)

    return router
