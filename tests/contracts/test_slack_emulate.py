"""A second opinion on the Web API: the desk in Slack before an emulator that others wrote, npm's emulate 0.12.2."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr

from flows.desk import Button, Field, Member, Menu, Post, Spot
from flows.errors import Refused
from flows.model import File
from integrations.clock import clock_in
from integrations.desk.slack.adapter import Settings, Slack, connect
from tests.servers import unused_port

EMULATE = "emulate@0.12.2"
NODE = (22, 15)  # what it needs
TOKEN = "xoxb-test-bot"
CHANNEL = "C000000001"
SEED = f"""\
slack:
  users: [{{name: olga, real_name: Olga, email: olga@example.com}}]
  tokens: [{{token: {TOKEN}, user: admin}}]
"""
SECONDS = 60
WHY = "is not there; see ../shared/DEPENDENCIES.md"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an emulator of its own."""
    node, npx = shutil.which("node"), shutil.which("npx")
    if not node or not npx or _version(node) < NODE:
        pytest.skip(f"Node {NODE[0]}.{NODE[1]} {WHY}")
    folder = tmp_path_factory.mktemp("emulate")
    (folder / "seed.yaml").write_text(SEED)
    port = unused_port()
    command = [npx, "--yes", EMULATE, "start", "-s", "slack", "-p", str(port), "--seed", "seed.yaml"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        if not _listens(f"http://127.0.0.1:{port}", server):
            pytest.skip(f"{EMULATE} {WHY}")
        yield f"http://127.0.0.1:{port}/api"
    finally:
        # npx leaves its child alone when it is told to end.
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


def _listens(url: str, server: subprocess.Popen[bytes]) -> bool:
    for _ in range(SECONDS * 5):
        if server.poll() is not None:
            return False
        try:
            httpx.post(f"{url}/api/api.test", timeout=1)
        except httpx.HTTPError:
            try:
                server.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        else:
            return True
    return False


@pytest.fixture
async def desk(emulator: str) -> AsyncIterator[Slack]:
    desk = made(emulator)
    await desk.introduce()
    yield desk
    await desk.close()


def made(url: str) -> Slack:
    settings = Settings(bot_token=SecretStr(TOKEN), channel=CHANNEL, app_token=SecretStr("x"), api_url=url)
    return connect(settings, clock_in("UTC"), pace=100)


CARD = Post(
    "needs **200** chairs <!channel>",
    "Anna & Co",
    (Field("Budget", "300 000"),),
    ("consent v1",),
    (Button("take_over", "Take over", "c1", "primary"), Menu("lost", "Lost", (("price", "Price"),))),
)


async def told(desk: Slack, spot: Spot) -> list[str]:
    """The texts of a thread, as the emulator has them."""
    reply = await desk.calls.call("conversations.replies", {"channel": spot.channel, "ts": spot.thread})
    messages = reply["messages"]
    assert isinstance(messages, list)
    return [str(one["text"]) for one in messages if isinstance(one, dict)]


async def test_threads_stand_and_change(desk: Slack) -> None:
    spot, card = await desk.open(CARD, "a")
    message = await desk.post(spot, Post("hello", speaker="Anna", by="prospect"), "a1")
    await desk.change(spot, card, Post("taken"))
    await desk.react(spot, message, "delivered")
    await desk.tell(spot, "U000000001", Post("only you"))
    assert await told(desk, spot) == ["taken", "Anna: hello"]
    await desk.remove(spot, message)
    await desk.remove(spot, message)
    with pytest.raises(Refused) as caught:
        await desk.change(spot, message, Post("x"))
    assert caught.value.state == "gone"


async def test_another_process_finds_what_is_there(desk: Slack, emulator: str) -> None:
    spot, card = await desk.open(CARD, "b")
    message = await desk.post(spot, Post("once"), "b1")
    other = made(emulator)
    await other.introduce()
    try:
        assert await other.open(CARD, "b") == (spot, card)
        assert await other.post(spot, Post("once"), "b1") == message
    finally:
        await other.close()
    assert len(await told(desk, spot)) == 2


async def test_nobody_is_called(desk: Slack) -> None:
    spot, _ = await desk.open(CARD, "c")
    assert await told(desk, spot) == ["Anna &amp; Co\nneeds 200 chairs &lt;!channel&gt;"]


async def test_a_file_is_shared(desk: Slack) -> None:
    spot, _ = await desk.open(CARD, "d")
    await desk.post(spot, Post("see", files=(File("document", "x", "a.txt"),), contents={"x": b"abc"}), "d1")


async def test_people(desk: Slack) -> None:
    reply = await desk.calls.call("users.lookupByEmail", {"email": "olga@example.com"})
    user = reply["user"]
    assert isinstance(user, dict)
    found = await desk.member(str(user["id"]))
    assert found == Member(str(user["id"]), "olga", "olga@example.com", found.locale)
    await desk.write(found.id, Post("a chat waits"), "e")


async def test_an_unknown_channel_is_told(desk: Slack) -> None:
    with pytest.raises(Refused) as caught:
        await desk.post(Spot("slack", "C0NONE", "1.000001"), Post("x"), "f")
    assert caught.value.state == "archived"
