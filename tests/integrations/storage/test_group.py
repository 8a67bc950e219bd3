"""Writes that ride together: one transaction for many, and each with its own outcome."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from flows.errors import StorageDown
from integrations.storage import group
from integrations.storage.database import Database, Job, T
from integrations.storage.group import Committer
from integrations.storage.migrate import migrate
from integrations.storage.tables import staff
from integrations.storage.urls import connect


class Counting:
    """A database that counts its transactions, and can be away."""

    def __init__(self, inner: Database) -> None:
        self.inner = inner
        self.embedded = inner.embedded
        self.writes = 0
        self.away = False
        self.called = asyncio.Event()

    async def write(self, job: Job[T]) -> T:
        """Count, or be away."""
        self.writes += 1
        self.called.set()
        if self.away:
            reason = "away"
            raise StorageDown(reason, 1.0)
        return await self.inner.write(job)

    async def read(self, job: Job[T]) -> T:
        """Pass on."""
        return await self.inner.read(job)

    async def close(self) -> None:
        """Pass on."""
        await self.inner.close()


class Adding:
    """A lane that adds people; the e-mail is unique."""

    rank = 1

    def together(self, connection: Connection, items: Sequence[str]) -> Sequence[str]:
        """Add all."""
        connection.execute(insert(staff), [{"id": f"{mail}-{n}", "email": mail} for n, mail in enumerate(items)])
        return [f"added {mail}" for mail in items]

    def alone(self, connection: Connection, item: str) -> str:
        """Add one."""
        return self.together(connection, [item])[0]


class CountingLane:
    """A lane that runs before the other and sees what is there."""

    rank = 0

    def together(self, connection: Connection, items: Sequence[None]) -> Sequence[int]:
        """How many people there are."""
        return [connection.execute(select(func.count()).select_from(staff)).scalar_one()] * len(items)

    def alone(self, connection: Connection, item: None) -> int:
        """The same."""
        return self.together(connection, [item])[0]


@pytest.fixture
async def database(url: str) -> AsyncIterator[Counting]:
    """Each database in turn."""
    opened = Counting(connect(url))
    await migrate(opened.inner)
    yield opened
    await opened.close()


async def test_what_comes_at_once_shares_a_transaction(database: Counting) -> None:
    committer, lane = Committer(database), Adding()
    outcomes = await asyncio.gather(*(committer.submit(lane, f"{n}@example.com") for n in range(20)))
    assert outcomes == [f"added {n}@example.com" for n in range(20)]
    assert database.writes == 1


async def test_what_comes_meanwhile_shares_the_next(database: Counting) -> None:
    committer, lane = Committer(database), Adding()
    first = committer.submit(lane, "a@example.com")
    await database.called.wait()
    rest = [committer.submit(lane, f"{n}@example.com") for n in range(20)]
    await asyncio.gather(first, *rest)
    assert database.writes == 2


async def test_one_bad_item_fails_alone(database: Counting) -> None:
    committer, lane = Committer(database), Adding()
    mails = ["a@example.com", "b@example.com", "a@example.com", "c@example.com"]
    outcomes = await asyncio.gather(*(committer.submit(lane, mail) for mail in mails), return_exceptions=True)
    assert [isinstance(outcome, IntegrityError) for outcome in outcomes] == [False, False, True, False]
    assert await committer.submit(CountingLane(), None) == 3


async def test_lanes_run_in_their_order(database: Counting) -> None:
    committer = Committer(database)
    added, counted = committer.submit(Adding(), "a@example.com"), committer.submit(CountingLane(), None)
    assert (await counted, await added) == (0, "added a@example.com")
    assert database.writes == 1


async def test_a_database_that_is_away_fails_all_and_the_next_group_goes_on(database: Counting) -> None:
    committer, lane = Committer(database), Adding()
    database.away = True
    futures = [committer.submit(lane, f"{n}@example.com") for n in range(3)]
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StorageDown] * 3
    assert database.writes == 1
    database.away = False
    assert await committer.submit(lane, "0@example.com") == "added 0@example.com"


async def test_what_nobody_waits_for_rides_along(database: Counting) -> None:
    committer, lane = Committer(database), Adding()
    committer.post(lane, "a@example.com")
    await asyncio.sleep(0)
    assert database.writes == 0
    await committer.submit(lane, "b@example.com")
    assert database.writes == 1
    committer.post(lane, "c@example.com")
    await committer.close()
    assert await committer.submit(CountingLane(), None) == 3


async def test_what_nobody_waits_for_is_tried_until_it_is_stored(
    database: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "AGAIN", 0.01)
    committer, lane = Committer(database), Adding()
    database.away = True
    committer.post(lane, "a@example.com")
    for _ in range(1000):
        await asyncio.sleep(0.005)
        if database.writes > 2:
            break
    database.away = False
    database.called.clear()
    await database.called.wait()
    assert await committer.submit(CountingLane(), None) == 1
    committer.post(lane, "a@example.com")
    await committer.close()
    assert await committer.submit(CountingLane(), None) == 1


async def test_a_caller_who_left_does_not_disturb(database: Counting) -> None:
    committer, lane = Committer(database), Adding()
    left, stays = committer.submit(lane, "a@example.com"), committer.submit(lane, "b@example.com")
    left.cancel()
    assert await stays == "added b@example.com"
    assert await committer.submit(CountingLane(), None) == 2


async def test_nothing_of_a_failed_job_stays(database: Counting) -> None:
    def job(connection: Connection) -> None:
        connection.execute(insert(staff), {"id": "1", "email": "a@example.com"})
        connection.execute(text("SELECT * FROM nothing"))

    with pytest.raises(Exception, match="nothing"):
        await database.write(job)
    assert (
        await database.read(lambda connection: connection.execute(select(func.count()).select_from(staff)).scalar())
        == 0
    )
