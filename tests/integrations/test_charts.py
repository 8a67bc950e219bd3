"""Charts are pictures that read the same on light and dark pages, and no fault of the drawing reaches the product."""

import struct
import zlib

import pytest

from flows.errors import Retry
from flows.ports.reading import Panel
from integrations.charts import VegaCharts, specification

PANELS = (
    Panel("Лиды по статусу", (("новые", 12, "12"), ("проданы", 0, "0"))),
    Panel("Steps", tuple((f"step {number}", number, f"{number} · 5%") for number in range(12))),
)


def pixels(picture: bytes) -> tuple[int, int, bytes]:
    """Width and height of a PNG, and the first pixel of its first row."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    data, place = b"", 8
    while place < len(picture):
        length, kind = struct.unpack(">I4s", picture[place : place + 8])
        data += picture[place + 8 : place + 8 + length] if kind == b"IDAT" else b""
        place += length + 12
    return width, height, zlib.decompress(data)[1:5]


async def test_a_picture_has_a_page_of_its_own() -> None:
    charts = VegaCharts()
    try:
        picture = await charts.draw("Показатели", PANELS)
        width, height, corner = pixels(picture)
        assert (width > 800, height > 800) == (True, True)
        assert corner == bytes([0xF6, 0xF7, 0xF9, 0xFF]), "the corner is opaque"
        assert await charts.draw("Показатели", PANELS) == picture
    finally:
        await charts.close()


async def test_whatever_the_words_are_they_stay_words() -> None:
    hostile = '"]; alert(1) //\n</script>{{x}}\ud83d\ude00'
    charts = VegaCharts()
    try:
        assert pixels(await charts.draw(hostile, (Panel(hostile, ((hostile, 1, hostile),)),)))[0] > 0
    finally:
        await charts.close()


async def test_a_process_that_died_is_replaced() -> None:
    charts = VegaCharts(idle=0.0)
    try:
        first = await charts.draw("A", PANELS)
        process = charts.process
        assert process is not None
        await process.wait()
        assert await charts.draw("A", PANELS) == first
    finally:
        await charts.close()


async def test_what_takes_too_long_is_given_up() -> None:
    charts = VegaCharts(seconds=0.0)
    with pytest.raises(Retry, match="TimeoutError"):
        await charts.draw("A", PANELS)
    assert charts.process is None
    await charts.close()


def test_text_stands_out_from_its_page() -> None:
    found = specification("A", PANELS)
    title, page = found["title"], found["background"]
    assert isinstance(title, dict)
    assert contrast(str(title["color"]), str(page)) > 7


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """How bright `#rrggbb` is."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
