"""A rep takes over, speaks and hands back; nobody else does meanwhile."""

import asyncio
from dataclasses import replace

from flows.commands import Own, Speak
from flows.model import BOT, Address, Conversation
from handlers.handover import (
    Act,
    AlreadyTaken,
    HandBack,
    HandedBack,
    NoConversation,
    NotOwner,
    OwnedBy,
    Ran,
    SpeakAsRep,
    Spoken,
    Taken,
    TakeOver,
)
from tests.fakes.rows import NOW


class OneChat:
    """`Turns` over one conversation: it looks, lets others run, and writes only what it has seen unchanged."""

    def __init__(self) -> None:
        self.conversation = Conversation("c1", Address("telegram", "1", "7"), "ru")
        self.said: list[str] = []

    async def __call__(self, act: Act) -> Ran | OwnedBy | None:
        if act.conversation != self.conversation.id:
            return None
        while True:
            seen = self.conversation
            if seen.owner != act.expect_owner:
                return OwnedBy(seen.owner)
            await asyncio.sleep(0)
            if self.conversation.version == seen.version:
                break
        for command in act.commands:
            match command:
                case Own(owner):
                    self.conversation = replace(seen, owner=owner, version=seen.version + 1)
                case Speak(text):
                    self.said.append(text)
                case _:
                    raise AssertionError(command)
        return Ran(self.conversation)


async def test_one_of_two_reps_who_press_together_is_first() -> None:
    chat = OneChat()
    take = TakeOver(chat)
    outcomes = await asyncio.gather(*(take("c1", rep, rep.title(), NOW) for rep in ("anna", "boris")))
    assert outcomes == [Taken(), AlreadyTaken("anna")]
    assert chat.conversation.owner == "anna"


async def test_a_second_press_of_the_same_rep_changes_nothing() -> None:
    chat = OneChat()
    take = TakeOver(chat)
    assert [await take("c1", "anna", "Anna", NOW) for _ in range(2)] == [Taken(), Taken()]
    assert chat.conversation.version == 1


async def test_only_the_owner_speaks() -> None:
    chat = OneChat()
    speak = SpeakAsRep(chat)
    assert await speak("c1", "anna", "Anna", "hello", NOW) == NotOwner(BOT)
    await TakeOver(chat)("c1", "anna", "Anna", NOW)
    assert await speak("c1", "boris", "Boris", "me too", NOW) == NotOwner("anna")
    assert await speak("c1", "anna", "Anna", "hello", NOW) == Spoken()
    assert chat.said == ["hello"]


async def test_only_the_owner_hands_back_and_twice_is_once() -> None:
    chat = OneChat()
    back = HandBack(chat)
    await TakeOver(chat)("c1", "anna", "Anna", NOW)
    assert await back("c1", "boris", NOW) == NotOwner("anna")
    assert [await back("c1", "anna", NOW) for _ in range(2)] == [HandedBack(), HandedBack()]
    assert chat.conversation.owner == BOT


async def test_an_unknown_conversation_is_told() -> None:
    chat = OneChat()
    assert await TakeOver(chat)("c9", "anna", "Anna", NOW) == NoConversation()
    assert await HandBack(chat)("c9", "anna", NOW) == NoConversation()
    assert await SpeakAsRep(chat)("c9", "anna", "Anna", "hi", NOW) == NoConversation()
