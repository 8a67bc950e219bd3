"""What every store promises of cards and rate limits."""

from dataclasses import replace
from datetime import datetime, timedelta

from flows.model import BOT, Address
from flows.outbound import Dispatch
from flows.ports.tracker import Carded, CardRef
from tests.contracts.storage_house import House, Ports, committed, conversation, lead, turn

TRELLO = CardRef("t1", "https://trello.example/c/1", "Leads")


async def with_card(house: House, storage: Ports, tracker: str = "trello", card: CardRef = TRELLO) -> Carded:
    """A qualified lead with its card in a tracker."""
    base = conversation()
    if await storage.leads.get(base.id) is None:
        await committed(storage, turn(base, house.now, lead=lead(base, "qualified")))
    known = Carded(base.id, tracker, card, shown="digest", tried=True, status="qualified", column=card.column)
    await storage.cards.keep(known, house.later(1))
    return known


async def test_a_card_is_kept_and_found_by_lead_and_by_its_own_id(house: House) -> None:
    storage = await house.worker()
    base = conversation()
    await committed(storage, turn(base, house.now, lead=lead(base, "qualified")))
    tried = Carded(base.id, "trello", None, tried=True)
    await storage.cards.keep(tried, house.now)
    assert await storage.cards.of(base.id, "trello") == tried
    assert await storage.cards.by_card("trello", "t1") is None
    assert not await storage.cards.all("trello", "", 10)
    known = await with_card(house, storage)
    assert await storage.cards.of(base.id, "trello") == known
    assert await storage.cards.by_card("trello", "t1") == known
    assert await storage.cards.by_card("clickup", "t1") is None
    assert list(await storage.cards.all("trello", "", 10)) == [known]
    assert not await storage.cards.all("trello", base.id, 10)
    row = await storage.leads.get(base.id)
    assert row is not None
    assert row.trackers == {"trello": {"id": "t1", "url": "https://trello.example/c/1"}}


async def test_of_two_trackers_the_newest_move_wins_whichever_is_told_first(house: House) -> None:
    storage = await house.worker()
    trello = await with_card(house, storage)
    clickup = await with_card(house, storage, "clickup", CardRef("c1", "", "to do"))
    late, early = house.now + timedelta(minutes=5), house.now + timedelta(minutes=1)
    assert await storage.cards.moved(replace(trello, column="Won"), "won", late, house.later(301))
    assert not await storage.cards.moved(replace(clickup, column="lost"), "lost", early, house.later(1))
    assert not await storage.cards.moved(replace(trello, column="Won"), "won", late, house.later(1))
    row = await storage.leads.get(trello.lead)
    assert row is not None
    assert row.lead.status == "won"
    kept = await storage.cards.of(trello.lead, "trello")
    assert kept is not None
    assert (kept.status, kept.column, kept.moved_at) == ("won", "Won", late)
    assert await storage.cards.moves("trello", early, late) == 1
    assert await storage.cards.moves("clickup", early, late) == 0


async def test_a_move_that_comes_late_does_not_undo_what_a_rep_did_since(house: House) -> None:
    storage = await house.worker()
    known = await with_card(house, storage)
    moved = house.later(5)
    await storage.leads.update(known.lead, "won", None, "rep1", house.later(60))
    assert not await storage.cards.moved(replace(known, column="lost"), "lost", moved, house.later(1))
    row = await storage.leads.get(known.lead)
    assert row is not None
    assert row.lead.status == "won"
    assert await storage.cards.moved(replace(known, column="lost"), "lost", house.later(60), house.later(1))


async def test_a_column_that_means_nothing_moves_the_card_and_no_lead(house: House) -> None:
    storage = await house.worker()
    known = await with_card(house, storage)
    assert await storage.cards.moved(replace(known, column="Tuesday"), None, house.later(5), house.now)
    row, kept = await storage.leads.get(known.lead), await storage.cards.of(known.lead, "trello")
    assert row is not None
    assert kept is not None
    assert (row.lead.status, kept.column) == ("qualified", "Tuesday")
    await storage.cards.keep(replace(known, shown="new"), house.later(1))
    kept = await storage.cards.of(known.lead, "trello")
    assert kept is not None
    assert kept.moved_at is not None, "writing the card forgot that it was moved"


async def test_a_lead_that_changed_since_its_card_was_shown_is_behind(house: House) -> None:
    storage = await house.worker()
    known = await with_card(house, storage)
    assert not await storage.cards.behind(house.later(60), 10)
    changed = house.later(1)
    await storage.leads.update(known.lead, "won", None, "rep1", changed)
    assert not await storage.cards.behind(changed, 10), "it is gathered for a while"
    assert list(await storage.cards.behind(house.later(1), 10)) == [(known.lead, "trello", changed)]
    await storage.cards.keep(replace(known, status="won"), house.later(1))
    assert not await storage.cards.behind(house.later(60), 10)


async def test_a_limit_is_never_passed_in_any_stretch_of_its_time_and_nearly_used_up(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    taken: list[datetime] = []
    at = house.now
    while at < house.now + timedelta(seconds=30):
        wait = await (one if len(taken) % 2 else two).budget.take("trello:x", 100, 10.0, at)
        if wait == 0:
            taken.append(at)
        else:
            at += timedelta(seconds=wait)
    for start in taken:
        assert sum(1 for time in taken if start <= time < start + timedelta(seconds=10)) <= 100
    assert len(taken) >= 0.95 * 300
    assert await one.budget.take("another", 100, 10.0, house.now) == 0


async def test_entries_that_no_turn_made_leave_once_and_by_whoever_has_their_place(house: House) -> None:
    storage = await house.worker()
    place = Address("tracker", "trello", "lead1")
    entry = Dispatch("lead1.at1.card.trello", "card", place, "lead1", BOT, house.now, payload={"a": 1})
    await storage.outbox.put([entry])
    await storage.outbox.put([entry])
    assert not await storage.outbox.claim(house.now, 10, [("telegram", "bot1")])
    assert list(await storage.outbox.claim(house.now, 10, [("tracker", "trello")])) == [entry]
    assert not await storage.outbox.claim(house.now, 10, [("tracker", "trello")])


async def test_what_a_registration_left_is_kept_by_tracker_and_replaced(house: House) -> None:
    storage = await house.worker()
    assert await storage.hooks.of("clickup") == {}
    await storage.hooks.keep("clickup", {"secret": "one", "url": "https://a.example"})
    await storage.hooks.keep("shortcut", {"id": "7"})
    await storage.hooks.keep("clickup", {"secret": "two"})
    another = await house.worker("two")
    assert await another.hooks.of("clickup") == {"secret": "two"}
    assert await another.hooks.of("shortcut") == {"id": "7"}
