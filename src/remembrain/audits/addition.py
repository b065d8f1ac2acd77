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

from remembrain.attacks.plugins import words_of
from remembrain.audits.earlier import FILE, FILES, INHERITED, Earlier
from remembrain.record.document import Command, MadeBy, Origin
from remembrain.run import Key, RunFolder, write_json
from remembrain.types import Attack


@dataclass(frozen=True)
class Wanted:
    """What a command asks for.

    Attributes
    ----------
    attacks, named
        The attacks, and the names of those that were asked for by name.
    options, usual
        The options that all attacks of one evidence share, with those that were taken over; and what they usually are.
    taken_over
        Which of them the command does not say itself.
    rounds
        Whether the rounds of a federation are there.
    """

    attacks: Sequence[Attack]
    named: Sequence[str]
    options: Mapping[str, Any]
    usual: Mapping[str, Any]
    taken_over: Collection[str] = ()
    rounds: bool = False

    def unusual(self, names: Collection[str] = INHERITED) -> str:
        """Return these options in words, of those alone that are not at their defaults."""
        words = (
            f"{name} {value}" for name, value in self.options.items() if name in names and value != self.usual[name]
        )
        return ", ".join(words)


@dataclass(frozen=True)
class Addition:
    """All attacks that are judged, which were asked for by name, by which commands, and what is to be said of it."""

    attacks: tuple[Attack, ...]
    named: tuple[str, ...]
    commands: tuple[Command, ...]
    lines: tuple[str, ...]
    dropped: tuple[str, ...]


def add(earlier: Earlier, wanted: Wanted, key: Key, facts: Mapping[str, Any]) -> Addition:
    """Return what a command makes of the evidence that is there.

    Parameters
    ----------
    earlier
        What is there.
    wanted
        What the command asks for.
    key
        Of the model, the people and the code as they are now.
    facts
        How the command came about.
    """
    now = [attack.name for attack in wanted.attacks]
    references = wanted.options["references"] > 0
    kept_attacks, dropped = earlier.beside(wanted.attacks, references=references, rounds=wanted.rounds)
    kept_names = [attack.name for attack in kept_attacks]
    why = _differing(earlier, key, wanted.options) if earlier.attacks else ""
    command = _command(earlier, wanted, facts, [*now, *kept_names] if why else now, again=bool(why))
    before = [_without(earlier_command, command.attacks, kept_names) for earlier_command in earlier.commands]
    lines = [f"{name} is not in the evidence any more: {reason}" for name, reason in dropped.items()]
    order = list(dict.fromkeys([*earlier.attacks, *now]))
    return Addition(
        tuple(sorted((*kept_attacks, *wanted.attacks), key=lambda attack: order.index(attack.name))),
        tuple(dict.fromkeys((*wanted.named, *(name for name in earlier.named if name not in dropped)))),
        (*(earlier_command for earlier_command in before if earlier_command.attacks), command),
        (*lines, *_lines(wanted, kept_names, why)),
        tuple(f"{name}, which was in earlier evidence: {reason}." for name, reason in dropped.items()),
    )


def _command(
    earlier: Earlier, wanted: Wanted, facts: Mapping[str, Any], names: Sequence[str], *, again: bool
) -> Command:
    """Return the command, with the attacks that it computes; ``again`` where these are all that there are."""
    named = (*wanted.named, *(name for name in earlier.named if again and name in names))
    return Command(
        command=facts["command"],
        created=facts["created"],
        version=metadata.version("remembrain"),
        attacks=tuple(names),
        named=tuple(dict.fromkeys(named)),
        options=wanted.options,
    )


def _lines(wanted: Wanted, kept_names: Sequence[str], why: str) -> list[str]:
    """Return what is said of attacks that were there, and of options that were taken over."""
    lines = []
    if wanted.taken_over and (why or not kept_names):
        words = wanted.unusual(wanted.taken_over)
        lines.append(f"as in the evidence that is here, since this command says nothing else: {words}")
    if why and kept_names:
        lines.append(f"{why}: {', '.join(kept_names)} {'are' if len(kept_names) > 1 else 'is'} computed anew")
    elif kept_names:
        words = wanted.unusual()
        lines.append(f"added to what holds: {', '.join(kept_names)}{f' ({words})' if words else ''}")
    return lines


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


def _without(command: Command, names: Sequence[str], kept_attacks: Sequence[str]) -> Command:
    """Return an earlier command with those of its attacks alone that are still in the evidence for it."""
    attacks = tuple(name for name in command.attacks if name in kept_attacks and name not in names)
    return replace(command, attacks=attacks)
