"""Shows conversations at a desk: whatever happened, it compares the thread with the transcript and adds what lacks."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from flows.desk import Post
from flows.errors import AssistantError, Misconfigured, Refused
from flows.model import BOT, Conversation
from flows.outbound import Dispatch, Line
from flows.ports.desk import Copy, Desk, Thread, Threads
from flows.ports.turns import Clock, Outbox
from handlers.desk.card import OVER, LeadCard, digest
from handlers.desk.follow import Change, Notice, changes_of, notices_of
from handlers.desk.keeping import kept
from handlers.desk.known import Knowing, Known
from handlers.desk.lines import Teller, by_of, fitting
from handlers.desk.opening import SHOWN, backfill

log = structlog.get_logger()
HOT: Final = "hot_lead"
PERSON: Final = "person_asked"
_PAGE: Final = 500
_RECENT: Final = 500
"""How far back a changed line is looked for."""


class Then(Protocol):
    """What follows once a thread shows everything: people are called, the ladder of waiting begins, twins are shown.

    Called for each entry and desk, perhaps twice. Raises `Retry`.
    """

    async def __call__(self, desk: Desk, conversation: Conversation, notices: Sequence[Notice], now: datetime) -> None:
        """Do what the notices ask for; there may be none."""
        ...


class Mirror:
    """The carrier of `notice` entries, for all desks.

    The outbox gives it a conversation's entries for a desk one after the other, so no two look at a thread at once.
    What is posted has a key made of the conversation, the thread and the lines, and how far a post was begun is
    written down before: a kill at any moment leads to the same post again, which the desk finds by its key.
    """

    def __init__(
        self,
        desks: Mapping[str, Desk],
        threads: Threads,
        outbox: Outbox,
        knowing: Knowing,
        card: LeadCard,
        then: Sequence[Then],
        clock: Clock,
    ) -> None:
        self._desks = desks
        self._threads = threads
        self._outbox = outbox
        self._knowing = knowing
        self._card = card
        self._then = tuple(then)
        self._clock = clock

    async def __call__(self, entry: Dispatch) -> str:
        """Look once; the id of the card. Raises what the desk raises, and `StorageDown`."""
        desk = self._desks.get(entry.address.bot)
        if desk is None:
            raise Refused(reason=f"the desk {entry.address.bot} is not connected here", state="not_found")
        async with kept(self._outbox, entry.key, self._clock):
            known = await self._knowing(entry.conversation, desk.name)
            return await self._look(desk, known, entry) if known else ""

    async def _look(self, desk: Desk, known: Known, entry: Dispatch) -> str:
        try:
            thread = await self._shown(desk, known, entry)
        except (Refused, Misconfigured):
            # Whoever waits for a person must not wait for the desk to be mended.
            await self._told_anyway(desk, known, entry)
            raise
        thread = await self._told(desk, known, thread, notices_of(entry))
        again = await self._knowing.again(known)
        if again != known:
            with suppress(Refused):  # gone meanwhile: the next look begins anew
                await self._carded(desk, again, thread)
        return thread.card

    # ------------------------------------------------------------------ the thread
    async def _shown(self, desk: Desk, known: Known, entry: Dispatch) -> Thread:
        """The thread as it should be now; begun anew where it is gone, or where the desk is another channel."""
        thread = await self._threads.of(known.conversation.id, desk.name)
        if thread is None or thread.spot.channel != desk.channel:
            thread = await self._opened(desk, known, thread)
        try:
            return await self._current(desk, known, thread, entry)
        except Refused as error:
            if error.state != "gone":
                raise
            log.warning("thread gone", desk=desk.name, conversation=known.conversation.id)
            return await self._current(desk, known, await self._opened(desk, known, thread), entry)

    async def _opened(self, desk: Desk, known: Known, left: Thread | None) -> Thread:
        """A new thread under the card; what stood in the one that was left behind will be there too."""
        before = f"{left.spot.channel}:{left.spot.thread}" if left else ""
        spot, card = await desk.open(self._card(known), f"{known.conversation.id}:{desk.channel}:open:{before}")
        # What it shows is not taken for granted: it may be found, and be what another process opened a while ago.
        return await self._kept(Thread(known.conversation.id, spot, card, mentioned=bool(left and left.mentioned)))

    async def _current(self, desk: Desk, known: Known, thread: Thread, entry: Dispatch) -> Thread:
        """Lines that lack, words that were changed since, and the card."""
        thread = await self._caught_up(desk, known, thread)
        for change in changes_of(entry):
            await self._changed(desk, known, thread, change, entry)
        return await self._carded(desk, known, thread)

    async def _carded(self, desk: Desk, known: Known, thread: Thread) -> Thread:
        """The card, changed where it would show something else."""
        card = self._card(known)
        if thread.shown == digest(card):
            return thread
        await desk.change(thread.spot, thread.card, card)
        return await self._kept(replace(thread, shown=digest(card)))

    # ------------------------------------------------------------------ its lines
    async def _caught_up(self, desk: Desk, known: Known, thread: Thread) -> Thread:
        """Post what was said since the last look: of a chat that has long been going the whole in one post."""
        lines = await self._lines(thread)
        if thread.posting and not lines:  # they were taken back
            thread = await self._kept(replace(thread, mirrored=thread.posting, posting=0))
            lines = await self._lines(thread)
        if thread.mirrored == 0 and len(lines) > SHOWN:
            thread = await self._posted(desk, known, thread, lines, lines[-SHOWN:])
            lines = await self._lines(thread)
        while lines:
            batch = lines if thread.posting else fitting(lines)
            thread = await self._posted(desk, known, thread, batch, batch)
            lines = lines[len(batch) :] or await self._lines(thread)
        return thread

    async def _lines(self, thread: Thread) -> Sequence[Line]:
        """What is not there yet; only up to where a post was begun, if one was."""
        lines: list[Line] = []
        after = thread.mirrored
        while page := await self._threads.lines(thread.conversation, after, _PAGE):
            lines += page
            after = page[-1].place
            if len(page) < _PAGE or (thread.posting and after >= thread.posting):
                break
        return [line for line in lines if line.place <= thread.posting] if thread.posting else lines

    async def _posted(
        self, desk: Desk, known: Known, thread: Thread, lines: Sequence[Line], shown: Sequence[Line]
    ) -> Thread:
        """Post lines, or the `shown` end of them with all in a file, once; what was written at this desk is here."""
        last = thread.posting or lines[-1].place
        key = f"{thread.conversation}:{thread.spot.thread}:{thread.mirrored}-{last}"
        whole = len(shown) < len(lines)
        told = shown if whole else [line for line in shown if not await self._is_here(thread, line)]
        if told:
            thread = await self._kept(replace(thread, posting=last))
            post = backfill(known, lines, self._card) if whole else Teller(known, self._card.texts).post(told)
            message = await self._post(desk, thread, post, key)
            # Whoever asks about a message means what the bot said in it.
            ordered = sorted(told, key=lambda line: by_of(line) != "bot")
            await self._threads.copied([Copy(line.id, thread.spot, message) for line in ordered], self._clock())
        return await self._kept(replace(thread, mirrored=last, posting=0))

    async def _post(self, desk: Desk, thread: Thread, post: Post, key: str) -> str:
        """Post; a file that the desk does not take must not keep back the words."""
        try:
            return await desk.post(thread.spot, post, key)
        except Refused as error:
            if not post.files or error.state in {"gone", "archived"}:
                raise
            log.warning("files left out", desk=desk.name, conversation=thread.conversation, state=error.state)
            return await desk.post(thread.spot, replace(post, files=(), contents={}), key)

    async def _is_here(self, thread: Thread, line: Line) -> bool:
        """Whether these are words that somebody wrote in this very thread."""
        if by_of(line) != "rep":
            return False
        copy = await self._threads.by_line(line.id, thread.spot.desk)
        return copy is not None and copy.origin == "desk" and copy.spot == thread.spot

    async def _changed(self, desk: Desk, known: Known, thread: Thread, change: Change, entry: Dispatch) -> None:
        """Say that somebody's words are others now, unless that was done at this desk, where it is seen."""
        if change.origin.startswith(f"{desk.name}:"):
            return
        recent = await self._threads.tail(thread.conversation, _RECENT)
        line = next((one for one in recent if one.id == change.line), None)
        if line is None:
            return
        teller, gettext = Teller(known, self._card.texts), self._card.texts.gettext
        said = gettext("🗑 _taken back:_") if change.gone else gettext("✏️ _changed to:_")
        post = replace(teller.post([line]), text=f"{said} {teller.words(line)}")
        await desk.post(thread.spot, post, f"{entry.key}:{change.line}")

    # ------------------------------------------------------------------ what follows
    async def _told(self, desk: Desk, known: Known, thread: Thread, notices: Sequence[Notice]) -> Thread:
        """Hand on what a turn had to tell; that a lead is hot is told once, unless somebody was called or is there."""
        lead = known.row.lead
        hot = known.has_lead and lead.score.temperature == "hot" and lead.status not in OVER
        calls = any(notice.kind == PERSON for notice in notices)
        if hot and not thread.mentioned and not calls:
            calls = True
            if known.conversation.owner == BOT:
                notices = (*notices, Notice(HOT, {"score": lead.score.points}))
        for then in self._then:
            await then(desk, known.conversation, notices, self._clock())
        return await self._kept(replace(thread, mentioned=True)) if calls and not thread.mentioned else thread

    async def _told_anyway(self, desk: Desk, known: Known, entry: Dispatch) -> None:
        """Hand it on although the desk shows nothing."""
        for then in self._then:
            try:
                await then(desk, known.conversation, notices_of(entry), self._clock())
            except AssistantError as error:
                log.warning("not told", desk=desk.name, conversation=entry.conversation, error=str(error))

    async def _kept(self, thread: Thread) -> Thread:
        await self._threads.keep(thread, self._clock())
        return thread
