"""Tables as files for people and programs: CSV, XLSX and JSON lines, written as a stream in bounded memory."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import assert_never

import orjson
import xlsxwriter

from flows.model import Json
from flows.tables import Format, Row

_CHUNK = 64 * 1024
_CELL_LIMIT = 32_767  # of XLSX, in characters


class FileSheets:
    """The `Sheets` port: one table as the bytes of a file."""

    async def write(self, kind: Format, header: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
        """The bytes of a file, piece by piece; `rows` are read as the bytes are taken.

        CSV has a header, commas, CRLF (RFC 4180) and a byte order mark. An XLSX has one sheet, its header frozen.
        """
        match kind:
            case "csv":
                pieces = _csv(header, rows)
            case "xlsx":
                pieces = _xlsx(header, rows)
            case "jsonl":
                pieces = _jsonl(rows)
            case _:
                assert_never(kind)
        async for piece in pieces:
            yield piece


async def _csv(header: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    # Without the mark Excel reads Cyrillic as the machine's old code page.
    buffer.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer.writerow(header)
    async for row in rows:
        writer.writerow([_plain(row.get(name)) for name in header])
        if buffer.tell() >= _CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


async def _xlsx(header: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "table.xlsx"
        # A string stays a string: no text becomes a formula, a link or a number.
        book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": directory,
            },
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(header) - 1, 0), 18)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        number = 0
        async for row in rows:
            number += 1
            for column, name in enumerate(header):
                _write(sheet, number, column, row.get(name))
        await asyncio.to_thread(book.close)  # packing a large book takes seconds
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: Json) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    elif text := _plain(value):
        sheet.write_string(row, column, str(text)[:_CELL_LIMIT])


async def _jsonl(rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    async for row in rows:
        yield orjson.dumps(dict(row), option=orjson.OPT_APPEND_NEWLINE)


def _plain(value: Json) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return value
    return orjson.dumps(value).decode()
