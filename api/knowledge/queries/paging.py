"""One page of a select, and the total it was cut from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, UnaryExpression, func
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


def ordered(column: ColumnElement[Any], descending: bool) -> UnaryExpression[Any]:
    """Order by a column, with nothing (NULL) last on every engine and in both directions."""
    return (column.desc() if descending else column.asc()).nulls_last()
