"""The smallest parts of ``evidence.json``, and those beside the attacks: groups, exposure, risk, leakage, self-test.

What is not known is ``None`` here, and the page says *not assessed* of it. Knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from remembrain.errors import DataError

Count: TypeAlias = int | str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Our predictions beside those of the model's owner, of the same scans."""

    people: Count
    scans: Count
    tolerance: float
    median: float
    largest: float
    differing: str


@dataclass(frozen=True, kw_only=True)
class Feeding:
    """Whether a model that was trained elsewhere is fed what it was trained on."""

    status: Literal["refuted", "doubtful", "not proven", "proven"]
    why: str
    hints: tuple[str, ...] = ()
    owner: Compared | None = None


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number with its confidence interval, or none and the reason."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number with both ends of its interval."""
        return self.value is not None and self.low is not None and self.high is not None

    def ends(self) -> tuple[float, float, float]:
        """Return value and interval of a number that is known."""
        if self.value is None or self.low is None or self.high is None:
            raise DataError("a number that was not assessed was asked for")
        return self.value, self.low, self.high


UNKNOWN = Number()


@dataclass(frozen=True, kw_only=True)
class Factor(Number):
    """One way in which members and non-members may differ by themselves."""

    factor: str
    level: str = ""
    measure: str = ""
    n_members: Count
    n_nonmembers: Count
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
class Beyond(Number):
    """AUC of an attack less that of the best black-box one."""

    baseline: str


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


@dataclass(frozen=True, kw_only=True)
class PosteriorRow:
    """What being named at a false-positive rate means for a prior."""

    prior: float
    fpr: float
    tpr: Number
    posterior: Number


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """Posteriors of one attack."""

    attack: str
    rows: tuple[PosteriorRow, ...]


@dataclass(frozen=True, kw_only=True)
class Bin:
    """People of about one predicted probability."""

    predicted: float
    observed: Number
    n: int


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Predicted against observed membership."""

    attack: str
    brier: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, kw_only=True)
class LeakagePoint:
    """Gap and accuracy of one epoch."""

    epoch: int
    gap: float
    accuracy: Number


@dataclass(frozen=True, kw_only=True)
class PublishedSlope:
    """A slope of the source."""

    network: str
    slope: float


@dataclass(frozen=True, kw_only=True)
class Leakage:
    """The line of accuracy over gap."""

    measure: str
    points: tuple[LeakagePoint, ...]
    slope: Number
    intercept: float
    r: float
    unit: str
    published: tuple[PublishedSlope, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckpointAttack:
    """An attack on the weights of an earlier epoch."""

    name: str
    title: str
    access: str
    auc: Number
    accuracy: Number


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """An earlier epoch whose weights were kept."""

    epoch: int
    gap: Number
    attacks: tuple[CheckpointAttack, ...]


@dataclass(frozen=True, kw_only=True)
class PowerOf:
    """What one attack achieves: AUC, and the true-positive rate at 1 % false positives."""

    name: str
    auc: Number
    tpr: Number


@dataclass(frozen=True, kw_only=True)
class Power:
    """What attacks achieve with so many reference models."""

    models: int
    attacks: tuple[PowerOf, ...]


@dataclass(frozen=True, kw_only=True)
class Beside(PowerOf):
    """An attack without reference models beside the best one with them, on the same people.

    ``behind`` is what the AUC of that one is greater by, and ``seconds`` what learning and scoring took a repeat.
    """

    behind: Number
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorBeside:
    """The target's mean absolute error beside that of reference models on the same people."""

    target: Number
    references: float
    difference: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, kw_only=True)
class References:
    """The reference models of an audit, whether they are like the target, and what each further one adds."""

    models: int
    queries: tuple[str, ...]
    epochs: int
    people: Count
    core_minutes: float | None = None
    errors: dict[str, ErrorBeside]
    resembles: bool | None = None
    power: tuple[Power, ...] = ()
    best: str | None = None
    enough: int | None = None
    seconds: float | None = None
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SelfTestLine:
    """One figure of the self-test, and its bounds."""

    name: str
    value: float
    low: float
    high: float
    n: int
    least: float | None = None
    most: float | None = None
    passed: bool


@dataclass(frozen=True, kw_only=True)
class SelfTest:
    """The last self-test of this program on the machine of the audit."""

    created: str
    version: str
    audits: int
    passed: bool
    same_version: bool = True
    lines: tuple[SelfTestLine, ...] = ()
