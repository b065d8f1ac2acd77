"""What all commands share: the program they hang on, the end of their help, and options that several of them take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cyclopts import App, Parameter
from pydantic import Field, TypeAdapter, ValidationError

from remembrain._terminal import put, say
from remembrain.config import fields_of, first_complaint

if TYPE_CHECKING:
    from remembrain.audit.judge import Evidence

EVERYWHERE = (
    "Of every command: --config FILE takes options from a TOML file (remembrain config prints one); "
    "--debug shows a traceback of what goes wrong."
)

app = App(
    name="remembrain",
    help="Does this model remember whose scans trained it, and who could find out?",
    help_format="plaintext",
    help_epilogue=f"{EVERYWHERE}\n\nExample: remembrain audit BIDS_DIR runs/first",
    version_flags=["--version"],
    default_parameter=Parameter(negative_iterable=(), consume_multiple=True),
    suppress_keyboard_interrupt=False,
)

_Command = TypeVar("_Command", bound=Callable[..., None])


def command(example: str, *, on: App = app, name: str | None = None) -> Callable[[_Command], _Command]:
    """Make a command of a function, whose help ends with what holds for every command, and an example."""

    def register(function: _Command) -> _Command:
        on.command(function, name=name, help_epilogue=f"{EVERYWHERE}\n\nExample: remembrain {example}")
        return function

    return register


def group(name: str, text: str) -> App:
    """Return commands of commands, such as ``remembrain survey audit``."""
    made = App(name=name, help=text, help_epilogue=EVERYWHERE)
    app.command(made)
    return made


def concluding(fail_above: str | None) -> Callable[[Path, Evidence], None]:
    """Return what ends an audit: it prints what was written, says what a reader should know first, and holds the limit.

    Raises
    ------
    UsageError
        Where the limit is none, before anything is done.
    """
    from remembrain.audit import limits

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
