"""What all options share: they never change, have no unknown key, and say one clear thing where a file is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias, TypeVar, get_args, get_type_hints

from cyclopts import Parameter
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic.fields import FieldInfo
from typing_extensions import Doc

from remembrain._text import nearest, parted, shown
from remembrain.errors import UsageError

Words: TypeAlias = Annotated[tuple[str, ...], AfterValidator(parted)]


def _several(value: Any) -> Any:
    """Return one path or several as several; what is neither is left to be refused."""
    if isinstance(value, str | Path):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Files: TypeAlias = Annotated[tuple[Path, ...], BeforeValidator(_several)]
"""One file or several; what was written when there could be one alone is read."""
GridName: TypeAlias = Literal["32", "48", "64", "mni"]
FailAbove: TypeAlias = Annotated[
    str | None,
    Field(
        description="Exit with 4 where evidence may be above this, e.g. auc=0.6 (upper ends of intervals count, of all "
        "attacks in the evidence).",
    ),
]


_Model = TypeVar("_Model", bound="Options")


class Options(BaseModel):
    """Options that never change and have no unknown key; in a file a dash is as good as an underscore."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # --help needs no validators

    @model_validator(mode="before")
    @classmethod
    def _underscored(cls, content: Any) -> Any:
        """Return keys as they are called here."""
        if not isinstance(content, Mapping):
            return content
        names = {name: name.replace("-", "_") for name in content}
        return {names[name] if names[name] in cls.model_fields else name: value for name, value in content.items()}

    @classmethod
    def of_file(cls, path: Path, content: Mapping[str, Any], expected: str | None = None) -> Self:
        """Return the options that stand in a file.

        Parameters
        ----------
        path
            The file, which is named where something is wrong.
        content
            What was read of it.
        expected
            What to say where a value is wrong.

        Raises
        ------
        UsageError
            Naming the section and the key, and of an unknown one which is near.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise _unknown(cls, error, path) or UsageError(
                first_complaint(error), where=path, expected=expected
            ) from None


class SeedOptions(Options):
    """What stands above all sections of a file."""

    seed: int = Field(0, ge=0, description="The one seed that everything random comes from.")


_MODEL = ("data", "split", "training", "federation", "import", "attack", "model", "predictions", "defend")
_OTHER = ("release", "adversary", "survey", "regions", "phantom", "demo", "selftest", "report", "show")
SECTIONS: dict[str, list[type[Options]]] = {name: [] for name in (*_MODEL, *_OTHER)}
"""The models of which each section of a file for ``--config`` is made; the seed stands above all sections."""


def section(name: str, group: str | None = None) -> Callable[[type[_Model]], type[_Model]]:
    """Say in which section of a file options stand, and in which group of a command's help."""

    def register(model: type[_Model]) -> type[_Model]:
        SECTIONS[name].append(model)
        shown_as = Parameter(name="*", group=group) if group else Parameter(name="*")
        return shown_as(model)

    return register


def fields_of(name: str) -> dict[str, FieldInfo]:
    """Return what may stand in a section, by key; above all sections (``""``), the seed."""
    models = SECTIONS[name] if name else [SeedOptions]
    return {key.rstrip("_"): field for model in models for key, field in model.model_fields.items()}


def options_of(stated: type[Any]) -> type[Options]:
    """Return the options that a dataclass states, bounds and help with them; its room knows no files of options."""
    hints, made = get_type_hints(stated, include_extras=True), {}
    for field in fields(stated):
        purpose = next(part.documentation for part in hints[field.name].__metadata__ if isinstance(part, Doc))
        made[field.name] = hints[field.name], Field(field.default, description=purpose)
    return create_model(stated.__name__, __base__=Options, **made)  # type: ignore[call-overload, no-any-return]


def first_complaint(error: ValidationError) -> str:
    """Return the first thing pydantic found wrong, as one line; all it might be, where a value may be of several kinds.

    A place of pydantic's ends then with the kind, such as ``literal['measured']``, which is no name of ours.
    """
    found: dict[str, str] = {}
    for one in error.errors():
        parts = [str(part) for part in one["loc"] if str(part).isidentifier() or str(part).isdecimal()]
        place = ".".join(parts or map(str, one["loc"]))
        found[place] = f"{found[place]}, or {one['msg'].lower()}" if place in found else one["msg"]
    place, what = next(iter(found.items()))
    return f"{place}: {what}" if place else what


def unknown(
    name: str, names: Mapping[str, object], path: Path, *, section: str = "", table: bool = False
) -> UsageError:
    """Return the complaint that a file has a section or key that there is not, with the one that is near."""
    near = nearest(name.replace("-", "_"), names)
    known = ", ".join(names)
    if table:
        return UsageError(
            f"unknown section [{shown(name)}]", where=path, expected=f"[{near}]" if near else f"one of {known}"
        )
    beside = f" in [{section}]" if section else ""
    return UsageError(f"unknown key {shown(name)!r}{beside}", where=path, expected=near or f"one of {known}")


def _unknown(model: type[BaseModel], error: ValidationError, path: Path) -> UsageError | None:
    """Return the complaint about a key that there is not, where that is what is wrong first."""
    first = error.errors()[0]
    if first["type"] != "extra_forbidden":
        return None
    *within, name = (part for part in first["loc"] if isinstance(part, str))
    for part in within:
        field = {called: field for key, field in model.model_fields.items() for called in (key, field.alias)}[part]
        model = next(_models(field.annotation))
    names = {field.alias or key: field for key, field in model.model_fields.items()}
    table = isinstance(first["input"], Mapping) and not within
    return unknown(name, names, path, section=".".join(within), table=table)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models of which a value of this type is made."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
