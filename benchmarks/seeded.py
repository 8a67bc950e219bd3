"""A database with a month of traffic in it, made without the product's turns: the same rows every time."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import asyncpg
import orjson

from integrations.storage.migrate import newest, upgrade

Row: TypeAlias = tuple[Any, ...]
LINES: Final = 20
"""Lines of a conversation, half of them the prospect's."""
DAYS: Final = 30
END: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""When the month ends."""
_SECOND: Final = 1_000_000
_STEPS: Final = ("welcome", "need", "quantity", "budget", "deadline", "consent", "reach", "thanks")
_STATUSES: Final = ("partial", "new", "qualified", "contacted", "quoted", "won", "lost", "not_a_fit")
_SOURCES: Final = ("", "ad-7", "ad-8", "site", "expo")
_REPS: Final = tuple(f"{number:016x}" for number in range(20))
_BATCH: Final = 1000
_AGAIN: Final = 9  # the last of ten is the one before, who comes again
COLUMNS: Final = {
    "people": ("id", "channel", "name"),
    "conversations": (
        "id", "address", "ordinal", "version", "person", "channel", "owner", "flow", "step", "status", "locale",
        "source", "started_at", "updated_at", "state",
    ),
    "turns": ("conversation", "version", "at", "flow", "step"),
    "messages": ("id", "conversation", "by", "at", "text", "trace", "sources"),
    "leads": (
        "id", "conversation", "channel", "status", "temperature", "points", "reasons", "slots", "contact", "source",
        "locale", "owner", "amount_minor", "amount_currency", "created_at", "updated_at", "phone", "email",
    ),
    "consents": ("conversation", "purpose", "granted", "text", "locale", "at"),
}  # fmt: skip


def traffic(conversations: int) -> Iterator[dict[str, list[Row]]]:
    """The rows of some conversations at a time, by table."""
    dice = random.Random(20261122)
    for start in range(0, conversations, _BATCH):
        rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        for number in range(start, min(start + _BATCH, conversations)):
            _conversation(rows, dice, number, number / conversations)
        yield rows


def _conversation(rows: dict[str, list[Row]], dice: random.Random, number: int, part: float) -> None:
    """One that began when that part of the month was over; a tenth goes to a rep, a tenth goes on days later."""
    name, person = f"{number:016x}", f"telegram:{number - number % 10 // _AGAIN}"
    at = int(END.timestamp() * _SECOND) - round((1 - part) * DAYS * 86_400 * _SECOND)
    began, rep = at, dice.choice(_REPS) if dice.random() < 0.1 else ""
    reached = dice.randrange(2, len(_STEPS) + 1)
    for line in range(LINES):
        late = line == LINES // 2 and dice.random() < 0.1
        at += dice.randrange(3_600, 5 * 86_400) * _SECOND if late else dice.randrange(1, 90) * _SECOND
        rows["messages"].append(_line(dice, name, line, at, rep))
        if line % 2:
            step = _STEPS[min(line // 2, reached - 1)]
            rows["turns"].append((name, line // 2 + 1, at, "qualification", step))
    if number % 10 < _AGAIN:
        rows["people"].append((person, "telegram", f"Person {number}"))
    source, place = dice.choice(_SOURCES), ("qualification", _STEPS[reached - 1], "open", "ru")
    chat = f"telegram:42:{number}:"
    state = orjson.dumps({"slots": _slots(dice), "filler": "x" * 1200}).decode()
    head = (name, chat, 1, LINES // 2, person, "telegram", rep or "bot")
    rows["conversations"].append((*head, *place, source, began, at, state))
    _lead(rows, dice, name, source, rep, began)


def _line(dice: random.Random, name: str, line: int, at: int, rep: str) -> Row:
    text = "Нам нужна кофемашина в офис на двадцать человек, сколько это будет стоить? "[: dice.randrange(20, 76)]
    if line % 2 == 0:
        return (f"{name}.{line}.in", name, "prospect", at, text, '{"message":"123456"}', 0)
    by = rep if rep and line > LINES // 2 else "bot"
    sources = [f"jura-e8@{line}"] if dice.random() < 0.3 else []
    trace = {"flow": "qualification", "flow_version": 1, "step": "need", "texts": ["qualification.need.ask"]}
    told = {**trace, "sources": sources, "locale": "ru", **({"unanswered": 1} if dice.random() < 0.02 else {})}
    return (f"{name}.{line}", name, by, at, text, orjson.dumps(told if by == "bot" else {}).decode(), len(sources))


def _lead(rows: dict[str, list[Row]], dice: random.Random, name: str, source: str, rep: str, at: int) -> None:
    status = dice.choice(_STATUSES)
    phone, email = f"+7916{int(name, 16):07}", f"person{int(name, 16)}@example.com"
    contact = orjson.dumps({"name": "Анна Иванова", "phone": phone, "email": email, "telegram": ""}).decode()
    reasons = orjson.dumps([{"points": 40, "rule": "clear_need", "quote": "кофемашина в офис"}]).decode()
    slots = orjson.dumps(_slots(dice)).decode()
    amount = dice.randrange(1, 500) * 100_000 if dice.random() < 0.7 else None
    money = (amount, "RUB" if amount else "")
    told = ("warm", 40, reasons, slots, contact, source, "ru", rep, *money, at, at, phone, email)
    rows["leads"].append((name, name, "telegram", status, *told))
    rows["consents"].append((name, "processing", True, "consent.processing@3#abc", "ru", at))


def _slots(dice: random.Random) -> dict[str, Any]:
    budget = dice.randrange(50, 500) * 1000
    return {
        "need": "кофемашина в офис",
        "quantity": {"min": 6, "max": 20},
        "budget": {"min": None, "max": budget, "currency": "RUB"},
        "deadline": {"from": "2026-12-01", "to": "2026-12-31"},
    }


# ------------------------------------------------------------------ writing them
def sqlite_with(folder: Path, conversations: int) -> Path:
    """The file of a database with so many conversations in that folder, made when it is not there yet."""
    file = folder / f"seeded-{newest()}-{conversations}.db"
    if file.exists():
        return file
    draft = file.with_suffix(".part")
    draft.unlink(missing_ok=True)
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{draft}"))
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for rows in traffic(conversations):
            for table, some in rows.items():
                marks = ", ".join("?" * len(COLUMNS[table]))
                names = ", ".join(f'"{column}"' for column in COLUMNS[table])
                insert = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
                connection.executemany(insert, some)
            connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.rename(file)
    return file


def postgres_with(address: str, conversations: int) -> str:
    """The DATABASE_URL of a new database of that server with so many conversations."""
    url = f"{address}/seeded"
    asyncio.run(_filled(address.replace("+asyncpg", ""), url, conversations))
    return url


async def _filled(server: str, url: str, conversations: int) -> None:
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute("CREATE DATABASE seeded")
    await connection.close()
    await upgrade(url)
    connection = await asyncpg.connect(f"{server}/seeded")
    for rows in traffic(conversations):
        for table, some in rows.items():
            await connection.copy_records_to_table(table, records=some, columns=COLUMNS[table])
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
