"""The desk in Slack: shows what the product has to say, and hears what staff write, press and ask."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import structlog
from pydantic import BaseModel, ConfigDict, SecretStr

from flows.desk import Form, Member, Post, Spot
from flows.errors import Misconfigured, Refused, Retry
from flows.model import File, Json
from flows.ports.desk import Contents
from flows.ports.desk_reads import Reads
from flows.ports.turns import Clock, Receiver
from integrations.desk.slack.answering import Answering
from integrations.desk.slack.blocks import home as home_of
from integrations.desk.slack.blocks import message as one
from integrations.desk.slack.calls import Calls, Token
from integrations.desk.slack.controls import modal
from integrations.desk.slack.events import DESK, Me
from integrations.desk.slack.files import Files
from integrations.desk.slack.listening import Answer, Ears, Listening
from integrations.desk.slack.people import People
from integrations.desk.slack.posting import Posting
from integrations.desk.slack.signature import is_slacks
from integrations.desk.slack.socket import Socket

PAUSES: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_APP_TOKEN: Final = "SLACK_APP_TOKEN"  # noqa: S105 - a setting's name
_MARKS: Final = {"delivered": "white_check_mark", "failed": "warning"}

log = structlog.get_logger(__name__)


class Settings(BaseModel):
    """With an app token Socket Mode is used, without one signed HTTP, which needs the signing secret."""

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr
    channel: str
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    api_url: str = "https://slack.com/api"


def connect(
    settings: Settings,
    clock: Clock,
    contents: Contents | None = None,
    pauses: Sequence[float] = PAUSES,
    pace: float = 1.0,
) -> "Slack":
    """The desk, not yet speaking to anybody. Raises `Misconfigured`.

    `contents` has the bytes of files that posts carry, `pauses` are the waits between attempts to connect, and `pace`
    is how much faster than Slack another server allows calls.
    """
    if not settings.channel:
        raise Misconfigured("SLACK_CHANNEL", "the console needs a channel", "Set it to the id of the channel")
    if not settings.app_token.get_secret_value() and not settings.signing_secret.get_secret_value():
        raise Misconfigured(
            "SLACK_SIGNING_SECRET",
            "without Socket Mode Slack's requests must be checked",
            "Set it, or set SLACK_APP_TOKEN for Socket Mode",
        )
    return Slack(settings, clock, contents, pauses, pace)


class Slack:
    """A `Desk`, and what else only Slack has."""

    name = DESK

    def __init__(
        self, settings: Settings, clock: Clock, contents: Contents | None, pauses: Sequence[float], pace: float
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pauses = pauses
        token = settings.bot_token.get_secret_value()
        self.calls = Calls(Token(token), settings.api_url, pace)
        self._files = Files(self.calls, token, settings.api_url)
        self._people = People(self.calls)
        self._posting = Posting(self.calls, self._files, contents, clock, self._is_ours)
        self._ears = Ears()
        self._answering = Answering(self.calls, self._files, self._people)
        self._listening = Listening(token, self._ears, clock, self._answering.respond)
        self._socket: Socket | None = None

    @property
    def bot(self) -> str:
        """The id of the workspace; empty until Slack has told it."""
        return self._ears.me.team if self._ears.me else ""

    @property
    def channel(self) -> str:
        """The channel of the console."""
        return self._settings.channel

    @property
    def ready(self) -> bool:
        """Whether staff are heard."""
        if self._ears.receive is None:
            return False
        return self._socket is None or self._socket.connected

    # ------------------------------------------------------------ what comes in
    async def run(self, receive: Receiver, reads: Reads) -> None:
        """Find out who we are, then listen: with an app token until cancelled, else `request` does, and this returns.

        Waits as long as Slack cannot be reached. Raises `Misconfigured`, whose remedy is for the operator.
        """
        await self._until_known()
        self._ears.receive, self._ears.reads = receive, reads
        log.info("slack connected", team=self.bot, mode="socket" if self._app_token else "http")
        if not self._app_token:
            return
        self._socket = Socket(self._address, lambda: self.calls.session, self._listening.over_socket, self._pauses)
        await self._socket.run()

    async def request(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request to `/slack/events`: 401 unless Slack signed it, 503 while nothing can be stored."""
        secret = self._settings.signing_secret.get_secret_value()
        if not is_slacks(headers, body, secret, self._clock()):
            return Answer(401, b'{"error": "the signature is missing, wrong or old"}', "application/json")
        return await self._listening.over_http(body, dict(headers))

    async def introduce(self) -> Me:
        """Ask Slack who we are. Raises as `Calls.call` does."""
        reply = await self.calls.call("auth.test", {})
        team, user, bot = (str(reply.get(name) or "") for name in ("team_id", "user_id", "bot_id"))
        me = Me(team, user, bot, self.channel)
        if not me.team or not me.user:
            remedy = "Copy the “Bot User OAuth Token”, which begins with xoxb-"
            raise Misconfigured("SLACK_BOT_TOKEN", "Slack does not say whose token it is", remedy)
        if not me.bot:
            log.warning("slack token is not a bot's", remedy="SLACK_BOT_TOKEN should begin with xoxb-")
        self._ears.me = me
        return me

    async def close(self) -> None:
        """Give up what is under way, and close the connections."""
        await self._listening.close()
        await self.calls.close()

    # ------------------------------------------------------------ what goes out
    async def open(self, post: Post, key: str) -> tuple[Spot, str]:
        """A thread is named by its root message."""
        root = await self._posting.open(self.channel, post, key)
        return Spot(DESK, self.channel, root), root

    async def post(self, spot: Spot, post: Post, key: str) -> str:
        """What is longer than a message, and has no controls, becomes several."""
        return await self._posting.post(spot.channel, spot.thread, post, key)

    async def change(self, spot: Spot, message: str, post: Post) -> None:
        """Metadata stay as they are; files are not exchanged."""
        params: dict[str, Json] = {"channel": spot.channel, "ts": message, **one(post).params}
        await self.calls.call("chat.update", params, urgent=post.urgent)

    async def remove(self, spot: Spot, message: str) -> None:
        """One that is gone is no error."""
        try:
            await self.calls.call("chat.delete", {"channel": spot.channel, "ts": message}, urgent=True)
        except Refused as error:
            if error.state != "gone":
                raise

    async def write(self, member: str, post: Post, key: str) -> None:
        """Into the private channel that a person shares with the app."""
        await self._posting.post(await self._people.private(member), "", post, key)

    async def fetch(self, file: File) -> bytes:
        """From Slack's own hosts only."""
        return await self._files.fetch(file)

    async def member(self, member: str) -> Member:
        """A person and their user groups, at most ten seconds old."""
        return await self._people.member(member)

    # ------------------------------------------------------------ hints
    async def tell(self, spot: Spot, member: str, post: Post) -> None:
        """An ephemeral message; where there is no channel for it, or files belong to it, a private one."""
        await self._answering.tell(spot, member, post)

    async def react(self, spot: Spot, message: str, mark: Literal["delivered", "failed"]) -> None:
        """A green tick, or a warning sign."""
        params: dict[str, Json] = {"channel": spot.channel, "timestamp": message, "name": _MARKS[mark]}
        await self._answering.hint("reactions.add", params)

    async def ask(self, form: Form, trigger: str) -> None:
        """A modal; a trigger is good once, for three seconds."""
        try:
            view = modal(form)
        except Refused as error:
            log.warning("slack form lost", action=form.action, problem=str(error))
        else:
            await self._answering.hint("views.open", {"trigger_id": trigger, "view": view})

    async def home(self, member: str, posts: Sequence[Post]) -> None:
        """The Home tab."""
        try:
            view = home_of(posts)
        except Refused as error:
            log.warning("slack home lost", problem=str(error))
        else:
            await self._answering.hint("views.publish", {"user_id": member, "view": view})

    # ------------------------------------------------------------ how it works
    @property
    def _app_token(self) -> str:
        return self._settings.app_token.get_secret_value()

    def _is_ours(self, entry: Mapping[str, Json]) -> bool:
        return self._ears.me is not None and self._ears.me.wrote({**entry})

    async def _until_known(self) -> None:
        for failures in range(1_000_000):
            try:
                await self.introduce()
            except Retry as error:
                log.warning("slack not reached", problem=str(error))
                pause = self._pauses[min(failures, len(self._pauses) - 1)]
                await asyncio.sleep(max(pause, error.after or 0.0))
            else:
                return

    async def _address(self) -> str:
        """Where a socket is to be opened, good for one time. Raises as `Calls.call` does."""
        reply = await self.calls.call("apps.connections.open", {}, token=Token(self._app_token, _APP_TOKEN))
        return str(reply.get("url") or "")
