"""The desk in Telegram: a forum whose topics are the conversations, with the bot that also speaks to the prospects."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import structlog
from pydantic import BaseModel, ConfigDict

from flows.desk import Form, Member, Post, Spot
from flows.errors import AssistantError, Misconfigured, Refused, Retry
from flows.events import Event
from flows.model import File, Json
from flows.ports.desk import Contents
from flows.ports.desk_reads import Reads, Respond
from integrations.desk.telegram import render
from integrations.desk.telegram.api import BotCalls
from integrations.desk.telegram.faults import RIGHTS, SETTING, TOPICS, of_person
from integrations.desk.telegram.forms import prompt
from integrations.desk.telegram.intake import Place
from integrations.desk.telegram.keyboards import keyboard
from integrations.desk.telegram.listening import Listening
from integrations.desk.telegram.sending import Parcel, Sending, parcel, remember
from integrations.desk.telegram.words import Words
from integrations.telegram_updates import fields_of, number_of, size_of, text_of

NAME: Final = "telegram"
MARKS: Final = {"delivered": "👍", "failed": "👎"}
"""Telegram has no ✅ and no ⚠️ among its reactions."""

log = structlog.get_logger(__name__)


class Settings(BaseModel):
    """`desk_chat` is the id of a supergroup with topics, in which the bot may manage them."""

    model_config = ConfigDict(frozen=True)

    desk_chat: str


def connect(settings: Settings, api: BotCalls, contents: Contents, words: Words | None = None) -> "TelegramDesk":
    """The desk, not yet speaking to anybody; `words` are in its language. Raises `Misconfigured`."""
    if not settings.desk_chat.removeprefix("-").isdigit():
        raise Misconfigured(SETTING, "not the id of a group", "Give the id of a supergroup with topics: -100…")
    return TelegramDesk(Place(NAME, api.id, settings.desk_chat), api, contents, words or Words())


class TelegramDesk:
    """A `Desk`, and the reader of what Telegram tells of it.

    Telegram finds no message by a key: one whose end nobody knows is sent again, so at most it stands twice. What
    arrived is remembered while the process runs, as is a topic whose card did not follow.
    """

    name = NAME

    def __init__(self, place: Place, api: BotCalls, contents: Contents, words: Words) -> None:
        self.bot = place.bot
        self._place = place
        self._api = api
        self._words = words
        self._sending = Sending(api, place, contents)
        self._listening = Listening(api, place, words, self._responding)
        self._topics: OrderedDict[str, int] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()

    @property
    def channel(self) -> str:
        """The id of the forum."""
        return self._place.chat

    # ------------------------------------------------------------ posts
    async def open(self, post: Post, key: str) -> tuple[Spot, str]:
        """A topic, named by the post's title, and the card as its first message."""
        made = await self._parcel(post, card=True)
        topic = self._topics.get(key)
        if topic is None:
            self._sending.spend(self._group, urgent=post.urgent or bool(post.mention))
            topic = await self._topic(render.topic_name(post))
            remember(self._topics, key, topic)
        spot = Spot(NAME, self.channel, str(topic))
        try:
            return spot, await self._sending.post(spot, made, key, urgent=True)
        except Refused as error:
            if error.state != "gone":
                raise
            self._topics.pop(key, None)
            raise Retry(reason="the topic was deleted before its card was there") from error

    async def post(self, spot: Spot, post: Post, key: str) -> str:
        """In as many messages as it takes, the buttons on the first. A very long text comes as a file."""
        urgent = post.urgent or bool(post.mention) or self._listening.is_busy(spot)
        return await self._sending.post(spot, await self._parcel(post), key, urgent=urgent)

    async def change(self, spot: Spot, message: str, post: Post) -> None:
        """Words and buttons of the message; what is longer than one message is cut, files stay as they were."""
        words = render.single(post, await self._people(post))
        if not words.parts:
            raise Refused(reason="a post without anything to see", state="invalid")
        call = render.text_call(words.parts[0], keyboard(post.controls, self._place.here), "editMessageText")
        call.params["message_id"] = _number(message)
        try:
            await self._sending.edited(_chat(spot), call)
        except Refused as error:
            if "no text in the message" not in error.reason:
                raise
            await self._sending.edited(_chat(spot), render.as_caption(call))

    async def remove(self, spot: Spot, message: str) -> None:
        """After 48 hours Telegram deletes nothing: then `Refused`."""
        try:
            await self._sending.call(_chat(spot), "deleteMessage", {"message_id": _number(message)})
        except Refused as error:
            if error.state != "gone":
                raise

    async def write(self, member: str, post: Post, key: str) -> None:
        """Only to people who have started the bot: for others `Refused` (not_found)."""
        await self._sending.post(Spot(NAME, member), await self._parcel(post), key, urgent=True)

    # ------------------------------------------------------------ what is asked of Telegram
    async def fetch(self, file: File) -> bytes:
        """A file that staff sent."""
        try:
            return await self._api.download(file.ref)
        except Refused as error:
            if error.state == "too_large":
                raise
            raise Refused(error.reason, "gone") from error

    async def member(self, member: str) -> Member:
        """A name; Telegram knows no e-mail, and no language of somebody who does not write."""
        try:
            found = await self._api.call("getChatMember", {"chat_id": int(self.channel), "user_id": _number(member)})
        except Refused as error:
            raise of_person(error) from error
        user = fields_of(fields_of(found).get("user"))
        name = f"{text_of(user, 'first_name')} {text_of(user, 'last_name')}".strip()
        return Member(member, name, locale=text_of(user, "language_code"))

    async def check(self) -> None:
        """Whether the desk can work. Raises `Misconfigured`, with the remedy, and `Retry`."""
        chat = fields_of(await self._sending.call(self._group, "getChat", {}))
        if chat.get("is_forum") is not True:
            raise Misconfigured(SETTING, "the group has no topics", TOPICS)
        own = fields_of(await self._sending.call(self._group, "getChatMember", {"user_id": _number(self.bot)}))
        if text_of(own, "status") != "administrator" or own.get("can_manage_topics") is not True:
            raise Misconfigured(SETTING, "the bot may not manage topics", RIGHTS)

    # ------------------------------------------------------------ hints
    async def tell(self, spot: Spot, member: str, post: Post) -> None:
        """A message in the topic that one person alone sees; where that cannot be had, private ones."""
        try:
            made = await self._parcel(post)
            alone = spot.channel == self.channel and len(made.calls) == 1 and not made.calls[0].file
            if not (alone and await self._whispered(spot, member, made.calls[0])):
                await self._sending.post(Spot(NAME, member), made, "", urgent=True)
        except AssistantError as error:
            log.warning("desk whisper not shown", problem=str(error))

    async def react(self, spot: Spot, message: str, mark: Literal["delivered", "failed"]) -> None:
        """👍 or 👎."""
        try:
            params: dict[str, Json] = {
                "message_id": _number(message),
                "reaction": [{"type": "emoji", "emoji": MARKS[mark]}],
            }
            await self._sending.call(_chat(spot), "setMessageReaction", params)
        except AssistantError as error:
            log.debug("desk mark not shown", problem=str(error))

    async def ask(self, form: Form, trigger: str) -> None:
        """A message with buttons, answered by a press or by a reply; see `forms`."""
        del trigger
        try:
            text, keys = prompt(form, self._words, self._place.here)
            call = render.text_call(text, keys)
            await self._sending.call(form.spot, call.name, call.params)
        except AssistantError as error:
            log.warning("desk form not shown", action=form.action, problem=str(error))

    async def home(self, member: str, posts: Sequence[Post]) -> None:
        """Telegram has no such page."""

    # ------------------------------------------------------------ what comes in
    def events(self, update: Json, now: datetime) -> Sequence[Event] | None:
        """The events of a raw update; None for one that is not of the desk.

        Presses and commands are answered beside it: those are hints, and nothing of them is stored.
        """
        return self._listening.events(update, now)

    def listen(self, reads: Reads) -> None:
        """From now on answer questions too: commands, and presses that only show something."""
        self._listening.reads = reads

    async def close(self) -> None:
        """Let what was begun end; connections of its own it has none."""
        await self._listening.close()

    # ------------------------------------------------------------ how
    def _responding(self, spot: Spot, member: str) -> Respond:
        async def respond(post: Post) -> None:
            await self.tell(spot, member, post)

        return respond

    @property
    def _group(self) -> Spot:
        return Spot(NAME, self.channel)

    async def _parcel(self, post: Post, *, card: bool = False) -> Parcel:
        return parcel(post, await self._people(post), self._place.here, card=card)

    async def _people(self, post: Post) -> dict[str, str]:
        """The names of those whom a post calls; who has none that we know is called by number."""
        for member in post.mention:
            if member not in self._names:
                try:
                    remember(self._names, member, (await self.member(member)).name)
                except AssistantError as error:
                    log.debug("desk member unknown", problem=str(error))
        return {member: self._names.get(member, "") for member in post.mention}

    async def _topic(self, name: str) -> int:
        made = fields_of(await self._sending.call(self._group, "createForumTopic", {"name": name}))
        if topic := size_of(made, "message_thread_id"):
            return topic
        raise Retry(reason="Telegram did not tell which topic it made")

    async def _whispered(self, spot: Spot, member: str, call: render.Call) -> bool:
        """Whether one person alone was shown a message in the topic."""
        receiver: dict[str, Json] = {"receiver_user_id": _number(member)}
        try:
            made = await self._sending.call(spot, call.name, {**call.params, "ephemeral_message_parameters": receiver})
        except Refused:
            return False
        if size_of(fields_of(made), "ephemeral_message_id"):
            return True
        # A server of an older kind does not know the word, and has shown it to everybody.
        await self.remove(spot, number_of(fields_of(made), "message_id"))
        return False


def _number(identity: str) -> int:
    try:
        return int(identity)
    except ValueError:
        raise Refused(reason="not an id of Telegram", state="gone") from None


def _chat(spot: Spot) -> Spot:
    """The chat of a place: what is done to a message needs no topic."""
    return Spot(spot.desk, spot.channel)
