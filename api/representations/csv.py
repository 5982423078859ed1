"""Lists as CSV (RFC 4180): one row a record, nested values in dotted columns."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel


def as_csv(rows: Sequence[BaseModel], fields: Sequence[str] = ()) -> str:
    """The rows with a header line.

    A list of plain values is one cell with ` | ` between them; a list of records is one cell of
    JSON; null is an empty cell. `fields` keeps only these, in their order.
    """
    flat = [
        _flat(row.model_dump(mode="json", exclude_unset=True, include=set(fields) or None))
        for row in rows
    ]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    if fields:
        columns.sort(key=lambda name: fields.index(name.partition(".")[0]))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            cells |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            plain = all(not isinstance(item, dict | list) for item in value)
            cells[prefix + name] = (
                " | ".join(str(item) for item in value)
                if plain
                else json.dumps(value, ensure_ascii=False)
            )
        else:
            cells[prefix + name] = value
    return cells
