"""A table of what a model answered: one row a scan, with the truth, who was trained on, and what other models said.

Which column is which is told by names; what is not certain is asked. Columns that are no answers are facts of people,
which the blind baseline sees, and which never are answers. Knows no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._text import few, shown
from remembrain.cohort.answer_columns import Found, Named, find_columns
from remembrain.cohort.answers_decimal import decimal_of_answers
from remembrain.cohort.answers_disguised import no_disguises
from remembrain.cohort.answers_facts import no_facts
from remembrain.cohort.columns import Features, Reading
from remembrain.cohort.columns import columns as listed
from remembrain.cohort.facts import Columns
from remembrain.cohort.joining import ALONE, Beside, read_joined
from remembrain.cohort.meant import mark_in, rows_meant
from remembrain.cohort.numbers import Decimal, number
from remembrain.cohort.table import TableCohort, table_cohort
from remembrain.cohort.table_facts import fact_columns
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.types import Scans

_SAME_UNIT = 1e-6


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
    written = _written(table, cohort, found, path, columns, reading)
    given = {name: written.numbers(name) for name in found.answers}
    found, notes = _of_one_quantity(found, given, cohort)
    predicted = np.column_stack([given[name] for name in (found.prediction, *found.disguised)])
    reference, inside = None, None
    if found.references:
        reference = np.column_stack([given[name] for name in found.references])
        inside = np.column_stack([_marks(written.cells(name), name, path) for name in found.references.values()])
    fold = np.array(written.cells(found.folds), dtype=str) if found.folds else None
    missing = [problem for name in found.answers for problem in written.without_number(name, cohort)]
    cohort = replace(cohort, problems=(*cohort.problems, *missing, *written.notes, *notes))
    cohort = _of_facts(cohort, {name: given[name] for name in found.answers}, reading.keep)
    said = tuple(written.cells(found.member)) if found.member else ()
    return AnswerTable(cohort, found, predicted, given.get(found.corrected), reference, inside, fold, said)


@dataclass(frozen=True, eq=False)
class _Written:
    """The cells of the usable rows of a table, and how those of answers become numbers in the unit of its labels."""

    table: TextTable
    rows: Int[np.ndarray, "scan"]
    decimals: Mapping[str, Decimal]
    unit: float
    notes: tuple[Problem, ...]

    def cells(self, name: str) -> list[str]:
        """Return what stands in a column."""
        return [self.table.frame[name].iloc[row] for row in self.rows]

    def numbers(self, name: str) -> Float[np.ndarray, "scan"]:
        """Return a column of answers, NaN where there is no number."""
        return self.unit * np.array([number(text, self.decimals[name]) for text in self.cells(name)], dtype=float)

    def without_number(self, name: str, cohort: TableCohort) -> list[Problem]:
        """Return the rows that have no number in a column of answers."""
        lines = [self.table.lines[row] for row in self.rows]
        return _without(self.numbers(name), self.cells(name), name, cohort, lines)


def _written(
    table: TextTable, cohort: TableCohort, found: Found, path: Path, columns: Columns, reading: Reading
) -> _Written:
    """Return how answers are written: with which decimal separator, and in the unit of which label."""
    of = fact_columns(table, columns, Features(path.name, table.lines, origins=table.origins))
    apart = {of["person"], of["session"], *reading.drop} - {of["label"]}
    numeric = table.frame.drop(columns=[*apart], errors="ignore")
    decimals = _decimals(replace(table, frame=numeric), found, path, reading)
    unit = _unit(table, cohort, of["label"], decimals[of["label"]])
    what = f"predictions are taken to be in the unit of the column {of['label']}, and are multiplied by {unit:.4g}"
    notes = (Problem(path.name, what, fatal=False),) if unit != 1 else ()
    rows = cohort.rows if cohort.rows is not None else np.arange(len(cohort.scans))
    return _Written(table, rows, decimals, unit, notes)


def _of_one_quantity(
    found: Found, given: Mapping[str, Float[np.ndarray, "scan"]], cohort: TableCohort
) -> tuple[Found, list[Problem]]:
    """Return the columns without those of another quantity than the predictions, and what is to be told of these."""
    disguised = {name: given[name] for name in found.disguised}
    none = no_disguises(disguised, given[found.prediction], cohort.scans.age)
    none = dict.fromkeys(found.beside, "by their names") | none
    notes = []
    for why in dict.fromkeys(none.values()):
        names = listed([name for name, other in none.items() if other == why])
        what = f"{names} not used: no predictions of the same scans in disguise ({why})"
        notes.append(Problem(cohort.path.name, what, fatal=False))
    kept = tuple(name for name in found.disguised if name not in none)
    return replace(found, disguised=kept, beside=tuple(none)), notes


def _of_facts(cohort: TableCohort, given: Mapping[str, Float[np.ndarray, "scan"]], keep: Sequence[str]) -> TableCohort:
    """Return the cohort without the columns that are no facts of people, and say which these are."""
    told = no_facts(cohort.features.drop(columns=[*keep], errors="ignore"), cohort.scans.age, given)
    if not told:
        return cohort
    notes = []
    for kind in dict.fromkeys(told.values()):
        names = listed([name for name, other in told.items() if other == kind])
        what = f"{names} left out of the facts that the blind baseline sees ({kind}); --keep NAME for what is a fact"
        notes.append(Problem(cohort.path.name, what, fatal=False))
    return replace(cohort, features=cohort.features.drop(columns=[*told]), problems=(*cohort.problems, *notes))


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


def _marks(cells: Sequence[str], name: str, path: Path) -> Bool[np.ndarray, "scan"]:
    """Return a column of yes and no."""
    marks = [mark_in(text) for text in cells]
    if strange := sorted({str(mark) for mark in marks if not isinstance(mark, bool)}):
        raise DataError(f"{name} says {few(strange)}", where=path, expected="1 or 0: who was in the model's training")
    return np.array(marks, dtype=bool)


def _decimals(table: TextTable, found: Found, path: Path, reading: Reading) -> dict[str, Decimal]:
    """Return the decimal separator of each of these columns, by the file that it is of."""
    of: dict[Path, dict[str, list[str]]] = {}
    for name in map(str, table.frame.columns):
        of.setdefault(table.origin(name, path).path, {})[name] = table.frame[name].tolist()
    decimals = {}
    for file, cells in of.items():
        answers = [name for name in found.answers if name in cells]
        said, options = reading.decimal, "--decimal , or --decimal ."
        decided = decimal_of_answers(cells, answers, file.name, declared=said, option=options)
        decimals.update(dict.fromkeys(cells, decided))
    return decimals


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
