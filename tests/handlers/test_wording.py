"""Decisions in words: one message a turn, keys that repeat, consents with their very words."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.decisions import Agreed, Cancel, Edit, Notify, Option, Quote, Say, Turn, Wake
from flows.model import BOT, Address, Conversation, File
from handlers.wording import Wording
from tests.conversations.stage import content
from tests.virtual_time import START

CATALOG = content({})[1].catalog
WORDING = Wording(CATALOG)
HERE = Conversation("c1", Address("telegram", "7", "500"), "en", version=4, flow="qualification", step="need")


def test_all_that_a_turn_says_is_one_message_with_the_last_buttons() -> None:
    says = (
        Say("common.noted", options=(Option("common.options.skip", "a"),)),
        Say("qualification.need.ask", options=(Option("common.options.contact", "!:0:contact"),)),
        Say("common.help"),
    )
    worded = WORDING(Turn(HERE, says), START)
    (entry,) = worded.dispatches
    assert entry.message is not None
    assert (entry.key, entry.kind, entry.writer, entry.due) == ("c1.4.0", "message", BOT, START)
    assert entry.message.text.count("\n\n") == 2
    assert [(choice.label, choice.data) for choice in entry.message.choices] == [("Leave a contact", "!:0:contact")]
    assert worded.traces["c1.4.0"]["texts"] == ["common.noted", "qualification.need.ask", "common.help"]


def test_the_same_turn_makes_the_same_keys() -> None:
    turn = Turn(HERE, (Say("common.help"), Wake("greeting.still", timedelta(days=1))))
    assert WORDING(turn, START).dispatches == WORDING(turn, START).dispatches


def test_variants_follow_the_version_and_so_repeat_with_it() -> None:
    texts = {
        entry.message.text
        for version in range(6)
        for entry in WORDING(Turn(replace(HERE, version=version), (Say("common.noted"),)), START).dispatches
        if entry.message
    }
    assert texts == set(CATALOG.items("en", "common.noted"))


def test_a_wake_up_carries_no_words_and_its_version() -> None:
    (entry,) = WORDING(Turn(HERE, (Wake("greeting.still", timedelta(days=1)),)), START).dispatches
    assert (entry.kind, entry.message, entry.due) == ("wake", None, START + timedelta(days=1))
    assert entry.payload == {"wake": "greeting.still", "version": 4}


def test_the_words_of_a_rep_are_theirs() -> None:
    (entry,) = WORDING(Turn(replace(HERE, owner="olga"), (Quote("{{ hi }}", "Olga"),)), START).dispatches
    assert entry.message is not None
    assert (entry.message.text, entry.message.name, entry.writer) == ("{{ hi }}", "Olga", "olga")


def test_the_words_of_a_person_name_them_their_key_and_their_message_at_the_desk() -> None:
    file = File("document", "desk:slack:F1", "a.pdf")
    worded = WORDING(Turn(HERE, (Quote("hi", "Olga", "olga", (file,), "k1", "slack:C1:7", aside=True),)), START)
    (entry,) = worded.dispatches
    assert (entry.key, entry.writer, entry.payload) == (
        "k1",
        "olga",
        {"by": "olga", "origin": "slack:C1:7", "aside": True},
    )
    assert entry.message is not None
    assert entry.message.files == (file,)
    assert worded.traces == {"k1": {"origin": "slack:C1:7"}}


@pytest.mark.parametrize(("text", "kind"), [("now so", "edit"), (None, "delete")])
def test_a_change_of_words_names_what_it_changes(text: str | None, kind: str) -> None:
    (entry,) = WORDING(Turn(HERE, (Edit("k1", text, "Olga", "olga", "k2"),)), START).dispatches
    assert (entry.key, entry.kind, entry.writer, entry.payload) == ("k2", kind, "olga", {"by": "olga", "of": "k1"})
    assert (entry.message.text if entry.message else None) == text


def test_a_consent_is_recorded_with_the_words_that_were_shown() -> None:
    agreed = Agreed("transfer", granted=True, key="consent.transfer", services="Trello")
    (row,) = WORDING(Turn(HERE, (agreed,)), START).agreements
    words = CATALOG.text("en", "consent.transfer", {"services": "Trello"})
    version = CATALOG.text("en", "consent.version", {})
    assert row.text == f"consent.transfer@{version}#{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    assert (row.purpose, row.granted, row.locale, row.at) == ("transfer", True, "en", START)


def test_what_is_for_nobodys_ears_leaves_nothing() -> None:
    worded = WORDING(Turn(HERE, (Cancel(), Notify("person_asked"))), START)
    assert (worded.dispatches, worded.agreements) == ((), ())
