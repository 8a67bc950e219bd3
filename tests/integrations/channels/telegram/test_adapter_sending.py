"""Sending as the port promises it: parts, plain text after a refusal, states, floods; hints that never raise."""

import pytest

from flows.errors import Refused, Retry
from flows.model import Address
from flows.outbound import Choice, Outbound
from integrations.channels.telegram.adapter import Telegram
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_faults import Fault, bad_entities, broken, flood, garbage, migrated


async def test_long_messages_arrive_in_parts(telegram: TelegramServer, channel: Telegram, address: Address) -> None:
    receipt = await channel.send(address, Outbound("Слово. " * 1000, (Choice("Да", "x"),)))
    first, second = telegram.user(1).visible
    assert (first.labels, second.labels, receipt) == ([], ["Да"], str(second.id))


async def test_formatting_that_is_refused_is_sent_as_plain_text(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    telegram.fail(bad_entities())
    await channel.send(address, Outbound("**5** < 6", (Choice("Да", "x"),)))
    (message,) = telegram.user(1).visible
    assert (message.text, message.labels) == ("5 < 6", ["Да"])


async def test_plain_text_that_is_refused_so_is_not_sent_again(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    telegram.fail(bad_entities())
    with pytest.raises(Refused):
        await channel.send(address, Outbound("plain"))
    assert not telegram.user(1).visible


STATES = {
    "blocked": Fault("refuse", 403, description="Forbidden: bot was blocked by the user"),
    "deactivated": Fault("refuse", 403, description="Forbidden: user is deactivated"),
    "kicked": Fault("refuse", 403, description="Forbidden: bot was kicked from the supergroup chat"),
    "forbidden": Fault("refuse", 400, description="Bad Request: not enough rights to send text messages to the chat"),
    "not_found": Fault("refuse", 400, description="Bad Request: chat not found"),
    "migrated": migrated(-100500),
    "too_large": Fault("refuse", 400, description="Bad Request: message is too long"),
    "invalid": Fault("refuse", 400, description="Bad Request: BUTTON_TYPE_INVALID"),
}


@pytest.mark.parametrize("state", STATES)
async def test_what_will_never_work_is_a_state(
    telegram: TelegramServer, channel: Telegram, address: Address, state: str
) -> None:
    telegram.fail(STATES[state])
    with pytest.raises(Refused) as caught:
        await channel.send(address, Outbound("x"))
    assert caught.value.state == state
    assert caught.value.detail == ("-100500" if state == "migrated" else "")


async def test_a_person_who_blocked_the_bot_is_blocked_by_the_server_itself(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    telegram.user(1).blocks()
    with pytest.raises(Refused, match="blocked"):
        await channel.send(address, Outbound("x"))


@pytest.mark.parametrize("fault", [broken(), garbage(), Fault("reset"), Fault("lost"), Fault("cut")])
async def test_what_may_work_later_is_to_be_tried_again(
    telegram: TelegramServer, channel: Telegram, address: Address, fault: Fault
) -> None:
    telegram.fail(fault)
    with pytest.raises(Retry) as caught:
        await channel.send(address, Outbound("x"))
    assert caught.value.after is None
    assert telegram.token not in str(caught.value)


async def test_a_flood_says_how_long_and_only_for_its_chat(telegram: TelegramServer, channel: Telegram) -> None:
    one, other = telegram.user(), telegram.user()
    telegram.fail(flood(17), chat=one.id)
    with pytest.raises(Retry) as caught:
        await channel.send(Address("telegram", "4242", str(one.id)), Outbound("x"))
    assert caught.value.after == 17
    await channel.send(Address("telegram", "4242", str(other.id)), Outbound("x"))
    assert [message.text for message in other.visible] == ["x"]


async def test_a_message_goes_on_behind_the_part_that_arrived(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    message = Outbound("Слово. " * 1500, (Choice("Да", "x"),))
    await channel.send(address, Outbound("before"))
    telegram.fail(Fault("close_after"), method="sendMessage")
    telegram.fail(flood(1), method="sendMessage")
    with pytest.raises(Retry):
        await channel.send(address, message)
    await channel.send(address, message)
    texts = [seen.text for seen in telegram.user(1).visible]
    assert len(texts) == len(set(texts)) + 1 == 4
    await channel.send(address, message)
    assert len(telegram.user(1).visible) == 7


async def test_keys_for_the_contact_go_when_they_are_not_needed(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    user = telegram.user(1)
    await channel.send(address, Outbound("Ваш номер?", share_contact="Поделиться"))
    assert (await user.reads()).labels == ["Поделиться"]
    await channel.send(address, Outbound("Ещё вопрос?", (Choice("Да", "x"),)))
    assert (await user.reads()).markup == {"inline_keyboard": [[{"text": "Да", "callback_data": "x"}]]}
    await channel.send(address, Outbound("Спасибо"))
    assert (await user.reads()).markup == {"remove_keyboard": True}
    await channel.send(address, Outbound("И ещё"))
    assert (await user.reads()).markup is None


async def test_a_file_over_20_mb_is_not_taken(telegram: TelegramServer, channel: Telegram) -> None:
    telegram.stored_files["big"] = bytes(20 * 1024 * 1024 + 1)
    with pytest.raises(Refused) as caught:
        await channel.download("file-big")
    assert caught.value.state == "too_large"


async def test_half_of_an_emoji_is_refused_and_no_crash(channel: Telegram, address: Address) -> None:
    with pytest.raises(Refused) as caught:
        await channel.send(address, Outbound("\ud83d"))
    assert caught.value.state == "invalid"


# ------------------------------------------------------------ editing and hints
async def test_editing_twice_to_the_same_is_no_error(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    receipt = await channel.send(address, Outbound("было", (Choice("Да", "x"),)))
    for _ in range(2):
        await channel.edit(address, receipt, Outbound("**стало**"))
    (message,) = telegram.user(1).visible
    assert (message.text, message.labels) == ("стало", [])
    with pytest.raises(Refused) as caught:
        await channel.edit(address, "999", Outbound("x"))
    assert caught.value.state == "gone"


async def test_deleting_twice_is_no_error(telegram: TelegramServer, channel: Telegram, address: Address) -> None:
    receipt = await channel.send(address, Outbound("x"))
    await channel.delete(address, receipt)
    await channel.delete(address, receipt)
    assert not telegram.user(1).visible


@pytest.mark.parametrize("fault", [flood(), broken(), garbage(), Fault("reset"), *STATES.values()])
async def test_hints_never_raise(telegram: TelegramServer, channel: Telegram, address: Address, fault: Fault) -> None:
    telegram.fail(fault, times=2)
    await channel.typing(address)
    await channel.acknowledge(address, "unknown")
    await channel.typing(address)
    await channel.acknowledge(address, "too old", "text")
    await channel.typing(Address("console", "", "terminal"))
    assert [call.name for call in telegram.called()] == ["sendChatAction"]
