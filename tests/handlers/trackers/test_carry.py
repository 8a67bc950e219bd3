"""A lead has one card, whatever happens on the way to it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.decisions import Turn
from flows.errors import AssistantError, NotSent, Refused, Retry
from flows.model import Contact
from flows.ports.tracker import CardRef
from handlers.trackers.carry import CarryCard
from handlers.trackers.follow import FollowLead
from tests.contracts.storage_house import conversation, lead, turn
from tests.fakes.tracker import Failure, Killed
from tests.handlers.trackers.work import BASE, Work, entry, worded


async def test_a_card_is_made_once_and_then_only_written_when_something_changed() -> None:
    work = Work()
    await work.begin()
    assert await work.look() == await work.look() == "trello-1"
    assert work.tracker.writes == 1
    row = await work.store.leads.get(BASE.id)
    assert row is not None
    assert row.trackers == {"trello": {"id": "trello-1", "url": "https://tracker.example/trello-1"}}
    await work.store.leads.update(BASE.id, None, "anna", "anna", work.now)
    await work.look()
    assert work.tracker.cards["trello-1"].lines[1] == ("Owner", "anna")
    assert (work.tracker.writes, work.tracker.columns["trello-1"]) == (2, "New")


@pytest.mark.parametrize("failure", ["after", "killed"])
async def test_a_write_that_nobody_saw_the_end_of_is_not_repeated(failure: Failure) -> None:
    work = Work()
    await work.begin()
    work.tracker.failures = [failure]
    with pytest.raises((Retry, Killed)):
        await work.look()
    assert await work.look() == "trello-1"
    assert len(work.tracker.cards) == 1


async def test_a_write_that_may_still_arrive_is_waited_for_before_the_card_is_made_again() -> None:
    work = Work()
    await work.begin()
    work.tracker.failures = ["before"]
    with pytest.raises(Retry) as first:
        await work.look()
    assert first.value.after is None, "it is looked for soon"
    with pytest.raises(Retry) as again:
        await work.look()
    assert again.value.after is not None
    assert 15 < again.value.after <= 20
    assert work.tracker.writes == 1
    work.now += timedelta(seconds=20)
    assert await work.look() == "trello-1"


async def test_a_service_that_was_not_reached_is_asked_again_at_once() -> None:
    work = Work()
    await work.begin()
    for _ in range(2):
        work.tracker.failures = ["limited"]
        with pytest.raises(NotSent):
            await work.look()
    assert await work.look() == "trello-1"


async def part_of(work: Work, whole: str) -> None:
    """The lead turns out to be a part of another."""
    other = conversation(whole)
    await work.store.conversations.commit(turn(other, work.now, lead=lead(other, "qualified")))
    assert await work.store.twins.merge(BASE.id, other.id, "phone", "system", work.now, verified=True)


async def test_a_part_of_another_lead_has_no_card_and_the_others_card_is_told_once() -> None:
    work = Work()
    await work.begin()
    await part_of(work, "42")
    whole = conversation("42").id
    with pytest.raises(Retry):
        await work.look()
    (asked,) = await work.store.outbox.claim(work.now, 10, [("tracker", "trello")])
    assert (asked.kind, asked.conversation) == ("card", whole)
    await work.carry(asked)
    assert await work.look() == "trello-1"
    await work.look()
    assert [card.key for card in work.tracker.cards.values()] == [f"lead-{whole}"]
    (said,) = work.tracker.comments["trello-1"]
    assert "coffee" in said
    assert await work.store.twins.undo(BASE.id, "rep", work.now)
    assert await work.look() == "trello-2", "it is a lead of its own again"


async def test_a_refusal_and_a_limit_are_told_as_they_are() -> None:
    work = Work()
    await work.begin()
    work.tracker.failures = ["limited"]
    with pytest.raises(Retry) as limited:
        await work.look()
    assert limited.value.after == 3
    work.tracker.failures = ["refused"]
    with pytest.raises(Refused):
        await work.look()
    assert await work.look() == "trello-1"


async def test_a_tracker_that_hangs_gives_the_entry_back_before_its_lease_is_over() -> None:
    work = Work(longest=0.01)
    await work.begin()

    async def hang(key: str) -> CardRef | None:
        await asyncio.sleep(60)
        return None

    work.tracker.failures = ["before"]
    with pytest.raises(Retry):
        await work.look()
    work.tracker.find = hang  # type: ignore[method-assign]
    with pytest.raises(Retry) as raised:
        await work.look()
    assert "too long" in str(raised.value)


async def test_a_verified_person_whose_card_somebody_made_by_hand_gets_a_comment_and_no_second_card() -> None:
    work = Work()
    await work.begin(Contact("Anna", phone="+79161234567", verified=True))
    work.tracker.by_hand = [CardRef("hand-1", "https://tracker.example/hand-1")]
    assert await work.look() == "hand-1"
    assert not work.tracker.cards
    (said,) = work.tracker.comments["hand-1"]
    assert f"lead-{BASE.id}" in said
    await work.look()
    assert len(work.tracker.comments["hand-1"]) == 1
    await work.status("won")
    await work.look()
    assert len(work.tracker.comments["hand-1"]) == 2


async def test_a_typed_contact_is_no_reason_to_write_into_somebodys_card() -> None:
    work = Work()
    await work.begin(Contact("Anna", phone="+79161234567"))
    work.tracker.by_hand = [CardRef("hand-1", "")]
    assert await work.look() == "trello-1"


async def test_a_deleted_card_is_not_made_again() -> None:
    work = Work()
    await work.begin()
    await work.look()
    work.tracker.cards.clear()
    await work.status("won")
    assert await work.look() == "trello-1"
    await work.look()
    assert not work.tracker.cards


async def test_a_move_by_us_never_comes_back_and_a_move_by_them_moves_the_lead() -> None:
    work = Work()
    await work.begin()
    await work.look()
    await work.status("won")
    await work.look()
    assert work.tracker.columns["trello-1"] == "Won"
    writes = work.tracker.writes
    await work.drag("Won")
    await work.look()
    assert work.tracker.writes == writes
    await work.drag("Lost")
    row = await work.store.leads.get(BASE.id)
    assert row is not None
    assert row.lead.status == "lost"
    await work.look()
    assert work.tracker.columns["trello-1"] == "Lost", "our card was pulled back"


async def test_ten_changes_in_a_minute_are_one_call() -> None:
    work = Work()
    await work.begin()
    await work.look()
    follow, base = FollowLead(("trello",)), replace(BASE, version=1, carded=True)
    for number in range(10):
        work.now += timedelta(seconds=5)
        known = lead(base, "qualified", slots={"need": f"{number} machines"})
        _, entries = follow(Turn(base, (), known), work.now)
        after = replace(base, version=base.version + 1)
        await work.store.conversations.commit(turn(base, work.now, lead=known, dispatches=entries))
        base = after
        assert not await work.store.outbox.claim(work.now, 10, [("tracker", "trello")]), "it is gathered"
    writes, looks = work.tracker.writes, 0
    work.now += timedelta(minutes=2)
    while due := await work.store.outbox.claim(work.now, 10, [("tracker", "trello")]):
        for one in due:
            await work.carry(one)
            await work.store.outbox.sent(one.key, "", work.now)
            looks += 1
    assert (work.tracker.writes - writes, looks) == (1, 10)
    assert work.tracker.cards["trello-1"].lines[0] == ("Need", "9 machines")


async def test_the_owner_of_a_lead_is_the_member_of_its_card() -> None:
    work = Work()
    await work.begin()

    async def member(owner: str) -> str:
        return f"{owner}@example.com"

    store = work.store
    carry = CarryCard(
        {"trello": work.tracker}, store.leads, store.cards, store.outbox, worded, lambda: work.now, member=member
    )
    await carry(entry())
    assert work.tracker.cards["trello-1"].member == ""
    await store.leads.update(BASE.id, None, "anna", "anna", work.now)
    await carry(entry())
    assert work.tracker.cards["trello-1"].member == "anna@example.com"


STEPS = st.one_of(
    st.sampled_from(("look", "twice", "won", "lost", "drag Won", "drag Lost", "drag Tuesday")),
    st.sampled_from(("fail before", "fail after", "fail killed", "fail limited", "fail refused")),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_any_interleaving_makes_one_card(steps: Sequence[str]) -> None:
    asyncio.run(played(steps))


async def played(steps: Sequence[str]) -> None:
    """Whatever happened: at the end there is one card, and it shows the lead."""
    work = Work()
    await work.begin()
    for step in steps:
        try:
            await do(work, step)
        except (AssistantError, Killed):
            work.now += timedelta(seconds=20)
        assert len(work.tracker.cards) <= 1
    work.tracker.failures.clear()
    work.now += timedelta(seconds=20)
    await work.look()
    (identity,) = work.tracker.cards
    row, known = await work.store.leads.get(BASE.id), await work.store.cards.of(BASE.id, "trello")
    assert row is not None
    assert known is not None
    assert known.ref is not None
    assert known.ref.id == identity
    assert work.tracker.cards[identity].lines == worded(row, "trello").lines


async def do(work: Work, step: str) -> None:
    """One thing that happens."""
    word, _, rest = step.partition(" ")
    match word:
        case "look":
            await work.look()
        case "twice":  # two workers with the same entry, one after the other
            await work.look()
            await replace_carrier(work)(entry())
        case "won" | "lost":
            await work.status("won" if word == "won" else "lost")
        case "drag":
            await work.drag(rest)
        case "fail":
            failure: Failure = next(one for one in FAILURES if one == rest)
            work.tracker.failures.append(failure)


FAILURES: tuple[Failure, ...] = ("before", "after", "killed", "limited", "refused")


def replace_carrier(work: Work) -> CarryCard:
    """Another worker."""
    store = work.store
    return CarryCard({"trello": work.tracker}, store.leads, store.cards, store.outbox, worded, lambda: work.now)
