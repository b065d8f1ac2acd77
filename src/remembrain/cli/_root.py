"""What several commands share: options, where these stand in a file, and how an audit ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from pydantic import Field, TypeAdapter, ValidationError

from remembrain._terminal import put, say
from remembrain.config import fields_of, first_complaint

if TYPE_CHECKING:
    from remembrain.audits.judge import Evidence


def concluding(fail_above: str | None) -> Callable[[Path, Evidence], None]:
    """Return what ends an audit: it prints what was written, says what a reader should know first, and holds the limit.

    Raises
    ------
    UsageError
        Where the limit is none, before anything is done.
    """
    from remembrain.audits import limits

    limit = limits.parse_limit(fail_above)

    def conclude(written: Path, judged: Evidence) -> None:
        put(written)
        for note in judged.notes:
            say(note)
        limits.enforce(judged, limit)

    return conclude


@dataclass(frozen=True)
class Place:
    """Where an option stands in a file, and so what it means and which values it may have."""

    section: str
    key: str

    def __call__(self, _: Any, value: Any) -> None:
        """Raise where the value cannot be, as the parser of the command line expects it."""
        if value is not None and (wrong := self._complaint(value)):
            raise ValueError(wrong)

    def _complaint(self, value: Any) -> str:
        """Return what is wrong with a value, if anything is."""
        try:
            self.adapter().validate_python(value)
        except ValidationError as error:
            return first_complaint(error)
        return ""

    def adapter(self) -> TypeAdapter[Any]:
        """Return what tells whether a value can be."""
        field = fields_of(self.section)[self.key]
        constrained: Any = Annotated[field.annotation, Field(), *field.metadata]
        return TypeAdapter(constrained)


def place_of(hint: Any) -> Place | None:
    """Return the place of an option that :func:`same_as` states, from its type."""
    stated = (part.validator for part in getattr(hint, "__metadata__", ()) if isinstance(part, Parameter))
    validators = (validator for listed in stated for validator in (listed if isinstance(listed, tuple) else (listed,)))
    return next((validator for validator in validators if isinstance(validator, Place)), None)


def same_as(section: str, key: str) -> Parameter:
    """Return an option of a command that is stated in ``config`` already."""
    return Parameter(help=fields_of(section)[key].description, validator=Place(section, key))


Data = Annotated[Path, Parameter(help="A BIDS folder, or a table (.tsv, .csv, .parquet) of one row a person.")]
NewRun = Annotated[Path, Parameter(help="The run folder; a run that was stopped goes on.")]
Seed = Annotated[int, same_as("", "seed")]
Workers = Annotated[int | None, same_as("data", "workers")]
