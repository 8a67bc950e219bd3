"""One update five times has one effect, across a restart too; what a chat sends at once is answered in order."""

from tests.faults.breaking import BreakingTelegram
from tests.faults.traffic import prospect
from tests.installations import Install

COMMANDS = ("/start", "/help", "/me", "/language", "/human", "/back", "/contact", "/me", "/help")
"""Each is a turn of its own, with a reply of its own."""


async def test_five_times_the_same_update_across_a_restart(install: Install, telegram: BreakingTelegram) -> None:
    one = prospect(telegram)
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        await one.step(0)
        await one.step(1)
        again = telegram.updates.history[-1]["update_id"]
        for _ in range(2):
            telegram.updates.redeliver(again)
        await one.step(2)
        installation.kill()
        await installation.ended()
        for _ in range(2):
            telegram.updates.redeliver(again)
        await installation.start()
        await one.step(3)
        assert one.told == one.texts or one.repeats == 1, "only the reply in flight at the kill may come twice"
        (lead,) = await installation.leads()
        assert lead["slots"]["quantity"] == {"min": 6, "max": 20}


async def test_a_repeated_press_is_answered_to_telegram_and_nothing_else(
    install: Install, telegram: BreakingTelegram
) -> None:
    one = prospect(telegram)
    async with install(TELEGRAM_API_URL=telegram.url):
        await one.step(0)
        await one.step(1)
        press = telegram.updates.history[-1]["update_id"]
        telegram.updates.redeliver(press)
        await telegram.until(lambda: len(telegram.called("answerCallbackQuery")) == 2)
        await one.step(2)
        assert one.texts == one.told
        assert len(one.texts) == 3


async def in_order(install: Install, telegram: BreakingTelegram, **environment: str) -> None:
    """Many commands of several chats at once; each chat reads its replies in the order of its commands."""
    users = [telegram.user() for _ in range(3)]
    async with install(**{"TELEGRAM_API_URL": telegram.url, **environment}):
        for command in COMMANDS:
            for user in users:
                user.says(command)
        for user in users:
            await telegram.until(lambda user=user: len(user.visible) == len(COMMANDS), 30)  # type: ignore[misc]
        told = [[message.text for message in user.visible] for user in users]
    assert told[0] == told[1] == told[2]
    assert "/human" in told[0][1], "the reply to /help stands second"
    assert told[0][1].splitlines()[0] == told[0][-1].splitlines()[0], "and last"
    assert told[0][0] != told[0][2] != told[0][3] != told[0][4]


async def test_what_one_chat_sends_at_once_is_answered_in_order(install: Install, telegram: BreakingTelegram) -> None:
    await in_order(install, telegram)
