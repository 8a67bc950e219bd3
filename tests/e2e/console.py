"""An installation with a console: its team, its staff in Slack, and what is seen there."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx

from tests.assistant import Assistant
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.fakes.slack_reading import readable
from tests.fakes.slack_rules import buttons
from tests.fakes.slack_staff import Staff
from tests.fakes.slack_state import BOT_USER, CHANNEL

ANNA, BORIS, STRANGER = "U0ANNA", "U0BORIS", "U0EVE"
"""A rep, a manager, and somebody who is not on the staff."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALWAYS = "{" + ", ".join(f'{day}: "00:00-24:00"' for day in _DAYS) + "}"
TEAM = f"""language: en
time_zone: Europe/Moscow
zone: {{ru: "по Москве", en: "Moscow time"}}
hours: {_ALWAYS}
people:
  - email: anna@example.com
    name: {{ru: "Рита", en: "Rita"}}
"""


def with_team(installation: Assistant) -> Assistant:
    """The installation with a team that works day and night."""
    shipped = Path(str(files("knowledge")))
    own = installation.folder / "data" / "content" / "knowledge"
    shutil.copytree(shipped, own, ignore=shutil.ignore_patterns("*.py", "__pycache__", "understanding"))
    (own / "team.yaml").write_text(TEAM, encoding="utf-8")
    return installation


async def hired(installation: Assistant) -> None:
    """A rep who is known by her ids, and a manager whose Slack tells his e-mail address."""
    for email, role, name, ids in (
        ("anna@example.com", "rep", "Rita", ("--slack", ANNA, "--telegram", "100501")),
        ("boris@example.com", "manager", "Boris", ("--telegram", "100502")),
    ):
        done = await installation.command("staff", "add", email, "--role", role, "--name", name, *ids)
        assert done.code == 0, done.err


def socket_mode(slack: SlackServer) -> dict[str, str]:
    """The environment for Socket Mode."""
    return {**_slack(slack), "SLACK_APP_TOKEN": APP_TOKEN}


def signed_http(slack: SlackServer) -> dict[str, str]:
    """The environment for signed requests."""
    return {**_slack(slack), "SLACK_SIGNING_SECRET": SIGNING_SECRET}


def _slack(slack: SlackServer) -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_CHANNEL": CHANNEL, "SLACK_API_URL": slack.api_url}


def over_http(installation: Assistant, client: httpx.AsyncClient) -> Any:
    """How requests of Slack reach a process, wherever it listens after a restart."""

    async def deliver(headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            answer = await client.post(f"{installation.url}/slack/events", headers=dict(headers), content=body)
        except httpx.TransportError:
            return 599, b""
        return answer.status_code, answer.content

    return deliver


@dataclass
class Console:
    """One thread of the console, as staff see it."""

    slack: SlackServer
    staff: Staff
    root: str = ""
    known: set[str] = field(default_factory=set)

    async def opens(self, number: int = 1, seconds: float = 20) -> str:
        """Wait for the thread of that number; its root."""
        await self.slack.until(lambda: len(self.threads) >= number, seconds)
        self.root = self.threads[number - 1]["ts"]
        return self.root

    @property
    def threads(self) -> list[dict[str, Any]]:
        """The cards at the top of the channel."""
        return [one for one in self.slack.state.roots() if one["user"] == BOT_USER]

    @property
    def card(self) -> str:
        """What the card says now."""
        return readable(self.slack.state.channels[CHANNEL].messages[self.root])

    @property
    def told(self) -> list[dict[str, Any]]:
        """What the bot has posted in the thread."""
        return [one for one in self.slack.state.thread(self.root)[1:] if one["user"] == BOT_USER]

    @property
    def texts(self) -> list[str]:
        """The same as it is read."""
        return [readable(one) for one in self.told]

    async def shows(self, words: str, seconds: float = 20) -> dict[str, Any]:
        """Wait for a post with these words; the newest."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = [one for one in self.told if words in readable(one)]
            return bool(found)

        await self._until(there, words, seconds)
        return found[-1]

    async def carded(self, words: str, seconds: float = 20) -> None:
        """Wait until the card says so."""
        await self._until(lambda: words in self.card, words, seconds)

    async def _until(self, condition: Any, words: str, seconds: float) -> None:
        try:
            await self.slack.until(condition, seconds)
        except TimeoutError:
            raise AssertionError(f"{words!r} is not in {[self.card, *self.texts]}") from None

    async def writes(self, text: str, user: str = ANNA, **more: Any) -> str:
        """Somebody writes in the thread; the message's id."""
        ts, sent = await self.staff.writes(user, self.root, text, **more)
        assert sent.acknowledged, sent
        return ts

    async def presses(self, action: str, user: str = ANNA, ts: str = "", option: str = "") -> None:
        """Somebody presses a button of a message, or of the card."""
        sent = await self.staff.presses(user, ts or self.root, action, option=option)
        assert sent.acknowledged, sent

    def actions(self, ts: str = "") -> list[str]:
        """The buttons of a message, or of the card."""
        shown = self.slack.state.channels[CHANNEL].messages[ts or self.root]
        return [one["action_id"] for one in buttons(shown.get("blocks"))]

    def ticked(self, ts: str) -> list[str]:
        """The marks on a message."""
        return self.slack.state.reactions.get((CHANNEL, ts), [])

    def whispers(self, user: str) -> list[str]:
        """What one person alone was shown."""
        return [readable(one) for one in self.slack.state.whispers if one["user"] == user]


def tells_no_secret(installation: Assistant) -> None:
    """No token of Slack's is in the log."""
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET):
        assert secret not in installation.log
