"""A console in Slack the whole way: a prospect, the team, and what each of them sees, over both transports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.assistant import Assistant
from tests.e2e.console import (
    ANNA,
    BORIS,
    STRANGER,
    Console,
    hired,
    over_http,
    signed_http,
    socket_mode,
    tells_no_secret,
    with_team,
)
from tests.e2e.test_sale import RU, sale
from tests.fakes.slack import SlackServer
from tests.fakes.slack_reading import called, files, readable
from tests.fakes.slack_staff import Staff
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_user import User
from tests.installations import Install

pytestmark = pytest.mark.timeout(120)


@asynccontextmanager
async def office(
    install: Install, telegram: TelegramServer, *, http: bool = False
) -> AsyncIterator[tuple[Assistant, Console]]:
    """A process with its console, of which nobody has heard yet."""
    async with SlackServer() as slack, httpx.AsyncClient() as client:
        slack.state.join(STRANGER, "Eve", "eve@example.com", locale="en-US")
        chosen = signed_http(slack) if http else socket_mode(slack)
        installation = with_team(install(TELEGRAM_API_URL=telegram.url, **chosen))
        await hired(installation)
        async with installation:
            yield installation, Console(slack, Staff(slack, over_http(installation, client) if http else None))
        tells_no_secret(installation)
        # A tick may come for words that were deleted meanwhile, and what is to be gone may be gone already.
        gone = {"reactions.add: message_not_found", "chat.delete: message_not_found"}
        assert not set(slack.refused) - gone


def texts(user: User) -> list[str]:
    """What the bot has told a prospect."""
    return [message.text for message in user.visible]


async def reads(telegram: TelegramServer, user: User, words: str, seconds: float = 20) -> None:
    """Wait until the prospect sees these words."""
    try:
        await telegram.until(lambda: any(words in text for text in texts(user)), seconds)
    except TimeoutError:
        raise AssertionError(f"{words!r} is not in {texts(user)}") from None


async def test_a_lead_is_taken_over_answered_and_handed_back(install: Install, telegram: TelegramServer) -> None:
    """Socket Mode: card, ladder, take-over, the first reply held, notes, changes, the brief."""
    async with office(install, telegram) as (_, console):
        anna = telegram.user(language="ru", name="Анна")
        await sale(telegram, anna, RU)
        await console.opens()
        await console.carded("qualified")
        for known in ("Кофемашина в офис на 25 человек", f"+7916{anna.id % 10_000_000:07d}"):
            assert known in console.card
        assert console.actions()[:1] == ["take_over"]
        hot = await console.shows("A hot lead")
        assert called(hot), "nobody was told of a hot lead"
        anna.says("Позовите менеджера")
        await reads(telegram, anna, "Обычно менеджер отвечает за 5–15 минут")
        await console.carded("Waits for a person")
        await console.presses("take_over")
        await reads(telegram, anna, "Дальше с вами говорит Rita")
        await console.carded("Rita leads this chat")
        said = len(texts(anna))
        anna.says("Сколько стоит Jura X8?")
        await console.shows("Сколько стоит Jura X8?")
        assert len(texts(anna)) == said, "the bot talks over a colleague"
        await first_reply(telegram, console, anna)
        await changes(telegram, console, anna)
        await handed_back(telegram, console, anna)
        assert len(console.threads) == 1
        assert sum("Wanted:" in text for text in console.texts) <= 1, "back-filled twice"


async def first_reply(telegram: TelegramServer, console: Console, anna: User) -> None:
    """The first words are held; undone they never leave, else they do with their writer's name, and are ticked."""
    said = len(texts(anna))
    await console.writes("Не то окно")
    held = await console.shows("This leaves in 5 s.")
    await console.presses("undo", ts=held["ts"])
    await console.shows("Taken back: nothing was sent.")
    await console.writes("// клиент с выставки, скидку не давать")
    ts = await console.writes("Здравствуйте! Бюджет 300 тысяч рублей подтверждаю.")
    held = await console.shows("This leaves in 5 s.")
    assert len(texts(anna)) == said, "held words have left"
    await reads(telegram, anna, "Бюджет 300 тысяч")
    assert texts(anna)[-1].startswith("Rita\n")
    await console.slack.until(lambda: console.ticked(ts) == ["white_check_mark"])
    assert not any("Не то окно" in text or "скидку не давать" in text for text in texts(anna))


async def changes(telegram: TelegramServer, console: Console, anna: User) -> None:
    """What a colleague changes or deletes is changed and gone for the prospect, and files go both ways."""
    ts = await console.writes("Машина есть в наличии")
    await reads(telegram, anna, "есть в наличии")
    await console.staff.edits(ts, "Машина будет на складе")
    await reads(telegram, anna, "будет на складе")
    assert not any("есть в наличии" in text for text in texts(anna))
    await console.staff.deletes(ts)
    await telegram.until(lambda: not any("будет на складе" in text for text in texts(anna)))
    await console.writes("Вот предложение", files={"offer.pdf": b"%PDF-1.7 offer"}, mime="application/pdf")
    await telegram.until(lambda: any(call.files for call in telegram.called("sendDocument")))
    assert b"%PDF-1.7 offer" in [*telegram.called("sendDocument")[-1].files.values()]
    await console.writes("Пришлю договор до пятницы")
    await reads(telegram, anna, "Пришлю договор")
    await console.carded("Rita: “Пришлю договор до пятницы”")
    anna.sends({**anna.photo(b"a photo of the kitchen"), "caption": "наша кухня <!channel> @here <@U0ANNA>"})
    shown = await console.shows("наша кухня")
    await console.slack.until(
        lambda: any(b"a photo of the kitchen" in files(console.slack.state, one) for one in console.told), 20
    )
    assert not called(shown), "a prospect calls the team"


async def test_the_team_at_work(install: Install, telegram: TelegramServer) -> None:
    """Signed HTTP: a stranger, words in the bot's chat and what becomes of them, two at once, won, questions."""
    async with office(install, telegram, http=True) as (installation, console):
        anna = telegram.user(language="ru", name="Анна")
        await sale(telegram, anna, RU)
        await console.opens()
        await console.presses("take_over", STRANGER)
        await console.slack.until(lambda: bool(console.whispers(STRANGER)), 20)
        assert "You can read along here" in console.whispers(STRANGER)[0]
        assert "The bot leads this chat" in console.card
        await in_the_bots_chat(telegram, console, anna)
        await asyncio.gather(console.presses("take_over"), console.presses("take_over", BORIS))
        await console.carded("leads this chat", 20)
        await console.slack.until(lambda: len(console.whispers(ANNA)) + len(console.whispers(BORIS)) == 1, 20)
        assert sum("Дальше с вами говорит" in text for text in texts(anna)) == 1
        await won(installation, console)
        await questions(console)


async def in_the_bots_chat(telegram: TelegramServer, console: Console, anna: User) -> None:
    """What is written while the bot leads is asked about: kept, sent aside, or sent with the chat taken over."""
    said = len(texts(anna))
    for words, action in (("только для своих", "held_note"), ("Можно заехать на дегустацию", "held_send")):
        await console.writes(words)
        asked = await console.shows(f"so this was not sent: “{words}”")
        assert console.actions(asked["ts"]) == ["held_take_over", "held_send", "held_note"]
        assert len(texts(anna)) == said, "sent by accident"
        await console.presses(action, ts=asked["ts"])
    await reads(telegram, anna, "Можно заехать на дегустацию")
    assert not any("для своих" in text for text in texts(anna))
    anna.says("Сколько стоит Jura X8?")
    await telegram.until(lambda: len(texts(anna)) >= said + 2)


async def won(installation: Assistant, console: Console) -> None:
    """Whoever may close it does, with the amount."""
    await console.presses("won", BORIS)
    await console.slack.until(lambda: bool(console.slack.state.views), 20)
    await console.staff.submits(BORIS, {"amount": "229 900"})
    await console.shows("Won: ")
    (lead,) = await installation.leads()
    assert (lead["status"], lead["amount"]) == ("won", {"minor": 22990000, "currency": "RUB"})
    await console.carded("won")
    assert "won" not in console.actions()


async def questions(console: Console) -> None:
    """Figures, files, leads, one's own page and a line's trace, for the staff and for nobody else."""
    for command, user, words in (
        ("/stats", BORIS, "229,900"),
        ("/leads", ANNA, "1 лид"),
        ("/export", ANNA, "руководителям"),
        ("/stats", STRANGER, "This is for the staff"),
    ):
        _, hook = await console.staff.commands(user, command)
        await console.slack.until(lambda hook=hook: bool(hook.answers), 20)  # type: ignore[misc]
        assert words in " ".join(readable(answer) for answer in hook.answers), (command, user, hook.answers)
    await console.staff.opens_home(BORIS)
    await console.slack.until(lambda: BORIS in console.slack.state.homes, 20)
    line = next(one for one in reversed(console.told) if "🤖" in readable(one))
    before = len(console.whispers(BORIS))
    await console.staff.wonders(BORIS, line["ts"])
    await console.slack.until(lambda: len(console.whispers(BORIS)) > before, 20)


async def handed_back(telegram: TelegramServer, console: Console, anna: User) -> None:
    """The bot goes on at the press, with what was agreed, and asks for nothing that is known."""
    await console.presses("hand_back")
    await reads(telegram, anna, "снова на связи программа")
    brief = await console.shows("What was agreed")
    assert "brief_accept" in console.actions(brief["ts"])
    await console.presses("brief_accept", ts=brief["ts"])
    await console.shows("the bot goes on from")
    said = len(texts(anna))
    anna.says("Сколько стоит Jura X8?")
    await telegram.until(lambda: len(texts(anna)) > said)
    words = " ".join(texts(anna)[said:])
    assert "Как договорились с менеджером" in words
    assert "Что подбираем?" not in words
    assert "На какую сумму" not in words
