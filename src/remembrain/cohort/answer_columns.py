"""Which columns of a table are what models answered: told by their names, and asked where that is not certain."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from remembrain._text import few
from remembrain.cohort.no_column import no_column
from remembrain.cohort.spellings import BESIDE_MEMBERSHIP, FOLDS, MEMBERSHIP
from remembrain.cohort.tsv import words_of
from remembrain.errors import DataError

REFERENCE, INSIDE = "reference", "in"


_VALUES = frozenset(
    ("pred", "preds", "predicted", "prediction", "predictions", "predict", "yhat", "ypred", "fitted", "brainage")
)


_VALUES_TOGETHER = (frozenset(("brain", "age")), frozenset(("y", "hat")), frozenset(("estimated", "age")))


_CORRECTED = frozenset(("corrected", "adjusted", "unbiased", "debiased"))


_DIFFERENCES = frozenset(
    ("gap", "delta", "error", "diff", "difference", "pad", "bag", "residual", "residuals", "resid", "acceleration")
)


_BESIDE = frozenset(
    (
        *("sd", "std", "stdev", "se", "sem", "var", "variance", "sigma", "uncertainty", "entropy", "confidence"),
        *("lower", "upper", "lwr", "upr", "ci", "interval", "quantile", "percentile", "min", "max"),
        *("sex", "gender", "diagnosis", "dx", "class", "prob", "probability", "proba", "logit"),
    )
)
"""Words that make of predictions a bound or a spread of them, or predictions of something else."""


@dataclass(frozen=True)
class Named:
    """The columns that the user names; those that are left out are found by their names."""

    prediction: str | None = None
    member: str | None = None
    corrected: str | None = None


@dataclass(frozen=True)
class Found:
    """Which columns of a table hold answers, and of which kind.

    Attributes
    ----------
    prediction
        What the model answered.
    disguised
        What it answered of the same scan in disguise.
    corrected
        The same answers after a correction with the true label; ``""`` where there are none.
    references
        What other models answered, with the column that says whom each was trained on.
    member
        Who was trained on; ``""`` where another file says it.
    folds
        Folds of a cross-validation; ``""`` where there are none.
    beside
        What a model said beside its predictions: bounds, spreads, another quantity. They are not read.
    """

    prediction: str
    disguised: tuple[str, ...] = ()
    corrected: str = ""
    references: Mapping[str, str] = field(default_factory=dict)
    member: str = ""
    folds: str = ""
    beside: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """Every column of numbers that a model answered."""
        several = (self.prediction, *self.disguised, self.corrected, *self.references)
        return tuple(name for name in several if name)

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that is no fact of people."""
        others = (*self.references.values(), self.member, self.folds, *self.beside)
        return (*self.answers, *(name for name in others if name))


def find_columns(names: Sequence[str], named: Named, path: Path) -> Found:
    """Return which columns hold answers.

    Raises
    ------
    DataError
        Where there is no column of predictions, or it is not certain which it is; or a reference column has no partner.
    """
    said = {
        "prediction": named.prediction,
        "member": named.member,
        "corrected": named.corrected,
    }
    for fact, column in said.items():
        if column is not None and column not in names:
            raise no_column(column, names, path.name, f"--{fact}-column")
    words = {name: words_of(name) for name in names}
    references = _references(words, path)
    apart = {*references, *references.values(), named.member}
    values = [name for name in names if name not in apart and _is_value(words[name])]
    beside = tuple(
        name for name in values if _BESIDE & {*words[name]} and name not in (named.prediction, named.corrected)
    )
    beside = beside if len(beside) < len(values) else ()
    values = [name for name in values if name not in beside]
    after = [name for name in values if set(words[name]) & _CORRECTED and name != named.prediction]
    corrected = named.corrected or next(iter(after), "")
    values = [name for name in values if name != corrected]
    prediction = named.prediction or _prediction(values, words, path, corrected)
    disguised = tuple(name for name in values if name != prediction and words[name][0] == words[prediction][0])
    if strange := [name for name in values if name not in (prediction, *disguised)]:
        raise _several([prediction, *strange], path)
    member = named.member or member_column([name for name in names if name not in apart])
    folds = next((name for name in names if set(words[name]) & FOLDS and name not in apart), "")
    return Found(prediction, disguised, corrected, references, member, folds, beside)


def member_column(names: Sequence[str]) -> str:
    """Return which of these columns speaks of who was trained on, and of nothing else; ``""`` where none does."""
    return next(
        (name for name in names if set(words := words_of(name)) & MEMBERSHIP and {*words} <= BESIDE_MEMBERSHIP), ""
    )


def _references(words: Mapping[str, tuple[str, ...]], path: Path) -> dict[str, str]:
    """Return the columns of other models, each with the column that says whom the model was trained on."""
    models = {words[name][1:]: name for name in words if words[name][:1] == (REFERENCE,)}
    inside = {words[name][2:]: name for name in words if words[name][:2] == (INSIDE, REFERENCE)}
    for which, name in models.items():
        if which not in inside:
            raise DataError(
                f"{name} says what another model answered, and no column says whom that one was trained on",
                where=path,
                expected=f"in_{name} with 1 and 0",
            )
    if alone := [name for which, name in inside.items() if which not in models]:
        raise DataError(f"{alone[0]} is of a model whose answers are not there", where=path, expected=alone[0][3:])
    return {name: inside[which] for which, name in models.items()}


def _is_value(words: tuple[str, ...]) -> bool:
    """Tell whether a name is of predictions themselves, and not of a difference from the truth."""
    said = {*words, "".join(words)}
    return not said & _DIFFERENCES and bool(said & _VALUES or any(pair <= said for pair in _VALUES_TOGETHER))


def _prediction(values: Sequence[str], words: Mapping[str, tuple[str, ...]], path: Path, corrected: str) -> str:
    """Return the column of the released model's predictions."""
    if not values and corrected:
        raise DataError(
            f"has predictions after a correction alone ({corrected}), and none before it",
            where=path,
            expected="predicted_age beside it, and --corrected-column for the other where it has another name",
            try_next=f"--prediction-column {shlex.quote(corrected)}, where these are what the model gives out",
        )
    if not values:
        raise DataError(
            "has no column of predictions",
            where=path,
            expected="predicted_age",
            try_next=f"--prediction-column NAME, of its columns {few(list(words))}",
        )
    shortest = min(len(words[name]) for name in values)
    first = [name for name in values if len(words[name]) == shortest or words[name][1:] == ("age",)]
    exact = [name for name in first if words[name][1:] == ("age",)] or first
    if len(exact) > 1:
        raise _several(exact, path)
    return exact[0]


def _several(names: Sequence[str], path: Path) -> DataError:
    """Make the error of several columns that may be the released model's predictions."""
    return DataError(
        f"has several columns of predictions: {few(names)}",
        where=path,
        expected="one of the released model; of the same scan in disguise predicted_NAME, of other models "
        "reference_NAME with in_reference_NAME",
        try_next=f"--prediction-column {names[0]} and --drop for the others",
    )
