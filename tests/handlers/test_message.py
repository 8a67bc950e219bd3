"""A message's turn: written once, on the newest state, and never silent about a fault."""

from dataclasses import replace
from datetime import datetime

from structlog.testing import capture_logs
from typing_extensions import override

from flows.decisions import Turn
from flows.events import Answered, Due, Reachable
from flows.model import Fact
from handlers.wording import Worded, Wording
from tests.conversations.stage import Stage
from tests.fakes.memory_data import Memory
from tests.handlers.acts import ADDRESS, hears, play, said, worker


class Speechless(Wording):
    """Texts of which one is broken: the first turn cannot be worded, the next can."""

    def __init__(self, inner: Wording) -> None:
        self._inner = inner
        self._broken = 1

    @override
    def __call__(self, turn: Turn, now: datetime) -> Worded:
        self._broken -= 1
        if self._broken >= 0:
            raise KeyError("no such text")
        return self._inner(turn, now)


def keys(one: Stage) -> list[str]:
    """The texts of the last turn."""
    last = one.commits[-1]
    return [str(text) for trace in last.traces.values() for text in _texts(trace.get("texts"))]


def _texts(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def test_a_turn_that_lost_a_race_runs_again_on_the_newer_state() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        current = await one.recorded.open(ADDRESS)
        assert current is not None
        other = worker(one.loop, memory, "two")
        one.recorded.meanwhile = lambda: other.take_over(current.id, "olga", "Olga", one.loop.clock())
        replies = len(one.phone.messages)
        await hears(one, said("Сколько стоит Jura X8?"))
        after = await one.recorded.open(ADDRESS)
        assert after is not None
        assert (after.owner, after.version) == ("olga", current.version + 2)
        assert [message.text for message in one.phone.messages[replies:] if "229" in message.text] == []

    play(script)


def test_events_that_another_worker_has_dealt_with_are_dropped() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        event = said("Кофемашина в офис, пожалуйста")

        async def elsewhere() -> None:
            memory.done.update(stored.row for stored in memory.events)

        one.recorded.meanwhile = elsewhere
        turns = len(one.commits)
        await hears(one, event)
        assert len(one.commits) == turns
        assert one.lanes.busy == 0

    play(script)


def test_a_conversation_that_never_stands_still_is_tried_later() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        one.recorded.lost = 7
        with capture_logs() as logs:
            await hears(one, said("/start"))
        assert [entry["event"] for entry in logs] == ["turn postponed"]
        assert one.loop.time() >= 1.0
        assert (len(one.commits), len(one.phone.messages)) == (1, 1)

    play(script)


def test_a_block_notice_is_kept_and_needs_no_turn() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await one.receive([Reachable("r1", ADDRESS, one.loop.clock(), reachable=False)])
        await one.settle()
        assert not one.commits
        assert memory.done == {1}

    play(script)


def test_a_wake_up_or_an_answer_that_came_too_late_is_slept_through() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        current = await one.recorded.open(ADDRESS)
        assert current is not None
        await hears(one, said("Кофемашина в офис, пожалуйста"))
        now, turns = one.loop.clock(), len(one.commits)
        late = Due("wake:1", ADDRESS, now, current.id, "greeting.still", current.version)
        other = Answered("a:1", ADDRESS, now, "another conversation", 1, "?", Fact("faq", {"text": "No"}, ()))
        await one.receive([late, other])
        await one.settle()
        assert len(one.commits) == turns
        assert memory.done == {stored.row for stored in memory.events}

    play(script)


def test_an_answer_that_is_in_time_is_said() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        current = await one.recorded.open(ADDRESS)
        assert current is not None
        fact = Fact("faq", {"text": "Of course."}, ("faq@1",))
        event = Answered("a:1", ADDRESS, one.loop.clock(), current.id, current.version, "may I?", fact)
        await one.receive([event])
        await one.settle()
        assert "Of course." in one.phone.messages[-1].text

    play(script)


def test_a_text_that_cannot_be_said_calls_a_person_instead_of_silence() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        one.messages.playbook = replace(one.messages.playbook, wording=Speechless(one.messages.playbook.wording))
        with capture_logs() as logs:
            await hears(one, said("Кофемашина в офис, пожалуйста"))
        assert [entry["event"] for entry in logs] == ["turn could not be played"]
        assert "common.person.unknown" in keys(one)
        after = await one.recorded.open(ADDRESS)
        assert after is not None
        assert after.wants_person == "unknown"

    play(script)


def test_a_store_that_is_away_keeps_the_event_for_later() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        one.recorded.away = 2
        with capture_logs() as logs:
            await hears(one, said("/start"))
        assert len(logs) == 2
        assert len(one.phone.messages) == 1

    play(script)


def test_what_was_heard_is_in_the_transcript_beside_what_was_said() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        await hears(one, said("Кофемашина в офис, пожалуйста"))
        spoken = [(line.by, line.text.partition("\n")[0]) for line in memory.lines]
        assert spoken[0] == ("prospect", "/start")
        assert spoken[1][0] == "bot"
        assert spoken[2] == ("prospect", "Кофемашина в офис, пожалуйста")
        assert len(spoken) == 4

    play(script)
