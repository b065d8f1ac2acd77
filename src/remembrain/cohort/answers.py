"""A table of what a model answered: one row a scan, with the truth, who was trained on, and what other models said.

Which column is which is told by names; what is not certain is asked. Columns that are no answers are facts of people,
which the blind baseline sees, and which never are answers. Knows no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._text import few, shown
from remembrain.cohort.columns import Reading
from remembrain.cohort.facts import Columns
from remembrain.cohort.joining import ALONE, Beside, read_joined
from remembrain.cohort.meant import mark_in, rows_meant
from remembrain.cohort.no_column import no_column
from remembrain.cohort.numbers import Decimal, number
from remembrain.cohort.separators import convention
from remembrain.cohort.spellings import BESIDE_MEMBERSHIP, FOLDS, MEMBERSHIP
from remembrain.cohort.table import TableCohort, table_cohort
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.tsv import is_missing, words_of
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.types import Scans

REFERENCE, INSIDE = "reference", "in"
_SAME_UNIT = 1e-6
_VALUES = frozenset(
    ("pred", "preds", "predicted", "prediction", "predictions", "predict", "yhat", "ypred", "fitted", "brainage")
)
_VALUES_TOGETHER = (frozenset(("brain", "age")), frozenset(("y", "hat")), frozenset(("estimated", "age")))
_CORRECTED = frozenset(("corrected", "adjusted", "unbiased", "debiased"))
_DIFFERENCES = frozenset(
    ("gap", "delta", "error", "diff", "difference", "pad", "bag", "residual", "residuals", "resid", "acceleration")
)


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
    """

    prediction: str
    disguised: tuple[str, ...] = ()
    corrected: str = ""
    references: Mapping[str, str] = field(default_factory=dict)
    member: str = ""
    folds: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that is no fact of people."""
        pairs = self.references.items()
        several = (*self.disguised, *(name for pair in pairs for name in pair))
        return tuple(name for name in (self.prediction, self.corrected, self.member, self.folds, *several) if name)


@dataclass(frozen=True, eq=False)
class AnswerTable:
    """What a model answered of every scan of a cohort, in the unit of its labels; row i is scan i in all.

    ``corrected``, ``reference``, ``inside`` and ``fold`` are ``None`` where there are no such columns; ``said`` is what
    the column of membership says of each row.
    """

    cohort: TableCohort
    found: Found
    predicted: Float[np.ndarray, "scan way"]
    corrected: Float[np.ndarray, "scan"] | None
    reference: Float[np.ndarray, "scan model"] | None
    inside: Bool[np.ndarray, "scan model"] | None
    fold: np.ndarray | None
    said: tuple[str, ...]

    @property
    def models(self) -> int:
        """How many other models answered."""
        return 0 if self.reference is None else self.reference.shape[1]

    def at(self, cohort: TableCohort) -> AnswerTable:
        """Return what was answered of these rows of the same table."""
        assert self.cohort.rows is not None  # noqa: S101  # both were read from a file
        assert cohort.rows is not None  # noqa: S101
        return self.take(np.searchsorted(self.cohort.rows, cohort.rows))

    def columns(self, predicted: Float[np.ndarray, "scan way"]) -> Float[np.ndarray, "scan column"]:
        """Return these predictions and, beside them, what other models answered and who was in their training."""
        parts = [predicted]
        if self.reference is not None and self.inside is not None:
            parts += [self.reference, self.inside.astype(float)]
        return np.hstack(parts)

    def take(self, index: Int[np.ndarray, "some"]) -> AnswerTable:
        """Return these rows."""

        def of(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else values[index]

        return replace(
            self,
            cohort=self.cohort.take(index),
            predicted=self.predicted[index],
            corrected=of(self.corrected),
            reference=of(self.reference),
            inside=of(self.inside),
            fold=of(self.fold),
            said=tuple(self.said[place] for place in index) if self.said else (),
        )


@dataclass(frozen=True, eq=False)
class AnswerRows:
    """What was answered of each scan, in full precision; implements :class:`remembrain.types.Inputs`.

    ``names`` tell rows apart, whichever of their answers are looked at.
    """

    values: Float[np.ndarray, "scan column"]
    names: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of columns."""
        return (self.values.shape[1],)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> Float[np.ndarray, "column"]:
        """Return what was answered of one scan."""
        return np.asarray(self.values[index])

    def keys(self) -> Sequence[str]:
        """Return the name of each row."""
        return self.names


def read_answers(path: Path, columns: Columns, named: Named, reading: Reading, beside: Beside = ALONE) -> AnswerTable:
    """Read a table of answers, and what stands of the same people in tables beside it.

    Raises
    ------
    DataError
        Where it cannot be read, a column is missing or not certain, or two columns say different things.
    """
    table = read_joined(path, beside, columns, reading)
    names = [str(name) for name in table.frame.columns if name not in reading.drop]
    found = find_columns(names, named, path)
    facts = replace(reading, drop=(*reading.drop, *found.all), facts_alone=True)
    cohort = table_cohort(table, path, columns, facts)
    rows = cohort.rows if cohort.rows is not None else np.arange(len(cohort.scans))
    cells = {name: [table.frame[name].iloc[row] for row in rows] for name in found.all}
    decimal = convention({name: cells[name] for name in (found.prediction, *found.disguised)}, reading.decimal).decimal
    unit, problems = _unit(table, cohort, columns.label, decimal), list(cohort.problems)

    lines = [table.lines[row] for row in rows]

    def numbers(name: str) -> Float[np.ndarray, "scan"]:
        values = np.array([number(text, decimal) for text in cells[name]], dtype=float)  # None becomes NaN
        problems.extend(_without(values, cells[name], name, cohort, lines))
        return values * unit

    predicted = np.column_stack([numbers(name) for name in (found.prediction, *found.disguised)])
    corrected = numbers(found.corrected) if found.corrected else None
    reference, inside = None, None
    if found.references:
        reference = np.column_stack([numbers(name) for name in found.references])
        inside = np.column_stack([_marks(cells[name], name, path) for name in found.references.values()])
    fold = np.array(cells[found.folds], dtype=str) if found.folds else None
    if unit != 1:
        what = (
            f"predictions are taken to be in the unit of the column {columns.label}, and are multiplied by {unit:.4g}"
        )
        problems.append(Problem(path.name, what, fatal=False))
    cohort = replace(cohort, problems=tuple(problems))
    said = tuple(cells[found.member]) if found.member else ()
    return AnswerTable(cohort, found, predicted, corrected, reference, inside, fold, said)


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
    corrected = named.corrected or next((name for name in values if set(words[name]) & _CORRECTED), "")
    values = [name for name in values if name != corrected]
    prediction = named.prediction or _prediction(values, words, path)
    disguised = tuple(name for name in values if name != prediction and words[name][0] == words[prediction][0])
    if strange := [name for name in values if name not in (prediction, *disguised)]:
        raise _several([prediction, *strange], path)
    member = named.member or member_column([name for name in names if name not in apart])
    folds = next((name for name in names if set(words[name]) & FOLDS and name not in apart), "")
    return Found(prediction, disguised, corrected, references, member, folds)


def member_column(names: Sequence[str]) -> str:
    """Return which of these columns speaks of who was trained on, and of nothing else; ``""`` where none does."""
    return next(
        (name for name in names if set(words := words_of(name)) & MEMBERSHIP and {*words} <= BESIDE_MEMBERSHIP), ""
    )


def members_of(name: str, cells: Sequence[str], scans: Scans, path: Path) -> Bool[np.ndarray, "scan"]:
    """Return whose rows are of people who were trained on, as a column says; all others were not.

    Parameters
    ----------
    name, cells
        The column, ``""`` where there is none, and what it says of each row.
    scans
        Whose rows these are.
    path
        The table, for messages.

    Raises
    ------
    DataError
        Where that column is missing, leaves somebody out, says no role, or says two of one person.
    """
    if not name:
        raise DataError(
            "has no column that says who was trained on",
            where=path,
            expected="member with 1 and 0",
            try_next="--member-column NAME, or --members-list and --nonmembers-list",
        )
    nobody = [person for person, text in zip(scans.labels(), cells, strict=True) if is_missing(text)]
    if nobody:
        what = f"{name} says nothing of {len(nobody)} of {len(cells)} rows ({few(nobody)})"
        raise DataError(what, where=path, expected="1 or 0 in every row", try_next="take these rows out, or say it")
    rows, _ = rows_meant({name: cells}, "member", path)
    others, _ = rows_meant({name: cells}, "nonmember", path)
    if rows is None or others is None or any(a == b for a, b in zip(rows, others, strict=True)):
        levels = few(sorted(set(cells)))
        raise DataError(
            f"{name} ({levels}) does not say of everybody who was trained on", where=path, expected="1 or 0"
        )
    member = np.array(rows, dtype=bool)
    people = scans.participant_id
    if both := sorted(set(people[member].tolist()) & set(people[~member].tolist())):
        what = "is a member in one row and none in another, and a person can have one role"
        raise ProblemsError([Problem(str(person), what, participant=str(person)) for person in both], where=path)
    return member


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


def _prediction(values: Sequence[str], words: Mapping[str, tuple[str, ...]], path: Path) -> str:
    """Return the column of the released model's predictions."""
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


def _marks(cells: Sequence[str], name: str, path: Path) -> Bool[np.ndarray, "scan"]:
    """Return a column of yes and no."""
    marks = [mark_in(text) for text in cells]
    if strange := sorted({str(mark) for mark in marks if not isinstance(mark, bool)}):
        raise DataError(f"{name} says {few(strange)}", where=path, expected="1 or 0: who was in the model's training")
    return np.array(marks, dtype=bool)


def _unit(table: TextTable, cohort: TableCohort, label: str, decimal: Decimal) -> float:
    """Return what the cells of the label were multiplied by, such as 1/12 where months became years."""
    if cohort.rows is None or label not in table.frame.columns:
        return 1.0
    written = [number(table.frame[label].iloc[row], decimal) for row in cohort.rows]
    ratios = [age / value for age, value in zip(cohort.scans.age, written, strict=True) if value]
    ratio = float(np.median(ratios)) if ratios else 1.0
    return 1.0 if abs(ratio - 1) < _SAME_UNIT else ratio


def _without(
    values: Float[np.ndarray, "scan"], cells: Sequence[str], name: str, cohort: TableCohort, lines: Sequence[int]
) -> list[Problem]:
    """Return the rows that have no number in a column of answers."""
    problems = []
    for place in np.flatnonzero(~np.isfinite(values)).tolist():
        person, text = str(cohort.scans.participant_id[place]), cells[place]
        what = f"no {name}" if is_missing(text) else f"{name} {shown(text)} is no number"
        where = f"{cohort.path.name} row {lines[place]} ({shown(person)})"
        problems.append(Problem(where, what, participant=person, summary=f"no number in {name}"))
    return problems
