"""The bytes of a prospect's file come from the channel that it was sent in."""

import pytest

from flows.errors import Refused, Retry
from flows.model import Address, File
from flows.ports.turns import Channel
from handlers.desk.contents import TRIES, WAIT, ChannelFiles, of_channel
from tests.conversations.stage import Phone


class Faulty(Phone):
    """A channel that has no file."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def fetch(self, file: File) -> bytes:
        raise self.error


def given(channel: Channel) -> ChannelFiles:
    return ChannelFiles({("telegram", "7"): channel})


VOICE = of_channel(Address("telegram", "7", "500"), File("voice", "A:w:1", "", "audio/ogg", 3))


async def test_a_file_is_found_by_its_channel() -> None:
    phone = Phone()
    phone.contents["A:w:1"] = b"ogg"
    assert await given(phone)(VOICE) == b"ogg"


@pytest.mark.parametrize(("state", "told"), [("gone", "no_file"), ("invalid", "no_file"), ("too_large", "too_large")])
async def test_a_file_that_is_gone_is_no_thread_that_is_gone(state: str, told: str) -> None:
    with pytest.raises(Refused) as caught:
        await given(Faulty(Refused("no", state)))(VOICE)
    assert caught.value.state == told


async def test_a_channel_that_is_away_is_asked_again_but_not_for_ever() -> None:
    files = given(Faulty(Retry("later")))
    for _ in range(TRIES - 1):
        with pytest.raises(Retry) as caught:
            await files(VOICE)
        assert caught.value.after == WAIT
    with pytest.raises(Refused) as refused:
        await files(VOICE)
    assert refused.value.state == "no_file"


async def test_a_channel_that_is_not_here_has_no_file() -> None:
    with pytest.raises(Refused) as caught:
        await given(Phone())(File("voice", "web:1:x"))
    assert caught.value.state == "no_file"
