"""The nouns that the rooms pass to one another. No room's logic, and no torch at run time.

Axis names used in shapes: ``scan`` (one image or one row of a table), ``person``, ``repeat``, ``epoch``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias, get_args, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

if TYPE_CHECKING:
    import torch

Role: TypeAlias = Literal["member", "nonmember", "validation", "population", "canary"]
"""``population``: of whom the attacker has scans, and who are neither trained on nor tested. ``canary``: trained on or
not by the toss of a coin, with a wrong age, to see what training gives away of them."""

ROLES: tuple[Role, ...] = ("member", "nonmember", "validation", "population", "canary")

Access: TypeAlias = Literal["nothing", "outputs", "weights", "rounds", "published tables"]
"""What of the target an adversary must have: nothing of it, its predictions, or its weights."""

Knows: TypeAlias = Literal["some members", "population", "nothing"]
"""Whom an adversary must already know."""

FindingStatus: TypeAlias = Literal[
    "members recognised", "not shown beyond the blind baseline", "confounded", "not assessed", "not detected"
]
"""What can be said of an attack. *Not shown beyond the blind baseline*: it beats chance, nothing shows that the groups
differ, and people are too few to tell it from an attack that never sees the target. *Confounded*: the groups differ."""

GRAVITY: tuple[FindingStatus, ...] = get_args(FindingStatus)
"""From the gravest on; of several findings, the gravest stands for all."""

Joined: TypeAlias = Literal["likelihood ratio", "mean"]
"""How several scans of a person became one score."""

Repeated: TypeAlias = Literal["known people", "pairs", "fixed rule", "fixed rule by lot", "learned by lot"]
"""What an attack's repeats are: draws of whom it learned from; pairs of an attacker and a victim; one rule that learned
from nobody who is tested, of people whose roles stay, or are drawn anew by lot each time; or a rule learned each time
from people whose roles are."""

Texts: TypeAlias = Shaped[np.ndarray, "scan"]
"""One text a scan (dtype ``str``)."""

Array: TypeAlias = Float[np.ndarray, "scan *shape"]
"""One array of numbers a scan, stacked along the first axis."""


class Readable(Protocol):
    """What is read by rows: an array, or several files that stand for one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of it all."""

    def __getitem__(self, index: Int[np.ndarray, "some"], /) -> Array:
        """Return these rows."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Some scans of an array that may be larger than memory: NumPy reads them all, ``take`` only some."""

    source: Readable
    index: Int[np.ndarray, "some"]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all of them together."""
        return (len(self.index), *self.source.shape[1:])

    def __len__(self) -> int:
        return len(self.index)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:  # always one
        return np.asarray(self.source[self.index], dtype=dtype)

    def take(self, places: Int[np.ndarray, "few"]) -> Array:
        """Read the scans at these places of the selection."""
        return np.asarray(self.source[self.index[places]])


Signals: TypeAlias = Mapping[str, Array | Rows]
"""Signals by name. A signal that has parts comes as ``name`` and ``name/part``."""


@dataclass(frozen=True, eq=False)
class Scans:
    """The facts about every scan that no model has to be asked for; row i is scan i everywhere.

    ``session_id`` is ``""`` where there are no sessions; ``sex`` and ``site`` are ``"n/a"`` where unknown;
    ``age`` is in years (or in the unit of the label that is regressed).
    """

    participant_id: Texts
    session_id: Texts
    age: Float[np.ndarray, "scan"]
    sex: Texts
    site: Texts

    def __len__(self) -> int:
        return len(self.participant_id)

    def take(self, index: Int[np.ndarray, "some"] | Bool[np.ndarray, "scan"]) -> Scans:
        """Return the scans at these places, in this order."""
        return Scans(
            self.participant_id[index], self.session_id[index], self.age[index], self.sex[index], self.site[index]
        )

    def labels(self) -> Iterator[str]:
        """Iterate over names for messages: ``sub-01`` or ``sub-01 ses-2``."""
        for person, session in zip(self.participant_id, self.session_id, strict=True):
            yield f"{person} {session}" if session else str(person)


@runtime_checkable
class Inputs(Protocol):
    """The scans as the target reads them, one at a time, so that a cohort never has to sit in memory."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one scan, channel axis first for volumes: (1, x, y, z), or (column,) for tables."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Float[np.ndarray, "*shape"]:
        """Return one scan as float32."""

    def keys(self) -> Sequence[str]:
        """Return one content hash a scan: the same content has the same key, other content another."""


@runtime_checkable
class Filling(Inputs, Protocol):
    """Inputs that can also read several scans at once, straight into the array of a batch."""

    def fill(self, batch: Float[np.ndarray, "batch *shape"], places: Int[np.ndarray, "batch"]) -> None:
        """Write these scans into a batch of float32, in this order."""


class Auditable(Protocol):
    """What a target can do, which is all that signals may rely on.

    ``module`` maps a batch of scans (1 along the first axis during an audit) to an output of any shape;
    ``age`` turns that output into years, shape (batch,); ``loss`` is the scalar that training minimised, whose
    gradients are taken. ``layers`` says which modules a role such as ``last-hidden`` means, where the order of
    execution does not tell; several are parts of one signal.
    """

    @property
    def layers(self) -> Mapping[str, tuple[str, ...]]:
        """Names of modules by role; empty where nothing is known."""

    @property
    def side_by_side(self) -> tuple[str, ...]:
        """What names of modules begin with in each of several networks that answer together; empty of one alone."""

    @property
    def module(self) -> torch.nn.Module:
        """The network itself."""

    def age(self, output: Any) -> torch.Tensor:
        """Turn the module's output into predicted years, shape (batch,)."""

    def loss(self, output: Any, age: torch.Tensor) -> torch.Tensor:
        """Return the training loss of this output for true ages of shape (batch,), as a scalar."""


@dataclass(frozen=True, eq=False)
class Known:
    """The scans whose membership an attacker already knows: signals, the answer, and who each belongs to."""

    signals: Signals
    member: Bool[np.ndarray, "scan"]
    participant_id: Texts


class Declared(Protocol):
    """What every attack says of itself, whatever it attacks."""

    @property
    def name(self) -> str:
        """What it is called on the command line and in every file."""

    @property
    def title(self) -> str:
        """What it is called in the report."""

    @property
    def access(self) -> Access:
        """What of the target an adversary must have to use it."""

    @property
    def knows(self) -> Knows:
        """Whom an adversary must already know to use it."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The signals it reads."""

    @property
    def paper(self) -> str:
        """Where it was published."""


class Attack(Declared, Protocol):
    """A rule that gives each scan one membership score.

    Higher always means *member*, and a score above 0 is the attack's decision *member*. ``needs`` names the
    signals it reads (``prediction``, ``label``, ``error``, ``gradient-magnitude``, ``gradient:<layer>``,
    ``activation:<layer>``, ``covariates``).
    """

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Learn from the known scans, then score the unknown ones (one finite number each)."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What one attack said in one repeat, joined to whom it said it of; higher means member, above 0 decides it.

    ``seconds`` is how long it took to learn and to score, where that was measured. Where people have several scans, a
    row is a person, ``session_id`` is empty, ``joined`` says how their scans were put together, and ``scans`` holds
    what was said of each; else a row is a scan, which is a person too. ``repeated`` says what other repeats share with
    this one.
    """

    attack: str
    repeat: int
    participant_id: Texts
    session_id: Texts
    member: Bool[np.ndarray, "scan"]
    score: Float[np.ndarray, "scan"]
    seconds: float | None = None
    scans: Scores | None = None
    joined: Joined | None = None
    repeated: Repeated = "known people"

    columns: ClassVar[tuple[str, ...]] = ("attack", "repeat", "participant_id", "session_id", "member", "score")

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True)
class Interval:
    """A number and its confidence interval. ``n_members``/``n_nonmembers`` are people, not scans."""

    value: float
    low: float
    high: float
    n_members: int
    n_nonmembers: int
    confidence: float = 0.95
