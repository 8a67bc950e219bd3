"""Counts what passes where the rooms meet, so that no room needs to know of metrics."""

from collections.abc import Sequence

from bot.telemetry import Metrics
from flows.events import Event
from flows.model import Address
from flows.ports.turns import Clock, Receiver, Stored
from handlers.lanes import Handle, Step


def counted_events(receive: Receiver, metrics: Metrics) -> Receiver:
    """The same way in, counting what became durable."""

    async def received(events: Sequence[Event]) -> None:
        await receive(events)
        for event in events:
            metrics.arrived(event.address.channel)

    return received


def counted_turns(handle: Handle, metrics: Metrics, clock: Clock) -> Handle:
    """The same handler, counting its turns and how long their first event had waited when the reply had left."""

    async def handled(address: Address, waiting: Sequence[Stored]) -> Step:
        step = await handle(address, waiting)
        if step.taken:
            metrics.turned(address.channel, (clock() - waiting[0].event.at).total_seconds())
        return step

    return handled
