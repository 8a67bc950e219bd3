"""Draws what Slack shows of the product's own Block Kit, for docs/desk.md and the guides.

Run as `make docs`. `docs/pictures` gets the JSON as it is sent, an SVG picture of it that follows the reader's light or
dark page, and the chart of `/stats` as the product draws it.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any, Final

from integrations.charts import VegaCharts
from tools.desk_scene import draw, scene

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
LANGUAGES: Final = ("en", "ru")
_WIDTH, _EDGE, _ROW = 680, 20, 21
_INNER: Final = _WIDTH - 2 * _EDGE
_GAP: Final = 12
_LETTERS: Final = 0x2300  # signs beyond are as wide as they are high
_MARK: Final = re.compile(r"\*(?P<bold>[^*\n]+)\*|_(?P<italic>[^_\n]+)_|<(?P<link>[^|>]+)\|(?P<label>[^>]+)>")
_STYLE: Final = """
text { font: 15px "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1d1c1d; white-space: pre }
.b { font-weight: 700 } .i { font-style: italic } .a { fill: #1264a3 }
.head { font-size: 18px; font-weight: 700 } .small { font-size: 12px; fill: #616061 }
.page { fill: #ffffff; stroke: #d8d8da } .line { stroke: #d8d8da } .button { fill: #ffffff; stroke: #b5b5b8 }
.primary { fill: #007a5a; stroke: #007a5a } .danger { fill: #c01343; stroke: #c01343 } .press { font-weight: 700 }
.on { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #e8e8e8 } .a { fill: #5cb3ec } .small { fill: #ababad } .page { fill: #1a1d21; stroke: #45474b }
.line { stroke: #45474b } .button { fill: #22252a; stroke: #6c6f75 }
.primary { fill: #007a5a } .danger { fill: #c01343 } .on { fill: #ffffff }
}
"""


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of one kind: `b`old, `i`talic, an `a`ddress, or plain."""

    text: str
    kind: str = ""


class _Canvas:
    """What was drawn so far, and how far down that is."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self.y = float(_EDGE)

    def text(self, x: float, y: float, runs: Sequence[_Run], kind: str = "") -> None:
        """One row of words."""
        spans = "".join(
            f'<tspan class="{run.kind}">{escape(run.text)}</tspan>' if run.kind else escape(run.text) for run in runs
        )
        mark = f' class="{kind}"' if kind else ""
        self.shapes.append(f'<text x="{x:g}" y="{y:g}"{mark}>{spans}</text>')

    def paragraph(self, x: float, y: float, text: str, width: float) -> float:
        """Words in rows; how far down they reach."""
        for row in _wrapped(text, width):
            y += _ROW
            self.text(x, y - 6, row)
        return y

    def rendered(self, title: str) -> str:
        """The whole picture."""
        height = self.y + _EDGE - _GAP
        page = f'<rect class="page" x=".5" y=".5" width="{_WIDTH - 1}" height="{height - 1:g}" rx="8"/>'
        size = f'width="{_WIDTH}" height="{height:g}" viewBox="0 0 {_WIDTH} {height:g}"'
        begin = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        return "\n".join(
            [begin, f"<title>{escape(title)}</title>", f"<style>{_STYLE}</style>", page, *self.shapes, "</svg>\n"]
        )


def main() -> None:
    """Write every picture."""
    PICTURES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for name, text in sources(language).items():
            (PICTURES / name).write_text(text, encoding="utf-8")
    asyncio.run(_charts())


def sources(language: str) -> dict[str, str]:
    """The files whose content is the same on every machine, by name."""
    found: dict[str, str] = {}
    for name, sent in asdict(scene(language)).items():
        found[f"{name}.{language}.json"] = json.dumps(sent, ensure_ascii=False, indent=1) + "\n"
        if name != "chart":
            found[f"{name}.{language}.svg"] = picture(sent["blocks"])
    return found


async def _charts() -> None:
    charts = VegaCharts()
    try:
        for language in LANGUAGES:
            (PICTURES / f"chart.{language}.png").write_bytes(await draw(language, charts))
    finally:
        await charts.close()


def picture(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Blocks as Slack shows them, as SVG. Raises `KeyError` for a kind of block that the product does not send."""
    canvas = _Canvas()
    draws = {"header": _header, "section": _section, "context": _context, "actions": _actions, "divider": _divider}
    for block in blocks:
        draws[block["type"]](canvas, block)
        canvas.y += _GAP
    title = next((block["text"]["text"] for block in blocks if block["type"] == "header"), "Slack")
    return canvas.rendered(title)


# ------------------------------------------------------------------ blocks
def _header(canvas: _Canvas, block: Mapping[str, Any]) -> None:
    canvas.y += 24
    canvas.text(_EDGE, canvas.y - 5, [_Run(unescape(block["text"]["text"]))], "head")


def _section(canvas: _Canvas, block: Mapping[str, Any]) -> None:
    if "text" in block:
        canvas.y = canvas.paragraph(_EDGE, canvas.y, block["text"]["text"], _INNER)
    fields, half = block.get("fields", ()), _INNER / 2
    for start in range(0, len(fields), 2):
        ends = [
            canvas.paragraph(_EDGE + column * half, canvas.y, field["text"], half - _GAP)
            for column, field in enumerate(fields[start : start + 2])
        ]
        canvas.y = max(ends) + (6 if start + 2 < len(fields) else 0)


def _context(canvas: _Canvas, block: Mapping[str, Any]) -> None:
    canvas.y += 16
    words = "   ".join(element["text"] for element in block["elements"])
    canvas.text(_EDGE, canvas.y - 4, list(_runs(words)), "small")


def _divider(canvas: _Canvas, block: Mapping[str, Any]) -> None:
    del block
    canvas.shapes.append(f'<line class="line" x1="{_EDGE}" x2="{_WIDTH - _EDGE}" y1="{canvas.y:g}" y2="{canvas.y:g}"/>')


def _actions(canvas: _Canvas, block: Mapping[str, Any]) -> None:
    x, high = float(_EDGE), 34
    for element in block["elements"]:
        menu = element["type"] == "static_select"
        label = unescape(element["placeholder" if menu else "text"]["text"]) + ("  ▾" if menu else "")
        style = element.get("style", "")
        width = _width(label, "b") + 28
        if x + width > _WIDTH - _EDGE and x > _EDGE:
            x, canvas.y = float(_EDGE), canvas.y + high + 8
        box = f'x="{x:g}" y="{canvas.y:g}" width="{width:g}" height="{high}" rx="5"'
        canvas.shapes.append(f'<rect class="{style or "button"}" {box}/>')
        place = f'x="{x + width / 2:g}" y="{canvas.y + 22:g}" text-anchor="middle"'
        canvas.shapes.append(f'<text class="press{" on" if style else ""}" {place}>{escape(label)}</text>')
        x += width + 8
    canvas.y += high


# ------------------------------------------------------------------ words
def _runs(text: str) -> Iterator[_Run]:
    """Slack's markup as runs of words."""
    end = 0
    for found in _MARK.finditer(text):
        yield _Run(unescape(text[end : found.start()]))
        if found["bold"]:
            yield _Run(unescape(found["bold"]), "b")
        elif found["italic"]:
            yield _Run(unescape(found["italic"]), "i")
        else:
            yield _Run(unescape(found["label"]), "a")
        end = found.end()
    yield _Run(unescape(text[end:]))


def _wrapped(text: str, width: float) -> Iterator[list[_Run]]:
    """Rows that are no wider than that, broken between words."""
    for line in text.split("\n"):
        row: list[_Run] = []
        used = 0.0
        for run in _runs(line):
            for word in re.findall(r"\s*\S+\s*?|\s+", run.text):
                needs = _width(word, run.kind)
                if row and used + needs > width:
                    yield row
                    row, used = [], 0.0
                shown = word if row else word.lstrip()
                if row and row[-1].kind == run.kind:
                    row[-1] = _Run(row[-1].text + shown, run.kind)
                else:
                    row.append(_Run(shown, run.kind))
                used += needs
        yield row


def _width(text: str, kind: str) -> float:
    """About how wide words are, in pixels: the reader's fonts are not known here, so rather too much."""
    narrow = sum(sign in "ilj.,:;!|'()[] ftr1·" for sign in text)
    wide = sum(ord(sign) > _LETTERS for sign in text)
    other = len(text) - narrow - wide
    return (narrow * 5 + other * 8.7 + wide * 18) * (1.06 if kind == "b" else 1)


if __name__ == "__main__":
    main()
