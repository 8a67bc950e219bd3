"""What a prospect reads when a person is called: how long it takes is told once, by the ladder of waiting alone."""

import asyncio
import re
from datetime import timedelta

import pytest

from flows.texts import PERSON
from tests.conversations.stage import content
from tests.handlers.desk.shift import Shift, on_shift

_HOURS = re.compile(r"\d{1,2}:\d\d")


def test_at_night_one_time_is_told_and_it_is_the_teams() -> None:
    async def script(one: Shift) -> None:
        await asyncio.sleep(timedelta(hours=11).total_seconds())
        await one.asks()
        heard = [message.text for message in one.stage.phone.messages]
        assert "напишет прямо сюда" in " ".join(heard)
        assert _HOURS.findall(" ".join(heard)) == ["9:00"]

    on_shift(script)


def test_by_day_no_hours_are_told_beside_the_minutes() -> None:
    async def script(one: Shift) -> None:
        await one.asks()
        assert one.heard == "Обычно менеджер отвечает за 5–15 минут."
        assert not _HOURS.findall(" ".join(message.text for message in one.stage.phone.messages))

    on_shift(script)


@pytest.mark.parametrize("tag", ["ru", "en"])
@pytest.mark.parametrize("reason", PERSON)
def test_calling_a_person_promises_no_time_of_its_own(tag: str, reason: str) -> None:
    text = content({})[1].catalog.text(tag, f"common.person.{reason}", {})
    assert not re.search(r"\d", text)
