"""One move: conversations that begin, go on, and ids that two workers agree on."""

from dataclasses import replace
from datetime import timedelta

from bot.wiring import playbook
from flows.commands import Start, Wish
from flows.decisions import Say
from flows.events import Reachable
from flows.model import Address, Conversation
from handlers.play import base_of, explain_group, new_id, play, stranger
from tests.conversations.stage import content
from tests.handlers.acts import ADDRESS, said
from tests.virtual_time import START

SETTINGS, CONTENT = content({})
BOOK = playbook(CONTENT, SETTINGS)


def test_two_workers_that_begin_a_conversation_begin_the_same_one() -> None:
    event = said()
    assert stranger(BOOK, ADDRESS, event).id == stranger(BOOK, Address("telegram", "7", "500"), event).id
    addresses = [ADDRESS, Address("telegram", "8", "500"), Address("web", "7", "500")]
    ids = {new_id(address, ordinal, START) for address in addresses for ordinal in (1, 2)}
    assert len(ids) == 2 * len(addresses)


def test_ids_grow_with_time_whoever_begins() -> None:
    begun = [START + timedelta(hours=hours) for hours in (0, 1, 100_000)]
    ids = [new_id(Address("telegram", "7", str(number)), 1, at) for number, at in enumerate(begun)]
    assert ids == sorted(ids)


def test_a_stranger_is_spoken_to_in_the_language_of_their_messenger() -> None:
    for tag, locale in (("en", "en"), ("en-GB", "en"), ("RU", "ru"), ("fr", "ru"), ("", "ru")):
        assert stranger(BOOK, ADDRESS, said(language=tag)).locale == locale
    assert stranger(BOOK, ADDRESS, Reachable("r", ADDRESS, START, reachable=True)).locale == "ru"


def test_a_new_conversation_keeps_who_it_is_with_and_nothing_else() -> None:
    before = replace(
        Conversation("c1", ADDRESS, "en", version=9, flow="qualification", step="need", slots={"need": "x"}),
        locale_locked=True,
        source="ad",
        owner="bot",
    )
    after = base_of(before, (Wish("restart"),), START)
    assert (after.version, after.ordinal, after.locale, after.locale_locked, after.source) == (0, 2, "en", True, "ad")
    assert (after.slots, after.step) == ({}, "")
    assert base_of(before, (Start(),), START) is before


def test_a_move_is_the_commit_of_its_turn() -> None:
    move = play(BOOK, Conversation("c1", ADDRESS, "ru"), (Start(),), START)
    commit = move.commit(0, START)
    assert (commit.before, commit.turn.conversation.version, commit.cancel) == (0, 1, "")
    assert commit.dispatches == move.worded.dispatches
    stopped = play(BOOK, move.turn.conversation, (Wish("stop"),), START)
    assert stopped.commit(1, START).cancel == "bot"


def test_in_a_group_one_sentence_is_said_and_nothing_begun() -> None:
    move = explain_group(BOOK, Conversation("c1", ADDRESS, "ru"), START)
    assert move.turn.decisions == (Say("common.group_only"),)
    assert (move.turn.conversation.step, move.turn.lead) == ("", None)
