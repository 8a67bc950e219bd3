"""Tells Slack's requests from anybody else's; pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

WINDOW: Final = 300  # seconds, by Slack's clock and ours
_VERSION: Final = "v0"
_STAMP: Final = "x-slack-request-timestamp"
_SIGNATURE: Final = "x-slack-signature"


def signature_of(secret: str, stamp: str, body: bytes) -> str:
    """What Slack writes into `X-Slack-Signature`."""
    signed = f"{_VERSION}:{stamp}:".encode() + body
    return f"{_VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def is_slacks(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether Slack sent it, less than five minutes ago. Without a secret nobody is Slack."""
    given = {name.lower(): value for name, value in headers.items()}
    stamp = given.get(_STAMP, "")
    if not secret or not stamp.isascii() or not stamp.isdecimal():
        return False
    if abs(now.timestamp() - int(stamp)) > WINDOW:
        return False
    return hmac.compare_digest(given.get(_SIGNATURE, "").encode(), signature_of(secret, stamp, body).encode())
