"""What one kind of adversary sees, and of whom: the one type through which every attack reaches its signals.

A target asked, a shadow model, reference models, a checkpoint, a learner's or the server's look at the rounds of a
federation: each is one function that returns a :class:`View`, or a :class:`Refusal`. Whatever comes after a view is the
same code for all. This module must not know what is asked, nor how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from jaxtyping import Bool

from remembrain.attacks import learns_on_shadow
from remembrain.audits.stack import Stack
from remembrain.run import Key
from remembrain.types import Array, Attack, Scans

FactsT = TypeVar("FactsT")


@dataclass(frozen=True)
class Refusal:
    """Why an adversary of this kind sees nothing here, in words for the report.

    ``failed`` says that somebody's code failed where it was tried, so that attacks are answered and not left out.
    """

    why: str
    failed: bool = False


@dataclass(frozen=True, eq=False)
class View:
    """Row i of every signal is of scan i of ``scans``, or of the row that stands for it.

    Attributes
    ----------
    scans
        Whose each row is.
    member
        Whose rows are of members.
    signals
        Arrays, or stacks of them, whose first axis is the rows; memory-mapped ones are opened again by workers.
    key
        Of everything that scores depend on beside the attack and the round.
    refused
        Why an attack does not apply, by its name.
    facts
        What the report says of it, of a type of its own.
    unsteady
        How answers to one question differ, where they do; ``unexplained`` where nothing tells why.
    teacher
        What attackers who know no member learn from: all of its rows.
    in_process
        Attacks that run in this process, because they hold a stranger's code that a worker could not import.
    puts_scans_together
        Whether people who have several scans get one score; not where rows are something else than scans.
    """

    scans: Scans
    member: Bool[np.ndarray, "row"]
    signals: Mapping[str, Array | Stack]
    key: Key
    refused: Mapping[str, str] = field(default_factory=dict)
    facts: object = None
    unsteady: str = ""
    unexplained: bool = False
    teacher: View | None = None
    in_process: frozenset[str] = frozenset()
    puts_scans_together: bool = True

    def able(self, attacks: Sequence[Attack]) -> list[Attack]:
        """Return the attacks that can be run on it."""
        return [attack for attack in attacks if attack.name not in self.refused]

    def lacking(self, attacks: Sequence[Attack]) -> dict[str, str]:
        """Return why attacks that are not refused cannot be run: they read what is not here, or not of a teacher."""
        missing = {}
        for attack in self.able(attacks):
            sources = (self, *((self.teacher,) if self.teacher and learns_on_shadow(attack) else ()))
            there = [{name.partition("/")[0] for name in source.signals} for source in sources]
            if needs := sorted(set(attack.needs) - set.intersection(*there)):
                missing[attack.name] = f"it reads {', '.join(needs)}, which nobody has here"
        return missing

    def refusing(self, refused: Mapping[str, str]) -> View:
        """Return it with further attacks refused."""
        return replace(self, refused={**self.refused, **refused})

    def beside(self, **views: View) -> View:
        """Return it with the signals of further views of the same rows, each by its name."""
        signals = {name: array for view in views.values() for name, array in view.signals.items()}
        key = self.key.also(beside={name: view.key for name, view in views.items()})
        return replace(self, signals={**self.signals, **signals}, key=key)


def facts_of(view: View | Refusal, kind: type[FactsT]) -> FactsT | None:
    """Return what the report says of a view, where it is of this kind; nothing of a refusal."""
    facts = None if isinstance(view, Refusal) else view.facts
    return facts if isinstance(facts, kind) else None
