"""The trackers of an installation, connected from its settings."""

from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.trackers import connect, connected, secret_of, webhook_url
from bot.wiring import storage
from flows.errors import Misconfigured, Refused
from integrations.clock import utc_now
from integrations.discovery import names
from tests.contracts.tracker_house import Free
from tests.fakes.trackers.office import NAMES, open_office


def settings(place: Path, **more: Any) -> Settings:
    """An installation in a directory of its own."""
    given = {"database_url": f"sqlite+aiosqlite:///{place}/a.db", "public_url": "https://a.example", "secret_key": "s"}
    return Settings(_env_file=None, **{**given, **more})


async def test_all_that_are_named_are_connected_in_their_order(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_office() as office:
        for name, value in office.environment(*reversed(NAMES)).items():
            monkeypatch.setenv(name, value)
        own = settings(place)
        async with storage(own) as store:
            found = await connected(own, Free(), store.hooks, utc_now)
            assert list(found) == list(reversed(NAMES))
            for name, tracker in found.items():
                assert tracker.name == name
                assert await tracker.describe()
                await tracker.close()
    assert set(names("trackers")) == set(NAMES)


@pytest.mark.parametrize(("tracker", "missing"), [("webhook", "WEBHOOK_URL"), ("trello", "TRELLO_KEY")])
def test_what_is_missing_is_named(place: Path, tracker: str, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKERS", tracker)
    monkeypatch.setenv("WEBHOOK_URL", "")
    with pytest.raises((Misconfigured, ValueError)) as raised:
        connect(tracker, settings(place), Free(), {}, utc_now)
    assert missing in str(raised.value) or missing.lower().partition("_")[2] in str(raised.value)


def lets_in(kept: dict[str, Any], own: Settings, secret: str) -> bool:
    """Whether ClickUp's webhook is let in with a secret."""
    import hashlib
    import hmac

    tracker = connect("clickup", own, Free(), kept, utc_now)
    body = b'{"event": "taskDeleted", "task_id": "1"}'
    try:
        tracker.read({"X-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}, body, "")
    except Refused:
        return False
    return True


def test_the_secret_is_what_the_settings_say_else_what_registration_left_else_our_own(place: Path) -> None:
    own = settings(place, trackers="clickup", clickup_token="pk_1", clickup_list="1")
    assert lets_in({"secret": "theirs"}, own, "theirs")
    assert not lets_in({"secret": "theirs"}, own, secret_of(own, "clickup"))
    assert lets_in({}, own, secret_of(own, "clickup"))
    named = settings(place, trackers="clickup", clickup_token="pk_1", clickup_list="1", clickup_webhook_secret="in-env")
    assert lets_in({"secret": "theirs"}, named, "in-env")
    assert not lets_in({"secret": "theirs"}, named, "theirs")


def test_our_own_secrets_differ_by_tracker_and_installation(place: Path) -> None:
    one, two = settings(place), settings(place, secret_key="t")
    assert len({secret_of(one, "clickup"), secret_of(one, "shortcut"), secret_of(two, "clickup")}) == 3
    assert webhook_url(one, "trello") == "https://a.example/trackers/trello/webhook"


def test_a_tracker_that_the_settings_do_not_know_reads_and_hides_its_own_names(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKERS", "webhook")
    monkeypatch.setenv("WEBHOOK_URL", "https://crm.example/in")
    monkeypatch.setenv("WEBHOOK_SECRET", "swordfish")
    monkeypatch.setenv("WEBHOOK_CALLS", "30")
    own = settings(place)
    assert "swordfish" in own.secrets()
    assert "swordfish" not in f"{own!r} {own.masked()}"
    assert connect("webhook", own, Free(), {}, utc_now).name == "webhook"
