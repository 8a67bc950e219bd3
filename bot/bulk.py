"""JSON lines in, JSON lines out: commands that measure and script themselves."""

import sys
from collections.abc import Callable, Mapping
from typing import TypeAlias

import orjson

from flows.errors import Refused
from flows.model import Json

Row: TypeAlias = Mapping[str, Json]


def each_line(answer: Callable[[Row], Row]) -> None:
    """Answer each line of the standard input with one line of the standard output, in order.

    A line that is no JSON object, or that `answer` refuses, is answered with `{"error": …}`, and the work goes on.
    """
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            result: object = answer(_row(line))
        except (orjson.JSONDecodeError, Refused) as error:
            result = {"error": str(error)}
        out.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
        out.flush()


def _row(line: bytes) -> Row:
    row = orjson.loads(line)
    if not isinstance(row, dict):
        raise Refused(reason="not a JSON object", state="invalid")
    return row


def text_of(row: Row, name: str, otherwise: str | None = None) -> str:
    """A text of a row, `otherwise` when there is none. Raises `Refused` when it is needed or no text."""
    value = row.get(name)
    if value is None and otherwise is not None:
        return otherwise
    if not isinstance(value, str):
        raise Refused(reason=f"{name} is not a text", state="invalid")
    return value
