"""Prospects who talk until they are leads, and who count what they were told."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_methods import Message
from tests.fakes.telegram_user import User

WAY = (
    ("says", "/start", "Кофемашина в офис"),
    ("presses", "Кофемашина в офис", "6–20"),
    ("presses", "6–20", "50–150 тыс. ₽"),
    ("presses", "50–150 тыс. ₽", "Как можно скорее"),
    ("presses", "Как можно скорее", "Да, разрешаю"),
    ("presses", "Да, разрешаю", "Отправить мой номер"),
    ("presses", "Отправить мой номер", "Нет, спасибо"),
    ("presses", "Нет, спасибо", ""),
)
"""What a prospect does, and the button that the reply shows: from the first word to a qualified lead."""


@dataclass
class Prospect:
    """One person on the way; `redeliver` delivers each of their updates again."""

    user: User
    server: TelegramServer
    redeliver: bool = False
    heard: list[Message] = field(default_factory=list)

    async def goes(self, seconds: float = 60.0) -> None:
        """Go the whole way, each step after the reply to the last."""
        for step in range(len(WAY)):
            await self.step(step, seconds)

    async def step(self, number: int, seconds: float = 60.0) -> None:
        """Do one thing and wait for its reply; repeats of the reply before are skipped."""
        act, words, button = WAY[number]
        before = self.texts[-1:] if self.texts else []
        update = self.user.says(words) if act == "says" else self.user.presses(words)
        if self.redeliver:
            self.server.updates.redeliver(update)
        await self.server.until(lambda: self.texts[-1:] != before, seconds)
        shown = self.user.visible[-1].labels
        assert not button or button in shown, f"{button!r} expected: {shown}, {[text[:30] for text in self.texts]}"

    @property
    def texts(self) -> list[str]:
        """All that the bot has said to this person, repeats included."""
        return [message.text for message in self.user.visible]

    @property
    def repeats(self) -> int:
        """How many messages only repeat the one before."""
        return sum(first == second for first, second in zip(self.texts, self.texts[1:], strict=False))

    @property
    def told(self) -> list[str]:
        """The same without them."""
        return [text for text, before in zip(self.texts, [None, *self.texts], strict=False) if text != before]


def prospect(server: TelegramServer, number: int = 0, *, redeliver: bool = False) -> Prospect:
    """A new prospect."""
    return Prospect(server.user(number), server, redeliver)


async def all_go(prospects: list[Prospect]) -> None:
    """All at once."""
    await asyncio.gather(*(one.goes() for one in prospects))
