"""Whatever was stored loads: what was written comes back, and nothing that is found raises."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.events import Answered, Due, Reachable, Said
from flows.model import Address, Conversation, Mark, Place, Profile
from flows.outbound import Outbound
from integrations.storage.codec import dumps, iso_micros, loads, micros, moment, storable
from integrations.storage.shapes import kind_of, read, read_event, read_state, write_state

NAMES = [field.name for field in dataclasses.fields(Conversation)]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
places = st.builds(Place, texts, texts)
known = st.builds(
    Conversation,
    id=texts,
    address=st.builds(Address, texts, texts, texts, texts),
    locale=texts,
    slots=st.dictionaries(texts, jsons, max_size=4),
    quotes=st.dictionaries(texts, texts, max_size=3),
    paused=st.lists(places, max_size=2).map(tuple),
    trail=st.lists(st.builds(Mark, places), max_size=3).map(tuple),
    profile=st.builds(Profile, texts, texts, texts, texts),
    version=st.integers(0, 2**31),
    ordinal=st.integers(1, 2**31),
    retries=st.integers(0, 9),
)


@given(known)
def test_a_conversation_comes_back_as_it_was(conversation: Conversation) -> None:
    state = write_state(conversation, dumps(conversation.slots))
    assert read_state(conversation.id, conversation.version, conversation.ordinal, state) == conversation


@given(st.dictionaries(st.sampled_from(NAMES) | texts, jsons))
def test_any_old_state_loads(state: dict[str, object]) -> None:
    found = read_state("c", 3, 2, dumps(state))
    assert (found.id, found.version, found.ordinal) == ("c", 3, 2)
    again = write_state(found, dumps(found.slots))
    assert read_state("c", 3, 2, again) == found


@pytest.mark.parametrize("state", ["", "null", "[]", "{", '{"slots": 5, "status": "odd", "retries": true}'])
def test_damaged_state_loads_with_defaults(state: str) -> None:
    assert read_state("c", 1, 1, state) == Conversation("c", Address("", "", ""), "", version=1)


def test_what_a_newer_program_wrote_is_passed_over() -> None:
    state = '{"locale": "ru", "mood": "good", "trail": [{"place": {"flow": "main", "step": "need", "x": 1}}, 5]}'
    found = read_state("c", 1, 1, state)
    assert (found.locale, found.trail) == ("ru", (Mark(Place("main", "need")),))


@given(st.sampled_from(["said", "reachable", "answered", "due", "unheard-of"]), jsons)
def test_any_stored_event_loads(kind: str, body: object) -> None:
    assert kind_of(read_event(kind, dumps(body))) in {"said", "reachable", "answered", "due"}
    assert read(Outbound, loads(dumps(body))) is not None


def test_each_kind_of_event_has_its_name() -> None:
    at, place = datetime(2026, 1, 1, tzinfo=UTC), Address("web", "b", "c")
    for event in (
        Said("1", place, at),
        Reachable("2", place, at, reachable=True),
        Answered("3", place, at, "c", 1, "?", None),
        Due("4", place, at, "c", "nudge", 3),
    ):
        assert read_event(kind_of(event), dumps(event)) == event


@given(st.integers(-(2**50), 2**52))
def test_times_are_exact(at: int) -> None:
    assert micros(moment(at)) == at
    assert iso_micros(moment(at).isoformat(), 0) == at


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-01"])
def test_what_is_no_time_has_a_stand_in(text: str) -> None:
    assert iso_micros(text, 7) == 7


@pytest.mark.parametrize(
    ("text", "kept"),
    [("plain", "plain"), ("a\0b", "a\ufffdb"), ("\ud83d\ude00", "😀"), ("х\ud83d!", "х\ufffd!"), ("да 😀", "да 😀")],
)
def test_text_is_made_storable(text: str, kept: str) -> None:
    assert storable(text) == kept


def test_json_takes_whatever_comes() -> None:
    odd = {"a": 10**30, "b": ("\ud83d",), "c": {1, 2}, 5: float("nan"), "d": Place("\ud83d", ""), "e": 10**400}
    expected = {"a": 1e30, "b": ["\ufffd"], "c": [1, 2], "5": None, "d": {"flow": "\ufffd", "step": ""}, "e": None}
    assert loads(dumps(odd)) == expected
    state = write_state(Conversation("c", Address("t", "b", "1"), "ru", source="\ud83d", slots={"n": 10**30}), "{}")
    assert read_state("c", 0, 1, state).source == "\ufffd"
