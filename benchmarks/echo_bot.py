"""The anchor: aiogram's echo bot as its documentation starts it, nothing tuned; it stores nothing."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.types import Message

dp = Dispatcher()


@dp.message()
async def echo_handler(message: Message) -> None:
    """Answer with the same words; the example's copying of any kind of message would only make the anchor heavier."""
    await message.answer(message.text or "")


async def main() -> None:
    """Poll until told to stop; unlike the example, at a given server and without a log line a message."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["TELEGRAM_API_BASE"]))
    bot = Bot("4242:benchmark", session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    await dp.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
