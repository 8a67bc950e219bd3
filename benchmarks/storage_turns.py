"""What storage costs a turn: receive, commit and the sent mark, by 50 tasks at once; CPU of this whole process a turn.

`python -m benchmarks.storage_turns [DATABASE_URL] [--users 50] [--turns 8000]`; without a URL a SQLite file in a
temporary folder. What making the events and the turns takes by itself is measured before, and is not in the figure.
"""

import argparse
import asyncio
import gc
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flows.decisions import Turn
from flows.events import Said
from flows.model import Address, Conversation, Json, Lead, Mark, Place, Profile, Reason, Score
from flows.outbound import Choice, Dispatch, Line, Outbound
from flows.ports.turns import Commit, Committed
from integrations.storage.connect import Storage, open_storage
from integrations.storage.leases import worker_name
from integrations.storage.migrate import upgrade

TURNS_EACH = 9
_SLOTS: Mapping[str, Json] = {
    "need": "Нужна кофемашина для офиса, чтобы сама мыла",
    "quantity": {"min": 6, "max": 20},
    "budget": {"min": 100000, "max": 300000, "currency": "RUB"},
    "deadline": {"from": "2026-12-01", "to": "2026-12-31"},
    "consent": True,
    "name": "Пётр Ильич",
}
_STEPS = ("start", *_SLOTS, "thanks", "marketing")
_CHOICES = (Choice("1–5", "q:team:1"), Choice("6–20", "q:team:2"), Choice("21–100", "q:team:3"))


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def said(user: int, turn: int) -> Said:
    """What a user types."""
    profile = Profile(id=str(user), name="Пётр Ильич", username=f"user{user}", language="ru")
    address = Address("telegram", "bench", str(user))
    return Said(f"{user}-{turn}", address, now(), text="Нужна кофемашина для офиса", profile=profile)


def commit(before: Conversation | None, event: Said, row: int) -> Commit:
    """A turn as the shipped flow makes them: a slot more, a question with buttons, a lead that fills."""
    identity = f"c{event.address.chat}"
    base = before or Conversation(identity, event.address, "ru", profile=event.profile, started_at=event.at.isoformat())
    slot = _STEPS[base.version]
    known = {name: _SLOTS[name] for name in _STEPS[1 : base.version + 1] if name in _SLOTS}
    after = replace(
        base,
        version=base.version + 1,
        flow="qualification",
        flow_version=1,
        step=slot,
        slots=known,
        quotes={"need": event.text} if known else {},
        trail=base.trail if len(known) == len(base.trail) else (*base.trail, Mark(Place("qualification", slot))),
    )
    reasons = tuple(Reason(10, rule, event.text) for rule in ("named_need", "has_budget")[: len(known)])
    score = Score(10 * len(reasons), reasons, "warm")
    lead = Lead(identity, "new" if "name" in known else "partial", score, known, None, "", "ru") if known else None
    key = f"{identity}:{after.version}"
    message = Outbound("Подскажите, пожалуйста, на сколько человек?", _CHOICES)
    return Commit(
        turn=Turn(after, (), lead),
        before=base.version,
        now=event.at,
        done=(row,),
        heard=(Line(f"{row}.in", identity, "prospect", event.at, event.text, {"message": event.id}),),
        dispatches=(Dispatch(key, "message", event.address, identity, "bot", event.at, message),),
        traces={key: {"flow": "qualification", "step": slot}},
        release=True,
    )


def making(count: int) -> float:
    """CPU seconds that it takes to make the events and turns of so many conversations, and nothing else."""
    begun = time.process_time()
    for user in range(count):
        before: Conversation | None = None
        for turn in range(TURNS_EACH):
            event = said(user, turn)
            before = commit(before, event, turn).turn.conversation
    return time.process_time() - begun


async def converse(storage: Storage, users: "list[int]") -> None:
    """One task: conversations one after the other."""
    while users:
        user = users.pop()
        for turn in range(TURNS_EACH):
            event = said(user, turn)
            (stored,) = await storage.inbox.receive([event], event.at)
            before = await storage.conversations.open(event.address)
            made = commit(before, event, stored.row)
            result = await storage.conversations.commit(made)
            assert isinstance(result, Committed)
            assert not result.held_back
            await storage.outbox.sent(made.dispatches[0].key, "17", event.at)


async def measure(url: str, users: int, turns: int) -> None:
    """Warm up, run, print."""
    await upgrade(url)
    storage = await open_storage(url, worker=worker_name("bench"), clock=now)
    start = time.time_ns() // 1000  # new users each run, so that a database can be used again
    await converse(storage, [start, start + 1])
    count = max(turns // TURNS_EACH, users)
    waiting = [start + 10 + user for user in range(count)]
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)  # as the product runs
    own = making(count)
    cpu, clock = time.process_time(), time.perf_counter()
    await asyncio.gather(*(converse(storage, waiting) for _ in range(users)))
    await storage.close()
    cpu, clock = time.process_time() - cpu - own, time.perf_counter() - clock
    done = count * TURNS_EACH
    kind, per_turn, speed = url.partition(":")[0], cpu / done * 1e6, done / clock
    print(f"{kind}: {users} users, {done} turns, {per_turn:.0f} µs CPU a turn, {speed:.0f} turns/s")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", default="")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--turns", type=int, default=8000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        asyncio.run(measure(url, options.users, options.turns))


if __name__ == "__main__":
    main()
