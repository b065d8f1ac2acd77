"""How tables are protected and what their reader knows: the settings, each stated here once.

The options of the command line and of a release file are made of these: name, bounds, default and what it is for. This
module knows nothing of what is done with them, and loads nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from annotated_types import Ge, Gt, Le, Lt
from typing_extensions import Doc

Noise: TypeAlias = Literal["laplace", "gaussian"]
Epsilon: TypeAlias = Annotated[float, Gt(0)]
Reference: TypeAlias = Annotated[int, Ge(20)]

TESTED = 2000
"""At most so many people of each side are tested where nothing else is said."""


@dataclass(frozen=True)
class Protection:
    """How tables are protected."""

    round_to: Annotated[int, Ge(0), Doc("Round counts to multiples of this; 0 does not round.")] = 0
    suppress_below: Annotated[int, Ge(0), Doc("Suppress cells of fewer people than this; 0 suppresses none.")] = 0
    complementary: Annotated[bool, Doc("Suppress more where subtraction would give a cell back.")] = True
    noise_epsilon: Annotated[Epsilon | None, Doc("Add noise to counts: epsilon of all tables together.")] = None
    noise: Annotated[Noise, Doc("Kind of that noise.")] = "laplace"
    noise_delta: Annotated[float, Gt(0), Lt(1), Doc("Delta of Gaussian noise.")] = 1e-6
    sample: Annotated[float, Gt(0), Le(1), Doc("Count only a random share of those who took part.")] = 1.0


@dataclass(frozen=True)
class Adversary:
    """The realistic limits of an adversary; the defaults are those of the strongest one.

    Without ``knows_n`` it estimates how many took part; without ``knows_weight`` it takes the mean weight.
    """

    known: Annotated[float, Gt(0), Le(1), Doc("Share of a person's answers that the adversary has.")] = 1.0
    known_columns: Annotated[tuple[str, ...], Doc("Or the columns of which it has everybody's answer.")] = ()
    answer_error: Annotated[float, Ge(0), Lt(1), Doc("Share of the answers it has that are wrong.")] = 0.0
    reference_size: Annotated[
        Reference | None,
        Doc("People of the population whom it has; 1000 or a fifth of the file when left out."),
    ] = None
    reference_tilt: Annotated[
        float, Doc("By how many standard deviations these differ from the population along tilt_column.")
    ] = 0.0
    tilt_column: Annotated[
        str | None, Doc("Column of that tilt; the main way in which answers differ when left out.")
    ] = None
    reliability: Annotated[
        float,
        Gt(0),
        Le(1),
        Doc(
            "Correlation of the numbers it has of a person with those that were published; below 1 another measurement."
        ),
    ] = 1.0
    knows_n: Annotated[bool, Doc("Whether it knows how many people took part.")] = True
    knows_weight: Annotated[bool, Doc("Whether it knows the survey weight of the person in question.")] = False
