"""What every command does alike: talk on stderr, and list attacks on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from remembrain._text import printable

if TYPE_CHECKING:
    from remembrain.types import Declared


def say(text: str) -> None:
    """Talk to the user, on stderr."""
    print(printable(text, "\n"), file=sys.stderr)


def put(text: object) -> None:
    """Give the user what was asked for, on stdout."""
    print(printable(str(text), "\n"))


def print_attacks(attacks: Sequence[Declared], groups: Callable[[Declared], Sequence[str]] = lambda _: ()) -> None:
    """Print what an adversary must have and know to use each attack, in which groups it is, where it was published."""
    grouped = any(map(groups, attacks))
    listed = Table("attack", *(("group",) if grouped else ()), "access", "knows", "signals", "paper", box=None)
    listed.pad_edge = False
    for one in attacks:
        told = (", ".join(groups(one)),) if grouped else ()
        listed.add_row(one.name, *told, one.access, one.knows, ", ".join(one.needs), one.paper)
    print_table(listed)


def print_table(listed: Table) -> None:
    """Print a table on stdout, as wide as it needs where nobody looks."""
    Console(width=None if sys.stdout.isatty() else 200).print(listed)
