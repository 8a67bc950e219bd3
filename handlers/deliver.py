"""Sends what the outbox holds, right after its commit or when its time comes: in order per address, never silently."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from flows.errors import AssistantError, Retry
from flows.events import Due, Event
from flows.model import Address
from flows.outbound import Dispatch
from flows.ports.turns import Channel, Clock, Outbox, Receiver
from handlers.alarm import Alarm
from handlers.gates import Gates
from handlers.sending import Reps, hand, of_a_person

log = structlog.get_logger()
GIVE_UP = 1440
"""After so many tries, a day at one a minute, an entry is failed for good: kept, visible, retried by hand."""
_LONGEST = 60.0  # seconds between two tries, so that a service that is back is noticed
_BATCH = 200
_TYPING = 0.5  # seconds of silence before "typing" is shown
_MARKED = 0.05  # seconds until a "sent" mark is stored, behind which the next message of its address may leave


class Tally(Protocol):
    """Counts what left and what did not."""

    def __call__(self, outcome: str, channel: str) -> None:
        """Count one: sent, retried or failed."""
        ...


class Carrier(Protocol):
    """Takes entries of one kind that are no messages to a prospect: posts for a desk, cards for a tracker."""

    async def __call__(self, entry: Dispatch) -> str:
        """Deliver; the receipt. Raises `Retry`, `Refused` and `Misconfigured`, as a channel does."""
        ...


class Deliver:
    """One sender for all channels; `jitter` gives a factor around 1 that spreads repeated tries.

    `carriers` take, by kind, what is no message to a prospect and no wake-up; `gates` stand before their services.
    `reps`, set where there is a desk, is told what became of the words of people.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[tuple[str, str], Channel],
        clock: Clock,
        jitter: Callable[[], float],
        tally: Tally,
        wake: Receiver,
        carriers: Mapping[str, Carrier] | None = None,
        gates: Gates | None = None,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._clock = clock
        self._jitter = jitter
        self._tally = tally
        self._wake = wake
        self._carriers = carriers if carriers is not None else {}
        self._gates = gates or Gates({})
        self.reps: Reps | None = None
        self._claims: set[asyncio.Future[Sequence[Dispatch]]] = set()  # under way
        self._busy: dict[str, asyncio.Task[None]] = {}  # a send under way, by address
        self._behind: set[str] = set()  # addresses with an older entry that still has to go first
        self._alarm = Alarm(self._look)
        self._tasks: set[asyncio.Task[None]] = set()

    async def now(self, dispatches: Sequence[Dispatch]) -> None:
        """Send messages of one address that were just committed and are leased to this worker; begin what else is due.

        What is due in a moment rings the alarm.
        """
        for entry in dispatches:
            # A notice is claimed, always: what became due since its commit is leased to nobody, and may be claimed too.
            if entry.due > self._clock() or entry.kind == "notice":
                if entry.kind != "wake":
                    self._alarm.set(max((entry.due - self._clock()).total_seconds(), 0))
                continue
            if entry.kind != "message":
                await self._begin_if_room(entry)
                continue
            if self._claims:
                # A claim may already hold an older entry in the database and not have begun to send it here.
                await asyncio.wait(tuple(self._claims))
            older = self._busy.get(entry.address.key)
            if older:
                await asyncio.wait((older,))
            if entry.address.key in self._behind:
                # Let go of, not kept under a lease: it leaves right behind the older one.
                await self._outbox.release(entry.key)
            elif not older or await self._outbox.reclaim(entry.key, self._clock()):
                await self._send(entry)

    async def due(self) -> None:
        """Send what was left over, oldest first, address by address, until nothing is due.

        One that takes long holds up its own address only: what becomes due meanwhile is claimed by the next call.
        """
        sending: set[asyncio.Task[None]] = set()
        claimed = await self._claim()
        while claimed or sending:
            self._behind -= {entry.address.key for entry in claimed}
            sending |= {self._begin(entry) for entry in claimed}
            done, sending = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            self._alarm.set(_MARKED)
            claimed = await self._claim()

    async def close(self) -> None:
        """Stop the alarm and wait for what is under way."""
        self._alarm.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def typing(self, address: Address) -> asyncio.TimerHandle:
        """Show "typing" unless the handle is cancelled by a reply within half a second."""
        return asyncio.get_running_loop().call_later(_TYPING, self._show_typing, address)

    def acknowledge(self, address: Address, callback: str) -> None:
        """Answer a press; a hint, it may be lost."""
        channel = self._channels.get((address.channel, address.bot))
        if channel:
            _ = self._keep(channel.acknowledge(address, callback))

    # ------------------------------------------------------------------ one entry
    async def _claim(self) -> Sequence[Dispatch]:
        """What this worker's channels can send now, and what the gates let in."""
        claim = asyncio.ensure_future(self._claim_all())
        self._claims.add(claim)
        try:
            return await claim
        finally:
            self._claims.discard(claim)

    async def _claim_all(self) -> Sequence[Dispatch]:
        claimed = await self._outbox.claim(self._clock(), _BATCH, {*self._channels, *self._gates.open})
        return [*claimed, *await self._gates.claim(self._outbox, self._clock)]

    async def _begin_if_room(self, entry: Dispatch) -> None:
        """Begin what is no message; where its gate is closed it waits with the others, in their order."""
        gate = self._gates.of(entry)
        if gate is None or gate.room:
            _ = self._begin(entry)
        else:
            await self._outbox.release(entry.key)

    def _begin(self, entry: Dispatch) -> asyncio.Task[None]:
        """Deliver a claimed entry beside the others; what is written to its address meanwhile waits for it."""
        key = entry.address.key
        task = self._keep(self._one(entry))
        if gate := self._gates.of(entry):
            gate.enter(entry)
            task.add_done_callback(lambda _: gate.leave(entry))
        if entry.kind == "message":
            self._busy[key] = task
            task.add_done_callback(lambda done: self._busy.pop(key) if self._busy.get(key) is done else None)
        return task

    async def _one(self, entry: Dispatch) -> None:
        """Deliver a claimed entry of any kind."""
        if entry.kind == "wake":
            await self._wake([_due(entry, self._clock())])
            await self._outbox.sent(entry.key, "", self._clock())
        elif entry.kind in {"edit", "delete"}:
            if older := self._busy.get(entry.address.key):
                await asyncio.wait((older,))
            await self._send(entry)
        elif entry.kind == "message":
            await self._send(entry)
        else:
            await self._carry(entry)

    async def _carry(self, entry: Dispatch) -> None:
        """Try once what a carrier takes, and write down how it went; a worker without that carrier lets it go."""
        carrier = self._carriers.get(entry.kind)
        if carrier is None:
            await self._outbox.release(entry.key)
            return
        gate = self._gates.of(entry)
        try:
            receipt = await carrier(entry)
        except Retry as error:
            again = await self._later(entry, error)
            if gate:
                gate.failed(entry, error, again)
            return
        except AssistantError as error:
            await self._fail(entry, error)
        else:
            await self._outbox.sent(entry.key, receipt, self._clock())
        if gate:
            gate.passed()

    async def _send(self, entry: Dispatch) -> None:
        """Try once, and write down how it went."""
        channel = self._channels.get((entry.address.channel, entry.address.bot))
        if channel is None:
            # A worker that has the channel sends it: it may be another process, or this one after a restart.
            await self._outbox.release(entry.key)
            return
        try:
            receipt = await hand(self._outbox, channel, entry, self.reps)
        except Retry as error:
            await self._later(entry, error)
        except AssistantError as error:
            await self._fail(entry, error)
        else:
            self._tally("sent", entry.address.channel)
            await self._outbox.sent(entry.key, receipt, self._clock())
            if self.reps and of_a_person(entry):
                _ = self._keep(self._tell_quietly(self.reps, entry))

    async def _later(self, entry: Dispatch, error: Retry) -> datetime:
        """Try again when the service says, else ever more rarely, and say when; after a day it is failed for good."""
        if entry.attempts + 1 >= GIVE_UP:
            await self._fail(entry, error)
            return self._clock()
        wait = error.after if error.after is not None else min(2.0 ** min(entry.attempts, 9), _LONGEST) * self._jitter()
        self._tally("retried", entry.address.channel)
        if entry.kind == "message":
            self._behind.add(entry.address.key)
        again = self._clock() + timedelta(seconds=wait)
        await self._outbox.failed(entry.key, str(error), again)
        self._alarm.set(wait)
        return again

    async def _fail(self, entry: Dispatch, error: AssistantError) -> None:
        """Give up for good: kept in the outbox, counted, logged, and told at the desk.

        Told first: if that cannot be done now, the entry stays open, so that nobody believes for ever it was delivered.
        """
        if self.reps and entry.kind != "notice":
            try:
                await self.reps.left(entry, str(error))
            except Retry as problem:
                wait = _LONGEST if problem.after is None else problem.after
                await self._outbox.failed(entry.key, str(error), self._clock() + timedelta(seconds=wait))
                self._alarm.set(wait)
                return
        self._tally("failed", entry.address.channel)
        log.error("delivery failed", key=entry.key, kind=entry.kind, attempts=entry.attempts + 1, error=str(error))
        await self._outbox.failed(entry.key, str(error), None)

    # ------------------------------------------------------------------ beside everything else
    def _look(self) -> None:
        """The alarm rang."""
        _ = self._keep(self._due_quietly())

    async def _due_quietly(self) -> None:
        """A failing database must not end the alarm; the schedule looks again."""
        try:
            await self.due()
        except Retry as error:
            log.warning("outbox unreachable", error=str(error))

    async def _tell_quietly(self, reps: Reps, entry: Dispatch) -> None:
        """That words were delivered may get lost; that they were not may not."""
        try:
            await reps.left(entry, "")
        except AssistantError as error:
            log.warning("delivery not told", key=entry.key, error=str(error))

    def _show_typing(self, address: Address) -> None:
        """Send the hint."""
        channel = self._channels.get((address.channel, address.bot))
        if channel:
            _ = self._keep(channel.typing(address))

    def _keep(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something beside everything else, keeping a reference until it is done."""
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _due(entry: Dispatch, now: datetime) -> Event:
    """The wake-up as an event."""
    version = entry.payload.get("version")
    return Due(
        id=f"wake:{entry.key}",
        address=entry.address,
        at=now,
        conversation=entry.conversation,
        wake=str(entry.payload.get("wake", "")),
        version=version if isinstance(version, int) else 0,
    )
