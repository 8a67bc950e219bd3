"""What a channel received is stored, then its turns are started; what was left over is taken up again."""

from collections.abc import Sequence

from flows.events import Event, Said
from flows.ports.turns import Clock, Inbox
from handlers.deliver import Deliver
from handlers.lanes import Lanes

_BATCH = 500


class Receive:
    """The way in, for every channel."""

    def __init__(self, inbox: Inbox, lanes: Lanes, deliver: Deliver, clock: Clock) -> None:
        self._inbox = inbox
        self._lanes = lanes
        self._deliver = deliver
        self._clock = clock

    async def __call__(self, events: Sequence[Event]) -> None:
        """Return once the events are durable. Raises `StorageDown`: do not confirm them."""
        if not events:
            return
        stored = await self._inbox.receive(events, self._clock())
        for event in events:  # a repeated press wants its answer too: the first one may have been lost
            if isinstance(event, Said) and event.callback:
                self._deliver.acknowledge(event.address, event.callback)
        self._lanes.put(stored)


class Recover:
    """The schedule's tick: events nobody holds, leases of waiting bursts, entries that are due."""

    def __init__(self, inbox: Inbox, lanes: Lanes, deliver: Deliver, clock: Clock) -> None:
        self._inbox = inbox
        self._lanes = lanes
        self._deliver = deliver
        self._clock = clock

    async def __call__(self) -> None:
        """Take up what is open. Raises `StorageDown`; the next tick looks again."""
        now = self._clock()
        if waiting := self._lanes.waiting:
            await self._inbox.renew(waiting, now)
        self._lanes.put(await self._inbox.claim(now, _BATCH))
        await self._deliver.due()
