"""What every command does alike: talk on stderr, and list attacks on stdout."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from remembrain._text import printable
from remembrain.types import Declared


def say(text: str) -> None:
    """Talk to the user, on stderr."""
    print(printable(text, "\n"), file=sys.stderr)


def put(text: object) -> None:
    """Give the user what was asked for, on stdout."""
    print(printable(str(text), "\n"))


def print_attacks(attacks: Sequence[Declared]) -> None:
    """Print what an adversary must have and know to use each attack, and where it was published."""
    listed = Table("attack", "access", "knows", "signals", "paper", box=None, pad_edge=False)
    for one in attacks:
        listed.add_row(one.name, one.access, one.knows, ", ".join(one.needs), one.paper)
    print_table(listed)


def print_table(listed: Table) -> None:
    """Print a table on stdout, as wide as it needs where nobody looks."""
    Console(width=None if sys.stdout.isatty() else 200).print(listed)
