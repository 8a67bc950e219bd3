"""A worker as a process of its own: it receives, turns and sends until it has dealt with its share, or is killed.

`python -m tests.integrations.storage.worker_process URL NAME FIRST LAST`: stores the events FIRST to LAST of chat 7 and
deals with whatever of chat 7 it gets. Prints the row of each event it has dealt with, a line each.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flows.ports.turns import Stale, Stored
from integrations.storage.connect import Storage, open_storage
from integrations.storage.leases import worker_name
from tests.contracts.storage_house import address, conversation, message, said, turn


def clock() -> datetime:
    """The wall clock: leases of two processes are compared."""
    return datetime.now(UTC)  # noqa: TID251 - two processes need the same clock


async def deal(storage: Storage, waiting: Sequence[Stored]) -> None:
    """One event a turn until the address is given up."""
    queue = list(waiting)
    while queue:
        event, now = queue.pop(0), clock()
        base = await storage.conversations.open(address()) or conversation()
        reply = replace(message(base, now), key=f"reply-{event.row}")
        commit = turn(base, now, done=[event.row], dispatches=[reply], release=not queue)
        result = await storage.conversations.commit(commit)
        if isinstance(result, Stale):
            queue[:0] = [] if result.settled else [event]
            continue
        await storage.outbox.sent(reply.key, "17", now)
        sys.stdout.write(f"{event.row}\n")
        sys.stdout.flush()
        queue += result.more


async def main(url: str, name: str, first: int, last: int) -> None:
    """Work through the share, then help until nothing is open."""
    storage = await open_storage(url, worker=worker_name(name), clock=clock)
    await deal(storage, await storage.inbox.claim(clock(), 10))
    for number in range(first, last):
        await deal(storage, await storage.inbox.receive([said(str(number))], clock()))
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
