"""Reminds a rep who owns a chat and fell silent: privately first, then in the thread, where others see it too."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from flows.desk import Post
from flows.errors import AssistantError
from flows.ports.ledger import Waits
from flows.ports.turns import Clock
from handlers.desk.reach import Reach
from handlers.desk.rounds import Rounds
from knowledge.team import Team
from locales.operators import Messages

log = structlog.get_logger()
_BATCH: Final = 50


class Nudges:
    """A tick; each silence is told of twice at most, however many workers look."""

    def __init__(self, waits: Waits, rounds: Rounds, reach: Reach, team: Team, clock: Clock) -> None:
        self._waits = waits
        self._rounds = rounds
        self._reach = reach
        self._silent = timedelta(minutes=team.waiting.silent)
        self._clock = clock

    async def __call__(self) -> None:
        """Look at the chats whose prospect wrote last."""
        now = self._clock()
        on_duty = await self._rounds.on_duty(now)
        if not on_duty:
            return  # nobody works: the first look of the morning finds them
        for conversation, owner, since in await self._waits.silent(now - self._silent, _BATCH):
            try:
                await self._nudge(conversation, owner, since, on_duty)
            except AssistantError as error:
                log.warning("rep could not be reminded", conversation=conversation, problem=str(error))

    async def _nudge(self, conversation: str, owner: str, since: datetime, on_duty: tuple[str, ...]) -> None:
        """Privately to an owner who works; in the thread to them, or to the next colleague, when that did not help."""
        minutes = int((self._clock() - since).total_seconds() // 60)
        key = f"silent:{conversation}:{since.isoformat()}"

        def remind(texts: Messages) -> Post:
            text = texts.ngettext(
                "The prospect has waited for your answer for {number} minute.",
                "The prospect has waited for your answer for {number} minutes.",
                minutes,
            )
            return Post(text=text, small=(conversation,), urgent=True)

        def tell(texts: Messages) -> Post:
            text = texts.ngettext(
                "The prospect has waited for an answer for {number} minute.",
                "The prospect has waited for an answer for {number} minutes.",
                minutes,
            )
            return Post(text=text, urgent=True)

        if owner in on_duty:
            await self._reach.once(f"{key}:1", lambda: self._reach.privately(owner, remind, f"{key}:1"))
        if self._clock() - since >= 2 * self._silent or owner not in on_duty:
            whom = (owner,) if owner in on_duty else on_duty[:1]
            await self._reach.once(f"{key}:2", lambda: self._reach.in_thread(conversation, tell, f"{key}:2", whom))
