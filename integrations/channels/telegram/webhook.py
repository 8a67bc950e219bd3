"""The webhook's door: who may knock, and what may come in."""

import hmac
from collections.abc import Mapping
from typing import Final

import orjson

from flows.errors import Misconfigured, Refused
from flows.model import Json
from integrations.channels.telegram.api import BotApi
from integrations.channels.telegram.events import ALLOWED_UPDATES

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
BODY_LIMIT: Final = 1024 * 1024
PATH: Final = "/telegram/webhook"
CONNECTIONS: Final = 40


def update_of(headers: Mapping[str, str], body: bytes, secret: str) -> Json:
    """The update in a webhook's request.

    Raises `Refused` with the state forbidden (not Telegram: 403), too_large (413) or invalid (400). An installation
    without a secret lets nobody in.
    """
    given = next((value for name, value in headers.items() if name.lower() == SECRET_HEADER), "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise Refused(reason="the webhook's secret is missing or wrong", state="forbidden")
    if len(body) > BODY_LIMIT:
        raise Refused(reason="the webhook's body is larger than an update", state="too_large")
    try:
        update = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(reason="the webhook's body is not JSON", state="invalid") from None
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise Refused(reason="the webhook's body is not an update", state="invalid")
    fields: Json = update
    return fields


async def register(api: BotApi, public_url: str, secret: str) -> None:
    """Tell Telegram where to deliver. Raises `Misconfigured` for a URL that it does not take, and `Retry`."""
    allowed: list[Json] = list(ALLOWED_UPDATES)
    params: dict[str, Json] = {
        "url": f"{public_url.rstrip('/')}{PATH}",
        "secret_token": secret,
        "allowed_updates": allowed,
        "max_connections": CONNECTIONS,
    }
    try:
        await api.call("setWebhook", params)
    except Refused as error:
        remedy = "Give an https:// address that the internet reaches, on port 443, 80, 88 or 8443"
        raise Misconfigured(setting="PUBLIC_URL", reason=error.reason, remedy=remedy) from error
