"""What a further command adds to the evidence of a run: attacks that were run before stay, and nothing is forgotten.

All attacks are judged together each time, from scores that were kept under everything they depend on; so it need only
be known which there were, by which command and with which options. What does not hold any more is computed anew, or
cannot be and is dropped, and either is said. This module must not know models, people or scores.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from remembrain.attacks import BLIND, by_name, select
from remembrain.config import AttackOptions
from remembrain.errors import DataError, UsageError
from remembrain.run import Key, RunFolder, read_json, write_json
from remembrain.types import Attack

FILE = "concluded.json"
INHERITED = (
    "repeats",
    "references",
    "queries",
    "match",
    "last_rounds",
    "looks",
    "claimed_epsilon",
    "claimed_delta",
    "claimed_mechanism",
)
"""Options that all attacks of one evidence share: what a command does not say of them is as it was."""


@dataclass(frozen=True)
class Command:
    """A command that evidence was made by, the attacks that are in it for it, and those that it asked for by name."""

    command: str
    created: str
    version: str
    attacks: tuple[str, ...]
    named: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as it stands in ``evidence.json``."""
        return {**vars(self), "attacks": list(self.attacks), "named": list(self.named), "options": dict(self.options)}


@dataclass(frozen=True)
class Earlier:
    """What is in the evidence of a run: which attacks, by which commands; and the key of what it was concluded from."""

    attacks: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    key: Mapping[str, str] | None = None

    @classmethod
    def of(cls, run: RunFolder) -> Earlier:
        """Read it; nothing where there is no evidence, or none that could be read."""
        try:
            content = read_json(run.evidence)
            audited = content["audit"]
            threats = (content.get("federation") or {}).get("threats", ())
            listed = [one["name"] for part in (content, *threats) for one in part.get("attacks", ())]
            commands = tuple(_command(one) for one in audited.get("commands", ()))
            kept = run.restricted / FILE
            key = read_json(kept) if kept.is_file() else None
        except (DataError, KeyError, TypeError, AttributeError):
            return cls()
        names = tuple(name for name in dict.fromkeys(listed) if name != BLIND.name)
        return cls(names, commands or (_unknown(audited, names),), key)

    @property
    def named(self) -> tuple[str, ...]:
        """Attacks that were asked for by name."""
        return tuple(name for one in self.commands for name in one.named)

    def options(self, said: AttackOptions) -> AttackOptions:
        """Return the options of a command, and for what it does not say those of the evidence that it adds to."""
        if not self.commands:
            return said
        usual = AttackOptions().model_dump(mode="json")
        before = self.commands[-1].options.items()
        kept = {name: value for name, value in before if name in INHERITED and value != usual[name]}
        return AttackOptions.model_validate({**kept, **said.model_dump(exclude_unset=True)})

    def beside(
        self, chosen: Sequence[Attack], options: AttackOptions, *, rounds: bool
    ) -> tuple[list[Attack], dict[str, str]]:
        """Return the other attacks that are there, and why some of them do not exist any more.

        Raises
        ------
        UsageError
            Where the options of a command leave no room for one of them: what it found would be forgotten.
        """
        kept: list[Attack] = []
        dropped = {}
        now = {one.name for one in chosen}
        for name in [name for name in self.attacks if name not in now]:
            try:
                kept += select((name,), references=True, rounds=True)
            except UsageError as error:
                dropped[name] = error.what
                continue
            try:
                select((name,), references=options.references > 0, rounds=rounds)
            except UsageError as error:
                raise UsageError(
                    f"{name} is in the evidence of this run, and would be forgotten: {error.what}",
                    expected="the options that it was run with, which a command that does not say them takes over",
                    try_next="a new run folder for evidence without it",
                ) from None
        return kept, dropped


@dataclass(frozen=True)
class Addition:
    """All attacks that are judged, with which options, by which commands, and what is to be said of it."""

    attacks: tuple[Attack, ...]
    options: AttackOptions
    commands: tuple[Command, ...]
    lines: tuple[str, ...]
    dropped: tuple[str, ...]


def add(
    earlier: Earlier,
    chosen: Sequence[Attack],
    options: AttackOptions,
    key: Key,
    facts: Mapping[str, Any],
    *,
    rounds: bool,
    said: Collection[str] | None = None,
) -> Addition:
    """Return what a command makes of the evidence that is there.

    Parameters
    ----------
    earlier
        What is there.
    chosen
        The attacks that the command asks for.
    options
        Its options, with those that it took over (:meth:`Earlier.options`).
    key
        Of the model, the people and the code as they are now.
    facts
        How the command came about.
    rounds
        Whether the rounds of a federation are there.
    said
        The options that the command says itself; all of them when left out.
    """
    now = [one.name for one in chosen]
    kept, dropped = earlier.beside(chosen, options, rounds=rounds)
    shared = {name: value for name, value in options.model_dump(mode="json").items() if name in INHERITED}
    why = _differing(earlier, key, shared) if earlier.attacks else ""
    names = [*now, *(one.name for one in kept)] if why else now
    named = (*by_name(options.attacks), *(name for name in earlier.named if why and name in names))
    command = Command(
        facts["command"],
        facts["created"],
        metadata.version("remembrain"),
        tuple(names),
        tuple(dict.fromkeys(named)),
        shared,
    )
    before = [_without(one, command.attacks, [one.name for one in kept]) for one in earlier.commands]
    lines = [f"{name} is not in the evidence any more: {reason}" for name, reason in dropped.items()]
    taken = options.model_fields_set - set(options.model_fields_set if said is None else said)
    if taken and (why or not kept):
        told = _unusual({name: value for name, value in shared.items() if name in taken})
        lines.append(f"as in the evidence that is here, since this command says nothing else: {told}")
    if why and kept:
        lines.append(f"{why}: {', '.join(one.name for one in kept)} {'are' if len(kept) > 1 else 'is'} computed anew")
    elif kept:
        told = _unusual(shared)
        lines.append(f"added to what holds: {', '.join(one.name for one in kept)}{f' ({told})' if told else ''}")
    order = {name: place for place, name in enumerate([*earlier.attacks, *now])}
    attacks = sorted((*kept, *chosen), key=lambda one: list(order).index(one.name))
    asked = dict.fromkeys((*by_name(options.attacks), *(name for name in earlier.named if name not in dropped)))
    return Addition(
        tuple(attacks),
        options.model_copy(update={"attacks": tuple(asked)}),
        (*(one for one in before if one.attacks), command),
        tuple(lines),
        tuple(f"{name}, which was in earlier evidence: {reason}." for name, reason in dropped.items()),
    )


def made_by(run: RunFolder, facts: Mapping[str, Any], added: Addition | None = None) -> dict[str, Any]:
    """Return how evidence came about, as it stands in it: by which commands, and by which the model did.

    Parameters
    ----------
    run
        Says by what its model was made.
    facts
        How the command that writes the evidence came about.
    added
        What it adds to what; nothing where the evidence is of this command alone.
    """
    begun = run.facts()
    return {
        "command": facts["command"],
        "created": begun["created"] if begun["command"] == facts["command"] else facts["created"],
        "version": metadata.version("remembrain"),
        "versions": facts["versions"],
        "model": {name: begun[name] for name in ("command", "created")},
        "commands": [one.to_json() for one in added.commands] if added else [],
        "dropped": list(added.dropped) if added else [],
    }


def write_key(run: RunFolder, key: Key) -> None:
    """Write what the evidence was concluded from, beside what names people: a hash of everybody tells of each."""
    write_json(run.restricted / FILE, dict(key.parts))


def _differing(earlier: Earlier, key: Key, options: Mapping[str, Any]) -> str:
    """Return why earlier attacks do not hold as they are; nothing where they do."""
    if earlier.key is None:
        return "it is not recorded what the evidence here was concluded from"
    if differing := key.differing(earlier.key):
        return f"{', '.join(differing)} changed"
    before = earlier.commands[-1].options
    changed = [name for name in INHERITED if before.get(name) != options[name]]
    return ", ".join(f"{name} {options[name]} instead of {before.get(name)}" for name in changed)


def _unusual(options: Mapping[str, Any]) -> str:
    """Return options in words, of those alone that are not at their defaults."""
    usual = AttackOptions().model_dump(mode="json")
    return ", ".join(f"{name} {value}" for name, value in options.items() if value != usual[name])


def _without(command: Command, names: Sequence[str], kept: Sequence[str]) -> Command:
    """Return an earlier command with those of its attacks alone that are still in the evidence for it."""
    attacks = tuple(name for name in command.attacks if name in kept and name not in names)
    return Command(**{**vars(command), "attacks": attacks})


def _command(content: Mapping[str, Any]) -> Command:
    """Return a command from what stands in ``evidence.json``."""
    return Command(**{**content, "attacks": tuple(content["attacks"]), "named": tuple(content["named"])})


def _unknown(audited: Mapping[str, Any], names: tuple[str, ...]) -> Command:
    """Return the command of evidence that says of one command alone, as earlier versions wrote it."""
    options = {"repeats": audited["repeats"]}
    return Command(audited["command"], audited["created"], audited["version"], names, (), options)
