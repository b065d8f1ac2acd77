"""What a server is sent of a scan, and which number of its answer is meant: functions of the user's, or as usual."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from remembrain.targets.brought.number_in_json import Part, prediction_in
from remembrain.targets.brought.posting import Answer

ToRequest: TypeAlias = Callable[[Any], Mapping[str, Any]]
"""Turns a scan (a row as a dict, or a path) into what is sent: json=, files=, data=, content=, params=, headers=."""
FromResponse: TypeAlias = Callable[[Answer], Any]
"""Returns the number that an answer holds."""


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

    def read(self, answer: Answer, place: Sequence[str] | None = None) -> Part:
        """Return what is meant of an answer; it stands under the same names as in an earlier one, where there was any.

        Raises
        ------
        DataError
            Where nobody can be certain what is meant.
        """
        if self.from_response is not None:
            return Part((), self.from_response(answer))
        try:
            content = parse_json(answer.content, "answer")
        except DataError:
            raise DataError(f"answers with no {'numbers' if self.several else 'number'}") from None
        return prediction_in(content, several=self.several, place=place)


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


def _function(module: ModuleType, name: str) -> Callable[[Any], Any]:
    """Return a function of a module."""
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError(f"has no function {shown(name)}", where=f"--request {module.__file__ or module.__name__}")
    return function  # type: ignore[no-any-return]  # of a stranger's
