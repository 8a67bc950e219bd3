"""What every tracker promises, each against its service on loopback."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.errors import Misconfigured, NotSent, Refused, Retry
from flows.ports.tracker import Card
from integrations.clock import utc_now
from integrations.discovery import names
from tests.contracts.tracker_house import HOOK, KINDS, TrackerHouse, tracker_house
from tests.fakes.trackers.server import Fault

CARD = Card(
    key="lead-5f2a",
    title="Анна — кофемашина",
    lines=(("Temperature", "🔥 hot, 80"), ("Need", r"кофемашина \*\*bold\*\* @everyone"), ("Contact", "+79161234567")),
    labels=("hot",),
    due=date(2026, 12, 15),
    member="anna@example.com",
    link="https://shop.example/dashboard/leads/5f2a",
)


@pytest.fixture(params=KINDS)
async def house(request: pytest.FixtureRequest) -> AsyncIterator[TrackerHouse]:
    async with tracker_house(request.param) as made:
        yield made


def test_every_adapter_is_under_test() -> None:
    assert {name.partition("-")[0] for name in KINDS} == set(names("trackers"))


async def test_a_card_is_made_once_and_found_by_its_key_alone(house: TrackerHouse) -> None:
    assert await house.tracker.find(CARD.key) is None
    made = await house.tracker.create(CARD)
    assert len(house.cards) == 1
    assert made.column == house.kind.columns[0]
    found = await house.tracker.find(CARD.key)
    assert found is not None
    assert (found.id, found.url) == (made.id, made.url)
    assert await house.tracker.find("lead-5f2") is None, "a beginning of a key is no key"
    assert await house.tracker.find("5f2a") is None
    for _, value in CARD.lines:
        assert value in house.text()


async def test_a_card_that_was_closed_is_found_too(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    house.server.move(made.id, house.kind.columns[2])
    found = await house.tracker.find(CARD.key)
    assert found is not None
    assert found.id == made.id


async def test_a_card_shows_the_lead_as_it_is_now_and_stays_where_it_was_put(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    house.server.move(made.id, house.kind.columns[1])
    changed = replace(CARD, title="Анна", lines=(("Need", "две кофемашины"),), due=None)
    shown = await house.tracker.update(made, changed)
    assert (shown.id, shown.column) == (made.id, house.kind.columns[1])
    assert "две кофемашины" in house.text()
    assert "+79161234567" not in house.text()
    found = await house.tracker.find(CARD.key)
    assert found is not None, "a change lost the key"


async def test_a_card_is_moved_to_the_first_column_that_there_is(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    last = house.kind.columns[2]
    shown = await house.tracker.update(made, replace(CARD, columns=("Nowhere", last.upper(), house.kind.columns[1])))
    assert shown.column == last
    shown = await house.tracker.update(made, replace(CARD, columns=("Nowhere",)))
    assert shown.column == last


async def test_a_text_of_any_length_is_cut_and_says_so_and_keeps_its_key(house: TrackerHouse) -> None:
    long = replace(CARD, title="я" * 200_000, lines=(("Need", "ы" * 200_000),))
    made = await house.tracker.create(long)
    assert "…" in house.text()
    found = await house.tracker.find(CARD.key)
    assert found is not None
    assert found.id == made.id


async def test_a_person_is_found_among_open_cards(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    assert [ref.id for ref in await house.tracker.find_person("+79161234567", "")] == [made.id]
    assert not await house.tracker.find_person("+79160000000", "nobody@example.com")


async def test_comments_notify_nobody_and_files_arrive(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    await house.tracker.comment(made, "@anna look")
    await house.tracker.attach(made, "dialogue.txt", "text/plain", b"hello")
    (said,), (file,) = house.server.comments.values(), house.server.files.values()
    assert "look" in said[0]
    assert "@anna" not in said[0]
    assert file == [("dialogue.txt", b"hello")]


async def test_what_there_is_to_choose_from_is_told_by_name(house: TrackerHouse) -> None:
    places = await house.tracker.describe()
    assert house.kind.columns[0] in {place.name for place in places} or "Leads" in {place.name for place in places}
    assert any(place.kind == "member" for place in places)
    assert all(place.id and place.name for place in places)


# ------------------------------------------------------------------ failures
async def test_a_write_whose_end_is_not_known_is_no_refusal_and_the_card_is_found(house: TrackerHouse) -> None:
    for fault in (Fault("after"), Fault("after", 502, "<html>bad gateway</html>"), Fault("after", 200, "<html>hello")):
        house.server.fail(replace(fault, match=house.kind.creation))
        card = replace(CARD, key=f"lead-{next(house.numbers)}")
        with pytest.raises(Retry) as raised:
            await house.tracker.create(card)
        assert raised.value.after is None, "how long to wait was not told"
        assert await house.tracker.find(card.key) is not None


async def test_a_service_that_is_gone_or_broken_is_tried_again(house: TrackerHouse) -> None:
    await house.tracker.create(CARD)
    house.server.fail(Fault("before", 500, "oops", match=house.kind.creation))
    with pytest.raises(Retry):
        await house.tracker.create(replace(CARD, key="lead-2"))
    async with house.server.gone():
        with pytest.raises(NotSent):
            await house.tracker.create(replace(CARD, key="lead-3"))
    assert len(house.cards) == 1


async def test_too_many_requests_wait_as_long_as_the_service_says_else_ten_seconds(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    house.server.fail(Fault("before", 429, "slow down", {"Retry-After": "3"}))
    with pytest.raises(Retry) as named:
        await house.tracker.comment(made, "hello")
    assert named.value.after == 3
    house.server.fail(Fault("before", 429, "slow down"))
    with pytest.raises(Retry) as unnamed:
        await house.tracker.comment(made, "hello")
    assert unnamed.value.after is not None
    assert 0 < unnamed.value.after <= 10


async def test_a_reset_time_in_the_past_or_nonsense_is_no_trap(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    for headers, longest in (({"X-RateLimit-Reset": "1"}, 0.0), ({"Retry-After": "soon"}, 10.0)):
        house.server.fail(Fault("before", 429, "slow down", headers))
        with pytest.raises(Retry) as raised:
            await house.tracker.comment(made, "hello")
        assert raised.value.after is not None
        assert 0 <= raised.value.after <= longest


async def test_a_token_that_is_refused_names_the_setting(house: TrackerHouse) -> None:
    house.server.fail(Fault("before", 401, "invalid token"))
    with pytest.raises(Misconfigured) as raised:
        await house.tracker.create(CARD)
    assert raised.value.setting.endswith(("_TOKEN", "_SECRET"))


async def test_a_card_that_was_deleted_is_gone(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    house.server.delete(made.id)
    with pytest.raises(Refused) as raised:
        await house.tracker.update(made, CARD)
    assert raised.value.state == "gone"
    assert await house.tracker.find(CARD.key) is None


# ------------------------------------------------------------------ moves
async def test_a_signed_move_is_read_and_a_forged_one_is_not(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    headers, body = house.server.signed(house.server.move(made.id, house.kind.columns[1]), HOOK)
    (moved,) = house.tracker.read(headers, body, HOOK)
    assert (moved.card, moved.column, moved.gone) == (made.id, house.kind.columns[1], False)
    assert moved.address.bot == house.tracker.name
    assert house.tracker.read({name.lower(): value for name, value in headers.items()}, body, HOOK) == [moved] or (
        tuple(house.tracker.read({name.lower(): value for name, value in headers.items()}, body, HOOK)) == (moved,)
    )
    for forged in ({}, dict.fromkeys(headers, "x"), dict.fromkeys(headers, "é")):
        with pytest.raises(Refused) as raised:
            house.tracker.read(forged, body, HOOK)
        assert raised.value.state == "forbidden"
    with pytest.raises(Refused):
        house.tracker.read(headers, body + b" ", HOOK)


async def test_a_deletion_is_told(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    headers, body = house.server.signed(house.server.delete(made.id), HOOK)
    (moved,) = house.tracker.read(headers, body, HOOK)
    assert (moved.card, moved.gone) == (made.id, True)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b'{"action":1}', b'{"event":"x","task_id":{}}', b"\xff"])
async def test_a_signed_body_that_is_none_of_theirs_is_refused(house: TrackerHouse, body: bytes) -> None:
    assert outcome(house, body) in ([], "invalid")


def outcome(house: TrackerHouse, body: bytes) -> object:
    """The moves in a signed body, or the state of its refusal."""
    try:
        return list(house.tracker.read(sign(house, body), body, HOOK))
    except Refused as error:
        return error.state


async def test_moves_that_no_webhook_told_are_found_by_looking_under_the_same_id_each_time(house: TrackerHouse) -> None:
    made = await house.tracker.create(CARD)
    other = await house.tracker.create(replace(CARD, key="lead-2"))
    since = utc_now() - timedelta(minutes=1)
    house.server.move(made.id, house.kind.columns[1])
    house.server.move(other.id, house.kind.columns[1])
    first = [one for one in await house.tracker.moves([made], since) if one.column == house.kind.columns[1]]
    again = [one for one in await house.tracker.moves([made], since) if one.column == house.kind.columns[1]]
    assert [one.card for one in first] == [made.id]
    assert first == again


def sign(house: TrackerHouse, body: bytes) -> dict[str, str]:
    """A body that the fake would never make, signed as the service signs."""
    import base64
    import hashlib
    import hmac

    if house.tracker.name == "trello":
        digest = hmac.new(b"trello-secret", body + HOOK.encode(), hashlib.sha1).digest()
        return {"X-Trello-Webhook": base64.b64encode(digest).decode()}
    name = {"shortcut": "Payload-Signature"}.get(house.tracker.name, "X-Signature")
    return {name: hmac.new(f"{house.tracker.name}-secret".encode(), body, hashlib.sha256).hexdigest()}
