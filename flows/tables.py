"""The port for tables as files: what people take home in a spreadsheet."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from flows.model import Json

Format: TypeAlias = Literal["csv", "xlsx", "jsonl"]
Row: TypeAlias = Mapping[str, Json]


class Sheets(Protocol):
    """Writes one table."""

    def write(self, kind: Format, header: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
        """The file's bytes in pieces, in bounded memory; `header` orders the columns, `jsonl` writes rows whole."""
        ...
