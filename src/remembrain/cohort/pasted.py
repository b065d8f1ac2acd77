"""Whether tables were pasted together in another order of rows: two columns name the people, and not the same ones.

What stands in such a row is of two people, and no measure of either can be trusted. Knows nothing of files.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

import pandas as pd

from remembrain.cohort.names import person_of
from remembrain.cohort.same_names import person_key
from remembrain.cohort.spellings import ATLAS_TABLE, IDENTIFIERS, RELATIVES, SPELLINGS
from remembrain.cohort.textfile import NAMELESS
from remembrain.cohort.tsv import is_missing, words_of
from remembrain.errors import Problem

SHOWN = 3
SAME_PEOPLE = 0.5
"""A column names the people of a table if so many of its cells are names of theirs."""


def pasted_askew(frame: pd.DataFrame, person: str, lines: Sequence[int], where: str) -> list[Problem]:
    """Return a problem for each column that names the people of the table, but in other rows than the column of people.

    Parameters
    ----------
    frame
        All cells.
    person
        The column that names the person of each row.
    lines
        The line of each row, for messages.
    where
        The file.
    """
    people = [_key(cell) for cell in frame[person]]
    everybody = set(people) - {""}
    problems = []
    for name in map(str, frame.columns):
        if name == person or not _may_name_people(name):
            continue
        theirs = [_key(cell) for cell in frame[name]]
        said = set(theirs) - {""}
        same = len(said & everybody)
        if same == 0 or same < SAME_PEOPLE * len(said) or _counts(theirs) or _is_of_groups(theirs, people):
            continue
        pairs = enumerate(zip(people, theirs, strict=True))
        rows = [row for row, (one, other) in pairs if one and other and one != other]
        if rows:
            shown = ", ".join(
                f"row {lines[row]}: {frame[person].iloc[row]} and {frame[name].iloc[row]}" for row in rows[:SHOWN]
            )
            some = f"{len(rows)} row{'s' * (len(rows) > 1)}"
            what = (
                f"{person} and {name} name different people in {some} ({shown}): were tables pasted in other "
                f"orders of rows? Join them by the person; or say --drop {shlex.quote(name)}, if it names somebody else"
            )
            problems.append(Problem(where, what, summary="two columns name different people in one row"))
    return problems


def _may_name_people(name: str) -> bool:
    """Tell whether a column is called like one that names people, whatever a program put behind it: ID.1, subject_y."""
    words = words_of(name)
    others = {form for fact, forms in SPELLINGS.items() if fact != "person" for form in forms}
    if set(words) & RELATIVES or "".join(words) in others:
        return False
    form = re.sub(r"[\W_]+", "", re.sub(r"(?:[._ ]?\(?[0-9]{1,2}\)?|[._][xy])$", "", name)).lower()
    if form in SPELLINGS["person"] or ATLAS_TABLE.fullmatch(form) or (words and words[-1] in IDENTIFIERS):
        return True
    return name == NAMELESS or re.fullmatch(r"unnamed.*|x", name.lower()) is not None


def _key(cell: object) -> str:
    """Return what all spellings of a person's name have in common, empty where nobody is named."""
    text = str(cell)
    return "" if is_missing(text) else person_key(person_of(text)[0])


def _is_of_groups(theirs: Sequence[str], people: Sequence[str]) -> bool:
    """Tell whether names stand in many more rows each than people do: scanner 1 and 2 are no people 1 and 2."""
    rows, persons = sum(map(bool, theirs)), sum(map(bool, people))
    return rows / len(set(theirs) - {""}) > 2 * persons / len(set(people) - {""})


def _counts(names: Sequence[str]) -> bool:
    """Tell whether names are the numbers of the rows, from 0 or 1: an index, whatever the people are called."""
    return any(list(names) == [str(row) for row in range(start, start + len(names))] for start in (0, 1))
