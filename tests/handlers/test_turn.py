"""A rep's turn: only while the expected owner owns, on the newest version, written into the audit."""

import asyncio

from flows.commands import Own, Speak
from flows.model import BOT
from handlers.handover import Act, OwnedBy, Ran
from handlers.turn import RunTurn
from tests.conversations.stage import Stage
from tests.fakes.memory_data import Memory
from tests.handlers.acts import ADDRESS, hears, play, said


def turns(one: Stage) -> RunTurn:
    return RunTurn(one.recorded, one.deliver, one.messages)


async def begun(one: Stage) -> str:
    """A conversation that has begun; its id."""
    await hears(one, said("/start"))
    current = await one.recorded.open(ADDRESS)
    assert current is not None
    return current.id


def test_a_take_over_is_said_cancels_what_waits_and_is_audited() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        conversation = await begun(one)
        ran = await turns(one)(Act(conversation, (Own("olga", "Olga"),), BOT, "olga", one.loop.clock()))
        assert isinstance(ran, Ran)
        assert ran.conversation.owner == "olga"
        assert one.commits[-1].cancel == BOT
        assert memory.audit == [{"by": "olga", "action": "own", "conversation": conversation}]
        assert "Olga" in one.phone.messages[-1].text

    play(script)


def test_somebody_else_owns_it() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        conversation = await begun(one)
        run, now = turns(one), one.loop.clock()
        await run(Act(conversation, (Own("olga"),), BOT, "olga", now))
        before = len(one.commits)
        assert await run(Act(conversation, (Own("ivan"),), BOT, "ivan", now)) == OwnedBy("olga")
        assert await run(Act(conversation, (Speak("hi", "ivan"),), "ivan", "ivan", now)) == OwnedBy("olga")
        assert len(one.commits) == before

    play(script)


def test_there_is_no_such_conversation() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        assert await turns(one)(Act("none", (Own("olga"),), BOT, "olga", one.loop.clock())) is None

    play(script)


def test_the_words_of_a_rep_leave_as_they_are_under_their_name() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        conversation = await begun(one)
        run, now = turns(one), one.loop.clock()
        await run(Act(conversation, (Own("olga", "Olga"),), BOT, "olga", now))
        await run(Act(conversation, (Speak("{{ 1 }} <b>", "olga", "Olga"),), "olga", "olga", now))
        assert (one.phone.messages[-1].text, one.phone.messages[-1].name) == ("{{ 1 }} <b>", "Olga")
        assert memory.lines[-1].by == "olga"

    play(script)


def test_a_chat_with_a_long_queue_is_taken_over_in_its_midst() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        conversation = await begun(one)
        one.phone.slow = 0.01
        await one.receive([said("/help") for _ in range(60)])
        await asyncio.sleep(0.05)
        run, now = turns(one), one.loop.clock()
        assert isinstance(await run(Act(conversation, (Own("olga"),), BOT, "olga", now)), Ran)
        spoken = len(one.phone.messages)
        assert spoken < 30, "it had to wait until the queue was empty"
        await one.settle()
        assert len(one.phone.messages) <= spoken + 1, "the bot went on after the take-over"

    play(script)
