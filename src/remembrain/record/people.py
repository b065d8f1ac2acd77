"""Who was audited: how groups differ, and who is exposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remembrain.record.numbers import Count, Number
from remembrain.types import Role


@dataclass(frozen=True, kw_only=True)
class Ages:
    """Mean, standard deviation and quantiles of the label in one group."""

    mean: float | None = None
    sd: float | None = None
    p5: float | None = None
    p95: float | None = None


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Counts of people below, between and above edges; none where nothing of it may be told."""

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """The people of one role, in rounded numbers; what is empty is not told."""

    role: Role
    word: str = ""
    people: int
    scans: int
    age: Ages
    sex: Mapping[str, int]
    site: Mapping[str, int]
    age_bands: Bands = Bands()


@dataclass(frozen=True, kw_only=True)
class People:
    """Who was audited."""

    source: str
    n_people: int
    n_scans: int
    groups: tuple[Group, ...]

    def group(self, role: Role) -> Group | None:
        """Return the people of a role, where there are any."""
        return next((group for group in self.groups if group.role == role), None)


@dataclass(frozen=True, kw_only=True)
class Note:
    """What was left out of the data, filled in or guessed, and how often; names nobody."""

    text: str
    count: Count


@dataclass(frozen=True, kw_only=True)
class Data:
    """How the data were read."""

    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Factor(Number):
    """One way in which members and non-members may differ by themselves."""

    factor: str
    level: str = ""
    measure: str = ""
    n_members: Count
    n_nonmembers: Count
    p_value: float | None = None
    p_holm: float | None = None
    differs: bool = False

    @property
    def name(self) -> str:
        """Factor and level."""
        return f"{self.factor}: {self.level}" if self.level else self.factor


@dataclass(frozen=True, kw_only=True)
class Matched:
    """How members and non-members were paired."""

    on: tuple[str, ...]
    n_members: Count
    n_nonmembers: Count
    left_out_members: Count
    left_out_nonmembers: Count
    caliper: float


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Whether members and non-members differ by themselves."""

    differ: bool
    by_lot: bool = False
    limit: float = 0.25
    why: str = ""
    factors: tuple[Factor, ...] = ()
    matched: Matched | None = None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What the best attack achieves in one group of people."""

    factor: str
    level: str
    n_members: Count
    n_nonmembers: Count
    auc: Number
    recognised: Number


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """The best attack by groups of people; intervals hold for all cells together."""

    attack: str
    confidence: float
    cells: int
    fpr: float
    smallest_cell: int
    groups: tuple[Cell, ...]
    untold: tuple[str, ...] = ()
