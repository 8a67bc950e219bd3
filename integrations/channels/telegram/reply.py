"""The pure reader of one HTTP/1.1 reply: bytes go in as they come, a whole reply comes out."""

from dataclasses import dataclass

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 32 * 1024 * 1024
HEX_DIGITS = b"0123456789abcdefABCDEF"
INFORMATIONAL = range(100, 200)
BODYLESS = frozenset({204, 304})


class GarbledError(Exception):
    """What came back is not an HTTP/1.1 reply that can be trusted; the connection must not be used again.

    `part` is what was wrong with it: head, endless-head, length, chunk or size.
    """

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part

    def __str__(self) -> str:
        return f"the reply is not HTTP/1.1 as it should be: {self.part}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply: `reusable` says whether its connection may carry another request."""

    status: int
    body: bytes
    reusable: bool


class ReplyReader:
    """Reads exactly one reply; `feed` and `end` raise GarbledError on what cannot be understood."""

    __slots__ = ("_body", "_buffer", "_chunked", "_length", "_reusable", "_status")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._body = bytearray()
        self._status = 0
        self._length: int | None = None
        self._chunked = False
        self._reusable = True

    @property
    def started(self) -> bool:
        """Whether the server has begun to answer."""
        return self._status != 0 or bool(self._buffer)

    def feed(self, data: bytes) -> Reply | None:
        """Take the next bytes; return the reply once it is whole."""
        self._buffer += data
        while self._status == 0:
            if not self._read_head():
                return None
        if len(self._buffer) + len(self._body) > BODY_LIMIT:
            raise GarbledError("size")
        if self._chunked:
            return self._read_chunks()
        if self._length is None or len(self._buffer) < self._length:
            return None
        return self._whole(self._buffer, exact=len(self._buffer) == self._length)

    def end(self) -> Reply | None:
        """The server closed: return the reply if closing is what ends it, else None."""
        if self._status == 0 or self._chunked or self._length is not None:
            return None
        return self._whole(self._buffer, exact=False)

    def _whole(self, body: bytearray, *, exact: bool) -> Reply:
        length = len(body) if self._length is None else self._length
        return Reply(self._status, bytes(body[:length]), self._reusable and exact)

    def _read_head(self) -> bool:
        """Consume one head; True when there was a whole one (an interim 1xx leaves the status at 0)."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > HEAD_LIMIT:
                raise GarbledError("endless-head")
            return False
        lines = bytes(self._buffer[:end]).lower().split(b"\r\n")
        del self._buffer[: end + 4]
        version, _, rest = lines[0].partition(b" ")
        if not version.startswith(b"http/1.") or not rest[:3].isdigit():
            raise GarbledError("head")
        status = int(rest[:3])
        if status in INFORMATIONAL:
            return True
        self._status = status
        self._read_fields(lines[1:], keeps=version == b"http/1.1")
        return True

    def _read_fields(self, lines: list[bytes], *, keeps: bool) -> None:
        self._reusable = keeps
        for line in lines:
            name, _, value = line.partition(b":")
            if name == b"content-length":
                if not value.strip().isdigit():
                    raise GarbledError("length")
                self._length = int(value)
            elif name == b"transfer-encoding":
                self._chunked = b"chunked" in value
            elif name == b"connection":
                self._reusable = b"close" not in value and (keeps or b"keep-alive" in value)
        if self._chunked:
            # A reply that carries both lengths is a known smuggling form: read it, never reuse its connection.
            self._reusable = self._reusable and self._length is None
        elif self._status in BODYLESS:
            self._length = 0

    def _read_chunks(self) -> Reply | None:
        while (line_end := self._buffer.find(b"\r\n")) >= 0:
            digits = bytes(self._buffer[:line_end]).partition(b";")[0].strip()
            # int() alone would take a sign, blanks and underscores too.
            if not digits or digits.strip(HEX_DIGITS):
                raise GarbledError("chunk")
            size = int(digits, 16)
            start = line_end + 2
            if size == 0:
                return self._read_trailer(start)
            if len(self._buffer) < start + size + 2:
                return None
            self._body += self._buffer[start : start + size]
            del self._buffer[: start + size + 2]
        return None

    def _read_trailer(self, start: int) -> Reply | None:
        if self._buffer[start : start + 2] == b"\r\n":
            end = start + 2
        elif (blank := self._buffer.find(b"\r\n\r\n", start)) >= 0:
            end = blank + 4
        else:
            return None
        self._length = None
        return self._whole(self._body, exact=end == len(self._buffer))
