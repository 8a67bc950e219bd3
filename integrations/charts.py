"""Bar charts as PNG pictures, drawn in a process of their own: the library stops its whole process while it draws."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from flows.errors import Retry
from flows.model import Json
from flows.ports.reading import Panel
from integrations.drawing import LENGTH

SECONDS: Final = 30.0
"""Until a picture is given up: the first one takes one second on an idle machine."""
IDLE: Final = 600.0
"""So long the process, some 90 MB, waits for the next picture before it ends."""
_ROOT: Final = Path(__file__).parents[1]
_ROW: Final = 26  # pixels
_WIDTH: Final = 420
# A background of its own, so that the picture reads the same on a light page and on a dark one.
_PAGE, _INK, _QUIET, _BAR = "#f6f7f9", "#1f2933", "#52606d", "#3b76d6"


class VegaCharts:
    """The port `Charts`; one picture at a time."""

    def __init__(self, seconds: float = SECONDS, idle: float = IDLE) -> None:
        self._seconds = seconds
        self._idle = idle
        self._turnstile = asyncio.Lock()
        self.process: Process | None = None
        self._end: asyncio.TimerHandle | None = None

    async def draw(self, title: str, panels: Sequence[Panel]) -> bytes:
        """The panels under each other."""
        line = json.dumps(specification(title, panels)).encode() + b"\n"
        async with self._turnstile:
            if self._end is not None:
                self._end.cancel()
            try:
                async with asyncio.timeout(self._seconds):
                    picture = await self._drawn(line)
            except (OSError, EOFError, TimeoutError) as error:
                await self._stop()
                raise Retry(reason=f"the chart could not be drawn: {type(error).__name__}") from error
            except asyncio.CancelledError:
                await self._stop()  # what it would still say belongs to this picture, not to the next one
                raise
            self._end = asyncio.get_running_loop().call_later(self._idle, self._kill)
        if not picture:
            raise Retry(reason="the chart could not be drawn")
        return picture

    async def close(self) -> None:
        """End the process."""
        if self._end is not None:
            self._end.cancel()
        async with self._turnstile:
            await self._stop()

    async def _drawn(self, line: bytes) -> bytes:
        process = self.process
        if process is None or process.returncode is not None or process.stdin is None or process.stdout is None:
            process = self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "integrations.drawing", stdin=PIPE, stdout=PIPE, cwd=_ROOT
            )
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        stdin.write(line)
        await stdin.drain()
        (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        return await stdout.readexactly(length)

    def _kill(self) -> None:
        if self.process is not None and not self._turnstile.locked():
            with suppress(ProcessLookupError):
                self.process.kill()

    async def _stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def specification(title: str, panels: Sequence[Panel]) -> dict[str, Json]:
    """The picture in the words of Vega-Lite."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": _PAGE,
        "padding": 16,
        "title": {"text": title, "color": _INK, "fontSize": 17, "anchor": "start", "offset": 12},
        "vconcat": [_panel(panel) for panel in panels],
        "config": {"view": {"stroke": None}, "concat": {"spacing": 22}, "font": "sans-serif"},
    }


def _panel(panel: Panel) -> dict[str, Json]:
    """Bars from the left, each with its value behind it; the labels keep the order of the rows."""
    rows: list[Json] = [
        {"row": number, "label": label, "value": value, "shown": shown}
        for number, (label, value, shown) in enumerate(panel.rows)
    ]
    labels: dict[str, Json] = {
        "title": None, "domain": False, "ticks": False, "labelColor": _INK, "labelFontSize": 13, "labelLimit": 240,
        "labelPadding": 8, "labelExpr": f"{json.dumps([label for label, _, _ in panel.rows])}[datum.value]",
    }  # fmt: skip
    side: dict[str, Json] = {"field": "row", "type": "ordinal", "axis": labels}
    length: dict[str, Json] = {
        "field": "value", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "nice": False},
    }  # fmt: skip
    words: dict[str, Json] = {"type": "text", "align": "left", "dx": 6, "color": _QUIET, "fontSize": 13, "clip": False}
    return {
        "title": {"text": panel.title, "color": _QUIET, "fontSize": 13, "fontWeight": "normal", "anchor": "start"},
        "width": _WIDTH,
        "height": {"step": _ROW},
        "data": {"values": rows},
        "layer": [
            _layer({"type": "bar", "color": _BAR, "cornerRadiusEnd": 3, "height": {"band": 0.7}}, side, length),
            _layer(words, side, length, text={"field": "shown", "type": "nominal"}),
        ],
    }


def _layer(mark: dict[str, Json], side: dict[str, Json], length: dict[str, Json], **more: Json) -> dict[str, Json]:
    return {"mark": mark, "encoding": {"y": side, "x": length, **more}}
