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
Unit: TypeAlias = Literal["count", "percent", "share"]
Epsilon: TypeAlias = Annotated[float, Gt(0)]
Correlation: TypeAlias = Annotated[float, Gt(0), Le(1)]
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
class Blur:
    """What is public of tables that somebody else published: their unit, and what was done to counts and shares.

    Rounding to a base and noise of an epsilon are settings of protection, which count too.
    """

    unit: Annotated[Unit | None, Doc("What numbers without a heading that says it are: count, percent or share.")] = (
        None
    )
    decimals: Annotated[
        int | None, Ge(0), Le(12), Doc("Decimals of published shares or percentages, where zeros at the end are cut.")
    ] = None
    random_round_to: Annotated[
        int, Ge(0), Doc("Counts were rounded up or down at random to multiples of this; 0 where they were not.")
    ] = 0
    perturbation: Annotated[
        tuple[tuple[float, float], ...],
        Doc("Cell-key perturbation of counts: each change with its probability, as [[-1, 0.25], [0, 0.5], [1, 0.25]]."),
    ] = ()
    perturbation_variance: Annotated[
        float, Ge(0), Doc("Or its variance, where the table of changes is not public.")
    ] = 0.0
    noise_sd: Annotated[float, Ge(0), Doc("Standard deviation of noise that was added to counts.")] = 0.0
    direction: Annotated[
        str | None, Doc("Which group is taken from which in contrasts where no heading says it: patients - controls.")
    ] = None
    adjusted: Annotated[
        bool, Doc("Contrasts are adjusted for covariates of which the columns of DATA and REFERENCE are residuals.")
    ] = False


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
        Correlation | Literal["measured"],
        Doc(
            "Correlation of the numbers it has of a person with those that were published: below 1 another "
            "measurement, measured: a second session."
        ),
    ] = 1.0
    knows_n: Annotated[bool, Doc("Whether it knows how many people took part.")] = True
    knows_weight: Annotated[bool, Doc("Whether it knows the survey weight of the person in question.")] = False
