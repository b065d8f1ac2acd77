"""What a site says of itself, in ``local/remembrain.toml`` of its kit: its people, what may be spent, its meter.

The file is the site's own, and the only place from which code, folders and people of a site are named: never a job.
This module knows what may stand in it, and nothing of what is done with it; how people are read, its caller knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from remembrain._text import parted
from remembrain.errors import DataError, RemembrainError
from remembrain.query import select_attacks
from remembrain.run import read_toml

UNSEEN = 0.2
KEYS = ("source", "unseen", "most_epsilon", "[data]", "[meter]")
DataT = TypeVar("DataT", bound=BaseModel)
_DEFAULT_ATTACKS = ("error-threshold", "network:gradient:output")


class _Said(BaseModel):
    """What is said in a table of the file: no unknown key, and numbers that are numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MeterOptions(_Said):
    """How a site measures what the community models it receives give away of its own people: the table [meter].

    Attributes
    ----------
    network
        ``module:Class`` or ``file.py:Class`` of the model, with functions ``age(output)`` and ``loss(output, age)``
        beside it where they are needed; the network of the training when left out, which only this program's own say.
    arguments
        What the class is made with.
    people
        ``module:function`` or ``file.py:function``; called without arguments, it returns arguments of
        :func:`remembrain.audit_module`. The people whom the site trains on and those it left out when left out.
    out
        Folder that gets evidence, a report a round, ``trend.tsv`` and ``trend.svg``; one in the kit when left out.
        ``{site}`` in it stands for the site's name.
    stop_above
        Stop taking part where the evidence may be above this AUC: upper ends of intervals count, as for
        ``--fail-above``, and what could not be measured counts as above.
    attacks
        Which to run.
    tasks
        Names of the tasks of other programs' jobs that bring the community model.
    every
        Look at every so many rounds; the released model is always looked at.
    untrained_rounds
        A model of so many first rounds may still predict worse than a mean does without that being taken for wrong
        inputs, which stop a site with a limit; attacks above the limit stop it in these rounds too.
    """

    network: str | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    people: str | None = None
    out: str | None = None
    stop_above: Annotated[float, Field(ge=0, le=1, strict=True)] | None = None
    attacks: Annotated[tuple[str, ...], AfterValidator(parted)] = Field(_DEFAULT_ATTACKS, min_length=1)
    tasks: tuple[str, ...] = Field(("train",), min_length=1)
    every: int = Field(1, ge=1, strict=True)
    untrained_rounds: int = Field(0, ge=0, strict=True)

    def folder(self, usual: Path, site: str) -> Path:
        """Return the folder that gets what is measured."""
        return usual if self.out is None else Path(self.out.replace("{site}", site))


class _Table(_Said):
    """What stands in the file, before paths in it are looked at."""

    source: Path | None = None
    unseen: float = Field(UNSEEN, ge=0, lt=1, strict=True)
    most_epsilon: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)] | None = None
    data: Any = None
    meter: MeterOptions | None = None


@dataclass(frozen=True)
class SiteFile(Generic[DataT]):
    """Where a site's people are, the share who are not trained on, how they are read, the epsilon that may be spent on
    any of them (none where no limit is set), and how its meter measures, where it has one.
    """

    path: Path
    own: Path | None
    unseen: float
    data: DataT
    most_epsilon: float | None = None
    meter: MeterOptions | None = None

    @property
    def source(self) -> Path:
        """Where the people are.

        Raises
        ------
        DataError
            Where the file does not say, as that of a site that only measures need not.
        """
        if self.own is None:
            raise DataError("has no 'source'", where=self.path, expected='source = "/path/to/BIDS"')
        return self.own


def read_site_file(path: Path, data: type[DataT]) -> SiteFile[DataT]:
    """Read what a site says of itself; relative paths in the file are relative to its folder, but those in [data].

    Parameters
    ----------
    path
        The file.
    data
        What may stand in its table [data]; its paths are left as they stand.

    Raises
    ------
    DataError
        Where the file is missing or wrong, naming the key.
    """
    content = read_toml(path)
    _insist_on_keys(path, content)
    kind = create_model("Table", __base__=_Table, data=(data, data()))
    try:
        table = kind.model_validate(content)
    except ValidationError as error:
        raise DataError(_complaint(error, content), where=path, expected="see docs/federation.md") from None
    if table.source is None and not (table.meter and table.meter.network and table.meter.people):
        raise DataError("has no 'source'", where=path, expected='source = "/path/to/BIDS"')
    base = path.parent.resolve()
    own = table.source and base / table.source.expanduser()
    return SiteFile(path, own, table.unseen, table.data, table.most_epsilon, table.meter and _meter(path, table.meter))


def _insist_on_keys(path: Path, content: Mapping[str, Any]) -> None:
    """Raise where a key is none of a site's file."""
    allowed = list(_Table.model_fields)
    for name in content:
        if name not in allowed:
            raise DataError(f"unknown key {name!r}", where=path, expected=", ".join(KEYS))
    meter = content.get("meter")
    for name in meter if isinstance(meter, Mapping) else ():
        if name not in MeterOptions.model_fields:
            keys = ", ".join(MeterOptions.model_fields)
            raise DataError(f"unknown key {name!r} in [meter]", where=path, expected=keys)


def _complaint(error: ValidationError, content: Mapping[str, Any]) -> str:
    """Return the first thing that is wrong, with the key and what stands there."""
    first = error.errors()[0]
    place, complaint = first["loc"], str(first["msg"])
    value: Any = content
    for part in place:
        value = value.get(part) if isinstance(value, Mapping) else None
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    key = f"[{place[0]}] {'.'.join(map(str, place[1:]))}" if len(place) > 1 else str(place[0])
    return f"{key} = {text}: {complaint[:1].lower()}{complaint[1:]}"


def _meter(path: Path, meter: MeterOptions) -> MeterOptions:
    """Return the table with paths as they are meant.

    Raises
    ------
    DataError
        Naming the key that names no code, or no attack.
    """
    base = path.parent.resolve()
    try:
        select_attacks(meter.attacks)
    except RemembrainError as error:
        raise DataError(f"[meter] attacks: {error.what}", where=path, expected=error.expected) from None
    if meter.arguments and meter.network is None:
        raise DataError("[meter] arguments are of a network, and none is named", where=path, expected="network as well")
    code = {key: _code(path, key, text) for key in ("network", "people") if (text := getattr(meter, key)) is not None}
    out = None if meter.out is None else str(base / Path(meter.out).expanduser())
    return meter.model_copy(update={**code, "out": out})


def _code(path: Path, key: str, text: str) -> str:
    """Return ``module:name`` as it is, and ``file.py:name`` with the file's whole path."""
    place, _, name = text.rpartition(":")
    parts = [*name.split("."), *([] if place.endswith(".py") else place.split("."))]
    if not place or not all(part.isidentifier() for part in parts):
        word = "Class" if key == "network" else "function"
        raise DataError(f"[meter] {key} = {text!r}", where=path, expected=f"module:{word} or file.py:{word}")
    if not place.endswith(".py"):
        return text
    file = path.parent.resolve() / Path(place).expanduser()
    if not file.is_file():
        raise DataError(f"[meter] {key}: no such file {place!r}", where=path, expected="a path from the file's folder")
    return f"{file}:{name}"
