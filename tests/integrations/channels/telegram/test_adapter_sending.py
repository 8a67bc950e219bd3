"""Sending as the port promises it: parts, plain text after a refusal, states, floods; hints that never raise."""

import pytest

from flows.errors import Refused, Retry
from flows.model import Address, File
from flows.outbound import Choice, Outbound
from integrations.channels.telegram.adapter import Telegram
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_faults import Fault, bad_entities, broken, flood, garbage, migrated


async def test_long_messages_arrive_in_parts(telegram: TelegramServer, channel: Telegram, address: Address) -> None:
    receipt = await channel.send(address, Outbound("Слово. " * 1000, (Choice("Да", "x"),)))
    first, second = telegram.user(1).visible
    assert (first.labels, second.labels, receipt) == ([], ["Да"], f"{first.id},{second.id}")


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
        await channel.fetch(File("document", "file-big"))
    assert caught.value.state == "too_large"


async def test_half_of_an_emoji_is_refused_and_no_crash(channel: Telegram, address: Address) -> None:
    with pytest.raises(Refused) as caught:
        await channel.send(address, Outbound("\ud83d"))
    assert caught.value.state == "invalid"


# ------------------------------------------------------------ changing and hints
async def test_changing_a_message_takes_its_buttons_and_formats_it(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    receipt = await channel.send(address, Outbound("было", (Choice("Да", "x"),)))
    await channel.change(address, receipt, Outbound("**стало**", name="Олег"))
    (message,) = telegram.user(1).visible
    assert (message.text, message.labels) == ("Олег\nстало", [])


async def test_a_long_message_is_changed_and_taken_away_whole(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    receipt = await channel.send(address, Outbound("Слово. " * 5700))
    assert len(telegram.user(1).visible) == 10
    await channel.change(address, receipt, Outbound("Слог. " * 1000))
    first, second = telegram.user(1).visible
    assert (first.version, second.version) == (1, 1)
    with pytest.raises(Refused) as caught:
        await channel.change(address, f"{first.id},{second.id}", Outbound("Слово. " * 5700))
    assert caught.value.state == "too_large"
    await channel.remove(address, receipt)
    assert not telegram.user(1).visible


async def test_a_message_with_a_file_is_changed_by_its_caption(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    receipt = await channel.send(address, Outbound("было", files=(File("document", "file-1"),)))
    await channel.change(address, receipt, Outbound("стало"))
    assert [message.text for message in telegram.user(1).visible] == ["стало"]
    album = Outbound("слова", files=(File("photo", "file-1"), File("photo", "file-2")))
    receipt = await channel.send(address, album)
    await channel.change(address, receipt, Outbound("другие"))
    assert [message.text for message in telegram.user(1).visible] == ["стало", "", "", "другие"]
    await channel.remove(address, receipt)
    assert len(telegram.user(1).visible) == 1


@pytest.mark.parametrize("words", ["message can't be edited", "MESSAGE CAN'T BE DELETED"])
async def test_what_telegram_keeps_as_it_is_is_refused(
    telegram: TelegramServer, channel: Telegram, address: Address, words: str
) -> None:
    receipt = await channel.send(address, Outbound("x"))
    telegram.fail(Fault("refuse", 400, description=f"Bad Request: {words}"))
    with pytest.raises(Refused) as caught:
        await (channel.change(address, receipt, Outbound("y")) if "edit" in words else channel.remove(address, receipt))
    assert caught.value.state == "unchangeable"


async def test_what_cannot_be_found_again_is_gone(channel: Telegram, address: Address) -> None:
    for receipt in ("999", "", "x", "1:2:3,"):
        with pytest.raises(Refused):
            await channel.change(address, receipt, Outbound("x"))


# ------------------------------------------------------------ files that Telegram does not have
UPLOADS = {
    File("photo", "desk:1", "a.png", "image/png"): "photo",
    File("voice", "desk:1", "a.ogg", "audio/ogg; codecs=opus"): "voice",
    File("voice", "desk:1", "a.webm", "audio/webm"): "document",
    File("other", "desk:1", "../../etc/\x00passwd"): "document",
}


@pytest.mark.parametrize("file", UPLOADS, ids=lambda file: f"{file.kind} {file.mime}")
async def test_files_are_uploaded_as_what_telegram_shows(
    telegram: TelegramServer, channel: Telegram, address: Address, file: File
) -> None:
    receipt = await channel.upload(address, Outbound("вот", files=(file,), name="Олег"), {"desk:1": b"\x00\xffbytes"})
    (message,) = telegram.user(1).visible
    assert (message.media, message.text, receipt) == (UPLOADS[file], "Олег\nвот", f"{message.id}:caption")
    assert list(telegram.stored_files.values()) == [b"\x00\xffbytes"]


async def test_an_upload_is_told_of_its_troubles_alike(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    message = Outbound("", files=(File("document", "desk:1", "a.pdf"), File("document", "desk:2", "b.pdf")))
    contents = {"desk:1": b"one", "desk:2": b"two"}
    telegram.fail(Fault("chunked"), method="sendDocument")
    telegram.fail(flood(3), method="sendDocument")
    with pytest.raises(Retry) as caught:
        await channel.upload(address, message, contents)
    assert caught.value.after == 3
    await channel.upload(address, message, contents)
    assert len(telegram.user(1).visible) == 2
    for content in (b"", bytes(50 * 1024 * 1024 + 1)):
        with pytest.raises(Refused):
            await channel.upload(address, message, {"desk:1": content})


@pytest.mark.parametrize("fault", [flood(), broken(), garbage(), Fault("reset"), *STATES.values()])
async def test_hints_never_raise(telegram: TelegramServer, channel: Telegram, address: Address, fault: Fault) -> None:
    telegram.fail(fault, times=2)
    await channel.typing(address)
    await channel.acknowledge(address, "unknown")
    await channel.typing(address)
    await channel.acknowledge(address, "too old", "text")
    await channel.typing(Address("console", "", "terminal"))
    assert [call.name for call in telegram.called()] == ["sendChatAction"]
