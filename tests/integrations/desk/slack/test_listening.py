"""Both transports, end to end: stored before it is acknowledged, asked after, and nobody else is heard."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from fastapi import FastAPI

from bot.api.deps import Deps
from bot.api.slack import slack_router
from flows.desk import Button, Form, Input, Menu, Post, Spot, spot_address
from flows.events import Pressed, Written
from flows.model import File
from integrations.desk.slack.adapter import Slack
from tests.fakes.slack import SIGNING_SECRET, SlackServer
from tests.fakes.slack_reading import readable
from tests.fakes.slack_staff import Staff, signed
from tests.fakes.slack_state import CHANNEL, TEAM
from tests.integrations.desk.slack.conftest import Ear, listening, made

CARD = Post("needs 200 chairs", "Anna", controls=(
    Button("take_over", "Take over", "c1"), Menu("lost", "Lost", (("price", "Price"), ("time", "Time"))),
    Button("ask_won", "Won", "c1"), Button("open", "Card", url="https://t.example/1")))  # fmt: skip
TRANSPORTS = ("http", "socket")


@pytest.fixture(params=TRANSPORTS)
async def talk(request: pytest.FixtureRequest, slack: SlackServer, ear: Ear) -> AsyncIterator[tuple[Slack, Staff]]:
    """The desk over each transport, and staff."""
    async with listening(slack, ear, socket=request.param == "socket") as both:
        yield both


Talk = tuple[Slack, Staff]


async def test_words_edits_and_deletions(talk: Talk, ear: Ear) -> None:
    desk, staff = talk
    spot, _ = await desk.open(CARD, "a")
    ts, sent = await staff.writes("U0ANNA", spot.thread, "a &lt;b&gt; &amp; <https://x.y|x.y>")
    await staff.edits(ts, "better")
    await staff.deletes(ts)
    assert sent.tries[0] is not None
    heard = [event for event in ear.heard if isinstance(event, Written)]
    assert [(event.kind, event.text, event.message) for event in heard] == [
        ("new", "a <b> & https://x.y", ts),
        ("edited", "better", ts),
        ("deleted", "", ts),
    ]
    assert {event.address for event in heard} == {spot_address(spot, TEAM)}
    assert {event.by for event in heard} == {"U0ANNA"}


async def test_a_paste_of_40000_characters(talk: Talk, ear: Ear) -> None:
    desk, staff = talk
    spot, _ = await desk.open(CARD, "a")
    text = "слово " * 6666
    await staff.writes("U0ANNA", spot.thread, text)
    (event,) = ear.heard
    assert isinstance(event, Written)
    assert event.text == text


async def test_a_voice_message_can_be_fetched(talk: Talk, ear: Ear) -> None:
    desk, staff = talk
    spot, _ = await desk.open(CARD, "a")
    await staff.writes("U0ANNA", spot.thread, "", files={"clip.m4a": b"voice"}, mime="audio/mp4", voice=True)
    (event,) = ear.heard
    assert isinstance(event, Written)
    (file,) = event.files
    assert file == File("voice", file.ref, "clip.m4a", "audio/mp4", 5)
    assert await desk.fetch(file) == b"voice"


async def test_what_we_did_ourselves_comes_back_and_is_not_heard(talk: Talk, ear: Ear) -> None:
    desk, staff = talk
    spot, card = await desk.open(CARD, "a")
    message = await desk.post(spot, Post("hi", files=(File("document", "d"),), contents={"d": b"x"}), "b")
    await desk.change(spot, card, Post("changed"))
    await desk.remove(spot, message)
    sent = await staff.echoes()
    assert len(sent) == 5
    assert all(one.acknowledged for one in sent)
    assert ear.heard == []


async def test_a_mention_is_heard_once(talk: Talk, ear: Ear) -> None:
    desk, staff = talk
    spot, _ = await desk.open(CARD, "a")
    ts, _ = await staff.writes("U0ANNA", spot.thread, "<@U0BOT> hello")
    mention = {"type": "app_mention", "user": "U0ANNA", "text": "<@U0BOT> hello", "ts": ts, "thread_ts": spot.thread}
    assert (await staff.tells({**mention, "channel": CHANNEL})).acknowledged
    assert len(ear.heard) == 1


async def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(talk: Talk, ear: Ear) -> None:
    desk, staff = talk
    spot, _ = await desk.open(CARD, "a")
    ear.down = 2
    _, sent = await _hasty(staff).writes("U0ANNA", spot.thread, "hello")
    assert [one is not None for one in sent.tries] == [False, False, True]
    assert len(ear.heard) == 1


def _hasty(staff: Staff) -> Staff:
    """A Slack that is less patient, so that the test is."""
    staff.patience = 0.3
    return staff


async def test_a_repeat_is_the_same_event(talk: Talk, ear: Ear) -> None:
    _, staff = talk
    event = {"type": "message", "channel": CHANNEL, "user": "U0ANNA", "ts": "2.0", "thread_ts": "1.0", "text": "x"}
    for _ in range(3):
        assert (await staff.tells(event, "Ev-1")).acknowledged
    assert [event.id for event in ear.heard] == ["Ev-1"]


async def test_presses(talk: Talk, ear: Ear) -> None:
    desk, staff = talk
    spot, card = await desk.open(CARD, "a")
    await staff.presses("U0BORIS", card, "take_over")
    await staff.presses("U0BORIS", card, "lost", option="time")
    assert (await staff.presses("U0BORIS", card, "open")).acknowledged
    heard = [event for event in ear.heard if isinstance(event, Pressed)]
    assert [(one.action, one.value, one.by, one.message) for one in heard] == [
        ("take_over", "c1", "U0BORIS", card),
        ("lost", "time", "U0BORIS", card),
    ]
    assert {one.address for one in heard} == {spot_address(spot, TEAM)}


async def test_a_press_that_shows_a_form_is_no_event_and_the_form_is_one(
    talk: Talk, ear: Ear, slack: SlackServer
) -> None:
    desk, staff = talk
    spot, card = await desk.open(CARD, "a")
    await staff.presses("U0BORIS", card, "ask_won")
    await slack.until(lambda: bool(ear.presses))
    assert ear.heard == []
    pressed, trigger = ear.presses[0]
    form = Form("won", "Won", "Save", (Input("amount", "Amount", "number"),), spot, pressed.value)
    await desk.ask(form, trigger)
    await staff.submits("U0BORIS", {"amount": "300000"})
    (event,) = ear.heard
    assert isinstance(event, Pressed)
    assert (event.action, event.value, dict(event.fields)) == ("won", "c1", {"amount": "300000"})
    assert event.address == spot_address(spot, TEAM)
    await slack.until(lambda: bool(slack.state.whispers))
    assert slack.state.whispers[0]["thread_ts"] == spot.thread


async def test_commands_are_answered_privately(talk: Talk, ear: Ear, slack: SlackServer) -> None:
    _, staff = talk
    ear.answer = Post("**7 days**", files=(File("photo", "chart", "chart.png"),), contents={"chart": b"PNG"})
    sent, hook = await staff.commands("U0ANNA", "/stats", "7d &amp; all")
    assert sent.acknowledged
    await slack.until(lambda: bool(hook.answers) and "DU0ANNA" in slack.state.channels)
    await slack.until(lambda: bool(slack.state.channels["DU0ANNA"].messages))
    assert ear.asked == [("command", "stats", "7d & all", "U0ANNA", CHANNEL)]
    assert hook.answers[0]["response_type"] == "ephemeral"
    assert readable(hook.answers[0]) == "*7 days*"
    assert slack.state.roots() == []


async def test_home_and_question_marks(talk: Talk, ear: Ear, slack: SlackServer) -> None:
    desk, staff = talk
    _, card = await desk.open(CARD, "a")
    await staff.opens_home("U0ANNA")
    await staff.wonders("U0ANNA", card)
    await staff.wonders("U0ANNA", card, "tada")
    await slack.until(lambda: len(ear.asked) == 2)
    assert ear.asked == [("home", "U0ANNA"), ("why", "U0ANNA", CHANNEL, card)]
    assert ear.heard == []


async def test_a_question_that_fails_is_acknowledged_all_the_same(talk: Talk, ear: Ear, slack: SlackServer) -> None:
    _, staff = talk

    async def broken(member: str) -> None:
        ear.asked.append(("broken", member))
        raise ZeroDivisionError

    ear.home = broken  # type: ignore[method-assign]
    assert (await staff.opens_home("U0ANNA")).acknowledged
    await slack.until(lambda: bool(ear.asked))


async def test_50_busy_threads_are_acknowledged_in_time(talk: Talk, ear: Ear) -> None:
    _, staff = talk

    async def busy(number: int) -> list[float | None]:
        tries = []
        for _ in range(4):
            _, sent = await staff.writes("U0ANNA", f"{number}.000001", "hello")
            tries += sent.tries
        return tries

    took = [one for tries in await asyncio.gather(*map(busy, range(50))) for one in tries]
    assert None not in took
    assert len(ear.heard) == len(took) == 200


# ------------------------------------------------------------------ signed HTTP
@pytest.fixture
async def http(slack: SlackServer, ear: Ear) -> AsyncIterator[httpx.AsyncClient]:
    """The product's own route, and the desk behind it."""
    async with listening(slack, ear, socket=False) as (desk, _):
        app = FastAPI()
        app.include_router(slack_router(_Only(desk)))  # type: ignore[arg-type]
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


class _Only:
    """The one part of `Deps` that the route uses."""

    def __init__(self, desk: Slack) -> None:
        self.slack_events = desk.request


BODY = json.dumps(
    {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message", "channel": CHANNEL, "user": "U0ANNA",
     "ts": "2.0", "thread_ts": "1.0", "text": "x"}}
).encode()  # fmt: skip
JSON = {"Content-Type": "application/json"}


async def test_a_signed_request_comes_in(http: httpx.AsyncClient, ear: Ear) -> None:
    answer = await http.post("/slack/events", content=BODY, headers={**JSON, **signed(BODY)})
    assert answer.status_code == 200
    assert len(ear.heard) == 1


@pytest.mark.parametrize(
    "headers",
    [{}, signed(BODY, "another secret"), signed(BODY + b" "), signed(BODY, stamp=time.time() - 400),
     signed(BODY, stamp=time.time() + 400)],
)  # fmt: skip
async def test_an_unsigned_request_does_not(http: httpx.AsyncClient, ear: Ear, headers: Mapping[str, str]) -> None:
    answer = await http.post("/slack/events", content=BODY, headers={**JSON, **headers})
    assert answer.status_code == 401
    assert ear.heard == []


async def test_ssl_check_opens_no_door(http: httpx.AsyncClient, ear: Ear) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await http.post("/slack/events", content=b"ssl_check=1&command=/stats&user_id=U1", headers=form)
    assert answer.status_code == 401
    assert ear.asked == []


async def test_the_url_is_verified(http: httpx.AsyncClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c-1", "token": ""}).encode()
    answer = await http.post("/slack/events", content=body, headers={**JSON, **signed(body)})
    assert answer.status_code == 200
    assert "c-1" in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"payload=%7B", b'{"type": "event_callback"}', b"\xff\xfe"]
)
async def test_signed_rubbish_breaks_nothing(http: httpx.AsyncClient, ear: Ear, body: bytes) -> None:
    answer = await http.post("/slack/events", content=body, headers={**JSON, **signed(body)})
    assert answer.status_code < 600
    assert ear.heard == []


async def test_nothing_is_acknowledged_before_the_desk_has_begun(slack: SlackServer) -> None:
    desk = made(slack)
    answer = await desk.request({**JSON, **signed(BODY)}, BODY)
    assert answer.status == 503
    verification = json.dumps({"type": "url_verification", "challenge": "c-1"}).encode()
    assert (await desk.request({**JSON, **signed(verification)}, verification)).status == 200
    await desk.close()


def test_the_route_without_slack_says_so() -> None:
    assert SIGNING_SECRET
    assert Deps.__dataclass_fields__["slack_events"].default is None


def test_spots_are_slacks() -> None:
    assert Spot("slack", CHANNEL).desk == Slack.name
