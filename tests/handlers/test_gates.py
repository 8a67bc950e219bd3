"""Behind a gate: few at a time, what waited for a service that was away in its order, and nobody else held up."""

import asyncio
from dataclasses import dataclass, field

from flows.errors import NotSent, Refused, Retry
from flows.model import BOT
from flows.outbound import Dispatch
from flows.ports.tracker import tracker_address
from handlers.gates import WIDTH
from tests.handlers.delivery import Scene, message, play
from tests.virtual_time import START, VirtualLoop


def card(number: int) -> Dispatch:
    """An entry for a tracker."""
    return Dispatch(f"{number:03}", "card", tracker_address("trello", str(number)), str(number), BOT, START)


@dataclass
class Service:
    """What a carrier calls: it takes its time, can be away, and refuses single entries."""

    seconds: float = 1.0
    away: bool = False
    bad: frozenset[str] = frozenset()
    limited: float = 0.0
    tried: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    async def __call__(self, entry: Dispatch) -> str:
        self.tried.append(entry.key)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.under_way -= 1
        if self.limited:
            wait, self.limited = self.limited, 0.0
            raise NotSent("too many", after=wait)
        if self.away or entry.key in self.bad:
            raise Retry("reset")
        self.done.append(entry.key)
        return entry.key


def now() -> float:
    """Of the virtual loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop.time()


def test_few_are_under_way_at_a_time_and_all_arrive_in_order() -> None:
    service = Service()

    async def script(scene: Scene) -> None:
        scene.outbox.add(*map(card, range(50)), leased=False)
        await asyncio.gather(scene.deliver.due(), scene.deliver.due())
        assert service.tried == [f"{number:03}" for number in range(50)]
        assert len(service.done) == 50
        assert service.most == WIDTH
        assert now() < 50 / WIDTH + 2, "places stood empty"

    play(script, {"card": service})


def test_what_waited_for_a_service_that_was_away_arrives_in_its_order_and_costs_few_tries() -> None:
    service = Service(seconds=0.1, away=True)

    async def script(scene: Scene) -> None:
        for number in range(30):
            await scene.deliver.now(scene.outbox.add(card(number)))
            await asyncio.sleep(10)
        assert not service.done
        assert len(service.tried) < 30, "an hour would be thousands of tries"
        service.away = False
        service.tried.clear()
        await asyncio.sleep(120)
        assert service.tried == [f"{number:03}" for number in range(30)]
        assert len(service.done) == 30
        attempts = [entry.dispatch.attempts for entry in scene.outbox.entries.values()]
        assert attempts[-1] == 0, "waiting at the gate counts as no try"

    play(script, {"card": service})


def test_one_entry_that_the_service_chokes_on_holds_up_nobody() -> None:
    service = Service(seconds=0.1, bad=frozenset({"000"}))

    async def script(scene: Scene) -> None:
        scene.outbox.add(*map(card, range(40)), leased=False)
        await scene.deliver.due()
        assert len(service.done) == 39
        assert now() < 5
        await asyncio.sleep(60)
        await scene.deliver.now(scene.outbox.add(card(99)))
        await asyncio.sleep(1)
        assert service.done[-1] == "099"

    play(script, {"card": service})


def test_a_wait_that_the_service_asks_for_holds_for_all() -> None:
    service = Service(seconds=0.1, limited=10.0)

    async def script(scene: Scene) -> None:
        await scene.deliver.now(scene.outbox.add(card(0)))
        await asyncio.sleep(1)
        await scene.deliver.now(scene.outbox.add(card(1)))
        await asyncio.sleep(8)
        assert service.tried == ["000"]
        await asyncio.sleep(3)
        assert service.done == ["000", "001"]

    play(script, {"card": service})


def test_a_refusal_shows_that_the_service_is_there() -> None:
    seen: list[str] = []

    async def carrier(entry: Dispatch) -> str:
        seen.append(entry.key)
        if entry.key == "000":
            raise Retry("reset")
        raise Refused("the list is archived", "invalid")

    async def script(scene: Scene) -> None:
        scene.outbox.add(*map(card, range(WIDTH + 3)), leased=False)
        await scene.deliver.due()
        assert len(seen) == WIDTH + 3
        assert now() < 1

    play(script, {"card": carrier})


def test_a_message_to_a_prospect_waits_for_no_tracker() -> None:
    service = Service(seconds=5)

    async def script(scene: Scene) -> None:
        scene.outbox.add(*map(card, range(50)), leased=False)
        working = asyncio.ensure_future(scene.deliver.due())
        await asyncio.sleep(1)
        await scene.deliver.now(scene.outbox.add(message("hello"), card(77)))
        assert scene.channel.sent == [("a", "hello", 1.0)]
        await working
        await asyncio.sleep(10)
        assert "077" in service.done

    play(script, {"card": service})


def test_a_notice_that_became_due_since_its_commit_is_carried_once() -> None:
    """It is leased to nobody, so what begins it is a claim, which may be under way."""
    carried: list[str] = []

    async def mirror(entry: Dispatch) -> str:
        await asyncio.sleep(1)
        carried.append(entry.key)
        return ""

    async def script(scene: Scene) -> None:
        notice = Dispatch("n", "notice", tracker_address("trello", "a"), "a", BOT, START)
        added = scene.outbox.add(notice, leased=False)
        claiming = asyncio.create_task(scene.deliver.due())
        await asyncio.sleep(0.5)
        await scene.deliver.now(added)
        await claiming
        await asyncio.sleep(5)
        assert carried == ["n"]

    play(script, {"notice": mirror})
