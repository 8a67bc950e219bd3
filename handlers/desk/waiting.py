"""The ladder of waiting: a prospect who asked for a person is told the truth, colleagues are called, nobody is lost."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import structlog

from flows.commands import Await
from flows.desk import Button, Post
from flows.errors import AssistantError
from flows.model import BOT, Conversation
from flows.ports.ledger import Promise, Promises, Wait, Waits
from flows.ports.turns import Clock, Conversations
from handlers.desk.buttons import TAKE_OVER
from handlers.desk.elsewhere import carried
from handlers.desk.promises import promise_id
from handlers.desk.reach import Reach
from handlers.desk.rounds import Rounds
from handlers.desk.spans import ENOUGH, bound, expected, moment, told
from handlers.handover import Act, OwnedBy, Turns
from knowledge.team import Team, after_work
from locales.operators import Messages

log = structlog.get_logger()
MEASURED: Final = timedelta(days=30)
"""How far back answer times are measured."""
_BATCH: Final = 50
_CLOSED: Final = frozenset({"not_needed"})
"""Outcomes by which a prospect said that they want nothing more."""


@dataclass(frozen=True, slots=True)
class _End:
    """How a wait ended."""

    state: Literal["claimed", "call_back", "closed"]
    at: datetime
    by: str = ""


class Waiting:
    """Climbs from rung to rung while nobody comes; every wait ends as claimed, call_back or closed by the prospect.

    A rung is climbed by one worker: it is begun and done under a key, and begun again when its worker died. What is
    said to the prospect is a turn, so that a rep who comes meanwhile is never talked over.
    """

    def __init__(
        self,
        waits: Waits,
        conversations: Conversations,
        turns: Turns,
        rounds: Rounds,
        reach: Reach,
        promises: Promises,
        team: Team,
        clock: Clock,
    ) -> None:
        self._waits = waits
        self._conversations = conversations
        self._turns = turns
        self._rounds = rounds
        self._reach = reach
        self._promises = promises
        self._team = team
        self._clock = clock

    async def begin(self, conversation: Conversation, reason: str, now: datetime) -> None:
        """A person was asked for: open a wait and climb its first rung; again, while one is open, changes nothing."""
        if self._ended(conversation, now) is None:
            wait = await self._waits.open(Wait(conversation.id, 1, reason, now, next_at=now))
            if wait.next_at is not None and wait.next_at <= now:
                await self._climb(wait)

    async def seen(self, conversation: Conversation) -> None:
        """Look whether a wait has ended by what the conversation is now: right after each of its turns."""
        wait = await self._waits.of(conversation.id)
        if wait is not None and (end := self._ended(conversation, wait.asked_at)):
            await self._end(wait, conversation, end)

    async def __call__(self) -> None:
        """Climb what is due; one wait that cannot go on does not keep the others."""
        for wait in await self._waits.due(self._clock(), _BATCH):
            try:
                await self._climb(wait)
            except AssistantError as error:
                log.warning("wait could not go on", conversation=wait.conversation, problem=str(error))

    # ------------------------------------------------------------------ one rung
    async def _climb(self, wait: Wait) -> None:
        """One rung, once."""
        rung = wait.next_at.astimezone(UTC).isoformat() if wait.next_at else ""
        await self._reach.once(f"wait:{wait.conversation}:{wait.number}:{rung}", lambda: self._rung(wait))

    async def _rung(self, wait: Wait) -> None:
        """End it if it has ended, else do what comes next."""
        conversation = await self._conversations.get(wait.conversation)
        if conversation is None or await self._began_anew(conversation):
            await self._waits.change(replace(wait, state="closed", ended_at=self._clock(), next_at=None))
            return
        if end := self._ended(conversation, wait.asked_at):
            await self._end(wait, conversation, end)
            return
        now = self._clock()
        on_duty = await self._rounds.on_duty(now)
        if _offered(wait, conversation):
            await self._over(wait, conversation, now)
        elif not on_duty and not await self._rounds.is_open(now):
            await self._sleep(wait, conversation, now)
        elif not wait.promised:
            await self._first(wait, conversation, now, somebody=bool(on_duty))
        else:
            await self._next(wait, conversation, now)

    async def _sleep(self, wait: Wait, conversation: Conversation, now: datetime) -> None:
        """Nobody works: say when somebody does, and go on then."""
        opens = await self._rounds.opens(now)
        if opens is None:
            await self._offer(wait, conversation, now)
        elif await self._say(wait, conversation, "opens", opens, now):
            await self._waits.change(replace(wait, next_at=opens, promised=0))

    async def _first(self, wait: Wait, conversation: Conversation, now: datetime, *, somebody: bool) -> None:
        """Tell the measured time and call the first colleague; where all are away, say so at once."""
        if not somebody:
            await self._offer(wait, conversation, now)
            return
        low, high = await self._measured(now)
        late = not await self._rounds.is_open(now + timedelta(minutes=low))
        opens = await self._rounds.opens(now) if late else None
        if opens is not None:
            going = await self._say(wait, conversation, "opens", opens, now)
        else:
            news, figures = told(low, high)
            going = await self._run(conversation, Await(news, wait.number, figures))
        if going:
            called = await self._call(wait, conversation, now)
            after = now + timedelta(minutes=bound(high, self._team.waiting))
            await self._waits.change(replace(called, next_at=after, promised=max(1, int(high * 60))))

    async def _next(self, wait: Wait, conversation: Conversation, now: datetime) -> None:
        """Nobody came in time: the next colleague, or the offer where enough were called."""
        called = wait
        if len(wait.pinged) < self._team.waiting.colleagues:
            called = await self._call(wait, conversation, now)
        if called.pinged == wait.pinged:
            await self._offer(wait, conversation, now)
            return
        after = now + timedelta(minutes=bound(wait.promised / 60, self._team.waiting))
        await self._waits.change(replace(called, next_at=after))

    async def _offer(self, wait: Wait, conversation: Conversation, now: datetime) -> None:
        """Offer a call-back, or an answer later; it stands for a while."""
        ladder = self._team.waiting
        if await self._say(wait, conversation, "offer", self._answer_by(now), now):
            await self._waits.change(replace(wait, next_at=now + timedelta(minutes=ladder.offer)))

    async def _over(self, wait: Wait, conversation: Conversation, now: datetime) -> None:
        """The offer was not answered: stop the wait honestly, with an answer owed by a time."""
        if await self._say(wait, conversation, "over", self._owed_by(wait, now), now):
            fresh = await self._conversations.get(conversation.id) or conversation
            await self._end(wait, fresh, self._ended(fresh, wait.asked_at) or _End("call_back", now))

    # ------------------------------------------------------------------ its end
    def _ended(self, conversation: Conversation, asked_at: datetime) -> _End | None:
        """How the conversation shows that nobody is waited for any more; None while somebody is."""
        now = self._clock()
        if conversation.owner != BOT:
            return _End("claimed", _at(conversation.taken_at, now), conversation.owner)
        if conversation.taken_at and _at(conversation.taken_at, now) >= asked_at and not conversation.wants_person:
            return _End("claimed", _at(conversation.taken_at, now))
        if conversation.status == "stopped" or conversation.outcome in _CLOSED:
            return _End("closed", now)
        if conversation.wants_person:
            return None
        return _End("call_back" if conversation.answer_owed else "closed", now)

    async def _end(self, wait: Wait, conversation: Conversation, end: _End) -> None:
        """Write the end down; an answer that is owed becomes somebody's promise."""
        if end.state == "call_back":
            await self._owe(wait, conversation)
        await self._waits.change(replace(wait, state=end.state, ended_at=end.at, by=end.by, next_at=None))

    async def _owe(self, wait: Wait, conversation: Conversation) -> None:
        """The promise of an answer, to be kept by whoever was called first, and told in the thread."""
        now = self._clock()
        due = self._owed_by(wait, now)
        who = wait.pinged[0] if wait.pinged else await self._rounds.next(conversation, now)
        key = f"wait:{wait.conversation}:{wait.number}:owed"
        quote = self._owed(self._reach.texts, conversation)
        await self._promises.put([Promise(promise_id(key), conversation.id, who, quote, now, due)])
        local = due.astimezone(self._team.local)
        by = f"{local:%d.%m} {local:%H:%M}"

        def owed(texts: Messages) -> Post:
            text = texts.gettext("Nobody came in time. {promise}, by {time}.", promise=quote, time=by)
            return Post(text=text, controls=(_take(texts),), urgent=True)

        await self._reach.in_thread(conversation.id, owed, key, (who,) if who else ())

    @staticmethod
    def _owed(texts: Messages, conversation: Conversation) -> str:
        if conversation.contact is not None and conversation.answer_owed != "answer_later":
            return texts.gettext("A call-back was promised")
        return texts.gettext("An answer in the chat was promised")

    # ------------------------------------------------------------------ what rungs do
    async def _call(self, wait: Wait, conversation: Conversation, now: datetime) -> Wait:
        """Call the next colleague, privately and in the thread; the wait with them among those called."""
        who = await self._rounds.next(conversation, now, wait.pinged)
        if not who:
            return wait
        key = f"wait:{wait.conversation}:{wait.number}:call:{who}"
        waited = max(0, int((now - wait.asked_at).total_seconds() // 60))

        def call(texts: Messages) -> Post:
            text = texts.gettext("A prospect asks for a person.")
            if waited:
                text = texts.ngettext(
                    "A prospect has waited for a person for {number} minute.",
                    "A prospect has waited for a person for {number} minutes.",
                    waited,
                )
            return Post(text=text, small=(conversation.id,), controls=(_take(texts),), urgent=True)

        def letter(texts: Messages) -> Post:
            return carried(call(texts), conversation.id)

        await self._reach.privately(who, letter, key)
        await self._reach.in_thread(conversation.id, call, key, (who,), first=not wait.pinged)
        return replace(wait, pinged=(*wait.pinged, who))

    async def _measured(self, now: datetime) -> tuple[float, float]:
        """Minutes until an answer, as they were at this hour of the day, else at any."""
        since = now - MEASURED
        times = await self._waits.answer_times(since, now.astimezone(UTC).hour)
        if len(times) < ENOUGH:
            times = await self._waits.answer_times(since)
        return expected(times, self._team.waiting)

    async def _say(self, wait: Wait, conversation: Conversation, news: str, at: datetime, now: datetime) -> bool:
        """Tell the prospect a time."""
        when = moment(at, now, self._team, conversation.locale)
        return await self._run(conversation, Await(news, wait.number, when))

    async def _run(self, conversation: Conversation, command: Await) -> bool:
        """Say it while the bot owns the chat; False when a rep was quicker, which ends the wait."""
        ran = await self._turns(Act(conversation.id, (command,), BOT, BOT, self._clock()))
        if ran is None or isinstance(ran, OwnedBy):
            fresh = await self._conversations.get(conversation.id)
            if fresh is not None:
                await self.seen(fresh)
            return False
        return True

    async def _began_anew(self, conversation: Conversation) -> bool:
        """Whether the prospect has begun another conversation meanwhile."""
        newest = await self._conversations.open(conversation.address)
        return newest is not None and newest.id != conversation.id

    def _answer_by(self, now: datetime) -> datetime:
        """Until when an answer that is put off is promised."""
        return after_work(self._team, now, timedelta(minutes=self._team.waiting.answer_within))

    def _owed_by(self, wait: Wait, now: datetime) -> datetime:
        """The time that the offer named, which was made a while before its rung."""
        made = wait.next_at - timedelta(minutes=self._team.waiting.offer) if wait.next_at else now
        return max(self._answer_by(min(made, now)), now)


def _offered(wait: Wait, conversation: Conversation) -> bool:
    """Whether the prospect has the offer of this wait before them."""
    return f"waiting.{wait.number}.offer" in conversation.told


def _at(text: str, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else otherwise


def _take(texts: Messages) -> Button:
    return Button(TAKE_OVER, texts.gettext("Take over"), style="primary")
