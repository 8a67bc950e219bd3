"""The updates as Telegram keeps them: confirmed by offset to one poller, or pushed to a webhook until it says 2xx."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from tests.fakes.telegram_rules import SECRET, ApiError, bad_request

Update = dict[str, Any]
POLL_LIMIT = 50.0
BY_DEFAULT_OFF = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Updates:
    """Updates that wait for the bot. `pushed` performs a call that a webhook's answer may carry."""

    def __init__(self, pushed: Callable[[str, Update], Awaitable[object]]) -> None:
        self.webhook: Update = {}
        self.last_id = 1000
        self.history: list[Update] = []
        self.webhook_statuses: list[int] = []
        self.retry_pause = 0.05
        self._pushed = pushed
        self._waiting: deque[Update] = deque()
        self._allowed: frozenset[str] = frozenset()
        self._changed = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None
        self._queues: dict[tuple[str, int], deque[Update]] = {}
        self._pushers: set[asyncio.Task[None]] = set()
        self._client: aiohttp.ClientSession | None = None

    def add(self, content: Update) -> int:
        """Queue an update; returns its id. A kind that the bot did not ask for is not queued, as in life."""
        self.last_id += 1
        update = {"update_id": self.last_id, **content}
        self.history.append(update)
        self.deliver(update)
        return self.last_id

    def deliver(self, update: Update) -> None:
        """Queue an update as it stands: calling it twice delivers it twice."""
        kind = next(key for key in update if key != "update_id")
        wanted = kind in self._allowed if self._allowed else kind not in BY_DEFAULT_OFF
        if not wanted:
            return
        if self.webhook:
            self._push(kind, update)
            return
        self._waiting.append(update)
        self._changed.set()

    def redeliver(self, update_id: int) -> None:
        """Deliver an earlier update once more."""
        self.deliver(next(update for update in self.history if update["update_id"] == update_id))

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._waiting) + sum(len(queue) for queue in self._queues.values())

    async def poll(self, params: Update) -> list[Update]:
        """Serve getUpdates."""
        if self.webhook:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
            self._changed.set()
        mine = self._poller = asyncio.get_running_loop().create_future()
        self._allow(params)
        self._confirm(int(params.get("offset") or 0))
        if not self._waiting:
            await self._wait(mine, min(float(params.get("timeout") or 0), POLL_LIMIT))
        if mine.done():
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        mine.cancel()
        limit = max(1, min(int(params.get("limit") or 100), 100))
        return list(self._waiting)[:limit]

    async def _wait(self, mine: asyncio.Future[None], seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._waiting and not mine.done():
                    self._changed.clear()
                    await self._changed.wait()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
            return
        # A repeated delivery is queued behind newer updates: confirming is by id, not by place.
        self._waiting = deque(update for update in self._waiting if update["update_id"] >= offset)

    def _allow(self, params: Update) -> None:
        if params.get("allowed_updates") is not None:
            self._allowed = frozenset(params["allowed_updates"])

    def set_webhook(self, params: Update) -> bool:
        """Serve setWebhook; plain http is let through, since the tests' own server speaks it."""
        url = params.get("url") or ""
        if not url:
            return self.delete_webhook(params)
        if not url.startswith(("http://", "https://")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.get("secret_token")
        if secret is not None and not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._allow(params)
        self.webhook = {"url": url, "secret": secret or ""}
        waiting, self._waiting = self._waiting, deque()
        for update in () if params.get("drop_pending_updates") else waiting:
            self.deliver(update)
        return True

    def delete_webhook(self, params: Update) -> bool:
        """Serve deleteWebhook: what was not delivered waits for a poller."""
        self.webhook = {}
        undelivered = [update for queue in self._queues.values() for update in queue]
        for pusher in self._pushers:
            pusher.cancel()
        self._queues.clear()
        if params.get("drop_pending_updates"):
            self._waiting.clear()
        else:
            self._waiting.extend(sorted(undelivered, key=lambda update: int(update["update_id"])))
        return True

    def _push(self, kind: str, update: Update) -> None:
        content = update[kind]
        chat = int((content.get("chat") or content.get("from") or {"id": 0})["id"])
        queue = self._queues.setdefault((kind, chat), deque())
        queue.append(update)
        if len(queue) == 1:
            pusher = asyncio.ensure_future(self._drain(queue))
            self._pushers.add(pusher)
            pusher.add_done_callback(self._pushers.discard)

    async def _drain(self, queue: deque[Update]) -> None:
        """Push one queue in order; the next update waits for the failing one."""
        if self._client is None:
            self._client = aiohttp.ClientSession()
        pause = 0.0
        while queue:
            if await self._post(self._client, queue[0]):
                queue.popleft()
                pause = 0.0
            else:
                await asyncio.sleep(pause)
                pause = self.retry_pause

    async def _post(self, client: aiohttp.ClientSession, update: Update) -> bool:
        secret = self.webhook["secret"]
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        try:
            async with client.post(self.webhook["url"], data=json.dumps(update), headers=headers) as reply:
                body = await reply.read()
                self.webhook_statuses.append(reply.status)
        except (aiohttp.ClientError, OSError):
            self.webhook_statuses.append(0)
            return False
        if not 200 <= reply.status < 300:
            return False
        if b'"method"' in body:
            call = json.loads(body)
            await self._pushed(call.pop("method"), call)
        return True

    async def close(self) -> None:
        """Stop pushing and let a waiting poller go."""
        for pusher in list(self._pushers):
            pusher.cancel()
        await asyncio.gather(*self._pushers, return_exceptions=True)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
            self._changed.set()
        if self._client is not None:
            await self._client.close()
