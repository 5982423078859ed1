"""One page of a select, and the total it was cut from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, String, UnaryExpression, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session

T = TypeVar("T")

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
"""A select of whatever columns."""


@dataclass(frozen=True)
class Window:
    """Which part of a list is asked for."""

    limit: int
    offset: int


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page, and how many there are in all."""

    rows: Sequence[T]
    total: int


def page_of(session: Session, rows: AnySelect, window: Window) -> Page[Any]:
    """Count a select and fetch one window of it: two statements."""
    count = rows.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = session.scalar(count) or 0
    if window.offset >= total:
        return Page([], total)
    found = session.execute(rows.limit(window.limit).offset(window.offset)).all()
    return Page(found, total)


class Bytewise(ColumnElement[str]):
    """A text column compared byte by byte, as SQLite does, whatever PostgreSQL's locale."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


@compiles(Bytewise)
def _as_it_is(element: Bytewise, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.column, **more)


@compiles(Bytewise, "postgresql")
def _in_c(element: Bytewise, compiler: SQLCompiler, **more: Any) -> str:
    return f'{compiler.process(element.column, **more)} COLLATE "C"'


def ordered(column: ColumnElement[Any], descending: bool) -> UnaryExpression[Any]:
    """Order by a column, with nothing (NULL) last on every engine and in both directions."""
    key = Bytewise(column) if isinstance(column.type, String) else column
    return (key.desc() if descending else key.asc()).nulls_last()
