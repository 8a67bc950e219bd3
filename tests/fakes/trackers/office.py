"""All trackers at once, and an installation's settings for them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.assistant import Assistant
from tests.fakes.trackers import clickup, shortcut, trello, webhook
from tests.fakes.trackers.server import TrackerServer

NAMES = ("trello", "clickup", "shortcut", "webhook")
WORK = {"trello": "В работе", "clickup": "в работе", "shortcut": "В работе", "webhook": "В работе"}
"""The column of each that means that somebody works on the lead."""
CREATION = {
    "trello": "POST /cards",
    "clickup": f"POST /list/{clickup.LIST}/task",
    "shortcut": "POST /stories",
    "webhook": "PUT /cards",
}
_KEPT = {"trello": "cards", "clickup": "tasks", "shortcut": "stories", "webhook": "cards"}


@dataclass
class Office:
    """The services by name."""

    services: Mapping[str, Any]

    def environment(self, *names: str) -> dict[str, str]:
        """What makes an installation use these trackers."""
        urls = {name: self.services[name].url for name in NAMES}
        return {
            "TRACKERS": ",".join(names),
            "TRELLO_KEY": trello.KEY,
            "TRELLO_TOKEN": trello.TOKEN,
            "TRELLO_SECRET": trello.SECRET,
            "TRELLO_LIST": "Leads",
            "TRELLO_API_URL": urls["trello"],
            "CLICKUP_TOKEN": clickup.TOKEN,
            "CLICKUP_LIST": "Sales/Leads",
            "CLICKUP_API_URL": urls["clickup"],
            "SHORTCUT_TOKEN": shortcut.TOKEN,
            "SHORTCUT_WORKFLOW_STATE": "New",
            "SHORTCUT_API_URL": urls["shortcut"],
            "WEBHOOK_URL": urls["webhook"],
            "WEBHOOK_SECRET": webhook.SECRET,
        }

    def cards(self, name: str) -> list[dict[str, Any]]:
        """The cards of a tracker, in the order in which they were made."""
        return list(getattr(self.services[name], _KEPT[name]).values())

    async def carded(self, installation: Assistant, count: int, *names: str, seconds: float = 40.0) -> list[Any]:
        """The leads, once so many of them have a card in each of these trackers; exactly one each is there."""
        leads: list[Any] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(leads) < count:
                    await asyncio.sleep(0.1)
                    found = await installation.leads()
                    leads = [lead for lead in found if set(names) <= lead["trackers"].keys()]
        assert len(leads) == count, f"{[lead['trackers'] for lead in leads]} {installation.log[-3000:]}"
        for name in names:
            ids = sorted(str(card["id"]) for card in self.cards(name))
            assert ids == sorted(str(lead["trackers"][name]["id"]) for lead in leads), f"{name} has other cards"
        return leads

    async def tells(self, installation: Assistant, name: str, body: dict[str, Any], **headers: str) -> int:
        """A service calls the webhook; the status of the answer."""
        url = f"{installation.environment['PUBLIC_URL']}/trackers/{name}/webhook"
        signed, raw = self.services[name].signed(body, url)
        async with httpx.AsyncClient(timeout=20) as client:
            path = f"{installation.url}/trackers/{name}/webhook"
            answer = await client.post(path, content=raw, headers={**signed, **headers})
        return answer.status_code


@contextlib.asynccontextmanager
async def open_office() -> AsyncIterator[Office]:
    """The services are up while the block runs."""
    async with contextlib.AsyncExitStack() as stack:
        made: dict[str, TrackerServer] = {
            "trello": trello.TrelloServer(),
            "clickup": clickup.ClickUpServer(),
            "shortcut": shortcut.ShortcutServer(),
            "webhook": webhook.WebhookServer(),
        }
        for server in made.values():
            await stack.enter_async_context(server)
        yield Office(made)
