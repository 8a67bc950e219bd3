"""The manifests set up what the code needs, within Slack's limits, and differ only in how Slack reaches us."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.desk.slack.rights import COMMANDS, EVENTS, PATH, SCOPES, WELCOME
from tests.fakes.slack_limits import SCOPES as NEEDED

FOLDER = Path(__file__).resolve().parents[4] / "deploy" / "slack"
NAMES = ("manifest.yaml", "manifest-http.yaml")


def manifest(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text())


@pytest.mark.parametrize("name", NAMES)
def test_slacks_limits(name: str) -> None:
    found = manifest(name)
    about = found["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(found["features"]["bot_user"]["display_name"]) <= 80
    assert len(found["features"]["slash_commands"]) <= 50
    for command in found["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
    assert len(found["settings"]["event_subscriptions"]["bot_events"]) <= 100
    assert len(found["oauth_config"]["scopes"]["bot"]) <= 255


@pytest.mark.parametrize("name", NAMES)
def test_what_the_code_needs_is_asked_for(name: str) -> None:
    found = manifest(name)
    scopes = set(found["oauth_config"]["scopes"]["bot"])
    assert scopes == SCOPES | WELCOME
    assert set(NEEDED.values()) <= scopes
    assert set(found["settings"]["event_subscriptions"]["bot_events"]) == EVENTS
    assert [command["command"] for command in found["features"]["slash_commands"]] == [f"/{one}" for one in COMMANDS]
    # Without it a name in a command comes as bare words.
    assert all(command["should_escape"] for command in found["features"]["slash_commands"])
    assert found["settings"]["interactivity"]["is_enabled"]
    assert found["features"]["app_home"]["home_tab_enabled"]


def test_they_differ_only_in_the_way() -> None:
    socket, http = manifest(NAMES[0]), manifest(NAMES[1])
    assert socket["settings"].pop("socket_mode_enabled") is True
    assert http["settings"].pop("socket_mode_enabled") is False
    places = [http["settings"]["event_subscriptions"], http["settings"]["interactivity"]]
    urls = {place.pop("request_url") for place in places}
    urls |= {command.pop("url") for command in http["features"]["slash_commands"]}
    (url,) = urls
    assert url.endswith(PATH)
    assert socket == http
