"""The Telegram channel: sends what was worded, takes what was said, and tells of Telegram's troubles in our words."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, SecretStr

from flows.errors import AssistantError, Misconfigured, Refused, Retry
from flows.events import Event
from flows.model import Address, File, Json
from flows.outbound import Outbound
from flows.ports.turns import Clock, Receiver
from integrations.channels.telegram import render
from integrations.channels.telegram.api import BotApi
from integrations.channels.telegram.events import Bot, events_of
from integrations.channels.telegram.poller import PAUSES, Backoff, Poller
from integrations.channels.telegram.session import message_id_of
from integrations.channels.telegram.uploads import file_name, uploadable
from integrations.channels.telegram.webhook import register, update_of
from integrations.telegram_html import cut

TOAST_LIMIT: Final = 200
HINT_SECONDS: Final = 5.0
REMEMBERED: Final = 10_000

Commands = Mapping[str, Sequence[tuple[str, str]]]
"""Commands with their descriptions by language; the language "" is for everybody else."""

K = TypeVar("K")
V = TypeVar("V")

log = structlog.get_logger(__name__)


class Settings(BaseModel):
    """Times and limits are Telegram's own; `webhook_secret` and `public_url` are needed in the mode `webhook` only."""

    model_config = ConfigDict(frozen=True)

    token: SecretStr
    api_url: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: SecretStr = SecretStr("")
    public_url: str = ""
    proxy: str = ""


def connect(settings: Settings, pauses: Sequence[float] = PAUSES) -> "Telegram":
    """The channel, not yet speaking to anybody. Raises `Misconfigured`; `pauses` are the waits between attempts."""
    if settings.mode == "webhook" and not settings.public_url:
        raise Misconfigured(
            setting="PUBLIC_URL",
            reason="the webhook needs an address",
            remedy="Set PUBLIC_URL to the https:// address of this server, or TELEGRAM_MODE to polling",
        )
    return Telegram(settings, pauses)


class Aside(Protocol):
    """Takes what Telegram tells of chats that are no prospect's."""

    def __call__(self, update: Json, now: datetime) -> Sequence[Event] | None:
        """The events of a raw update; None for one that is none of its own."""
        ...


class Telegram:
    """A `Channel`, and what else only Telegram has."""

    def __init__(self, settings: Settings, pauses: Sequence[float]) -> None:
        self._settings = settings
        self._pauses = pauses
        self._api = BotApi(settings.token.get_secret_value(), settings.api_url, settings.proxy)
        self._bot = Bot(self._api.id)
        self._keyed: OrderedDict[Address, None] = OrderedDict()
        self._unfinished: OrderedDict[tuple[Address, Outbound], tuple[render.Place, ...]] = OrderedDict()
        self._aside: Aside | None = None
        self.ready = False

    @property
    def api(self) -> BotApi:
        """The calls of the bot, for who else speaks as it."""
        return self._api

    @property
    def bot(self) -> Bot:
        """Who the bot is; its name is known once `run` has asked for it."""
        return self._bot

    # ------------------------------------------------------------ what comes in
    async def run(self, receive: Receiver, clock: Clock, commands: Commands) -> None:
        """Introduce the bot, then poll until cancelled; in the mode `webhook` register it and return.

        Waits as long as Telegram cannot be reached. Raises `Misconfigured`, whose remedy is for the operator.
        """
        await self._until_reached(commands)
        self.ready = True
        log.info("telegram connected", bot=self._bot.id, mode=self._settings.mode)
        if self._settings.mode == "webhook":
            return

        async def store(updates: Sequence[Json]) -> None:
            now = clock()
            await receive([event for update in updates for event in self._events(update, now)])

        await Poller(self._api, store, self._pauses).run()

    async def _until_reached(self, commands: Commands) -> None:
        backoff = Backoff(self._pauses)
        while True:
            try:
                await self.introduce(commands)
            except Retry as error:
                log.warning("telegram not reached", problem=str(error))
                await backoff.wait(error.after)
            else:
                return

    async def introduce(self, commands: Commands) -> None:
        """Ask who the bot is, tell its commands, and register the webhook. Raises `Retry` and `Misconfigured`."""
        me = await self._api.call("getMe", {})
        username = me.get("username") if isinstance(me, dict) else None
        self._bot = Bot(self._api.id, username if isinstance(username, str) else "")
        for language, offered in commands.items():
            listed: list[Json] = [{"command": name, "description": about} for name, about in offered]
            params: dict[str, Json] = {"commands": listed}
            await self._api.call("setMyCommands", {**params, "language_code": language} if language else params)
        if self._settings.mode == "webhook":
            await register(self._api, self._settings.public_url, self._settings.webhook_secret.get_secret_value())

    def webhook_events(self, headers: Mapping[str, str], body: bytes, clock: Clock) -> list[Event]:
        """The events in a webhook's request; see `webhook.update_of` for what is refused, and how."""
        update = update_of(headers, body, self._settings.webhook_secret.get_secret_value())
        return self._events(update, clock())

    def share(self, aside: Aside) -> None:
        """Let somebody see each update first: one stream, stored in one batch, before it is confirmed."""
        self._aside = aside

    def _events(self, update: Json, now: datetime) -> list[Event]:
        own = self._aside(update, now) if self._aside is not None else None
        return events_of(update, self._bot, now) if own is None else list(own)

    async def fetch(self, file: File) -> bytes:
        """The content of a file that somebody sent, at most 20 MB. Raises `Refused` and `Retry`."""
        return await self._api.download(file.ref)

    # ------------------------------------------------------------ what goes out
    async def send(self, address: Address, message: Outbound) -> str:
        """Send a message, in parts if it is long; the receipt names all of them.

        Raises `Retry` (with Telegram's own wait after a flood), `Refused` (state blocked, deactivated, not_found,
        kicked, migrated with the new chat in `detail`, too_large, forbidden, invalid) and `Misconfigured`. A message
        that failed between two parts goes on where it was when the same message is sent again.
        """
        return await self.upload(address, message, {})

    async def upload(self, address: Address, message: Outbound, contents: Mapping[str, bytes]) -> str:
        """Send a message as `send` does; files that are in `contents` are uploaded, at most 50 MB each."""
        drop = address in self._keyed
        calls = render.calls(address, uploadable(message, contents), drop_keyboard=drop)
        places = list(self._unfinished.pop((address, message), ()))
        for call in calls[len(places) :]:
            try:
                places.append(render.Place(await self._deliver(call, contents), call.words))
            except Retry:
                if places:
                    _remember(self._unfinished, (address, message), tuple(places))
                raise
        if message.share_contact:
            _remember(self._keyed, address, None)
        elif drop and (len(calls) > 1 or not message.choices):
            del self._keyed[address]
        return render.receipt_of(places)

    async def change(self, address: Address, receipt: str, message: Outbound) -> None:
        """Give what was sent other words and buttons; doing it twice is no error.

        Raises as `send` does, also `Refused` (gone, unchangeable, too_large). Messages that a shorter text does not
        need are deleted.
        """
        calls, spare = render.edits(address, render.places_of(receipt), message)
        for call in calls:
            try:
                await self._deliver(call, {})
            except Refused as error:
                if error.state != "unchanged":
                    raise
        if spare:
            await self.remove(address, render.receipt_of(spare))

    async def remove(self, address: Address, receipt: str) -> None:
        """Delete every part of what was sent; what is no longer there is no error.

        Raises as `send` does, also `Refused` (unchangeable): after 48 hours Telegram deletes nothing.
        """
        for place in render.places_of(receipt):
            try:
                await self._api.call("deleteMessage", {**render.target(address), "message_id": place.id})
            except Refused as error:
                if error.state != "gone":
                    raise

    async def typing(self, address: Address) -> None:
        """Show for five seconds that a reply is being written. A hint: never raises."""
        await self._hint("sendChatAction", {"action": "typing"}, address)

    async def acknowledge(
        self,
        address: Address,  # noqa: ARG002 - the port gives it; Telegram finds the press by its id alone
        callback: str,
        text: str = "",
    ) -> None:
        """Answer a press, with a toast if there is a text. A hint: a late one is lost, and nothing is raised."""
        toast: dict[str, Json] = {"text": cut(text, TOAST_LIMIT)} if text else {}
        await self._hint("answerCallbackQuery", {"callback_query_id": callback, **toast})

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def _deliver(self, call: render.Call, contents: Mapping[str, bytes]) -> int:
        try:
            return await self._made(call, contents)
        except Refused as error:
            if error.state != "unparsable" or not call.text:
                raise
            log.warning("telegram formatting refused", method=call.name)
            return await self._made(call.unformatted(), contents)

    async def _made(self, call: render.Call, contents: Mapping[str, bytes]) -> int:
        """Make a call; the id of its message."""
        content = contents.get(call.file.ref) if call.file else None
        if call.file is None or content is None:
            return message_id_of(await self._api.call(call.name, call.params))
        return await self._api.upload(call.name, call.params, call.file.ref, content, file_name(call.file))

    async def _hint(self, name: str, params: Mapping[str, Json], address: Address | None = None) -> None:
        try:
            to = render.target(address) if address is not None else {}
            await self._api.call(name, {**to, **params}, HINT_SECONDS)
        except AssistantError as error:
            log.debug("telegram hint lost", method=name, problem=str(error))


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep a bounded memory of what would at worst cost a repeat if it were lost."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
