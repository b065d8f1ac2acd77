"""The columns of a table that are measures of people: cells to numbers and levels, and what is left out and why.

What is guessed, filled in or left out is a note with its count; what may mean several things is a problem that names
the option which answers it. Nothing here knows of files, nor what a model does with a column.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain._text import few, shown
from remembrain.cohort.columns import Features, Reading, columns, is_numeric, number_of
from remembrain.cohort.columns_left_out import leave_out_what_says_nothing
from remembrain.cohort.numbers import FEW_WORDS, Numbers, is_code, number, read_numbers, tidy
from remembrain.cohort.predictions import no_measures, what_to_do
from remembrain.cohort.sentinels import doubtful_codes, far_outside
from remembrain.cohort.separators import Convention
from remembrain.cohort.spellings import MISSING_LEVEL
from remembrain.cohort.tsv import MISSING
from remembrain.errors import Problem

FEWEST_SECOND = 3
"""A row in which so many columns of numbers have their only word is a second heading."""

_MISSING = MISSING | MISSING_LEVEL


def read_features(
    cells: Mapping[str, Sequence[str]],
    levels: Mapping[str, Sequence[str]],
    people: Sequence[str],
    decided: Mapping[str, Convention],
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
        The decimal separator of each file.
    reading
        What the user says.
    features
        Where columns and problems go.
    """
    doubted = {file for file, one in decided.items() if one.doubt}
    for file, one in decided.items():
        what = one.doubt or f"{one.commas} numbers have a decimal comma, and are read so"
        summary = "the decimal separator is in doubt" if one.doubt else ""
        if one.doubt or one.commas:
            features.problems.append(Problem(file, what, fatal=bool(one.doubt), summary=summary))
    known = {} if reading.as_they_are else levels
    numbers: dict[str, Numbers] = {}
    for name, column in cells.items():
        found = (
            None if name in known else read_numbers(column, decided[features.file(name)].decimal, reading.codes(name))
        )
        if found is not None:
            numbers[name] = found
            features.kept[name] = pd.Series(found.values)
        else:
            features.kept[name] = _levels(known.get(name, column), reading.codes(name))
    _tell_numbers(numbers, reading, features)
    _ask_about_strangers(numbers, features, doubted)
    leave_out_what_says_nothing(people, reading, features)
    if not doubted:  # numbers may be others
        _ask_for_codes(reading, features)


def _levels(column: Sequence[str], codes: Collection[str] = ()) -> pd.Series:
    """Return a column of levels, None where nothing is said."""
    plain = {text: tidy(text) for text in set(column)}
    level = {text: None if said.lower() in _MISSING or is_code(said, codes) else said for text, said in plain.items()}
    return pd.Series([level[text] for text in column], dtype=object)


def _tell_numbers(numbers: Mapping[str, Numbers], reading: Reading, features: Features) -> None:
    """Say what was read otherwise than as plain numbers."""
    codes: Counter[str] = Counter()
    for column in numbers.values():
        codes.update(column.missing)
    if codes:
        listed = few(f"{shown(code, 20)!r} in {times}" for code, times in codes.most_common())
        features.note(f"{number_of(sum(codes.values()))} of numeric columns with a code for missing ({listed})")
    for kind, words in (
        ("bounds", "such as <0.5, read as the bound itself"),
        ("grouped", "with separators of thousands (1,234 is 1234)"),
    ):
        having = {name: getattr(column, kind) for name, column in numbers.items() if getattr(column, kind)}
        if having:
            features.note(f"{number_of(sum(having.values()))} of {columns(having)} {words}")
            if kind == "grouped" and reading.raw and reading.decimal is None:
                features.ask("numbers with separators must reach a network as they are: say --decimal , or --decimal .")
    units = {name: column.unit for name, column in numbers.items() if column.unit}
    if units:
        listed = few(sorted(set(units.values())))
        features.note(f"the unit behind every number of {columns(units)} is taken off ({listed})")


def _ask_about_strangers(numbers: Mapping[str, Numbers], features: Features, doubted: Collection[str]) -> None:
    """Name the cells of numeric columns that are no numbers; those of a doubted decimal separator are named once."""
    places = Counter(tuple(place for place, _ in column.strangers) for column in numbers.values())
    second = {one[0] for one, columns_alike in places.items() if len(one) == 1 and columns_alike >= FEWEST_SECOND}
    for place in sorted(second):
        alike = [name for name, column in numbers.items() if [one[0] for one in column.strangers] == [place]]
        row = features.line(place, alike[0])
        features.ask(f"row {row} is no row of numbers, in {columns(alike)}: a second heading? take it out of the file")
    for name, column in numbers.items():
        in_doubt = features.file(name) in doubted
        strangers = [one for one in column.strangers if not in_doubt or not _comma_or_point(one[1])]
        features.unread |= {name} if column.strangers else set()
        if not strangers or (len(strangers) == 1 and strangers[0][0] in second):
            continue
        known = int(np.isfinite(column.values).sum()) + len(column.strangers)
        where = few((f"row {features.line(place, name)} {shown(text, 25)!r}" for place, text in strangers), 3)
        words = list(dict.fromkeys(text for _, text in strangers))
        codes = " ".join(shlex.quote(f"{name}={word}") for word in words)
        missing = f"say --missing-codes {codes} where it means missing, or " if len(words) <= FEW_WORDS else ""
        features.ask(
            f"{len(strangers)} of {number_of(known)} no numbers ({where}): mend them, or {missing}"
            f"--drop {shlex.quote(name)}",
            name,
            f"{len(strangers)} of {known} cells of {name} are no numbers",
        )


def _comma_or_point(text: str) -> bool:
    """Tell whether a cell is a number with one of the decimal separators."""
    return number(text, ".") is not None or number(text, ",") is not None


def _ask_for_codes(reading: Reading, features: Features) -> None:
    """Ask about numbers that may say *missing*; where many columns have some, the answer is given once for all."""
    doubtful = {
        name: [v for v in doubtful_codes(values) if not is_code(f"{v:.15g}", reading.kept_values(name))]
        for name, values in features.numbers().items()
    }
    doubtful = {name: codes for name, codes in doubtful.items() if codes}
    said = " ".join(shlex.quote(f"{name}={code:.10g}") for name, codes in doubtful.items() for code in codes)
    answer = f"say --missing-codes {said}, or --keep-values {said} where it is a value"
    for name, codes in doubtful.items():
        values = features.numbers()[name]
        times = int(np.isin(values, codes).sum())
        rest = values[np.isfinite(values) & ~np.isin(values, codes)]
        listed = ", ".join(f"{code:.10g}" for code in codes)
        what = f"{listed} in {number_of(times)}, and all others are {rest.min():g} to {rest.max():g}: "
        what += "does it say missing, or is it miswritten?"
        summary = f"numbers of {name} that may say missing"
        features.ask(f"{what} {answer}" if len(doubtful) == 1 else what, name, summary)
    if len(doubtful) > 1:
        features.ask(f"for these {len(doubtful)} columns {answer}", summary="what such numbers mean")
    _tell_outliers(doubtful, reading, features)


def _tell_outliers(doubtful: Collection[str], reading: Reading, features: Features) -> None:
    """Say which columns have numbers far outside the rest that are used as they are, unasked."""
    outside = {
        name: [v for v in far_outside(values) if not is_code(f"{v:.15g}", reading.kept_values(name))]
        for name, values in features.numbers().items()
        if name not in doubtful
    }
    outside = {name: numbers for name, numbers in outside.items() if numbers}
    if outside:
        name, numbers = next(iter(outside.items()))
        features.note(
            f"{columns(outside)} with numbers 10 times as large as all others ({numbers[-1]:.10g} in {name}), used as "
            "they are"
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
        features.ask(what_to_do(told, len(set(features.numbers()) - set(told))), summary="columns that are no measures")


def tell_missing(rows: Sequence[int], reading: Reading, features: Features) -> None:
    """Say what will be filled in of these rows; where columns must reach a network as they are, ask instead."""
    empty = {name: int(column.iloc[list(rows)].isna().sum()) for name, column in features.kept.items()}
    empty = {name: times for name, times in empty.items() if times}
    if reading.brought:  # what it does with them is its own
        return
    if reading.raw:
        words = [name for name, column in features.kept.items() if not is_numeric(column)]
        if words:
            features.ask(
                f"{columns(words)} of words, and --raw-columns gives numbers as they are: code them, or --drop"
            )
        if empty:
            features.ask(
                f"{number_of(sum(empty.values()), 'missing ')} of {columns(empty)}, and --raw-columns fills nothing in"
            )
        return
    for numeric, what in (
        (True, "filled with the column's median, and marked"),
        (False, "taken as a level of its own"),
    ):
        some = {name: times for name, times in empty.items() if is_numeric(features.kept[name]) is numeric}
        if some:
            features.note(f"{number_of(sum(some.values()), 'missing ')} of {columns(some)} {what}")
