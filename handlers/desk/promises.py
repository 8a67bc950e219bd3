"""The promises of reps and of the bot: collected from their words, their owners reminded in time, kept or dropped."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import structlog

from flows.desk import Button, Post
from flows.errors import AssistantError
from flows.events import Pressed
from flows.model import BOT
from flows.outbound import Line
from flows.ports.desk import Threads
from flows.ports.ledger import Promise, Promises
from flows.ports.turns import Clock, Conversations
from handlers.desk.acting import Acting, Done, Press, audited
from handlers.desk.elsewhere import carried
from handlers.desk.reach import Reach
from handlers.desk.rounds import Rounds
from knowledge.masking import mask_contacts
from knowledge.promises import find_promises
from knowledge.team import Rep, Team, works
from locales.markup import escape
from locales.operators import Messages

log = structlog.get_logger()
Look: TypeAlias = Callable[[str, str, datetime], Awaitable[None]]
"""Has the desks look at a conversation again; the word names why, once: see `handlers.desk.looks.Looks`."""
KEPT: Final = "promise_kept"
DROPPED: Final = "promise_dropped"
AHEAD: Final = timedelta(hours=1)
"""How long before its time a promise is brought back to mind, in the working time of its owner."""
_LINES: Final = 40
_REMEMBERED: Final = 10_000
_FRESH: Final = timedelta(days=1)
"""Lines older than this were looked through when they came."""
_HORIZON: Final = timedelta(days=5)
_STEP: Final = timedelta(hours=1)
_BATCH: Final = 200


class PromiseBook:
    """`collect` after each look of the mirror; the book itself is a tick that reminds; `presses` end a promise."""

    def __init__(
        self,
        promises: Promises,
        threads: Threads,
        conversations: Conversations,
        rounds: Rounds,
        reach: Reach,
        look: Look,
        team: Team,
        clock: Clock,
    ) -> None:
        self._promises = promises
        self._threads = threads
        self._conversations = conversations
        self._look_again = look
        self._rounds = rounds
        self._reach = reach
        self._read: dict[str, None] = {}  # lines that were read: reading one again finds the same
        self._team = team
        self._clock = clock

    # ------------------------------------------------------------------ collecting
    async def collect(self, conversation: str) -> None:
        """Keep what was promised in the newest lines; a line that is known adds nothing."""
        since = self._clock() - _FRESH
        tail = await self._threads.tail(conversation, _LINES)
        lines = [line for line in tail if line.at >= since and line.id not in self._read]
        found = promised(lines, self._team)
        if found:
            await self._promises.put(found)
        self._read.update(dict.fromkeys(line.id for line in lines))
        for known in list(self._read)[:-_REMEMBERED]:
            del self._read[known]
        new = [one.id for one in found if await self._reach.first(f"promise:{one.id}:noted")]
        if new:
            await self._look_again(conversation, f"promise.{new[0]}", self._clock())

    # ------------------------------------------------------------------ reminding
    async def __call__(self) -> None:
        """Remind of what is due soon; a promise whose owner cannot be told now is tried again."""
        now = self._clock()
        for promise in await self._promises.due(now + _HORIZON, _BATCH):
            try:
                await self._look(promise, now)
            except AssistantError as error:
                log.warning("promise not brought to mind", promise=promise.id, problem=str(error))

    async def _look(self, promise: Promise, now: datetime) -> None:
        owner = await self._owner(promise, now)
        people = {one.id: one.rep for one in await self._rounds.people()}
        if remind_at(promise, people.get(owner), self._team) <= now:
            await self._reach.once(f"promise:{promise.id}", lambda: self._remind(promise, owner))

    async def _remind(self, promise: Promise, owner: str) -> None:
        def remind(texts: Messages) -> Post:
            return reminder(promise, self._team, texts)

        def letter(texts: Messages) -> Post:
            return carried(remind(texts), promise.conversation)

        key = f"promise:{promise.id}"
        reached = bool(owner) and await self._reach.privately(owner, letter, key)
        if not reached:
            await self._reach.in_thread(promise.conversation, remind, key, (owner,) if owner else ())
        await self._promises.reminded(promise.id)

    async def _owner(self, promise: Promise, now: datetime) -> str:
        """Who is to keep it: who gave it, else who leads the chat; outside their hours, close to it, who is on duty."""
        conversation = await self._conversations.get(promise.conversation)
        owner = promise.by
        if owner in {"", BOT}:
            owner = conversation.owner if conversation and conversation.owner != BOT else ""
        on_duty = await self._rounds.on_duty(now)
        if owner in on_duty or not on_duty:
            return owner
        away = {one.id for one in await self._rounds.people() if one.away_until and one.away_until > now}
        late = promise.due is not None and promise.due - now <= AHEAD
        return on_duty[0] if not owner or owner in away or late else owner

    # ------------------------------------------------------------------ presses
    @property
    def presses(self) -> dict[str, Press]:
        """What the buttons of a reminder do, by action."""
        return {KEPT: self._kept, DROPPED: self._dropped}

    async def _kept(self, acting: Acting, event: Pressed) -> Done:
        return await self._end(acting, event, "kept", acting.own.gettext("Kept. Thank you."))

    async def _dropped(self, acting: Acting, event: Pressed) -> Done:
        told = acting.own.gettext("Dropped. Tell the prospect: they may be waiting for it.")
        return await self._end(acting, event, "dropped", told)

    async def _end(self, acting: Acting, event: Pressed, state: Literal["kept", "dropped"], told: str) -> Done:
        """Settle it once; the card of its chat shows it."""
        promise, conversation = event.value, acting.conversation
        ended = await self._promises.end(promise, state)
        await acting.tell(told if ended else acting.own.gettext("That is settled already."))
        if ended and conversation:
            await self._look_again(conversation, f"promise.{promise}.{state}", acting.at)
        return audited(acting, KEPT if state == "kept" else DROPPED, promise=promise)


def promised(lines: Sequence[Line], team: Team) -> tuple[Promise, ...]:
    """The promises in lines: any of a rep's words, of the bot's those that name a time.

    What the machine says in a rep's name is none, nor is what it tells of a wait, which is kept by the ladder.
    """
    found: list[Promise] = []
    for line in lines:
        worded = line.trace.get("texts")
        keys = [str(key) for key in worded] if isinstance(worded, list) else []
        if line.by == "prospect" or (keys and line.by != BOT) or any(key.startswith("waiting.") for key in keys):
            continue
        made = find_promises(line.text, line.at.astimezone(team.local))
        for number, one in enumerate(made):
            if one.due is not None or line.by != BOT:
                by = "" if line.by == BOT else line.by
                found.append(
                    Promise(promise_id(f"{line.id}:{number}"), line.conversation, by, one.quote, line.at, one.due)
                )
    return tuple(found)


def promise_id(origin: str) -> str:
    """A short id that the same origin always has: buttons that end a promise carry little."""
    return hashlib.blake2b(origin.encode(), digest_size=8).hexdigest()


def remind_at(promise: Promise, owner: Rep | None, team: Team) -> datetime:
    """When its owner is reminded: an hour ahead, or half-way to a near time, earlier when they do not work then."""
    if promise.due is None:
        return promise.made_at + _HORIZON
    at = max(promise.due - AHEAD, promise.made_at + (promise.due - promise.made_at) / 2)
    if owner is None or works(team, owner, at):
        return at
    earlier = at
    while earlier > promise.made_at and at - earlier < _HORIZON:
        earlier -= _STEP
        if works(team, owner, earlier):
            return earlier
    return at


def reminder(promise: Promise, team: Team, texts: Messages) -> Post:
    """What an owner reads, with the two ways to settle it."""
    quote = escape(mask_contacts(promise.quote))
    if promise.due is None:
        text = texts.gettext("You promised: “{quote}”", quote=quote)
    else:
        local = promise.due.astimezone(team.local)
        when = f"{local:%d.%m %H:%M}"
        text = texts.gettext("Promised by {time}: “{quote}”", time=when, quote=quote)
    kept = Button(KEPT, texts.gettext("Kept"), promise.id, "primary")
    dropped = Button(DROPPED, texts.gettext("Not any more"), promise.id)
    return Post(text=text, small=(promise.conversation,), controls=(kept, dropped))
