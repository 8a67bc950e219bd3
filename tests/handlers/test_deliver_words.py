"""Delivery of people's words: the desk hears what became of them, and changes leave after what they change."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flows.errors import Refused, Retry
from flows.model import File
from flows.outbound import Dispatch, Outbound
from tests.handlers.delivery import Scene, message, play
from tests.virtual_time import START


# ------------------------------------------------------------------ the words of people
@dataclass
class Desk:
    """What delivery needs of a desk: it notes what became of words; `away` is raised once."""

    told: list[tuple[str, str]] = field(default_factory=list)
    away: Retry | None = None

    async def left(self, entry: Dispatch, problem: str) -> None:
        if away := self.away:
            self.away = None
            raise away
        self.told.append((entry.key, problem))

    async def fetch(self, file: File) -> bytes | None:
        return b"bytes" if file.ref.startswith("desk:") else None


def words(key: str, **more: Any) -> Dispatch:
    """The words of a rep."""
    return replace(message(key), writer="olga", payload={"by": "olga", **more})


def change(key: str, of: str, kind: Any = "edit") -> Dispatch:
    """A change of a rep's words."""
    return replace(words(key, of=of), kind=kind, message=None if kind == "delete" else Outbound(key))


def test_what_became_of_a_persons_words_is_told_to_the_desk() -> None:
    async def script(scene: Scene) -> None:
        desk = scene.deliver.reps = Desk()
        await scene.deliver.now(scene.outbox.add(words("1"), message("the bot's")))
        scene.channel.faults["a"] = [Refused("blocked", "blocked")]
        await scene.deliver.now(scene.outbox.add(words("2")))
        await asyncio.sleep(0)
        assert desk.told == [("1", ""), ("2", "blocked (blocked)")]

    play(script)


def test_no_failure_is_given_up_before_it_was_told() -> None:
    async def script(scene: Scene) -> None:
        desk = scene.deliver.reps = Desk(away=Retry("the desk is away", 3))
        scene.channel.faults["a"] = [Refused("blocked", "blocked"), Refused("blocked", "blocked")]
        await scene.deliver.now(scene.outbox.add(words("1")))
        assert scene.outbox.entries["1"].status == "open"
        await asyncio.sleep(4)
        assert (desk.told, scene.outbox.entries["1"].status) == ([("1", "blocked (blocked)")], "failed")

    play(script)


def test_that_words_arrived_may_get_lost_on_the_way_to_the_desk() -> None:
    async def script(scene: Scene) -> None:
        scene.deliver.reps = Desk(away=Retry("the desk is away"))
        await scene.deliver.now(scene.outbox.add(words("1")))
        await asyncio.sleep(0)
        assert scene.outbox.entries["1"].status == "sent"

    play(script)


def test_a_change_waits_for_the_message_that_it_changes() -> None:
    async def script(scene: Scene) -> None:
        scene.channel.slow["a"] = 2
        scene.outbox.add(words("1"), leased=False)
        sending = asyncio.ensure_future(scene.deliver.due())
        await asyncio.sleep(1)
        await scene.deliver.now(scene.outbox.add(change("2", "1"), change("3", "1", "delete")))
        await sending
        await asyncio.sleep(5)
        assert scene.texts() == ["1", "1 = 2", "1 is gone"]

    play(script)


def test_a_change_of_what_is_held_leaves_after_it() -> None:
    async def script(scene: Scene) -> None:
        held = replace(words("1"), due=START + timedelta(seconds=5))
        await scene.deliver.now(scene.outbox.add(held, leased=False))
        await scene.deliver.now(scene.outbox.add(change("2", "1")))
        await asyncio.sleep(20)
        assert scene.texts() == ["1", "1 = 2"]

    play(script)


def test_the_bytes_of_a_desks_file_are_fetched_when_it_is_sent() -> None:
    async def script(scene: Scene) -> None:
        scene.deliver.reps = Desk()
        files = (File("document", "desk:slack:F1"), File("document", "telegram's own"))
        entry = words("1")
        assert entry.message is not None
        await scene.deliver.now(scene.outbox.add(replace(entry, message=replace(entry.message, files=files))))
        assert scene.channel.contents == {"desk:slack:F1": b"bytes"}

    play(script)
