"""Options that would change nothing where they are said are refused; :mod:`~remembrain.config.idle_rows` says which.

Whoever says an option means something by it, and a run that goes on without it answers another question. A value equal
to the default is never refused, so that a file of options with all of them holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from remembrain.config.base import Options
from remembrain.config.idle_rows import IDLE, Idle
from remembrain.config.said import Said
from remembrain.errors import UsageError


def insist_on_use(
    *asked: Said,
    where: Path | None = None,
    keys: Collection[str] | None = None,
    typed: Collection[BaseModel] = (),
) -> None:
    """Raise where an option would change nothing.

    Parameters
    ----------
    asked
        What was asked for; where it is several things with the same options, what changes nothing in any of them.
    where
        The file that says it, where it was not the command line.
    keys
        Those that were said, where some of the options come from an earlier command.
    typed
        Options of the command line, which count for more than what the file says: such a one is no fault of the file.

    Raises
    ------
    UsageError
        Naming the option and why.
    """
    idle = [dict(_idle(said)) for said in asked]
    for (model, key), (value, row) in idle[0].items():
        if not all((model, key) in others for others in idle) or (keys is not None and key not in keys):
            continue
        at = None if any(_is_said(options, key) for options in typed) else where
        raise UsageError(
            f"{_shown(key, value, typed=at is None)} would change nothing: {row.why}",
            where=at,
            try_next=f"leave it out{', or ' if row.instead else ''}{row.instead}",
        )


def _shown(key: str, value: object, *, typed: bool) -> str:
    """Return an option as it is said on the command line or in a file."""
    option = key.replace("_", "-") if typed else key
    if typed and isinstance(value, bool):
        return f"--{option}" if value else f"--no-{option}"
    words = " ".join(map(str, value)) if isinstance(value, tuple | Mapping) else str(value)
    return f"{'--' if typed else ''}{option} {words}"


def _is_said(options: BaseModel, key: str) -> bool:
    """Tell whether an option is among these, and not as it is when nobody says it."""
    field = type(options).model_fields.get(key)
    return field is not None and getattr(options, key) != field.get_default(call_default_factory=True)


def _idle(said: Said) -> Iterator[tuple[tuple[type[Options], str], tuple[object, Idle]]]:
    """Yield every option that was said and would change nothing, with its value and the first row that says so."""
    there = set()
    for model, rows in IDLE.items():
        options = said[model]
        for row in rows(said):
            for key in row.keys.split():
                if row.holds and (model, key) not in there and _is_said(options, key):
                    there.add((model, key))
                    yield (model, key), (getattr(options, key), row)
