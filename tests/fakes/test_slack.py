"""The strict Slack is held to Slack: its samples, its list of methods and of their limits."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes import slack_limits, slack_methods
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.fakes.slack_rules import Refusal, check_blocks
from tests.fakes.slack_staff import Staff
from tests.fakes.slack_state import CHANNEL

SPECS = Path(__file__).resolve().parents[2].parent / "shared" / "specs"
shared = pytest.mark.skipif(not SPECS.is_dir(), reason="no descriptions of Slack in ../shared")


async def call(slack: SlackServer, method: str, token: str = BOT_TOKEN, **given: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    form = method in slack_limits.FORMS_ONLY
    url = f"{slack.api_url}/{method}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, headers=headers, data=given if form else None, json=None if form else given) as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found | {"status": answer.status, "after": answer.headers.get("Retry-After")}


@shared
@pytest.mark.parametrize("method", sorted(slack_limits.ARGUMENTS))
def test_arguments_and_body_types_are_slacks(method: str) -> None:
    paths = json.loads((SPECS / "slack.generated.openapi.json").read_text())["paths"]
    described = paths.get(f"/api/{method}")
    if described is None:
        assert method == "usergroups.list", "a method that nobody describes"
        return
    content = described["post"]["requestBody"]["content"]
    needed, allowed = slack_limits.ARGUMENTS[method]
    schema = content["application/x-www-form-urlencoded"]["schema"]
    assert needed == set(schema.get("required", ()))
    assert needed | allowed <= set(schema["properties"])
    assert (method in slack_limits.FORMS_ONLY) == ("application/json" not in content)


@shared
@pytest.mark.parametrize("method", sorted(slack_limits.METHODS))
def test_limits_are_slacks(method: str) -> None:
    tiers = json.loads((SPECS / "slack.rate_limit_tiers.json").read_text())
    # Opening sockets is of the first tier in Slack's Java library and of the third in its documentation of 2026.
    said = "Tier3" if method == "apps.connections.open" else tiers[method]
    assert said == slack_limits.METHODS[method].replace("T", "Tier")


@shared
async def test_answers_have_the_fields_of_slacks_samples() -> None:
    async with SlackServer(1000) as slack:
        answers = {
            "auth.test": await call(slack, "auth.test"),
            "apps.connections.open": await call(slack, "apps.connections.open", APP_TOKEN),
            "files.getUploadURLExternal": await call(slack, "files.getUploadURLExternal", filename="a", length=1),
            "users.info": await call(slack, "users.info", user="U0ANNA", include_locale="true"),
        }
    for method, answer in answers.items():
        assert answer.pop("ok") is True
        _within(answer, json.loads((SPECS / "slack.samples" / f"{method}.json").read_text()), method)


@shared
@pytest.mark.parametrize("kind", ["Message", "MessageChanged", "ReactionAdded", "AppHomeOpened", "BlockAction",
                                  "ViewSubmission", "SlashCommand"])  # fmt: skip
async def test_requests_have_the_fields_of_slacks_samples(kind: str) -> None:
    sample = json.loads((SPECS / "slack.samples" / f"{kind}Payload.json").read_text())
    async with SlackServer(1000) as slack:
        staff = Staff(slack, retries=())
        button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "A"}, "value": "1"}
        blocks = [{"type": "actions", "elements": [button]}]
        ts = (await call(slack, "chat.postMessage", channel=CHANNEL, text="x", blocks=blocks))["ts"]
        match kind:
            case "Message":
                sent = (await staff.writes("U0ANNA", ts, "x"))[1]
            case "MessageChanged":
                sent = await staff.edits((await staff.writes("U0ANNA", ts, "x"))[0], "y")
            case "ReactionAdded":
                sent = await staff.wonders("U0ANNA", ts)
            case "AppHomeOpened":
                sent = await staff.opens_home("U0ANNA")
            case "BlockAction":
                sent = await staff.presses("U0ANNA", ts, "a")
            case "SlashCommand":
                sent = (await staff.commands("U0ANNA", "/stats"))[0]
            case _:
                slack.state.views.append({"type": "modal", "id": "V1", "callback_id": "c", "blocks": []})
                sent = await staff.submits("U0ANNA", {})
    unknown = set(sent.body) - set(sample) - {"response_urls"}
    assert not unknown
    if "event" in sent.body:
        # A few fields that Slack's own library does not name: of uploads, and of what is hidden from lists.
        assert not set(sent.body["event"]) - set(sample["event"]) - {"hidden"}


def _within(answer: Mapping[str, Any], sample: Mapping[str, Any], where: str) -> None:
    for name, value in answer.items():
        if name in {"status", "after"}:
            continue
        assert name in sample, f"{where}.{name}"
        if isinstance(value, dict):
            _within(value, sample[name], f"{where}.{name}")


async def test_who_may_call() -> None:
    async with SlackServer(1000) as slack:
        assert (await call(slack, "auth.test", ""))["error"] == "not_authed"
        assert (await call(slack, "auth.test", "xoxb-other"))["error"] == "invalid_auth"
        assert (await call(slack, "apps.connections.open"))["error"] == "not_allowed_token_type"
        assert (await call(slack, "chat.postMessage", token=BOT_TOKEN, text="x"))["error"] == "invalid_arguments"
        assert (await call(slack, "chat.postMessage", channel=CHANNEL, mood="x"))["error"] == "invalid_arguments"
        slack.state.scopes.discard("chat:write")
        refused = await call(slack, "chat.postMessage", channel=CHANNEL, text="x")
        assert (refused["error"], refused["needed"], refused["status"]) == ("missing_scope", "chat:write", 200)


async def test_json_is_not_read_where_slack_reads_none() -> None:
    async with SlackServer(1000) as slack, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
        url = f"{slack.api_url}/conversations.history"
        async with session.post(url, json={"channel": CHANNEL}, headers=headers) as answer:
            assert (await answer.json())["error"] == "invalid_arguments"


async def test_one_post_a_second_and_a_tier_a_minute() -> None:
    async with SlackServer() as slack:
        assert (await call(slack, "chat.postMessage", channel=CHANNEL, text="x"))["ok"]
        refused = await call(slack, "chat.postMessage", channel=CHANNEL, text="x")
        assert (refused["status"], refused["error"], refused["after"]) == (429, "ratelimited", "1")
        for _ in range(20):
            assert (await call(slack, "usergroups.list"))["ok"]
        assert (await call(slack, "usergroups.list"))["status"] == 429


TEXT = {"type": "mrkdwn", "text": "x"}
PLAIN = {"type": "plain_text", "text": "x"}
BUTTON = {"type": "button", "action_id": "a", "text": PLAIN}


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [{"type": "divider"}] * 51,
        [{"type": "section", "text": {**TEXT, "text": "x" * 3001}}],
        [{"type": "section", "text": {**TEXT, "text": ""}}],
        [{"type": "section"}],
        [{"type": "section", "fields": [TEXT] * 11}],
        [{"type": "section", "fields": [{**TEXT, "text": "x" * 2001}]}],
        [{"type": "header", "text": TEXT}],
        [{"type": "header", "text": {**PLAIN, "text": "x" * 151}}],
        [{"type": "context", "elements": [TEXT] * 11}],
        [{"type": "actions", "elements": [BUTTON, BUTTON]}],
        [{"type": "actions", "elements": []}],
        [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}],
        [{"type": "actions", "elements": [{**BUTTON, "text": {**PLAIN, "text": "x" * 76}}]}],
        [{"type": "actions", "elements": [{**BUTTON, "style": "loud"}]}],
        [{"type": "actions", "elements": [{"type": "static_select", "action_id": "a", "options": []}]}],
        [{"type": "carousel"}],
        [{"type": "divider", "colour": "red"}],
        "blocks",
    ],
)
def test_blocks_that_are_refused(blocks: Any) -> None:
    with pytest.raises(Refusal):
        check_blocks(blocks, 50)


def test_every_method_has_its_arguments() -> None:
    names = {name for name in slack_limits.ARGUMENTS if hasattr(slack_methods, name.replace(".", "_"))}
    assert names == set(slack_limits.ARGUMENTS)
