"""Keeps the lease of an entry while it takes long: nobody else may begin with it meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from flows.errors import Retry
from flows.ports.turns import Clock, Outbox

log = structlog.get_logger()
EVERY = 5.0
"""Seconds between two renewals: a third of a lease."""


@asynccontextmanager
async def kept(outbox: Outbox, key: str, clock: Clock) -> AsyncIterator[None]:
    """While inside, the entry stays this worker's.

    What waits for its turn at the desk is not cancelled for taking long: an end that nobody saw would have to be
    looked for there.
    """
    task = asyncio.create_task(_renew(outbox, key, clock))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _renew(outbox: Outbox, key: str, clock: Clock) -> None:
    while True:
        await asyncio.sleep(EVERY)
        try:
            await outbox.reclaim(key, clock())
        except Retry as error:
            log.warning("lease not renewed", key=key, error=str(error))
