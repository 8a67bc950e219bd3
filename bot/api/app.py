"""The HTTP server's application: health, webhooks and the API, put together from their routers."""

from fastapi import FastAPI
from starlette.responses import HTMLResponse

from bot.api.conversations import conversations_router, owners_router
from bot.api.deps import Deps
from bot.api.description import page_of
from bot.api.guard import Guard
from bot.api.health import health_router
from bot.api.leads import leads_router
from bot.api.problems import add_problem_handlers
from bot.api.reports import reports_router
from bot.api.slack import slack_router
from bot.api.telegram import telegram_router
from bot.api.trackers import trackers_router


def create_app(deps: Deps) -> FastAPI:
    """All routes over the given parts; it starts nothing and stops nothing."""
    app = FastAPI(
        title="Sales assistant",
        version="1",
        docs_url=None,
        openapi_url="/api/openapi.json",
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    add_problem_handlers(app)
    app.add_api_route("/api/docs", lambda: HTMLResponse(page_of(app.openapi())), include_in_schema=False)
    for router in (
        health_router(deps),
        telegram_router(deps),
        slack_router(deps),
        trackers_router(deps),
        leads_router(deps),
        conversations_router(deps),
        owners_router(deps),
        reports_router(deps),
    ):
        app.include_router(router)
    app.add_middleware(Guard, admin_token=deps.admin_token, metrics=deps.metrics)
    return app
