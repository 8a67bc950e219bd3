"""Who leads a chat: take over, hand back and assign, by one press each."""

from flows.model import BOT
from tests.fakes.memory_data import Memory
from tests.handlers.acts import said
from tests.handlers.desk.room import BOSS, IVAN, OLGA, Room, at_work


def test_two_reps_press_at_once_one_wins_and_the_other_is_told() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.card(await one.begun(), "take_over")
        before = len(one.stage.phone.messages)
        presses = [one.desk.presses(spot, rep, "take_over", at=one.loop.clock()) for rep in (OLGA, IVAN)]
        await one.receive(presses)
        await one.settle()
        assert (await one.conversation()).owner == "olga"
        assert one.told == [(IVAN, "Ольга leads this chat.")]
        (line,) = one.stage.phone.messages[before:]
        assert "Ольга" in line.text, "one line to the prospect, once"

    at_work(script)


def test_a_second_press_changes_nothing() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        said_so_far, commits = len(one.stage.phone.messages), len(one.stage.commits)
        await one.takes(spot)
        assert (len(one.stage.phone.messages), len(one.stage.commits)) == (said_so_far, commits)

    at_work(script)


def test_hand_back_takes_effect_at_the_press_and_is_said_once() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        await one.presses_card(spot, "hand_back", IVAN)
        assert one.told[-1] == (IVAN, "Ольга leads this chat.")
        before = len(one.stage.phone.messages)
        await one.presses_card(spot, "hand_back")
        assert (await one.conversation()).owner == BOT
        assert len(one.stage.phone.messages) == before + 1
        await one.presses_card(spot, "hand_back")
        assert len(one.stage.phone.messages) == before + 1
        await one.hears(said("/help"))
        assert len(one.stage.phone.messages) == before + 2, "the bot speaks again"

    at_work(script)


def test_a_manager_hands_back_for_a_rep() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        await one.presses_card(spot, "hand_back", BOSS)
        assert (await one.conversation()).owner == BOT
        assert memory.audit[-1]["by"] == "boss"

    at_work(script)


def test_assigning_the_bots_chat_names_who_cares_for_the_lead() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        found = await one.conversation()
        await one.presses_card(spot, "assign", BOSS, "ivan")
        row = await one.store.leads.get(found.id)
        assert row is not None
        assert (row.owner, (await one.conversation()).owner) == ("ivan", BOT)
        ((member, post),) = one.desk.letters
        assert member == IVAN
        assert "assigned a chat to you" in post.text
        assert memory.audit[-1] == {"by": "boss", "action": "assign", "conversation": found.id, "to": "ivan"}

    at_work(script)


def test_assigning_a_taken_chat_passes_it_on_without_a_word_to_the_prospect() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        await one.takes(spot)
        before = len(one.stage.phone.messages)
        await one.presses_card(spot, "assign", IVAN, "ivan")
        assert (await one.conversation()).owner == "olga", "what is another's is hers or a manager's to give"
        await one.presses_card(spot, "assign", OLGA, person=IVAN)
        assert (await one.conversation()).owner == "ivan"
        assert len(one.stage.phone.messages) == before
        await one.presses_card(spot, "assign", OLGA, "nobody")
        assert one.told[-1][1].startswith("They are not on the staff")

    at_work(script)


def test_hostile_presses_do_nothing() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        hostile = "x" * 5000 + "\x00\ud83d<@U1>"
        for action in ("undo", "held_take_over", "held_send", "held_note", "assign", "lost", "no such action"):
            await one.presses_card(spot, action, OLGA, hostile)
        await one.presses_card(spot, "won", OLGA, amount=hostile)
        await one.writes(spot, hostile)
        assert (await one.conversation()).owner == BOT
        assert not [stored for stored in memory.events if stored.row not in memory.done]

    at_work(script)
