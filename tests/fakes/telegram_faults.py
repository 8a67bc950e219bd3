"""Faults that a test scripts: what the Bot API answers instead of doing its work, or after doing it."""

from dataclasses import dataclass
from typing import Any, Literal

FaultKind = Literal["refuse", "raw", "hang", "reset", "cut", "lost", "close_after", "chunked"]


@dataclass
class Fault:
    """One scripted fault.

    `refuse` answers an error object, `raw` a body as it stands, `hang` nothing, `reset` drops the connection before the
    call is done, `lost` after it was done but before a byte of the reply, `cut` in the middle of the reply's body.
    `close_after` and `chunked` answer well: the connection is closed behind the reply, or the reply comes in chunks.
    """

    kind: FaultKind
    code: int = 0
    body: bytes = b""
    description: str = ""
    parameters: dict[str, int] | None = None
    method: str = "*"
    chat: int | None = None
    times: int = 1

    def meets(self, method: str, params: dict[str, Any]) -> bool:
        """Whether this fault is for that call."""
        if self.method not in {"*", method}:
            return False
        return self.chat is None or str(params.get("chat_id")) == str(self.chat)


def flood(retry_after: int = 1) -> Fault:
    return Fault(
        "refuse",
        429,
        description=f"Too Many Requests: retry after {retry_after}",
        parameters={"retry_after": retry_after},
    )


def bad_entities() -> Fault:
    return Fault("refuse", 400, description="Bad Request: can't parse entities: Can't find end of the entity")


def migrated(new_chat: int) -> Fault:
    return Fault(
        "refuse",
        400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": new_chat},
    )


def broken() -> Fault:
    return Fault("refuse", 500, description="Internal Server Error")


def garbage() -> Fault:
    return Fault("raw", 502, body=b"<html><body>502 Bad Gateway</body></html>")
