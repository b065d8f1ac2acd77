"""Whether a job is one of ours and asks for nothing but a training: what a kit holds against whoever sends it one.

A job is what a stranger wrote. It is sound where it is, file by file and word by word, what
:func:`~remembrain.federation.flare.plan.write_job` writes of some plan, and where that plan names one of our own
networks, a known grid and numbers in range. There is no list of what is forbidden. No FLARE in here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from remembrain.cohort.grids import GRIDS
from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.plan import (
    METER,
    SERVER,
    SERVER_CONFIG,
    SITE,
    SITE_CONFIG,
    TRAIN,
    Plan,
    server_config,
    site_config,
)
from remembrain.run import read_json
from remembrain.targets.networks import network_class

MOST_BYTES = 1_000_000
"""Of a job as it is sent, and of everything in it; one of ours has a few thousand."""
_SIGNED = (".__nvfl_sig.json", ".__nvfl_submitter.crt")
_CONFIGS = (f"config/{SERVER_CONFIG}", f"config/{SITE_CONFIG}")
FILES = frozenset({*_CONFIGS, *_SIGNED, *(f"config/{one}" for one in _SIGNED)})
"""Every file that a job of ours may have on a machine: two of settings, and the coordinator's signatures."""
_METER = {"path": METER, "args": {}}
_METERED = {"tasks": [TRAIN], "filters": [_METER]}
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Privacy(_Strict):
    epsilon: float | None = Field(gt=0, le=1e6)
    noise_multiplier: float | None = Field(ge=0, le=1e6)
    delta: float = Field(gt=0, lt=1)
    clip: float = Field(gt=0, le=1e6)
    secure_noise: Literal[True]  # noise from the plan's own seed can be taken away by whoever sent the plan
    label_range: tuple[float, float]
    epochs: int | None = Field(ge=1, le=10**8)


class _Recipe(_Strict):
    optimiser: Literal["adam", "sgd"]
    learning_rate: float = Field(gt=0, le=1e3)
    weight_decay: float = Field(ge=0, le=1e3)
    batch_size: int = Field(ge=1, le=10**5)
    epochs: int = Field(ge=1, le=10**4)
    dropout: float | None = Field(ge=0, lt=1)
    keep_every: int = Field(ge=0, le=10**4)
    width: float = Field(gt=0, le=1)
    defences: list[Annotated[str, Field(pattern=r"^[a-z-]{1,40}=[0-9.e+-]{1,30}$")]] = Field(max_length=20)
    privacy: _Privacy | None


class _Plan(_Strict):
    network: Annotated[str, Field(max_length=40)]
    form: Literal["light", "paper"]
    recipe: _Recipe
    rounds: int = Field(ge=1, le=10**4)
    seed: int = Field(ge=0, lt=2**63)
    sites: list[tuple[Name, Name]] = Field(min_length=1, max_length=1000)
    time_limit: int = Field(ge=1, le=10**7)
    allow_missing: bool


def sound_plan(text: object) -> Plan:
    """Return the plan of a text that a stranger wrote.

    Raises
    ------
    DataError
        Where it is not word by word what :meth:`Plan.to_text` writes, or asks for what no plan of ours may.
    """
    if not isinstance(text, str) or len(text) > MOST_BYTES:
        raise DataError("the plan is no text of a plan")
    try:
        asked = _Plan.model_validate_json(text)
        network_class(asked.network, asked.form)
        plan = Plan.from_text(text)
        again = plan.to_text()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise DataError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", where="the plan") from None
    except (RemembrainError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise DataError(str(error), where="the plan") from None
    if again != text:
        raise DataError("is not as a plan is written", where="the plan")
    if len(plan.sites) != len(asked.sites):
        raise DataError("a site stands twice", where="the plan")
    return plan


def insist_on_component(component: object) -> None:
    """Raise where a job would build anything but what one of ours is made of, with arguments that are sound.

    Raises
    ------
    DataError
        Naming what it would build.
    """
    if not isinstance(component, Mapping):
        raise DataError("builds something without a name")
    path = component.get("path")
    if not isinstance(path, str):
        raise DataError("builds something without a path")
    if component == _METER:
        return
    known: Mapping[str, Callable[[Mapping[str, Any]], object]] = {SERVER: _server_part, SITE: _site_part}
    if path not in known:
        raise DataError(f"names the class {path[:200]!r}", expected="what a job of this program is made of")
    arguments = component.get("args")
    if not isinstance(arguments, Mapping):
        raise DataError("has no arguments", where=path)
    if component != known[path](arguments):
        raise DataError("has parts or arguments that no job of this program has", where=path)


def _server_part(arguments: Mapping[str, Any]) -> object:
    """Return the component that a sound plan makes of these arguments at the server."""
    sound_plan(arguments.get("plan"))
    return server_config(SERVER, {"plan": arguments["plan"]})["workflows"][0]


def _site_part(arguments: Mapping[str, Any]) -> object:
    """Return the component that a sound plan makes of these arguments at a site."""
    sound_plan(arguments.get("plan"))
    grid = arguments.get("grid")
    if not isinstance(grid, str) or grid not in GRIDS:
        raise DataError("the grid is none of this program's", expected=", ".join(GRIDS))
    return site_config(SITE, {"plan": arguments["plan"], "grid": grid})["executors"][0]["executor"]


def insist_on_job(folder: Path) -> None:
    """Raise where a job, as it lies in a folder, is not one of ours.

    Raises
    ------
    DataError
        Naming the file, class or argument that no job of ours has.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (name in FILES or (name == "config" and path.is_dir())):
            raise DataError(f"brings {name[:200]!r}", expected=f"{' and '.join(_CONFIGS)} alone")
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise DataError("is too large", where=name)
    server, site = (_read(folder, name) for name in _CONFIGS)
    for name, found in zip(_CONFIGS, (server, site), strict=True):
        if strange := sorted(set(_paths(found)) - {SERVER, SITE, METER}):
            raise DataError(f"names the class {strange[0][:200]!r}", where=name)
    try:
        arguments = site["executors"][0]["executor"]["args"]
        plan, grid = arguments["plan"], arguments["grid"]
    except (LookupError, TypeError):
        raise DataError("has no plan or no grid", where=_CONFIGS[1]) from None
    whole = site_config(SITE, {"plan": plan, "grid": grid})
    insist_on_component(whole["executors"][0]["executor"])
    if server != server_config(SERVER, {"plan": plan}):
        raise DataError("has settings that no job of this program has, or another plan than sites", where=_CONFIGS[0])
    if site not in (whole, {**whole, "task_data_filters": [_METERED]}):
        raise DataError("has settings that no job of this program has", where=_CONFIGS[1])


def _paths(found: object) -> Iterator[str]:
    """Yield every class that settings name, by whatever key FLARE reads one from."""
    if isinstance(found, Mapping):
        yield from (str(found[key]) for key in ("path", "class_path", "name") if key in found)
    for part in found.values() if isinstance(found, Mapping) else found if isinstance(found, list) else ():
        yield from _paths(part)


def _read(folder: Path, name: str) -> dict[str, Any]:
    """Read a file of settings.

    Raises
    ------
    DataError
        Where it is missing, or not such a file.
    """
    found = read_json(folder / name)
    if not isinstance(found, dict):
        raise DataError("is no settings", where=name)
    return found
