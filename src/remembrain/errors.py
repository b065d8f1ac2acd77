"""Every way this program stops, and the exit code of each.

::

    RemembrainError            1   failed
    ├── UsageError             2   the words on the command line or in the config file are wrong
    ├── DataError              3   scans, tables, splits, weights or a run folder cannot be used
    │   └── ProblemsError      3   the same, with every problem found listed at once
    └── EvidenceAboveLimit     4   the audit ran, and the evidence is above ``--fail-above``

A message says what is wrong, where (file, key, sub-XX), what was expected, and what to try next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remembrain._text import MOST_NAMES, shown

_MOST_LETTERS, _MOST_KINDS = 500, 50
"""Letters of one part of a message, and kinds of problems that are listed."""


def with_article(noun: str) -> str:
    """Return a noun with the article that it is said with: an array, a unit, an MLP."""
    first, second = noun[:1], noun[1:2]
    if first.isupper() and (second.isupper() or second.isdigit()):  # said letter by letter
        vowel = first in "AEFHILMNORSX"
    elif first in ("u", "U"):
        vowel = second == "n" and noun[2:3] != "i" and noun[2:3].islower()
    else:
        vowel = first.lower() in "aeio" and not noun.lower().startswith(("one", "eu"))
    return f"{'an' if vowel else 'a'} {noun}"


class RemembrainError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    what
        What is wrong, in one sentence.
    where
        The file, key or person it concerns.
    expected
        What would have been accepted.
    try_next
        The next command or change to try.
    """

    exit_code = 1

    def __init__(
        self, what: str, *, where: str | Path | None = None, expected: str | None = None, try_next: str | None = None
    ) -> None:
        self.what, self.where, self.expected, self.try_next = what, where, expected, try_next
        super().__init__(self.message())

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error of a worker process reach its parent as it was, whatever its class is made from."""
        return _again, (type(self), self.args, vars(self))

    def within(self, place: str) -> None:
        """Say of what the place was part, as who caught the error knows."""
        self.where = place if self.where is None else f"{place}, {self.where}"
        self.args = (self.message(),)

    def message(self) -> str:
        """One message out of the parts that are known, without signs that do not print; a place is on one line."""
        text = self.what if self.where is None else f"{shown(self.where, _MOST_LETTERS)}: {self.what}"
        if self.expected:
            text += f"; expected {shown(self.expected, _MOST_LETTERS)}"
        text = "\n".join(shown(line, 3 * _MOST_LETTERS) for line in text.split("\n"))
        return f"{text}\n  try: {shown(self.try_next, _MOST_LETTERS)}" if self.try_next else text


def _again(kind: type[RemembrainError], args: tuple[Any, ...], facts: Mapping[str, Any]) -> RemembrainError:
    """Make an error from its text and its parts, past its ``__init__``."""
    error = kind.__new__(kind, *args)
    vars(error).update(facts)
    return error


class UsageError(RemembrainError):
    """Wrong words on the command line or in a config file."""

    exit_code = 2


class DataError(RemembrainError):
    """Data, weights or a run folder that cannot be used."""

    exit_code = 3


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the data, or worth knowing of it (a *note*, not ``fatal``).

    Attributes
    ----------
    where
        File, row or sub-XX that it concerns; may name a person, so it is for the terminal and ``restricted/`` alone.
    what
        What is wrong, or was done about it.
    fatal
        Whether the data cannot be used like this.
    participant
        The one person whom it concerns, as the cohort names people; empty where it concerns the whole data set.
        A fatal problem of a person matters only where that person has a role.
    summary
        The same in words that name and describe nobody ("age is missing"): problems of one summary are counted
        together wherever no person may be named. ``what`` where it is left out.
    session
        The one session of the participant that it concerns (``""`` where a person has no sessions); ``None`` where it
        concerns the whole person.
    """

    where: str
    what: str
    fatal: bool = True
    participant: str = ""
    summary: str = ""
    session: str | None = None

    def __str__(self) -> str:
        return f"{shown(self.where, _MOST_LETTERS)}: {shown(self.what, _MOST_LETTERS)}"


def in_groups(problems: Iterable[Problem]) -> list[str]:
    """Return a line for each problem, once; of a kind the first few, and how many more there are."""
    kinds: dict[str, dict[str, None]] = {}
    for problem in problems:
        kinds.setdefault(problem.summary or problem.what, {})[str(problem)] = None
    lines: list[str] = []
    for kind, texts in list(kinds.items())[:_MOST_KINDS]:
        more = len(texts) - MOST_NAMES
        every = more <= 1
        lines += [*texts] if every else [*list(texts)[:MOST_NAMES]]
        lines += [] if every else [f"and {more:,} more like these: {shown(kind, _MOST_LETTERS)}"]
    if len(kinds) > _MOST_KINDS:
        lines.append(f"and {len(kinds) - _MOST_KINDS:,} more kinds")
    return lines


def counted(problems: Iterable[Problem]) -> list[tuple[str, int]]:
    """Return each kind of problem without any name, and how often it was found, in the order in which they came."""
    return list(Counter(problem.summary or problem.what for problem in problems).items())


class ProblemsError(DataError):
    """Every problem that was found, at once."""

    def __init__(self, problems: Sequence[Problem], *, where: str | Path, try_next: str | None = None) -> None:
        self.problems = tuple(problems)
        different = dict.fromkeys(map(str, self.problems))  # one may concern two people
        lines = "\n".join(f"  - {line}" for line in in_groups(self.problems))
        plural = "problem" if len(different) == 1 else "problems"
        super().__init__(f"{len(different)} {plural}\n{lines}", where=where, try_next=try_next)


class EvidenceAboveLimit(RemembrainError):
    """The evidence is above the limit given with ``--fail-above``, or could not be assessed."""

    exit_code = 4
