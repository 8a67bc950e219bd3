"""What is told at once is told once, to who works; the rest waits for the digest of the morning, and for the week."""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from flows.desk import Post
from flows.errors import Retry
from flows.model import Conversation
from flows.ports.desk import Thread
from flows.ports.ledger import Promise
from handlers.desk.digest import Digest
from handlers.desk.follow import Notice
from handlers.desk.following import Following
from handlers.desk.telling import Telling, line
from knowledge.notices import Rules
from locales.operators import Messages, messages
from tests.fakes.desk_rules import Shown
from tests.fakes.memory_data import Memory
from tests.handlers.acts import hears, said
from tests.handlers.desk.shift import Shift, brief, on_shift, promise_book, shift
from tests.knowledge.shipped import shipped
from tests.virtual_time import START, VirtualLoop, in_virtual_time

TEAM = shipped().team
HOT = Notice("hot_lead", {"score": 80})
NEW = Notice("lead_new", {"score": 20})
PICTURE = b"\x89PNG"


def telling(one: Shift, rules: Rules | None = None) -> Telling:
    storage = one.storage
    return Telling(rules or shipped().notices, one.rounds, one.reach, storage.notices, storage.threads, storage.leads)


async def picture(figures: object, texts: Messages) -> list[bytes]:
    assert figures
    return [PICTURE]


def digest(one: Shift) -> Digest:
    storage = one.storage
    ledger = (storage.notices, storage.promises, storage.reports)
    return Digest(shipped().notices, TEAM, *ledger, one.reach, one.loop.clock, picture)


async def opened(one: Shift) -> Conversation:
    """A conversation with its thread."""
    await hears(one.stage, said("/start"))
    found = await one.conversation()
    spot, card = await one.desk.open(Post(title="lead"), "card")
    await one.storage.threads.keep(Thread(found.id, spot, card), one.loop.clock())
    return found


def top(one: Shift) -> list[Shown]:
    """What stands at the top of the console beside cards."""
    return [shown for shown in one.desk.shown.values() if not shown.spot.thread]


async def days(one: Shift, count: float, *more: Shift) -> None:
    """Days during which the ticks of all workers run every quarter of an hour."""
    until = one.loop.time() + count * 86_400
    while one.loop.time() < until:
        await asyncio.sleep(900)
        with contextlib.suppress(Retry):  # the schedule comes again
            await asyncio.gather(*(digest(worker)() for worker in (one, *more)))


def test_a_hot_lead_is_told_once_with_a_mention_of_who_works() -> None:
    async def script(one: Shift) -> None:
        found = await opened(one)
        for _ in range(3):
            await telling(one)("slack", found, [HOT, NEW, Notice("prospect_wrote")], one.loop.clock())
        assert await one.mentioned() == ["olga"]
        assert [kind for kind, _, _ in await one.storage.notices.gathered(START + timedelta(days=1))] == ["lead_new"]

    on_shift(script)


def test_at_night_nobody_is_mentioned_and_the_morning_tells() -> None:
    async def script(one: Shift) -> None:
        await asyncio.sleep(timedelta(hours=12).total_seconds())
        found = await opened(one)
        await telling(one)("slack", found, [HOT], one.loop.clock())
        assert await one.mentioned() == []
        await days(one, 1)
        [posted] = top(one)
        assert "A hot lead" in posted.post.text.replace("Горячий лид", "A hot lead")

    on_shift(script)


def test_who_has_the_lead_is_told_before_whose_turn_it_is() -> None:
    async def script(one: Shift) -> None:
        found = await opened(one)
        await hears(one.stage, said("нужна кофемашина в офис на 20 человек"))
        await one.storage.leads.update(found.id, None, "daria", "olga", one.loop.clock())
        await telling(one)("slack", found, [HOT], one.loop.clock())
        assert await one.mentioned() == ["daria"]

    on_shift(script)


def test_a_company_decides_what_is_told() -> None:
    async def script(one: Shift) -> None:
        found = await opened(one)
        rules = Rules(rules={"lead_new": "now", "hot_lead": "never", "unanswered": "never"})
        notices = [HOT, NEW, Notice("unanswered", {"question": "?"})]
        await telling(one, rules)("slack", found, notices, one.loop.clock())
        assert len(await one.mentioned()) == 1
        assert await one.storage.notices.gathered(START + timedelta(days=1)) == []

    on_shift(script)


def test_a_failed_delivery_is_told() -> None:
    async def script(one: Shift) -> None:
        found = await opened(one)
        for _ in range(2):
            await telling(one).failed(found, "c1.4.0", "blocked by the user", one.loop.clock())
        thread = await one.storage.threads.of(found.id, "slack")
        assert thread is not None
        assert sum("blocked by the user" in text for text in one.desk.texts(thread.spot)) == 1

    on_shift(script)


def test_the_digest_comes_at_nine_once_with_two_workers_and_restarts() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        one = await shift(loop, memory)
        two = await shift(loop, memory, "two", one.desk)
        found = await opened(one)
        await telling(one)("slack", found, [NEW, Notice("unanswered", {"question": "*есть* _лизинг_?"})], loop.clock())
        await one.storage.promises.put(
            [Promise("p1", found.id, "olga", "Пришлю КП", START, START + timedelta(days=1, hours=3))]
        )
        await days(one, 0.9, two)
        assert top(one) == []
        await days(one, 0.2, two)
        [posted] = top(one)
        assert "\\*есть\\* \\_лизинг\\_?" in posted.post.text
        assert "Пришлю КП" in posted.post.text
        await one.storage.promises.reminded("p1")
        await days(one, 3, two)
        assert [shown.key for shown in top(one)] == ["digest:2026-11-24"], "nothing new, nothing told"
        await telling(one)("slack", found, [Notice("call_back")], loop.clock())
        await days(one, 1, two)
        assert [shown.key for shown in top(one)] == ["digest:2026-11-24"], "not at the weekend"
        await days(one, 2, two)
        keys = {"digest:2026-11-24", "digest:2026-11-30", "weekly:2026-11-30"}
        assert {shown.key for shown in top(one)} == keys

    in_virtual_time(main)


def test_the_week_is_reported_on_monday_with_its_charts() -> None:
    async def script(one: Shift) -> None:
        await opened(one)
        await days(one, 7.1)
        weeks = [shown for shown in top(one) if shown.key.startswith("weekly:")]
        assert [shown.key for shown in weeks] == ["weekly:2026-11-30"]
        assert weeks[0].files == {"chart-1.png": PICTURE}
        assert {field.value for field in weeks[0].post.fields} >= {"1"}

    on_shift(script)


def test_a_worker_that_died_after_posting_is_followed_by_one_that_finds_the_post() -> None:
    async def script(one: Shift) -> None:
        found = await opened(one)
        await telling(one)("slack", found, [NEW], one.loop.clock())
        await asyncio.sleep(timedelta(hours=23, minutes=5).total_seconds())
        one.desk.lose("post")
        await days(one, 0.1)
        assert len(top(one)) == 1
        assert await one.storage.notices.gathered(one.loop.clock()) == []

    on_shift(script)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_kind_has_its_line(language: str) -> None:
    texts = messages(language)
    for kind in Rules.model_fields["rules"].annotation.__args__[0].__args__:  # type: ignore[union-attr]
        assert line(Notice(kind), texts)
    assert line(Notice("new_thing"), texts) == "new thing"
    hidden = line(Notice("unanswered", {"question": "позвоните +7 916 123-45-67"}), texts)
    assert "916" not in hidden


def test_what_follows_a_turn_is_done_once_however_often_it_is_told() -> None:
    async def script(one: Shift) -> None:
        found = await opened(one)
        await hears(one.stage, said("позовите менеджера"))
        found = await one.conversation()
        book = promise_book(one)
        follow = Following(one.waiting, book, telling(one), brief(one))
        for _ in range(2):
            await follow(one.desk, found, [Notice("person_asked", {"reason": "asked"})], one.loop.clock())
        assert one.called == await one.mentioned() == ["olga"]
        await one.stage.take_over(found.id, "olga", "Ольга", one.loop.clock())
        await one.stage.speak(found.id, "olga", "Ольга", "Пришлю КП завтра", one.loop.clock())
        for _ in range(2):
            await follow(one.desk, await one.conversation(), [], one.loop.clock())
        assert [wait.state for wait in one.memory.waits.values()] == ["claimed"]
        assert [promise.quote for promise in one.memory.promises.values()] == ["Пришлю КП завтра"]

    on_shift(script)
