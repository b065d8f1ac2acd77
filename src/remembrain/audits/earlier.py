"""What stands in the evidence of a run before a command adds to it: its attacks, and by which commands they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from remembrain.attacks import BLIND, select
from remembrain.errors import DataError, UsageError
from remembrain.record.document import Command
from remembrain.report.reading import validated
from remembrain.run import RunFolder, read_json
from remembrain.types import Attack

FILE, FILES = "concluded.json", "attack-files.json"
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
class Earlier:
    """What is in the evidence of a run: which attacks, by which commands; and the key of what it was concluded from.

    ``files`` says in which file of the user's an attack is.
    """

    attacks: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    key: Mapping[str, str] | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, run: RunFolder) -> Earlier:
        """Read it; nothing where there is no evidence, or none that could be read."""
        try:
            content = read_json(run.evidence)
            audited = content["audit"]
            threats = (content.get("federation") or {}).get("threats", ())
            listed = [attack["name"] for part in (content, *threats) for attack in part.get("attacks", ())]
            commands = validated(tuple[Command, ...], audited.get("commands", ()))
            key_file = run.restricted / FILE
            key = read_json(key_file) if key_file.is_file() else None
            files_file = run.restricted / FILES
            files = dict(read_json(files_file)) if files_file.is_file() else {}
        except (DataError, KeyError, TypeError, AttributeError, ValueError):
            return cls()
        names = tuple(name for name in dict.fromkeys(listed) if name != BLIND.name)
        return cls(names, commands or (_unknown(audited, names),), key, files)

    @property
    def named(self) -> tuple[str, ...]:
        """Attacks that were asked for by name."""
        return tuple(name for command in self.commands for name in command.named)

    def inherited(self, usual: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of the evidence that are not the usual ones: a command that does not say them has them."""
        before = self.commands[-1].options.items() if self.commands else ()
        return {name: value for name, value in before if name in INHERITED and value != usual[name]}

    def beside(
        self, chosen: Sequence[Attack], *, references: bool, rounds: bool
    ) -> tuple[list[Attack], dict[str, str]]:
        """Return the other attacks that are there, and why some of them do not exist any more.

        Parameters
        ----------
        chosen
            Those that a command asks for.
        references, rounds
            Whether there are reference models, and rounds of a federation.

        Raises
        ------
        UsageError
            Where the options of a command leave no room for one of them: what it found would be forgotten.
        """
        kept_attacks: list[Attack] = []
        dropped = {}
        now = {attack.name for attack in chosen}
        for name in [name for name in self.attacks if name not in now]:
            word = self.files.get(name, name)
            try:
                kept_attacks += select((word,), references=True, rounds=True)
            except (UsageError, DataError) as error:
                dropped[name] = error.what
                continue
            try:
                select((word,), references=references, rounds=rounds)
            except UsageError as error:
                raise UsageError(
                    f"{name} is in the evidence of this run, and would be forgotten: {error.what}",
                    expected="the options that it was run with, which a command that does not say them takes over",
                    try_next="a new run folder for evidence without it",
                ) from None
        return kept_attacks, dropped


def _unknown(audited: Mapping[str, Any], names: tuple[str, ...]) -> Command:
    """Return the command of evidence that says of one command alone, as earlier versions wrote it."""
    return Command(
        command=audited["command"],
        created=audited["created"],
        version=audited["version"],
        attacks=names,
        options={"repeats": audited["repeats"]},
    )
