"""The same person twice: one lead of a verified contact, a hint of a typed one, and staff have the last word."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from flows.desk import Button, Post
from flows.errors import Retry
from flows.model import BOT, Contact, LeadStatus
from flows.ports.desk import Thread
from flows.ports.ledger import Twin
from flows.ports.people import Person
from flows.ports.reading import Filter
from handlers.desk.acting import Acting, Done
from handlers.desk.identity import Identity
from locales.operators import messages
from tests.contracts.storage_house import START, agreement, committed, consents, conversation, lead, turn
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import MemoryStorage, open_memory

ANN = Contact(name="Ann", phone="+12015550123", verified=True)
TYPED = replace(ANN, verified=False)
ENGLISH = messages("en")


@dataclass
class Scene:
    """Chats with a thread each at one desk, and a rep who presses."""

    memory: Memory
    storage: MemoryStorage
    desk: MemoryDesk
    identity: Identity

    async def chat(
        self, number: int, contact: Contact = ANN, status: LeadStatus = "new", *, thread: bool = True
    ) -> str:
        """A lead with a contact that was agreed to; its id."""
        base, at = conversation(str(number)), START + timedelta(minutes=number)
        yes = agreement(at)
        filled = lead(base, status, contact=contact)
        commit = turn(base, at, contact=contact, consents=consents(at), agreements=[yes], lead=filled)
        await committed(self.storage, commit)
        if thread:
            spot, card = await self.desk.open(Post(title="lead"), f"card:{base.id}")
            await self.storage.threads.keep(Thread(base.id, spot, card), at)
        return base.id

    async def look(self, identity: str) -> None:
        """What the mirror does after a turn."""
        await self.identity(self.desk, ENGLISH, identity, START)

    async def texts(self, identity: str) -> list[str]:
        """What stands in the thread of a chat below its card."""
        thread = await self.storage.threads.of(identity, self.desk.name)
        assert thread is not None
        return self.desk.texts(thread.spot)[1:]

    async def press(self, identity: str, action: str, value: str | None = None) -> Done:
        """A rep presses the button of that action in the thread of a chat, with another value than it has if given."""
        thread = await self.storage.threads.of(identity, self.desk.name)
        assert thread is not None
        event = self.desk.presses(thread.spot, "U1", action)
        event = event if value is None else replace(event, value=value)
        person = Person("rep1", "olga@example.com", "rep", "Olga")
        who = (identity, "U1", person, "Olga", ENGLISH, ENGLISH)
        return await self.identity.presses[action](Acting(1, event.id, START, self.desk, thread.spot, *who), event)

    async def open_leads(self) -> list[str]:
        """The leads that count, oldest first."""
        return [row.id async for row in self.storage.leads.rows(Filter())]


@pytest.fixture
def scene() -> Scene:
    """An empty desk."""
    memory = Memory()
    storage = open_memory(memory, "one:1:a", lambda: START)
    return Scene(memory, storage, MemoryDesk(), Identity(storage.leads, storage.twins, storage.threads))


async def test_a_verified_contact_makes_one_lead_of_two_with_a_comment_in_both_threads(scene: Scene) -> None:
    old, new = await scene.chat(1), await scene.chat(2, status="qualified")
    await scene.look(new)
    assert await scene.open_leads() == [old]
    assert await scene.texts(new) == ["We know this person by a verified contact: the chat belongs to lead c1-1."]
    assert await scene.texts(old) == [
        "The same person writes in another chat, by a verified contact: lead c2-1 is a part of this one."
    ]
    assert scene.memory.leads[old].lead.status == "qualified"
    assert [(row["by"], row["action"]) for row in scene.memory.audit] == [(BOT, "merge")]


async def test_looking_again_says_nothing_twice_and_hands_on_how_far_it_has_come(scene: Scene) -> None:
    old, new = await scene.chat(1), await scene.chat(2)
    await scene.look(new)
    await scene.storage.leads.update(new, "qualified", None, BOT, START)
    for one in (new, old, new):
        await scene.look(one)
    assert (len(await scene.texts(new)), len(await scene.texts(old))) == (1, 1)
    assert scene.memory.leads[old].lead.status == "qualified"
    await scene.storage.leads.update(old, "lost", None, "rep1", START)
    await scene.look(new)
    assert scene.memory.leads[old].lead.status == "lost"


async def test_the_lead_that_a_rep_works_on_is_kept_though_it_is_newer(scene: Scene) -> None:
    first, second = await scene.chat(1), await scene.chat(2)
    await scene.storage.leads.update(second, None, "rep1", "rep1", START)
    await scene.look(second)
    assert await scene.open_leads() == [second]
    assert scene.memory.leads[first].merged_into == second


async def test_a_typed_match_is_only_pointed_out_to_staff(scene: Scene) -> None:
    old, new = await scene.chat(1), await scene.chat(2, TYPED)
    before = (list(scene.memory.lines), dict(scene.memory.conversations), dict(scene.memory.outbox))
    await scene.look(new)
    await scene.look(new)
    (text,) = await scene.texts(new)
    assert text.startswith("Possible duplicate: lead c1-1 has the same phone")
    assert ANN.phone not in text
    assert await scene.texts(old) == []
    assert await scene.open_leads() == [old, new]
    assert (list(scene.memory.lines), dict(scene.memory.conversations), dict(scene.memory.outbox)) == before


async def test_staff_merge_and_undo_and_nothing_merges_them_again(scene: Scene) -> None:
    old, new = await scene.chat(1), await scene.chat(2, TYPED)
    await scene.look(new)
    assert await scene.press(new, "merge") == Done()
    assert await scene.open_leads() == [old]
    assert await scene.texts(new) == ["Merged: the chat belongs to lead c1-1."]
    assert await scene.texts(old) == ["Merged: lead c2-1 is a part of this one."]
    await scene.press(old, "merge_undo")
    assert await scene.open_leads() == [old, new]
    told = "These are two leads again: this one and {}. Their statuses stay as they are now."
    assert (await scene.texts(new), await scene.texts(old)) == ([told.format(old)], [told.format(new)])
    await scene.chat(3)
    shared = replace(scene.memory.leads[new].lead, contact=ANN)
    scene.memory.leads[new] = replace(scene.memory.leads[new], lead=shared)
    await scene.look(new)
    assert scene.memory.leads[new].merged_into == ""
    assert scene.memory.leads["c3-1"].merged_into == new
    assert [row["action"] for row in scene.memory.audit] == ["merge", "merge_undo", "merge"]
    assert [row["by"] for row in scene.memory.audit] == ["rep1", "rep1", BOT]


async def test_a_flagged_match_that_proves_verified_is_merged_in_place(scene: Scene) -> None:
    old, new = await scene.chat(1), await scene.chat(2, TYPED)
    await scene.look(new)
    row = scene.memory.leads[new]
    scene.memory.leads[new] = replace(row, lead=replace(row.lead, contact=ANN))
    await scene.look(new)
    assert await scene.open_leads() == [old]
    (text,) = await scene.texts(new)
    assert text.startswith("We know this person")


async def test_who_was_slower_is_told_and_changes_nothing(scene: Scene) -> None:
    old, new = await scene.chat(1), await scene.chat(2, TYPED)
    await scene.look(new)
    await scene.storage.twins.merge(new, old, "phone", "rep2", START, verified=False)
    await scene.press(new, "merge")
    assert [post.text for _, _, post in scene.desk.told] == ["Somebody was quicker: look at what the thread shows."]
    assert await scene.texts(new) == ["Merged: the chat belongs to lead c1-1."]
    assert [row["by"] for row in scene.memory.audit] == ["rep2"]


@pytest.mark.parametrize("value", ["c2-1:c3-1", "nobody:c1-1", "", "c2-1"])
async def test_a_value_that_no_button_has_merges_nothing(scene: Scene, value: str) -> None:
    await scene.chat(1)
    new = await scene.chat(2, TYPED)
    await scene.chat(3, Contact(phone="+12015550199"))
    await scene.look(new)
    await scene.press(new, "merge", value)
    assert [post.text for _, _, post in scene.desk.told] == ["This is not known any more."]
    assert len(await scene.open_leads()) == 3
    assert not scene.memory.audit


async def test_a_desk_that_is_away_is_told_later(scene: Scene) -> None:
    _, new = await scene.chat(1), await scene.chat(2)
    scene.desk.fail(Retry("away"), "post")
    with pytest.raises(Retry):
        await scene.look(new)
    await scene.look(new)
    assert (len(await scene.texts(new)), len(await scene.texts("c1-1"))) == (1, 1)
    assert await scene.storage.twins.of(new) == [Twin(new, "c1-1", "phone", verified=True, state="merged")]


async def test_a_lead_without_a_thread_is_merged_all_the_same(scene: Scene) -> None:
    old = await scene.chat(1, thread=False)
    new = await scene.chat(2)
    await scene.look(new)
    assert await scene.open_leads() == [old]
    assert len(await scene.texts(new)) == 1
    spot, card = await scene.desk.open(Post(title="lead"), "card:late")
    await scene.storage.threads.keep(Thread(old, spot, card), START)
    await scene.look(new)
    assert len(await scene.texts(old)) == 1


async def test_a_message_that_somebody_took_away_is_posted_anew(scene: Scene) -> None:
    _, new = await scene.chat(1), await scene.chat(2)
    await scene.look(new)
    thread = await scene.storage.threads.of(new, scene.desk.name)
    assert thread is not None
    await scene.desk.remove(thread.spot, scene.desk.thread(thread.spot)[-1].id)
    await scene.press("c1-1", "merge_undo")
    (text,) = await scene.texts(new)
    assert text.startswith("These are two leads again")


@pytest.mark.parametrize("status", ["won", "lost", "not_a_fit"])
async def test_a_sale_that_is_over_is_not_the_same_lead(scene: Scene, status: LeadStatus) -> None:
    old, new = await scene.chat(1), await scene.chat(2)
    await scene.storage.leads.update(old, status, None, "rep1", START)
    await scene.look(new)
    await scene.look(old)
    assert not await scene.texts(new)
    assert await scene.open_leads() == [old, new]


async def test_buttons_ask_before_they_act(scene: Scene) -> None:
    await scene.chat(1)
    new = await scene.chat(2, TYPED)
    await scene.look(new)
    thread = await scene.storage.threads.of(new, scene.desk.name)
    assert thread is not None
    (button,) = scene.desk.thread(thread.spot)[-1].post.controls
    assert isinstance(button, Button)
    assert (button.action, button.value, bool(button.confirm)) == ("merge", "c2-1:c1-1", True)
