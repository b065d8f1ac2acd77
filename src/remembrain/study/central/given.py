"""Whose scans were given from Python, in any form that NumPy reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from remembrain.cohort.arrays import make_scans, split_of
from remembrain.cohort.splits import Split
from remembrain.types import Scans


@dataclass(frozen=True, eq=False)
class People:
    """The facts of each scan, and who was trained on; what is left out is not known.

    ``label`` is what ``age`` is called, and ``known`` the share of members and of others whom the attacker knows.
    """

    age: Any
    member: Any
    person: Sequence[object] | None = None
    session: Sequence[object] | None = None
    sex: Sequence[object] | None = None
    site: Sequence[object] | None = None
    label: str = "age"
    known: float = 0.5

    def scans(self) -> Scans:
        """Return whose each scan is."""
        return make_scans(self.age, self.person, self.session, self.sex, self.site)

    def split(self, scans: Scans, seed: int) -> Split:
        """Return who of them is a member, and whom the attacker knows."""
        return split_of(scans, self.member, self.known, seed)
