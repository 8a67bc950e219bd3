"""What arrives, as rows of the inbox, made before the database is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from flows.events import Event
from flows.model import Address
from integrations.storage.codec import dumps, micros, storable
from integrations.storage.leases import LEASE
from integrations.storage.shapes import kind_of

_FRESH: Final = timedelta(seconds=1)
"""So old may the time be that a channel gave an event when it arrived; another one is the messenger's own, or wrong."""
Identity: TypeAlias = tuple[str, str, str]
"""Channel, bot and the messenger's own id of an event."""


@dataclass(slots=True)
class Arrival:
    """Events as rows, made while they are at hand."""

    rows: list[tuple[Any, ...]]
    events: dict[Identity, Event]  # with their arrival time
    addresses: dict[str, Address]
    until: int  # of the lease


def arrival_of(events: Sequence[Event], now: datetime) -> Arrival:
    """The rows of a batch; an event from the past or the future is given the present."""
    arrival = Arrival([], {}, {}, micros(now) + LEASE)
    stamps: dict[datetime, int] = {}  # what comes in one batch has one
    for event in events:
        address = event.address
        key = storable(address.key)
        identity = (address.channel, address.bot, storable(event.id))
        arrival.addresses[key] = address
        fresh = timedelta(0) <= now - event.at < _FRESH
        stamped = event if fresh else replace(event, at=now)
        arrival.events.setdefault(identity, stamped)
        at = stamps.get(stamped.at)
        if at is None:
            at = stamps[stamped.at] = micros(stamped.at)
        arrival.rows.append((*identity, key, kind_of(event), at, dumps(event)))
    return arrival
