"""The evidence as it is written: every field of the types of this room under its own name, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def as_json(record: Any) -> Any:
    """Return a record, or a part of one, as lists, numbers, texts and mappings by the names of its fields.

    Raises
    ------
    TypeError
        Where a part is of a kind that JSON does not have, such as an array.
    """
    if is_dataclass(record) and not isinstance(record, type):
        return {field.name: as_json(getattr(record, field.name)) for field in fields(record)}
    if isinstance(record, Mapping):
        return {str(name): as_json(part) for name, part in record.items()}
    if isinstance(record, list | tuple):
        return [as_json(part) for part in record]
    if record is None or isinstance(record, str | bool | int | float):
        return record
    raise TypeError(f"{type(record).__name__} has no place in a record")
