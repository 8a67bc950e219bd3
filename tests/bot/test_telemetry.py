"""What the process writes to its log, and its metrics."""

import io
import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from bot.telemetry import Metrics, set_up_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes during a test."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


def test_events_are_json_lines_without_secrets_and_contacts(stream: io.StringIO) -> None:
    set_up_logging("json", ["hunter22"], stream)
    structlog.get_logger("bot").info("turn committed", password="hunter22", text="пишите на a@b.example", count=3)
    [event] = lines(stream)
    assert (event["event"], event["level"], event["logger"], event["count"]) == ("turn committed", "info", "bot", 3)
    assert event["timestamp"]
    assert "hunter22" not in stream.getvalue()
    assert "b.example" not in stream.getvalue()


def test_a_traceback_is_redacted_too(stream: io.StringIO) -> None:
    set_up_logging("json", [], stream)
    try:
        raise ValueError("https://api.telegram.org/bot123456:ABCDEF-abcdef/getMe for +79161234567")  # noqa: TRY301
    except ValueError:
        structlog.get_logger("bot").exception("call failed")
        logging.getLogger("aiogram").exception("call failed for %s", "+79161234567")
    text = stream.getvalue()
    assert text.count("call failed") == 2
    assert "ABCDEF" not in text
    assert "7916" not in text


@pytest.mark.parametrize("library", ["httpx", "aiogram", "aiohttp.access", "uvicorn.error", "apscheduler.scheduler"])
def test_libraries_speak_from_warnings_on(stream: io.StringIO, library: str) -> None:
    set_up_logging("json", [], stream)
    logging.getLogger(library).info("GET https://api.telegram.org/bot1:x/getUpdates")
    logging.getLogger(library).warning("slow")
    assert [event["event"] for event in lines(stream)] == ["slow"]


def test_pretty_is_for_people(stream: io.StringIO) -> None:
    set_up_logging("pretty", [], stream)
    structlog.get_logger("bot").warning("tick failed", tick="recover")
    assert "tick failed" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_without_a_terminal_the_log_is_json(stream: io.StringIO) -> None:
    set_up_logging("", [], stream)
    structlog.get_logger("bot").info("x")
    assert lines(stream)[0]["event"] == "x"


def test_quiet_leaves_warnings(stream: io.StringIO) -> None:
    set_up_logging("json", [], stream, logging.WARNING)
    log = structlog.get_logger("bot")
    log.info("x")
    log.warning("y")
    assert [event["event"] for event in lines(stream)] == ["y"]


def test_two_processes_parts_have_figures_of_their_own() -> None:
    one, other = Metrics(), Metrics()
    one.turned("telegram", 0.05)
    assert b'assistant_turns_total{channel="telegram"} 1.0' in one.text()
    assert b"assistant_turns_total{" not in other.text()


def test_what_every_turn_counts_is_told_as_prometheus_wants_it() -> None:
    metrics = Metrics()
    metrics.arrived("telegram")
    metrics.left("sent", "telegram")
    for seconds in (0.004, 0.05, 99):
        metrics.turned("telegram", seconds)
    told = set(metrics.text().decode().splitlines())
    assert {
        'assistant_events_total{channel="telegram"} 1.0',
        'assistant_replies_total{channel="telegram"} 1.0',
        'assistant_turns_total{channel="telegram"} 3.0',
        'assistant_reply_seconds_bucket{le="0.005"} 1.0',
        'assistant_reply_seconds_bucket{le="0.05"} 2.0',
        'assistant_reply_seconds_bucket{le="30.0"} 2.0',
        'assistant_reply_seconds_bucket{le="+Inf"} 3.0',
        "assistant_reply_seconds_count 3.0",
        "assistant_reply_seconds_sum 99.054",
    } <= told
