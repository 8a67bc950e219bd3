"""Only Slack is heard: its own vector, and everything that is a little different."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.desk.slack.signature import is_slacks, signature_of

# The vector of Slack's own SDK.
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
STAMP = 1531420618
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a1"
    b"4d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
HEADERS = {"X-Slack-Request-Timestamp": str(STAMP), "X-Slack-Signature": SIGNATURE}
NOW = datetime.fromtimestamp(STAMP, UTC)


def test_slacks_own_vector() -> None:
    assert signature_of(SECRET, str(STAMP), BODY) == SIGNATURE
    assert is_slacks(HEADERS, BODY, SECRET, NOW)
    assert is_slacks({name.lower(): value for name, value in HEADERS.items()}, BODY, SECRET, NOW)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_the_window_is_five_minutes(seconds: int) -> None:
    assert is_slacks(HEADERS, BODY, SECRET, NOW + timedelta(seconds=seconds))
    for beyond in (-301, 301):
        assert not is_slacks(HEADERS, BODY, SECRET, NOW + timedelta(seconds=beyond))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": SIGNATURE},
        {"X-Slack-Request-Timestamp": str(STAMP)},
        {**HEADERS, "X-Slack-Signature": SIGNATURE[:-1] + "4"},
        {**HEADERS, "X-Slack-Signature": SIGNATURE.removeprefix("v0=")},
        {**HEADERS, "X-Slack-Signature": "v0=сигнатура"},
        {**HEADERS, "X-Slack-Request-Timestamp": f"{STAMP}.0"},
        {**HEADERS, "X-Slack-Request-Timestamp": f" {STAMP}"},
        {**HEADERS, "X-Slack-Request-Timestamp": "١٥٣١٤٢٠٦١٨"},
        {**HEADERS, "X-Slack-Request-Timestamp": ""},
    ],
)
def test_everything_else_is_not_slack(headers: dict[str, str]) -> None:
    assert not is_slacks(headers, BODY, SECRET, NOW)


def test_another_body_or_secret_is_not_slack() -> None:
    assert not is_slacks(HEADERS, BODY + b"&ssl_check=1", SECRET, NOW)
    assert not is_slacks(HEADERS, BODY, SECRET + "x", NOW)
    assert not is_slacks(HEADERS, BODY, "", NOW)
    empty = signature_of("", str(STAMP), BODY)
    assert not is_slacks({**HEADERS, "X-Slack-Signature": empty}, BODY, "", NOW)
