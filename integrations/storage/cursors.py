"""Where a list goes on: an opaque text that holds the sort key of the last row shown."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

_LARGEST = 2**63 - 1


def cursor_of(number: int, key: str = "") -> str:
    """The cursor after a row that sorts by a number and then by a key."""
    return urlsafe_b64encode(orjson.dumps([number, key])).decode().rstrip("=")


def after(cursor: str) -> tuple[int, str] | None:
    """What `cursor_of` was given; None for an empty cursor, and for one that it never made: the list begins anew."""
    if not cursor:
        return None
    try:
        number, key = orjson.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return None
    if isinstance(number, int) and isinstance(key, str) and -_LARGEST <= number <= _LARGEST and "\0" not in key:
        return number, key
    return None
