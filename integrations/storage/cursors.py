"""Where a list goes on: an opaque text that holds the sort key of the last row shown."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

from flows.errors import Refused

_LARGEST = 2**63 - 1


def cursor_of(number: int, key: str = "") -> str:
    """The cursor after a row that sorts by a number and then by a key."""
    return urlsafe_b64encode(orjson.dumps([number, key])).decode().rstrip("=")


def after(cursor: str) -> tuple[int, str] | None:
    """What `cursor_of` was given; None for an empty cursor. Raises `Refused` (cursor) for one that it never made."""
    if not cursor:
        return None
    try:
        number, key = orjson.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Refused(reason="no page begins at this cursor: leave it out to begin anew", state="cursor") from error
    if isinstance(number, int) and isinstance(key, str) and -_LARGEST <= number <= _LARGEST and "\0" not in key:
        return number, key
    raise Refused(reason="no page begins at this cursor: leave it out to begin anew", state="cursor")
