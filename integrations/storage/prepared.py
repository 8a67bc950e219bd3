"""Statements of the hot path: built with Core, compiled once a dialect, run on the driver with tuples."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Insert,
    String,
    Text,
    bindparam,
    literal_column,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

SQLITE: Final = "sqlite"


class Among(ColumnElement[bool]):
    """`column` is one of the list bound as `name`: one statement for any length, where IN needs one for each."""

    inherit_cache = False

    def __init__(self, column: Column[Any], name: str) -> None:
        kind = BigInteger() if isinstance(column.type, BigInteger) else Text()
        self.column = column
        self.json = bindparam(name, type_=String())
        self.array = bindparam(name, type_=ARRAY(kind))


@compiles(Among, SQLITE)
def _among_json(element: Among, compiler: SQLCompiler, **options: object) -> str:
    column = compiler.process(element.column, **options)
    return f"{column} IN (SELECT value FROM json_each({compiler.process(element.json, **options)}))"  # noqa: S608 - no values


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: SQLCompiler, **options: object) -> str:
    return f"{compiler.process(element.column, **options)} = ANY({compiler.process(element.array, **options)})"


def fixed(value: str | int | bool) -> ColumnElement[Any]:  # noqa: FBT001 - any constant
    """A constant that is written into the statement: it is no value to bind."""
    return literal_column(f"'{value}'" if isinstance(value, str) else str(value).lower())


class _Text:
    """A statement in one dialect: its SQL and the order in which it wants its values."""

    def __init__(self, statement: ClauseElement, order: Sequence[str], dialect: Dialect) -> None:
        if isinstance(statement, Insert):
            statement = statement.inline()  # else PostgreSQL would return the new keys of rows nobody asks about
        compiled = statement.compile(dialect=dialect, column_keys=list(order))
        names = getattr(compiled, "positiontup", None) or []
        self.sql = str(compiled)
        self.places = [order.index(name) for name in names]
        self.straight = self.places == list(range(len(order)))
        self.pick = itemgetter(*self.places) if len(self.places) > 1 else None

    def arrange(self, values: Sequence[object]) -> tuple[object, ...]:
        if self.pick is None:
            return tuple(values[place] for place in self.places)
        arranged: tuple[object, ...] = self.pick(values)
        return arranged


class Prepared:
    """A statement with its bind names in the `order` in which callers give the values; a list is given as a list.

    SQLite is spoken to through its driver: SQLAlchemy's own bookkeeping costs several times what the row does.
    """

    def __init__(self, statement: ClauseElement, order: Sequence[str]) -> None:
        self._statement = statement
        self._order = tuple(order)
        self._texts: dict[str, _Text] = {}

    def many(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run once for each row; no rows, no call."""
        if not rows:
            return
        text = self._text(connection)
        arranged = list(rows) if text.straight else [text.arrange(row) for row in rows]
        if connection.dialect.name == SQLITE:
            _driver(connection).executemany(text.sql, arranged)
        else:
            connection.exec_driver_sql(text.sql, arranged)

    def fetch(self, connection: Connection, *values: object) -> Sequence[tuple[Any, ...]]:
        """Run once and return all rows."""
        text = self._text(connection)
        if connection.dialect.name == SQLITE:
            rows: list[tuple[Any, ...]] = _driver(connection).execute(text.sql, _as_json(text, values)).fetchall()
            return rows
        found: Sequence[Any] = connection.exec_driver_sql(text.sql, text.arrange(values)).fetchall()
        return found

    def run(self, connection: Connection, *values: object) -> int:
        """Run once and return how many rows it touched."""
        text = self._text(connection)
        if connection.dialect.name == SQLITE:
            return int(_driver(connection).execute(text.sql, _as_json(text, values)).rowcount)
        return connection.exec_driver_sql(text.sql, text.arrange(values)).rowcount

    def _text(self, connection: Connection) -> _Text:
        dialect = connection.dialect
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = _Text(self._statement, self._order, dialect)
        return text


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - what the driver's own connection is typed as
    return connection.connection.driver_connection


def _as_json(text: _Text, values: Sequence[object]) -> tuple[object, ...]:
    return text.arrange([orjson.dumps(value).decode() if isinstance(value, list) else value for value in values])
