"""What a further command adds to the evidence of a run: attacks that were run before stay, and nothing is forgotten.

All attacks are judged together each time, from scores that were kept under everything they depend on; so it need only
be known which there were, by which command and with which options. What does not hold any more is computed anew, or
cannot be and is dropped, and either is said. This module must not know models, people or scores.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any

from remembrain.attacks import by_name
from remembrain.attacks.plugins import words_of
from remembrain.config import AttackOptions
from remembrain.record.document import Command, MadeBy, Origin
from remembrain.run import Key, RunFolder, write_json
from remembrain.study.central.earlier import FILE, FILES, INHERITED, Earlier
from remembrain.types import Attack


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
    own_options: Collection[str] | None = None,
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
    own_options
        The options that the command says itself; all of them when left out.
    """
    now = [attack.name for attack in chosen]
    kept_attacks, dropped = earlier.beside(chosen, options, rounds=rounds)
    shared = {name: value for name, value in options.model_dump(mode="json").items() if name in INHERITED}
    why = _differing(earlier, key, shared) if earlier.attacks else ""
    kept_names = [attack.name for attack in kept_attacks]
    names = [*now, *kept_names] if why else now
    named = (*by_name(options.attacks), *(name for name in earlier.named if why and name in names))
    command = Command(
        command=facts["command"],
        created=facts["created"],
        version=metadata.version("remembrain"),
        attacks=tuple(names),
        named=tuple(dict.fromkeys(named)),
        options=shared,
    )
    before = [_without(earlier_command, command.attacks, kept_names) for earlier_command in earlier.commands]
    lines = [f"{name} is not in the evidence any more: {reason}" for name, reason in dropped.items()]
    inherited = options.model_fields_set - set(options.model_fields_set if own_options is None else own_options)
    if inherited and (why or not kept_attacks):
        words = _unusual({name: value for name, value in shared.items() if name in inherited})
        lines.append(f"as in the evidence that is here, since this command says nothing else: {words}")
    if why and kept_attacks:
        lines.append(f"{why}: {', '.join(kept_names)} {'are' if len(kept_attacks) > 1 else 'is'} computed anew")
    elif kept_attacks:
        words = _unusual(shared)
        lines.append(f"added to what holds: {', '.join(kept_names)}{f' ({words})' if words else ''}")
    order = {name: place for place, name in enumerate([*earlier.attacks, *now])}
    attacks = sorted((*kept_attacks, *chosen), key=lambda attack: list(order).index(attack.name))
    named_attacks = dict.fromkeys((*by_name(options.attacks), *(name for name in earlier.named if name not in dropped)))
    return Addition(
        tuple(attacks),
        options.model_copy(update={"attacks": tuple(named_attacks)}),
        (*(earlier_command for earlier_command in before if earlier_command.attacks), command),
        tuple(lines),
        tuple(f"{name}, which was in earlier evidence: {reason}." for name, reason in dropped.items()),
    )


def made_by(run: RunFolder, facts: Mapping[str, Any], added: Addition | None = None) -> MadeBy:
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
    return MadeBy(
        command=facts["command"],
        created=begun["created"] if begun["command"] == facts["command"] else facts["created"],
        version=metadata.version("remembrain"),
        versions=facts["versions"],
        model=Origin(command=begun["command"], created=begun["created"]),
        commands=added.commands if added else (),
        dropped=added.dropped if added else (),
    )


def write_key(run: RunFolder, key: Key, attacks: Sequence[Attack]) -> None:
    """Write what the evidence was concluded from, beside what names people: a hash of everybody tells of each.

    Attacks in files of the user's are found again by where these lie, which is for this machine alone.
    """
    write_json(run.restricted / FILE, dict(key.parts))
    write_json(run.restricted / FILES, dict(words_of(attacks)))


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


def _without(command: Command, names: Sequence[str], kept_attacks: Sequence[str]) -> Command:
    """Return an earlier command with those of its attacks alone that are still in the evidence for it."""
    attacks = tuple(name for name in command.attacks if name in kept_attacks and name not in names)
    return replace(command, attacks=attacks)
