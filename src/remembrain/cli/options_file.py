"""The file of ``--config``: printed with every option of every command, and read back for one of them.

Both come from the signatures of the commands and the models in ``config``; nothing is stated again here. A file may
hold options of several commands: each takes its own.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import tomli_w
from cyclopts import App, ArgumentCollection
from cyclopts.config import Dict as ConfigMapping
from pydantic import ValidationError

from remembrain._terminal import say
from remembrain._text import few, shown
from remembrain.cli._root import Place, place_of
from remembrain.config import SECTIONS, SurveyConfig, fields_of, unknown
from remembrain.errors import UsageError
from remembrain.run import read_toml

HEAD = """\
## Options of remembrain, of every command. Uncomment what you want to change and pass the file with --config: every
## command takes what belongs to it. What is said on the command line counts for more than what is said here; an empty
## text ("") is as good as nothing.
"""
_RELEASE = frozenset(SurveyConfig.model_fields) - {"source", "seed", "release", "adversary"}


@dataclass(frozen=True)
class Settings:
    """What a file says to one command: values by option (``--learning-rate`` without the dashes), and the rest."""

    values: Mapping[str, Any]
    passed_over: tuple[str, ...]


def read_settings(path: Path, command: Callable[..., Any] | None) -> Settings:
    """Read a user's file for one command.

    Parameters
    ----------
    path
        The file.
    command
        The function behind the command; nothing belongs to none.

    Raises
    ------
    UsageError
        For a section or key that no command has, or a value that cannot be, naming the file, the section and the key.
    """
    taken = dict(_places(command)) if command else {}
    values: dict[str, Any] = {}
    passed_over: list[str] = []
    content = read_toml(path, UsageError)
    if content.pop("source", None) is not None:  # a run's own record: which data are meant, the command says
        _refuse_record_of_tables(path, content)
        passed_over.append("source")
    for place, value in _content(path, content):
        if value == "" or (place not in taken and value == _plain(fields_of(place.section)[place.key].default)):
            continue
        if place in taken:
            values[place.key.replace("_", "-")] = value
        else:
            whole = all(option.section != place.section for option in taken)
            passed_over.append(_words(Place(place.section, "") if whole and place.section else place))
    return Settings(values, tuple(dict.fromkeys(passed_over)))


def _words(place: Place) -> str:
    """Return a place as a file has it."""
    return f"[{place.section}] {place.key}".strip() if place.section else place.key


def _refuse_record_of_tables(path: Path, content: Mapping[str, Any]) -> None:
    """Raise where a file is the record of an audit of tables, which is a release file."""
    if said := sorted(_RELEASE & set(content)):
        raise UsageError(
            f"[{said[0]}] is of an audit of tables, which this file is the record of",
            where=path,
            try_next=f"remembrain survey audit DATA RUN --release {path}",
        )


def _content(path: Path, content: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Yield every value of a file with its place."""
    for name, value in content.items():
        if name in fields_of(""):
            yield _checked(path, Place("", name), value), value
            continue
        if name not in SECTIONS:
            raise _unknown(path, name, isinstance(value, Mapping))
        if not isinstance(value, Mapping):
            raise UsageError(f"{name} is not a section", where=path, expected=f"[{name}]")
        for said, inner in value.items():
            key = said.replace("-", "_")
            if key not in fields_of(name):
                raise _unknown_key(path, name, said)
            yield _checked(path, Place(name, key), inner), inner


def _checked(path: Path, place: Place, value: Any) -> Place:
    """Return the place of a value that can stand there; texts are texts in a file, and numbers numbers."""
    if value == "":
        return place
    try:
        place.adapter().validate_json(json.dumps(value, default=str), strict=True)
    except ValidationError as error:
        what = str(error.errors()[0]["msg"])
        raise UsageError(
            f"{_words(place)} = {_shown(value)}: {what[:1].lower()}{what[1:]}", where=path, try_next="remembrain config"
        ) from None
    return place


def _shown(value: Any) -> str:
    """Return a value as a file says it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return tomli_w.dumps({"x": value}).strip().partition(" = ")[2] or "a section"


def _unknown(path: Path, name: str, is_section: bool) -> UsageError:
    """Say that a section, or a key above all sections, does not exist, and which one is near."""
    homes = [section for section in SECTIONS if name.replace("-", "_") in fields_of(section)]
    if not is_section and homes:
        return UsageError(f"{name} stands in no section", where=path, expected=f"it in [{'] or ['.join(homes)}]")
    return unknown(name, SECTIONS if is_section else fields_of(""), path, table=is_section)


def _unknown_key(path: Path, section: str, key: str) -> UsageError:
    """Say that a section has no such key, and which one is near, or where it stands."""
    name = key.replace("-", "_")
    homes = ["above all sections"] if name in fields_of("") else []
    homes += [f"in [{other}]" for other in SECTIONS if name in fields_of(other)]
    if not homes:
        return unknown(key, fields_of(section), path, section=section)
    return UsageError(f"unknown key {shown(key)!r} in [{section}]", where=path, expected=f"it {' or '.join(homes)}")


def _places(command: Callable[..., Any]) -> Iterator[tuple[Place, Any]]:
    """Yield the place of every option of a command, and its default (``...`` where it has to be said)."""
    hints = get_type_hints(command, include_extras=True)
    models = {model: section for section, listed in SECTIONS.items() for model in listed}
    for name, parameter in inspect.signature(command).parameters.items():
        for model in _models_of(hints[name]):
            if section := models.get(model):
                keys = [key.rstrip("_") for key in model.model_fields]
                yield from ((Place(section, key), _default_of(section, key)) for key in keys)
        if place := place_of(hints[name]):
            yield place, parameter.default


def _models_of(hint: Any) -> tuple[Any, ...]:
    """Return the models that an argument of a command stands for: its own, or those of a dataclass of several."""
    return tuple(get_type_hints(hint).values()) if is_dataclass(hint) else (hint,)


def _default_of(section: str, key: str) -> Any:
    """Return the default of an option as a file says it."""
    field = fields_of(section)[key]
    return ... if field.is_required() else _plain(field.default)


def _plain(value: object) -> object:
    """Return a default as TOML has it."""
    return list(value) if isinstance(value, tuple) else value


def template(app: App) -> str:
    """Return a commented TOML file with every option and its default."""
    users: dict[Place, list[str]] = {}
    for words, function in _commands(app):
        for place, _ in _places(function):
            users.setdefault(place, []).append(words)
    lines = [HEAD, *_entry("", "seed")]
    for section, models in SECTIONS.items():
        using = [users[Place(section, key)] for key in fields_of(section)]
        whole = [words for words in using[0] if all(words in listed for listed in using)]
        lines += ["", f"## {(models[-1].__doc__ or '').strip()} Of: {', '.join(whole)}.", f"[{section}]"]
        for key, listed in zip(fields_of(section), using, strict=True):
            lines += _entry(section, key, [words for words in listed if words not in whole])
    return "\n".join(lines) + "\n"


def _entry(section: str, key: str, also: Sequence[str] = ()) -> list[str]:
    """Return what an option is for, which commands take it and nothing else of its section, and how it is said."""
    field, default = fields_of(section)[key], _default_of(section, key)
    said = '""' if default is None or default is ... else _shown(default)
    more = f" Of {', '.join(also)} too." if also else ""
    return [f"## {field.description}{more}", f"# {key} = {said}"]


def _commands(app: App, before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the words and the function of every command."""
    for name in app:
        if name.startswith("-"):
            continue
        made = app[name]
        if made.default_command is not None:
            yield f"{before}{name}", made.default_command
        yield from _commands(made, f"{before}{name} ")


def settings_for(app: App, words: Sequence[str], options: Path) -> Callable[..., None]:
    """Return what gives the options of a file to the command that is called, and say what is not for it."""
    names, apps, _ = app.parse_commands(list(words))
    settings = read_settings(options, apps[-1].default_command if names else None)
    if settings.passed_over:
        said = " ".join(names) or "--help"
        say(f"{options}: passed over, not of {said}: {few(settings.passed_over)}")
    return lambda *given: _give(settings, options, *given)


def _give(settings: Settings, options: Path, its_app: Any, names: tuple[str, ...], given: ArgumentCollection) -> None:
    """Give settings to the arguments of a command that were not said; what is named beside the run is said too."""
    values = dict(settings.values)
    for argument in given:
        if argument.field_info.kind is argument.field_info.VAR_POSITIONAL and argument.has_tokens:
            values.pop(argument.field_info.name, None)
    content: dict[str, Any] = values
    for name in reversed(names):
        content = {name: content}
    ConfigMapping(content, source=str(options))(its_app, names, given)
