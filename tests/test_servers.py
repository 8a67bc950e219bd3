"""The private servers of the tests: each test gets its own empty database and an emptied Redis."""

import asyncpg
import pytest
from redis.asyncio import Redis

MARKER = "left_by_another_test"


@pytest.mark.parametrize("round_", [1, 2])
async def test_each_test_gets_an_empty_postgres_database(postgres_url: str, round_: int) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    try:
        tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        await connection.execute(f"CREATE TABLE {MARKER} (round integer)")
    finally:
        await connection.close()
    assert tables == 0


@pytest.mark.parametrize("round_", [1, 2])
async def test_each_test_gets_an_empty_redis(redis_url: str, round_: int) -> None:
    async with Redis.from_url(redis_url) as client:
        size = await client.dbsize()
        await client.set(MARKER, round_)
    assert size == 0


def test_a_free_port_can_be_listened_on(free_port: int) -> None:
    assert 1024 < free_port < 65536
