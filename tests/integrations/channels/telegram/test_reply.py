"""Replies are read whole from any pieces, and nonsense is never taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.channels.telegram import reply as reply_module
from integrations.channels.telegram.reply import GarbledError, Reply, ReplyReader

REPLIES = {
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Reply(200, b"hello", reusable=True)),
    "lower case": (b"HTTP/1.1 429 \r\ncontent-length:  2 \r\n\r\nno", Reply(429, b"no", reusable=True)),
    "empty": (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", Reply(502, b"", reusable=True)),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", Reply(204, b"", reusable=True)),
    "closing": (
        b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok",
        Reply(200, b"ok", reusable=False),
    ),
    "old server": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", Reply(200, b"ok", reusable=False)),
    "old server that stays": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        Reply(200, b"ok", reusable=True),
    ),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\nA;x=y\r\npedia in\r\n\r\n0\r\n\r\n",
        Reply(200, b"wikipedia in\r\n", reusable=True),
    ),
    "chunks and a trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
        Reply(200, b"ok", reusable=True),
    ),
    "both lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        Reply(200, b"ok", reusable=False),
    ),
    "after an interim one": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        Reply(200, b"ok", reusable=True),
    ),
}


@given(name=st.sampled_from(sorted(REPLIES)), size=st.integers(1, 200))
def test_a_reply_is_the_same_in_any_pieces(name: str, size: int) -> None:
    raw, expected = REPLIES[name]
    reader = ReplyReader()
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    assert [reader.feed(piece) for piece in pieces] == [None] * (len(pieces) - 1) + [expected]


def test_a_reply_without_length_ends_with_its_connection() -> None:
    reader = ReplyReader()
    assert reader.feed(b"HTTP/1.1 200 OK\r\n\r\npart") is None
    assert reader.feed(b" two") is None
    assert reader.end() == Reply(200, b"part two", reusable=False)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-L",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    ],
)
def test_a_reply_cut_short_is_none(raw: bytes) -> None:
    reader = ReplyReader()
    assert reader.feed(raw) is None
    assert reader.end() is None
    assert reader.started is bool(raw)


def test_more_than_was_announced_spoils_the_connection() -> None:
    raw, expected = REPLIES["length"]
    got = ReplyReader().feed(raw + b"HTTP/1.1 200 OK\r\n")
    assert got == Reply(expected.status, expected.body, reusable=False)


@pytest.mark.parametrize(
    ("part", "raw"),
    [
        ("head", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        ("head", b"HTTP/2 200\r\n\r\n"),
        ("head", b"HTTP/1.1 abc\r\n\r\n"),
        ("length", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        ("length", b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n"),
        ("chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ("chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n"),
        ("endless-head", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000),
    ],
)
def test_nonsense_is_refused(part: str, raw: bytes) -> None:
    with pytest.raises(GarbledError) as caught:
        ReplyReader().feed(raw)
    assert caught.value.part == part


def test_a_reply_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply_module, "BODY_LIMIT", 10)
    reader = ReplyReader()
    with pytest.raises(GarbledError, match="size"):
        reader.feed(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 11)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    for prefix in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        reader = ReplyReader()
        try:
            reader.feed(prefix + raw)
        except GarbledError:
            continue
        reader.end()
