"""Long polling that tells Telegram "got it" only after what came is stored."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from flows.errors import AssistantError, Misconfigured, Retry
from flows.model import Json
from integrations.channels.telegram.api import BotApi
from integrations.channels.telegram.events import ALLOWED_UPDATES

BATCH: Final = 100
POLL_SECONDS: Final = 30
# The reply to a poll may be under way for a while after Telegram has ended the wait.
GRACE_SECONDS: Final = 15
PAUSES: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_UNCONFIRMED: Final = "updates were not stored and not confirmed"

Store = Callable[[Sequence[Json]], Awaitable[None]]

log = structlog.get_logger(__name__)


class Backoff:
    """Longer and longer pauses while something fails."""

    def __init__(self, pauses: Sequence[float]) -> None:
        self._pauses = pauses
        self._failures = 0

    def reset(self) -> None:
        """It works again."""
        self._failures = 0

    async def wait(self, at_least: float | None = None) -> None:
        """Pause after a failure: as long as was asked for, else longer each time."""
        pause = self._pauses[min(self._failures, len(self._pauses) - 1)]
        self._failures += 1
        await asyncio.sleep(pause if at_least is None else max(at_least, pause))


class Poller:
    """Reads updates in batches and gives each batch to `store`; the next poll, which confirms it, waits for that.

    When storing fails, nothing is confirmed: the same updates come again. So a batch may be stored twice, never lost.
    """

    def __init__(self, api: BotApi, store: Store, pauses: Sequence[float] = PAUSES) -> None:
        self._api = api
        self._store = store
        self._backoff = Backoff(pauses)
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled. Raises `Misconfigured` when Telegram does not know the bot."""
        await self._until_done(self._drop_webhook)
        while True:
            await self._until_done(self._poll)

    async def _until_done(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except Misconfigured:
                raise
            except AssistantError as error:
                log.warning("telegram polling", problem=str(error))
                await self._backoff.wait(error.after if isinstance(error, Retry) else None)
            else:
                self._backoff.reset()
                return

    async def _drop_webhook(self) -> None:
        """A webhook left behind by an earlier run would refuse every poll; its undelivered updates are kept."""
        await self._api.call("deleteWebhook", {"drop_pending_updates": False})

    async def _poll(self) -> None:
        allowed: list[Json] = list(ALLOWED_UPDATES)
        params: dict[str, Json] = {"timeout": POLL_SECONDS, "limit": BATCH, "allowed_updates": allowed}
        if self._offset is not None:
            params["offset"] = self._offset
        updates = await self._api.call("getUpdates", params, seconds=POLL_SECONDS + GRACE_SECONDS)
        if not isinstance(updates, list):
            raise Retry(reason="getUpdates returned no list")
        if not updates:
            return
        await self._keep(updates)
        numbers = [update.get("update_id") for update in updates if isinstance(update, dict)]
        self._offset = max((number for number in numbers if isinstance(number, int)), default=0) + 1

    async def _keep(self, updates: Sequence[Json]) -> None:
        # Whatever it was: going on would confirm, and so lose, what people have said.
        try:
            await self._store(updates)
        except AssistantError as error:
            log.error("telegram updates not stored", updates=len(updates), problem=str(error))  # noqa: TRY400 - no bug
            raise Retry(reason=_UNCONFIRMED, after=error.after if isinstance(error, Retry) else None) from error
        except Exception as error:
            log.exception("telegram updates not stored", updates=len(updates))
            raise Retry(reason=_UNCONFIRMED) from error
