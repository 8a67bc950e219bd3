"""Tells a prospect of a status that was switched on, when a move has stood for two minutes and nobody else speaks."""

from datetime import datetime, timedelta
from typing import Final, get_args

from flows.commands import Speak
from flows.model import BOT
from flows.outbound import Dispatch
from flows.ports.ledger import Notices
from flows.ports.tracker import Cards
from flows.ports.turns import Clock, Conversations
from handlers.handover import Act, Turns
from handlers.trackers.moved import MANY
from knowledge.parts import in_language
from knowledge.pipeline import Pipeline, Spoken

_MINUTE: Final = timedelta(minutes=1)


class Announcing:
    """The carrier of `announce` entries."""

    def __init__(
        self,
        conversations: Conversations,
        cards: Cards,
        turns: Turns,
        notices: Notices,
        pipeline: Pipeline,
        clock: Clock,
    ) -> None:
        self._conversations = conversations
        self._cards = cards
        self._turns = turns
        self._notices = notices
        self._pipeline = pipeline
        self._clock = clock

    async def __call__(self, entry: Dispatch) -> str:
        """Say it once, or say why not: `moved on`, `many`, `taken`, `stopped`."""
        known = await self._cards.of(entry.conversation, entry.address.bot)
        at = datetime.fromisoformat(str(entry.payload.get("moved_at")))
        if known is None or known.moved_at != at:
            return "moved on"
        now = self._clock()
        if await self._cards.moves(entry.address.bot, at - _MINUTE, at + _MINUTE) > MANY:
            text = f"{entry.conversation} → {entry.payload.get('status')}"
            await self._notices.gather(f"{entry.key}.many", "tracker_moved", entry.conversation, text, now)
            return "many"
        conversation = await self._conversations.get(entry.conversation)
        if conversation is None or conversation.owner != BOT or conversation.status == "stopped":
            return "taken"
        status = next((one for one in get_args(Spoken) if one == entry.payload.get("status")), None)
        words = in_language(self._pipeline.say.get(status, {}), conversation.locale) if status else ""
        if not words:
            return "silent"
        # By its key it is said once, also where this worker dies before the entry is marked as sent.
        speak = Speak(words, BOT, key=f"{entry.key}.said")
        await self._turns(Act(conversation.id, (speak,), BOT, f"tracker:{entry.address.bot}", now))
        return "said"
