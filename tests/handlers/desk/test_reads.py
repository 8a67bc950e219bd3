"""What is only shown: one's own page, how a line came about, cards and forms; and a press away from home."""

from datetime import timedelta

import pytest

from flows.desk import Button, Menu, Post, Spot, spot_address
from flows.events import Pressed
from flows.model import BOT, Json
from flows.outbound import Dispatch, Line
from flows.ports.desk import Copy, Thread
from flows.ports.people import Person
from handlers.desk.acting import Acting
from handlers.desk.elsewhere import brought_home, carried
from handlers.desk.home import RETRY, Retries
from handlers.desk.report import stats_post
from locales.operators import messages
from tests.fakes.memory_data import Entry, Lease, Memory
from tests.fakes.rows import NOW
from tests.handlers.acts import ADDRESS
from tests.handlers.desk.office import Office
from tests.handlers.desk.room import BOSS, IVAN, Room, at_work
from tests.handlers.test_report import FIGURES

OLGA = Person("olga", "olga@example.com", "rep", "Ольга", slack="U-olga")
SPOT = Spot("slack", "C1", "T9")


@pytest.fixture
async def office() -> Office:
    """A rep with a chat in a thread, and a stranger."""
    made = Office()
    made.memory.people[OLGA.email] = OLGA
    made.desk.join("U-olga", "Ольга", "olga@example.com", "en")
    made.desk.join("U-stranger", "Eve", "eve@example.com", "en")
    made.has("c1", owner="olga")
    await made.store.threads.keep(Thread("c1", SPOT, "1"), NOW)
    return made


def press(action: str, value: str = "", by: str = "U-olga", spot: Spot = SPOT, message: str = "") -> Pressed:
    return Pressed("p1", spot_address(spot, "T1"), NOW, by, action, value, message)


# ------------------------------------------------------------------ how a line came about
async def explained(office: Office, member: str, message: str) -> Post:
    await office.reads.why(member, Spot("slack", "C1"), message)
    _, told, post = office.desk.told[-1]
    assert told == member
    return post


async def test_a_line_of_the_bot_is_explained_to_the_asker_alone(office: Office) -> None:
    trace: dict[str, Json] = {
        "flow": "qualification",
        "flow_version": 3,
        "step": "need",
        "texts": ["answers.price"],
        "locale": "ru",
    }
    lines = [
        Line("1.in", "c1", "prospect", NOW - timedelta(seconds=2), "сколько?", {}, 1),
        Line("c1.2.0", "c1", BOT, NOW, "129 900 ₽", {**trace, "sources": ["jura-e8@7"]}, 2),
    ]
    office.memory.lines += lines
    await office.store.threads.copied([Copy("c1.2.0", SPOT, "m7"), Copy("1.in", SPOT, "m6")], NOW)
    post = await explained(office, "U-olga", "m7")
    assert {field.label: field.value for field in post.fields} == {
        "Flow and step": "qualification.need, v3",
        "Texts": "answers.price",
        "Sources": "jura-e8@7",
        "Language": "ru",
        "Latency": "2 s",
    }
    assert "assistant why c1.2.0" in post.small
    for message in ("m6", "m404"):
        assert "this is none" in (await explained(office, "U-olga", message)).text
    assert "This is for the staff" in (await explained(office, "U-stranger", "m7")).text


# ------------------------------------------------------------------ one's own page
async def test_a_page_shows_today_my_chats_and_what_was_not_delivered(office: Office) -> None:
    failed = Dispatch("c1.2.0", "message", ADDRESS, "c1", BOT, NOW)
    entry = Entry(failed, 1, Lease(), "failed", "the bot was *blocked*")
    office.memory.outbox["c1.2.0"] = entry
    await office.reads.home("U-olga")
    today, title, chat, problems, lost = office.desk.homes["U-olga"]
    assert (today.title, title.title, problems.text) == ("☀️ Today, 22.11", "💬 My chats", "1 entry")
    assert chat.text == "**Анна** — кофемашина"
    assert [(one.action, one.value) for one in chat.controls if isinstance(one, Button)] == [
        ("lead", "@@c1"),
        ("hand_back", "@@c1"),
    ]
    assert lost.text == r"the bot was \*blocked\*"
    assert [(one.action, one.value) for one in lost.controls if isinstance(one, Button)] == [(RETRY, "c1.2.0")]
    await retried(office, "c1.2.0")
    assert entry.status == "open"
    assert office.desk.homes["U-olga"][-1].text == "Everything was delivered."
    assert office.desk.told[-1][2].text == "It is tried again now."
    await retried(office, "c1.2.0")
    assert office.desk.told[-1][2].text == "It is not failed any more."


async def retried(office: Office, key: str) -> None:
    """Press the button."""
    texts = messages("en")
    acting = Acting(1, "p1", NOW, office.desk, Spot("slack", ""), "", "U-olga", OLGA, "Ольга", texts, texts)
    retries = Retries(office.store.deliveries, office.home, lambda: NOW)
    await retries.presses[RETRY](acting, press(RETRY, key))


async def test_a_page_without_chats_and_that_of_a_stranger(office: Office) -> None:
    office.memory.conversations.clear()
    await office.reads.home("U-olga")
    assert [post.text for post in office.desk.homes["U-olga"]] == [
        "",
        "You lead no chat now.",
        "Everything was delivered.",
    ]
    await office.reads.home("U-stranger")
    (post,) = office.desk.homes["U-stranger"]
    assert "This is for the staff" in post.text


# ------------------------------------------------------------------ cards and forms
async def test_only_what_shows_something_is_no_event(office: Office) -> None:
    reads = office.reads
    assert [reads.shows(action) for action in ("lead", "why", "won")] == [True] * 3
    assert [reads.shows(action) for action in ("lost", "take_over", RETRY, "")] == [False] * 4


async def test_a_form_is_shown_to_staff_for_the_chats_own_thread(office: Office) -> None:
    private = Spot("slack", "D1")
    await office.reads.form(press("won", "@@c1", spot=private), "trigger", office.respond)
    (form, trigger), *_ = office.desk.asked
    assert (form.action, form.spot, form.value, trigger) == ("won", SPOT, "@@c1", "trigger")
    await office.reads.form(press("won", "c1", by="U-stranger"), "trigger", office.respond)
    assert len(office.desk.asked) == 1
    assert "This is for the staff" in office.answered[-1].text


async def test_a_card_is_shown_to_whoever_presses(office: Office) -> None:
    await office.reads.form(press("lead", "c1"), "", office.respond)
    assert "кофемашина" in office.answered[-1].title
    await office.reads.form(press("lead", "c404"), "", office.respond)
    assert office.answered[-1].text == "It is not there any more."
    await office.reads.form(press("why", message="m404"), "", office.respond)
    assert "this is none" in office.answered[-1].text


# ------------------------------------------------------------------ away from home
async def test_controls_carry_their_chat_and_are_brought_home(office: Office) -> None:
    controls = (
        Button("take_over", "Take over", "c1"),
        Button("retry", "Again", "key"),
        Button("open", "Open", url="https://example.com"),
        Menu("lost", "Lost", (("price", "Too expensive"),)),
    )
    take, again, link, lost = carried(Post(controls=controls), "c1").controls
    assert (link, isinstance(lost, Menu) and lost.options) == (controls[2], (("price@@c1", "Too expensive"),))
    private = Spot("slack", "D1")
    for value, meant in (("@@c1", "c1"), ("key@@c1", "key"), ("price@@c1", "price")):
        event, conversation = await brought_home(press("x", value, spot=private), "slack", office.store.threads)
        assert (event.value, conversation, event.address) == (meant, "c1", spot_address(SPOT, "T1"))
    assert (take, again) == (Button("take_over", "Take over", "@@c1"), Button("retry", "Again", "key@@c1"))
    event, conversation = await brought_home(press("x", "@@c404", spot=private), "slack", office.store.threads)
    assert (event.address.chat, conversation) == ("D1", "c404")
    plain = press("x", "c1")
    assert await brought_home(plain, "slack", office.store.threads) == (plain, "")


def test_a_press_on_ones_own_page_counts_in_the_thread() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        chat = await one.conversation()
        elsewhere = Spot(one.desk.name, "D-ivan")
        event = Pressed(
            "e1", spot_address(elsewhere, one.desk.bot), one.loop.clock(), IVAN, "take_over", f"@@{chat.id}"
        )
        await one.staff(event)
        assert (await one.conversation()).owner == "ivan"
        lost = Pressed("e2", event.address, event.at, BOSS, "lost", f"price@@{chat.id}")
        await one.staff(lost)
        row = memory.leads[chat.id]
        assert row.lead.status == "lost"
        assert one.desk.texts(spot)[-1].startswith("Анна: Lost")

    at_work(script)


def test_figures_as_a_post_hold_no_markup_of_others() -> None:
    sources: Json = {"*ad* [x](https://evil.example)": {"conversations": 1, "leads": 2}}
    figures: dict[str, Json] = {**FIGURES, "sources": sources}
    post = stats_post(figures, messages("en"), {"a1": "An*na"}, [b"png"])
    assert r"\*ad\* \[x\]" in post.text
    assert r"An\*na" in post.text
    assert [file.name for file in post.files] == ["chart-1.png"]
