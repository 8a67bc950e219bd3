"""Is the process up, is every needed part up, and what are the figures: for supervisors and Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from bot.api.deps import Deps
from flows.errors import AssistantError

_PATIENCE = 3.0  # seconds; a part that does not answer is not up

log = structlog.get_logger("bot.api")


def health_router(deps: Deps) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    async def readyz() -> Response:
        states = await asyncio.gather(*(_state(name, check) for name, check in deps.ready.items()))
        parts = dict(zip(deps.ready, states, strict=True))
        ready = all(state == "ok" for state in states)
        return JSONResponse({"status": "ok" if ready else "not ready", "parts": parts}, 200 if ready else 503)

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(deps.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _state(name: str, check: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            await check()
    except TimeoutError:
        return f"no answer in {_PATIENCE:g} s"
    except AssistantError as error:
        return str(error)
    except Exception as error:
        # An unforeseen error's text may hold an address with its password: the log hides it, an answer would not.
        log.exception("readiness check failed", part=name)
        return type(error).__name__
    return "ok"
