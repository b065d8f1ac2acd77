"""The columns of a table that are measures of people: cells to numbers and levels, and what is left out and why.

What is guessed, filled in or left out is a note with its count; what may mean several things is a problem that names
the option which answers it. Nothing here knows of files, nor what a model does with a column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain.cohort.identifiers import identifiers
from remembrain.cohort.numbers import Convention, Decimal, Numbers, is_code, number, read_numbers, tidy
from remembrain.cohort.predictions import no_measures, what_to_do
from remembrain.cohort.sentinels import doubtful_codes
from remembrain.cohort.spellings import MISSING_LEVEL
from remembrain.cohort.tsv import MISSING
from remembrain.errors import Problem

MOST_LEVELS = 50
_SHOWN = 8
_MISSING = MISSING | MISSING_LEVEL


@dataclass(frozen=True)
class Reading:
    """What the user says of a table's columns and cells, of which the program would ask or guess otherwise.

    Attributes
    ----------
    drop, keep
        Columns that are no measures; columns that are, whatever they look like.
    decimal
        The decimal separator.
    missing_codes, keep_values
        Codes that say *missing*, and numbers that do not though they look like it: CODE, or COLUMN=CODE.
    raw
        Whether a network scales the columns itself, so that every one must reach it as it is.
    """

    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    decimal: Decimal | None = None
    missing_codes: tuple[str, ...] = ()
    keep_values: tuple[str, ...] = ()
    raw: bool = False

    def codes(self, column: str) -> frozenset[str]:
        """Return the codes for *missing* in this column."""
        return _of_column(self.missing_codes, column)

    def kept_values(self, column: str) -> frozenset[str]:
        """Return the numbers that are values in this column."""
        return _of_column(self.keep_values, column)

    def columns_named(self) -> dict[str, str]:
        """Return the columns that have to be there, with the option that names each."""
        named = dict.fromkeys(self.drop, "--drop") | dict.fromkeys(self.keep, "--keep")
        for option, codes in (("--missing-codes", self.missing_codes), ("--keep-values", self.keep_values)):
            named |= {code.rpartition("=")[0]: option for code in codes if "=" in code}
        return named


def _of_column(codes: Iterable[str], column: str) -> frozenset[str]:
    """Return the codes that are said of every column, or of this one."""
    parts = [code.rpartition("=") for code in codes]
    return frozenset(code.strip() for name, _, code in parts if name in ("", column))


@dataclass
class Features:
    """The columns as they are understood so far, and what there is to say of them.

    Attributes
    ----------
    where
        The file.
    lines
        The line of each row, for messages.
    kept
        Numbers, or levels with None where there is none, by column.
    """

    where: str
    lines: Sequence[int]
    kept: dict[str, pd.Series] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def note(self, what: str) -> None:
        """Say what was understood or done, in words that name nobody."""
        self.problems.append(Problem(self.where, what, fatal=False))

    def ask(self, what: str, column: str = "", summary: str = "") -> None:
        """Say what cannot be decided without the user."""
        where = f"{self.where}: {column}" if column else self.where
        self.problems.append(Problem(where, what, summary=summary))

    def numbers(self) -> dict[str, Float[np.ndarray, "row"]]:
        """Return the numeric columns."""
        return {
            name: column.to_numpy(dtype=float)
            for name, column in self.kept.items()
            if pd.api.types.is_numeric_dtype(column)
        }

    def leave_out(self, names: Collection[str], why: str) -> None:
        """Take columns out, and say so once for all that have the same reason."""
        for name in names:
            self.kept.pop(name, None)
        if names:
            self.note(f"{columns(names)} {why}")


def columns(names: Collection[str]) -> str:
    """Return how many columns there are, and the names of the first."""
    listed = ", ".join(list(names)[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
    return f"{len(names)} column{'s' * (len(names) != 1)} ({listed})"


def read_features(
    cells: Mapping[str, Sequence[str]],
    levels: Mapping[str, Sequence[str]],
    people: Sequence[str],
    decided: Convention,
    reading: Reading,
    features: Features,
) -> None:
    """Read every column into ``features``, all but what depends on the label.

    Parameters
    ----------
    cells
        The text of each column that may be a measure.
    levels
        Columns whose levels are known already (sex and site), "n/a" where there is none.
    people
        Whose each row is.
    decided
        The decimal separator.
    reading
        What the user says.
    features
        Where columns and problems go.
    """
    if decided.doubt:
        features.ask(f"{decided.doubt}: say --decimal , or --decimal .", summary="the decimal separator is in doubt")
    elif decided.commas:
        features.note(f"{decided.commas} numbers have a decimal comma, and are read so")
    read = {} if reading.raw else {name: _levels(column) for name, column in levels.items() if name in cells}
    numbers: dict[str, Numbers] = {}
    for name, column in cells.items():
        found = None if name in read else read_numbers(column, decided.decimal, reading.codes(name))
        if found is not None:
            numbers[name] = found
            features.kept[name] = pd.Series(found.values)
        else:
            features.kept[name] = read[name] if name in read else _levels(column, reading.codes(name))
    _tell_numbers(numbers, features, in_doubt=bool(decided.doubt))
    _leave_out_names(cells, people, features)
    if not reading.raw:
        _leave_out_constant(features)
        _leave_out_equal(reading, features)
    _leave_out_identifiers(people, reading, features)
    _ask_for_codes(reading, features)


def _levels(column: Sequence[str], codes: Collection[str] = ()) -> pd.Series:
    """Return a column of levels, None where nothing is said."""
    texts = [tidy(text) for text in column]
    return pd.Series(
        [None if text.lower() in _MISSING or is_code(text, codes) else text for text in texts], dtype=object
    )


def _tell_numbers(numbers: Mapping[str, Numbers], features: Features, *, in_doubt: bool) -> None:
    """Say what was read otherwise than as plain numbers, and which cells of numeric columns are none."""
    codes: Counter[str] = Counter()
    for column in numbers.values():
        codes.update(column.missing)
    if codes:
        listed = ", ".join(f"{code!r} in {times} cells" for code, times in codes.most_common(_SHOWN))
        features.note(f"codes for missing in columns of numbers: {listed}")
    for kind, words in (
        ("bounds", "such as <0.5 are read as the bound itself"),
        ("grouped", "have separators of thousands (1,234 is 1234)"),
    ):
        having = {name: getattr(column, kind) for name, column in numbers.items() if getattr(column, kind)}
        if having:
            features.note(f"{sum(having.values())} cells of {columns(having)} {words}")
    if units := {name: column.unit for name, column in numbers.items() if column.unit}:
        features.note(
            f"the unit behind every number of {columns(units)} is taken off ({', '.join(set(units.values()))})"
        )
    for name, column in numbers.items():
        other = [one for one in column.strangers if not in_doubt or not _comma_or_point(one[1])]
        if other:
            known = int(np.isfinite(column.values).sum()) + len(column.strangers)
            shown = ", ".join(f"row {features.lines[place]} {text!r}" for place, text in other[:3])
            more = f" and {len(other) - 3} more" if len(other) > 3 else ""
            features.ask(
                f"{len(other)} of {known} cells are no numbers ({shown}{more}): mend them, or say --missing-codes "
                f"'{name}={other[0][1]}' where it means missing, or --drop '{name}'",
                name,
                f"{len(other)} of {known} cells of {name} are no numbers",
            )


def _comma_or_point(text: str) -> bool:
    """Tell whether a cell is a number with one of the decimal separators."""
    return number(text, ".") is not None or number(text, ",") is not None


def _leave_out_names(cells: Mapping[str, Sequence[str]], people: Sequence[str], features: Features) -> None:
    """Leave out text that may name people: of many levels, or of as many as there are people or filled cells."""
    persons = len(set(people) - {""})
    out = {}
    mixed = []
    for name, column in features.kept.items():
        if pd.api.types.is_numeric_dtype(column):
            continue
        known = [text for text in column if text is not None]
        different = len(set(known))
        if different > 1 and (different > MOST_LEVELS or different >= min(len(known), persons)):
            out[name] = different
        elif different > 1 and any(number(text) is not None for text in known if name in cells):
            mixed.append(name)
    for name, different in out.items():
        features.leave_out([name], f"of text with {different} different values is left out: it may name people")
    if mixed := [name for name in mixed if any(number(text) is None for text in features.kept[name].dropna())]:
        features.note(f"{columns(mixed)} of words and a few numbers, used as levels")


def _leave_out_constant(features: Features) -> None:
    """Leave out columns that have one value, or none."""
    constant = [name for name, column in features.kept.items() if column.nunique() < 2]
    features.leave_out(constant, "of one value, left out")


def _leave_out_equal(reading: Reading, features: Features) -> None:
    """Leave out what stands under several names, as where tables were pasted together; ask of name.1 that differs."""
    first: dict[object, str] = {}
    equal: dict[str, str] = {}
    for name, column in features.kept.items():
        content = column.to_numpy(dtype=float).tobytes() if _is_numeric(column) else tuple(column.fillna(""))
        if first.setdefault(content, name) != name and name not in reading.keep:
            equal[name] = first[content]
    features.leave_out(equal, "the same as another, cell by cell, counted once")
    for name in list(features.kept):
        base = re.sub(r"(\.|\.\.\.| \()[1-9][0-9]*\)?$", "", name)
        if base != name and base in features.kept and name not in reading.keep:
            features.ask(
                f"seems to be {base} a second time, with other values: say --drop '{name}', or --keep '{name}'", name
            )


def _is_numeric(column: pd.Series) -> bool:
    """Tell whether a column holds numbers."""
    return bool(pd.api.types.is_numeric_dtype(column))


def _leave_out_identifiers(people: Sequence[str], reading: Reading, features: Features) -> None:
    """Leave out what counts or names people, and ask where it cannot be told from a measure."""
    found = identifiers({n: v for n, v in features.numbers().items() if n not in reading.keep}, people)
    for why in dict.fromkeys(found.left_out.values()):
        names = [name for name, reason in found.left_out.items() if reason == why]
        features.leave_out(names, f"left out as no measure: {why} (--keep NAME uses it)")
    for name in found.doubtful:
        features.ask(
            "holds whole numbers that differ for everybody: an identifier, or a measure? "
            f"say --drop '{name}', or --keep '{name}'",
            name,
        )
    if found.measures:
        features.note(
            f"{columns(found.measures)} of whole numbers that differ for everybody, used as measures; "
            "--drop what is an identifier"
        )


def _ask_for_codes(reading: Reading, features: Features) -> None:
    """Ask about numbers that may say *missing*."""
    for name, values in features.numbers().items():
        doubtful = [v for v in doubtful_codes(values) if not is_code(f"{v:.15g}", reading.kept_values(name))]
        if doubtful:
            codes = [f"{value:.10g}" for value in doubtful]
            times = int(np.isin(values, doubtful).sum())
            said = " ".join(f"'{name}={code}'" for code in codes)
            rest = values[np.isfinite(values) & ~np.isin(values, doubtful)]
            what = f"{', '.join(codes)} in {times} cells, and all others are {rest.min():g} to {rest.max():g}: "
            features.ask(
                f"{what}does it say missing? --missing-codes {said}, or --keep-values {said} if it is a value",
                name,
                f"numbers of {name} that may say missing",
            )


def refuse_no_measures(label: Float[np.ndarray, "row"], named: str, reading: Reading, features: Features) -> None:
    """Ask about predictions, membership and folds among the columns.

    Parameters
    ----------
    label, named
        What the model predicts, NaN where it is not known, and what that is called.
    reading, features
        What the user says; the columns as read.
    """
    asked = {name: column for name, column in features.kept.items() if name not in reading.keep}
    told = no_measures(pd.DataFrame(asked, index=range(len(features.lines))), label, named)
    if told:
        features.ask(what_to_do(told, len(features.kept) - len(told)), summary="columns that are no measures")


def tell_missing(rows: Sequence[int], reading: Reading, features: Features) -> None:
    """Say what will be filled in of these rows; where columns must reach a network as they are, ask instead."""
    empty = {name: int(column.iloc[list(rows)].isna().sum()) for name, column in features.kept.items()}
    empty = {name: times for name, times in empty.items() if times}
    if reading.raw:
        words = [name for name, column in features.kept.items() if not _is_numeric(column)]
        if words:
            features.ask(
                f"{columns(words)} of words, and --raw-columns gives numbers as they are: code them, or --drop"
            )
        if empty:
            features.ask(f"{sum(empty.values())} missing cells of {columns(empty)}, and --raw-columns fills nothing in")
        return
    for numeric, what in (
        (True, "filled with the column's median, and marked"),
        (False, "taken as a level of its own"),
    ):
        some = {name: times for name, times in empty.items() if _is_numeric(features.kept[name]) is numeric}
        if some:
            features.note(f"{sum(some.values())} missing cells of {columns(some)} {what}")
