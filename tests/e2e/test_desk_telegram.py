"""A console in a Telegram forum the whole way, with the bot that also speaks to the prospects."""

from typing import Any

import pytest

from tests.assistant import Assistant
from tests.e2e.console import hired, with_team
from tests.e2e.test_sale import RU, sale
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_forum import Colleague
from tests.fakes.telegram_user import User
from tests.installations import Install

pytestmark = pytest.mark.timeout(120)
REP, MANAGER, STRANGER = 100501, 100502, 100666


def texts(user: User) -> list[str]:
    """What the bot has told a prospect."""
    return [message.text for message in user.visible]


def topic(telegram: TelegramServer, rep: Colleague) -> int:
    """The only topic of the forum."""
    (found,) = rep.forum.topics
    return found


async def shows(telegram: TelegramServer, rep: Colleague, thread: int, words: str, seconds: float = 20) -> Any:
    """Wait until the bot shows these words in a topic; the newest message with them."""

    def found() -> list[Any]:
        return [message for message in rep.sees(thread) if words in message.text]

    try:
        await telegram.until(lambda: bool(found()), seconds)
    except TimeoutError:
        raise AssertionError(f"{words!r} is not in {[message.text for message in rep.sees(thread)]}") from None
    return found()[-1]


async def reads(telegram: TelegramServer, user: User, words: str, seconds: float = 20) -> None:
    """Wait until the prospect sees these words."""
    try:
        await telegram.until(lambda: any(words in text for text in texts(user)), seconds)
    except TimeoutError:
        raise AssertionError(f"{words!r} is not in {texts(user)}") from None


async def sent(telegram: TelegramServer, method: str, chat: int, seconds: float = 20) -> None:
    """Wait until a file has gone to a chat."""
    await telegram.until(
        lambda: any(str(call.params.get("chat_id")) == str(chat) for call in telegram.called(method)), seconds
    )


async def test_a_lead_is_served_from_a_forum(install: Install, telegram: TelegramServer) -> None:
    """Card, ladder, take-over, the first reply held, notes, changes, a stranger, hand-back, won."""
    forum = telegram.forum()
    assert forum.forum
    forum.forum.per_minute = 1000
    installation = with_team(install(TELEGRAM_API_URL=telegram.url, TELEGRAM_DESK_CHAT=str(forum.id)))
    await hired(installation)
    rita = Colleague(telegram, forum, REP, "Rita")
    eve = Colleague(telegram, forum, STRANGER, "Eve")
    async with installation:
        anna = telegram.user(language="ru", name="Анна")
        await sale(telegram, anna, RU)
        await telegram.until(lambda: bool(rita.forum.topics), 20)
        thread = topic(telegram, rita)
        await shows(telegram, rita, thread, "A hot lead")
        assert "Кофемашина в офис на 25 человек" in rita.sees(thread)[0].text
        anna.says("Позовите менеджера")
        await reads(telegram, anna, "Обычно менеджер отвечает за 5–15 минут")
        await shows(telegram, rita, thread, "Waits for a person")
        eve.presses(thread, "Take over")
        rita.presses(thread, "Take over")
        await reads(telegram, anna, "Дальше с вами говорит Rita")
        await shows(telegram, rita, thread, "Rita leads this chat")
        await speaks(telegram, rita, thread, anna)
        rita.presses(thread, "Hand back")
        await reads(telegram, anna, "снова на связи программа")
        await shows(telegram, rita, thread, "The bot leads this chat")
        await won(telegram, installation, rita, thread)
        await asks(telegram)


async def speaks(telegram: TelegramServer, rita: Colleague, thread: int, anna: User) -> None:
    """The first words are held and then leave under their writer's name; notes stay; changes follow."""
    rita.says(thread, "// скидку не давать")
    first = rita.says(thread, "Здравствуйте, подберу вам машину")["message"]["message_id"]
    await shows(telegram, rita, thread, "This leaves in 5 s.")
    await reads(telegram, anna, "подберу вам машину")
    assert texts(anna)[-1].startswith("Rita\n")
    await telegram.until(lambda: rita.forum.reactions.get(first) == "👍")
    second = rita.says(thread, "Она есть в наличии")["message"]["message_id"]
    await reads(telegram, anna, "есть в наличии")
    rita.edits(second, "Она будет на складе")
    await reads(telegram, anna, "будет на складе")
    rita.sends(thread, rita.document(b"%PDF offer"))
    await sent(telegram, "sendDocument", anna.id)
    assert not any("скидку не давать" in text or "есть в наличии" in text for text in texts(anna))
    anna.sends({**anna.photo(b"kitchen"), "caption": "кухня @channel"})
    await sent(telegram, "sendPhoto", rita.chat.id)


async def won(telegram: TelegramServer, installation: Assistant, rita: Colleague, thread: int) -> None:
    """Won with an amount is the lead's, to the kopeck."""
    rita.presses(thread, "Won")
    form = await shows(telegram, rita, thread, "Amount of the sale")
    rita.replies(form.id, "229900")
    await shows(telegram, rita, thread, "Won: ")
    (lead,) = await installation.leads()
    assert (lead["status"], lead["amount"]) == ("won", {"minor": 22990000, "currency": "RUB"})


async def asks(telegram: TelegramServer) -> None:
    """In a private chat the staff have commands, and nobody else has."""
    boss = telegram.user(MANAGER - 100_000, name="Boris", language="en")
    boss.says("/stats")
    await reads(telegram, boss, "229,900")
    boss.says("/leads")
    await reads(telegram, boss, "1 lead")
    boss.says("/export xlsx")
    await sent(telegram, "sendDocument", boss.id)
    other = telegram.user(language="ru", name="Анна")
    other.says("/stats")
    await other.reads(20)
    assert "229" not in " ".join(texts(other))
