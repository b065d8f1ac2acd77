"""What a server is sent of a scan, and which number of its answer is meant: functions of the user's, or as usual."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from remembrain._code_files import hash_of, import_place
from remembrain._text import shown
from remembrain.errors import DataError, UsageError
from remembrain.run import parse_json
from remembrain.targets.brought.posting import Answer

ToRequest: TypeAlias = Callable[[Any], Mapping[str, Any]]
"""Turns a scan (a row as a dict, or a path) into what is sent: json=, files=, data=, content=, params=, headers=."""
FromResponse: TypeAlias = Callable[[Answer], Any]
"""Returns the number that an answer holds."""

_CALLED = (r"predict\w*|y_?pred|y_?hat", r"brain_?age\w*|(estimated_)?age(_years)?", r"(output|result|value|score)s?")
"""How what holds a prediction is called, the surest first."""
_DEEPEST = 20


@dataclass(frozen=True)
class Hooks:
    """What is sent of a scan, and what is read of an answer: one number, or where it is said ``several``.

    ``code`` is a hash of the file that says so.
    """

    to_request: ToRequest | None = None
    from_response: FromResponse | None = None
    code: str = ""
    several: bool = False

    @classmethod
    def of(cls, spec: str | None, *, several: bool = False) -> Hooks:
        """Import ``my_requests.py:to_request``, and ``from_response`` where it stands beside it.

        Raises
        ------
        UsageError
            Where there is no such function.
        DataError
            Where the file cannot be imported.
        """
        if spec is None:
            return cls(several=several)
        place, _, name = spec.rpartition(":")
        if not place or not name.isidentifier():
            raise UsageError(f"cannot read {shown(spec)!r}", where="--request", expected="my_requests.py:to_request")
        module = import_place(place, name)
        read = getattr(module, "from_response", None)
        source = Path(module.__file__).resolve() if module.__file__ else None
        code = hash_of(source, {}) if source else ""
        return cls(_function(module, name), read if callable(read) else None, code, several)

    def read(self, answer: Answer) -> Any:
        """Return what is meant of an answer."""
        if self.from_response is not None:
            return self.from_response(answer)
        return first_numbers(answer) if self.several else first_number(answer)


def each(scans: Any) -> Iterator[Any]:
    """Iterate over scans: rows as dicts of plain values, in which nothing is ``None``; arrays as lists; or paths."""
    if isinstance(scans, pd.DataFrame):
        names = [str(name) for name in scans.columns]
        for row in scans.itertuples(index=False, name=None):
            yield {name: _plain(value) for name, value in zip(names, row, strict=True)}
    elif isinstance(scans, np.ndarray):
        yield from (scan.tolist() for scan in scans)
    else:
        yield from scans


def _plain(value: Any) -> Any:
    """Return a cell as plain Python has it."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if plain is None or plain is pd.NA or plain is pd.NaT or plain != plain else plain  # noqa: PLR0124


def instances(row: Any) -> dict[str, Any]:
    """Return a row as most servers take it."""
    return {"json": {"instances": [row]}}


def first_number(answer: Answer) -> float:
    """Return the first number of JSON: of what is called a prediction, where anything is."""
    return float(_first(answer, _is_number, math.nan))


def first_numbers(answer: Answer) -> list[float]:
    """Return the first list of numbers of JSON: of what is called a prediction, where any is."""
    return list(_first(answer, _is_row, []))


def _first(answer: Answer, wanted: Callable[[Any], bool], otherwise: Any) -> Any:
    """Return the first part of JSON that is wanted, the surest first."""
    try:
        content = parse_json(answer.content, "answer")
    except DataError:
        return otherwise
    for called in (*_CALLED, None):
        for part in _parts(content, wanted, called):
            return part
    return otherwise


def _is_number(content: Any) -> bool:
    """Tell whether a part of JSON is a number."""
    return isinstance(content, int | float) and not isinstance(content, bool)


def _is_row(content: Any) -> bool:
    """Tell whether a part of JSON is a list of numbers."""
    return isinstance(content, list) and bool(content) and all(map(_is_number, content))


def _parts(content: Any, wanted: Callable[[Any], bool], called: str | None, depth: int = 0) -> Iterator[Any]:
    """Iterate over what is wanted; over what is called so alone, where it is said."""
    if depth > _DEEPEST:
        return
    if isinstance(content, Mapping):
        for name, value in content.items():
            found = called is None or re.fullmatch(called, name, re.IGNORECASE)
            yield from _parts(value, wanted, None if found else called, depth + 1)
    elif wanted(content) and called is None:
        yield content
    elif isinstance(content, list):
        for value in content:
            yield from _parts(value, wanted, called, depth + 1)


def _function(module: ModuleType, name: str) -> Callable[[Any], Any]:
    """Return a function of a module."""
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError(f"has no function {shown(name)}", where=f"--request {module.__file__ or module.__name__}")
    return function  # type: ignore[no-any-return]  # of a stranger's
