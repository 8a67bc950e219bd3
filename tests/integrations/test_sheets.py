"""Tables as files: CSV as the RFC says, workbooks whose text stays text, JSON lines."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from xml.etree import ElementTree as ET

import orjson

from flows.tables import Format, Row
from integrations.sheets import FileSheets

HEADER = ["name", "count", "note"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def _stream(rows: Sequence[Row]) -> AsyncIterator[Row]:
    for row in rows:
        yield row


async def pieces(kind: Format, rows: Sequence[Row]) -> list[bytes]:
    return [piece async for piece in FileSheets().write(kind, HEADER, _stream(rows))]


async def test_csv_is_what_the_rfc_says_with_a_mark_for_excel() -> None:
    content = b"".join(await pieces("csv", [{"name": 'Анна, "A"', "count": 3, "note": "a\nb"}, {"name": None}]))
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert text.startswith("name,count,note\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [HEADER, ['Анна, "A"', "3", "a\nb"], ["", "", ""]]


async def test_csv_comes_in_pieces() -> None:
    rows: list[Row] = [{"name": "x" * 1000} for _ in range(500)]
    assert len(await pieces("csv", rows)) > 5


async def test_a_workbook_keeps_text_as_text_and_numbers_as_numbers() -> None:
    rows: list[Row] = [{"name": "=1+1", "count": 1.5, "note": "http://example.com"}, {"name": "+79161234567"}]
    content = b"".join(await pieces("xlsx", rows))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        names = book.namelist()
    assert not list(sheet.iter(f"{MAIN}f")), "a formula"
    assert not list(sheet.iter(f"{MAIN}hyperlink")), "a link"
    texts = ["".join(cell.itertext()) for cell in sheet.iter(f"{MAIN}c")]
    assert texts == ["name", "count", "note", "=1+1", "1.5", "http://example.com", "+79161234567"]
    assert "xl/worksheets/sheet1.xml" in names


async def test_a_cell_longer_than_a_workbook_takes_is_cut() -> None:
    content = b"".join(await pieces("xlsx", [{"name": "я" * 40_000}]))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert max(len("".join(cell.itertext())) for cell in sheet.iter(f"{MAIN}c")) == 32_767


async def test_json_lines_are_whole() -> None:
    rows: list[Row] = [{"id": "1", "slots": {"budget": {"min": 1}}}, {"id": "2"}]
    content = b"".join(await pieces("jsonl", rows))
    assert [orjson.loads(line) for line in content.splitlines()] == rows
