"""Every desk that there is, and what the contract shows at each."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from flows.desk import Button, Field, Menu, Post
from flows.errors import Refused
from tests.contracts.desk_house import DeskHouse
from tests.contracts.desk_memory import memory_house
from tests.contracts.desk_slack import slack_house
from tests.contracts.desk_telegram import telegram_house

HOUSES: Mapping[str, Callable[[], AbstractAsyncContextManager[DeskHouse]]] = {
    "memory": memory_house,
    "slack": slack_house,
    "telegram": telegram_house,
}
CONVERSATION = "0123456789abcdef"
CARD = Post(
    title="Anna",
    text="Wants a **CRM** for 20 people",
    fields=(Field("Budget", "300 000 ₽"), Field("Source", "Telegram")),
    small=("qualified",),
    controls=(
        Button("take_over", "Take over", CONVERSATION, "primary"),
        Menu("lost", "Lost", (("price", "Too expensive"), ("silent", "No answer"))),
        Button("open", "Tracker", url="https://tracker.example.com/1"),
    ),
)


@asynccontextmanager
async def refused(state: str) -> AsyncIterator[None]:
    """Expect that state."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.state == state
