"""Each event that a service sends, as it sends it: the moves in it, and nothing in what is no move."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from pydantic import SecretStr

from flows.errors import Refused
from flows.events import Moved
from flows.ports.tracker import Tracker
from integrations.clock import utc_now
from integrations.trackers import shortcut, trello
from integrations.trackers.clickup import adapter as clickup
from tests.contracts.tracker_house import Free

PAYLOADS = files("tests") / "integrations" / "trackers" / "payloads"
HOOK = "https://shop.example/trackers/trello/webhook"
AT = datetime(2026, 11, 22, 10, 15, 30, 123000, UTC)
TRACKERS: dict[str, Tracker] = {
    "trello": trello.connect(
        trello.Settings(key=SecretStr("k"), token=SecretStr("t"), secret=SecretStr("trello-secret"), list="Leads"),
        Free(),
        utc_now,
    ),
    "clickup": clickup.connect(
        clickup.Settings(token=SecretStr("pk_1"), list="Leads", webhook_secret=SecretStr("clickup-secret")),
        Free(),
        utc_now,
    ),
    "shortcut": shortcut.connect(
        shortcut.Settings(token=SecretStr("t"), workflow_state="New", webhook_secret=SecretStr("shortcut-secret")),
        Free(),
        utc_now,
    ),
}
HEADERS = {"trello": "X-Trello-Webhook", "clickup": "X-Signature", "shortcut": "Payload-Signature"}
TRELLO, CLICKUP, SHORTCUT = "5abbe4b7ddc1b351ef961414", "1vj37mc", "16927"
MOVES: dict[str, list[tuple[str, str, bool]]] = {
    "trello_moved": [(TRELLO, "В работе", False)],
    "trello_archived": [(TRELLO, "archived", False)],
    "trello_reopened": [],
    "trello_renamed": [],
    "trello_created": [],
    "trello_commented": [],
    "trello_deleted": [(TRELLO, "", True)],
    "trello_list_renamed": [],
    "clickup_status_updated": [(CLICKUP, "в работе", False)],
    "clickup_created": [(CLICKUP, "to do", False)],
    "clickup_deleted": [(CLICKUP, "", True)],
    "clickup_tag_updated": [],
    "clickup_moved_list": [],
    "clickup_comment_posted": [],
    "shortcut_state_changed": [(SHORTCUT, "В работе", False)],
    "shortcut_created": [],
    "shortcut_deleted": [(SHORTCUT, "", True)],
    "shortcut_commented": [],
    "shortcut_label_added": [],
    "shortcut_two_stories_moved": [(SHORTCUT, "В работе", False), ("16999", "New", False)],
}
"""Card, column and whether it is gone, of each move in a payload."""


def signature(tracker: str, body: bytes, url: str = HOOK) -> str:
    """As the service makes it."""
    if tracker == "trello":
        return base64.b64encode(hmac.new(b"trello-secret", body + url.encode(), hashlib.sha1).digest()).decode()
    return hmac.new(f"{tracker}-secret".encode(), body, hashlib.sha256).hexdigest()


def moves(name: str) -> Sequence[Moved]:
    """What is read of a payload."""
    tracker, body = name.partition("_")[0], (PAYLOADS / f"{name}.json").read_bytes()
    return TRACKERS[tracker].read({HEADERS[tracker]: signature(tracker, body)}, body, HOOK)


def test_every_payload_is_under_test() -> None:
    assert {entry.name.removesuffix(".json") for entry in PAYLOADS.iterdir() if entry.name.endswith(".json")} == set(
        MOVES
    )


@pytest.mark.parametrize("name", MOVES)
def test_the_moves_in_a_payload(name: str) -> None:
    found = moves(name)
    assert [(one.card, one.column, one.gone) for one in found] == MOVES[name]
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert one.address.bot == name.partition("_")[0]
        assert one.moved_at == AT or name == "clickup_deleted"


VECTORS = {
    "trello": (
        b'{"action":{"type":"updateCard"},"model":{"id":"5abbe4b7ddc1b351ef961414"}}',
        "https://example.com/hooks/trello?x=1",
        "iLQDmaDT5rSItWUKLeLqUx0xLLI=",
    ),
    "clickup": (
        b'{"webhook_id":"7689a169-a000-4985-8676-6902b96d6627","event":"taskCreated","task_id":"c0j"}',
        "",
        "bfe33b386f37073f4382641200b1e6f1a546867124d45b76fd524b6d773893f9",
    ),
    "shortcut": (
        b'{"id":"595285dc-9c43-4b9c-a1e6-0cd9aff5b084","version":"v1"}',
        "",
        "a0e08260ea134a957a5f1f3f47a0db869bc15b3f3761452e83ff74eb182cd46a",
    ),
}
"""Body, URL and signature, known to be right; the secret is the tracker's name and "-secret"."""


@pytest.mark.parametrize("tracker", VECTORS)
def test_a_known_signature_holds_and_no_other(tracker: str) -> None:
    body, url, right = VECTORS[tracker]
    assert signature(tracker, body, url) == right

    def state(given: str, raw: bytes = body, where: str = url) -> str:
        try:
            TRACKERS[tracker].read({HEADERS[tracker]: given}, raw, where)
        except Refused as error:
            return error.state
        return "read"

    assert state(right) != "forbidden", "what it says is another question"
    assert state(right[:-1]) == state(right.upper() + "=") == state("") == "forbidden"
    assert state(right, body.replace(b"{", b"{ ", 1)) == "forbidden", "it is over the raw bytes"
    if tracker == "trello":
        assert state(right, where=url.removesuffix("?x=1")) == "forbidden", "the query is a part of it"


def test_the_older_name_of_shortcuts_header_is_known() -> None:
    body, _, right = VECTORS["shortcut"]
    with pytest.raises(Refused) as raised:
        TRACKERS["shortcut"].read({"Clubhouse-Signature": right}, body, "")
    assert raised.value.state == "invalid", "let in, and then found to say too little"


@pytest.mark.parametrize("tracker", VECTORS)
def test_a_tracker_that_has_no_secret_lets_nobody_in(tracker: str) -> None:
    empty: dict[str, Tracker] = {
        "trello": trello.connect(trello.Settings(key=SecretStr("k"), token=SecretStr("t"), list="L"), Free(), utc_now),
        "clickup": clickup.connect(clickup.Settings(token=SecretStr("t"), list="L"), Free(), utc_now),
        "shortcut": shortcut.connect(shortcut.Settings(token=SecretStr("t"), workflow_state="N"), Free(), utc_now),
    }
    digest = hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    for given in (digest, ""):
        with pytest.raises(Refused) as raised:
            empty[tracker].read({HEADERS[tracker]: given}, b"{}", HOOK)
        assert raised.value.state == "forbidden"
