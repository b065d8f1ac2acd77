"""The error of a column that is not in a table: with the nearest names, and never that of another fact."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Sequence

import pandas as pd

from remembrain._text import few, shown
from remembrain.cohort.ages import is_age
from remembrain.cohort.spellings import SPELLINGS, Fact
from remembrain.cohort.textfile import NAMELESS
from remembrain.errors import DataError


def insist_on_column(frame: pd.DataFrame, name: str, *, where: str, option: str) -> None:
    """Raise with the nearest names where a column that the user names (by this option) is not there."""
    names = [str(column) for column in frame.columns]
    if name not in names:
        raise no_column(name, names, where, option)


def no_person(names: Sequence[str], where: str) -> DataError:
    """Make the error of a table in which no column names the person."""
    nameless = f" (perhaps --person-column '{NAMELESS}')" if NAMELESS in names else ""
    return DataError(
        "has no column that names the person",
        where=where,
        expected=f"participant_id, or one of its columns: {few(names)}",
        try_next=f"--person-column NAME{nameless}",
    )


def without_other_facts(names: Sequence[str], fact: Fact) -> list[str]:
    """Return the columns without the usual names of other facts: the site is no session, however near its name."""
    others = {form for other, forms in SPELLINGS.items() if other != fact for form in forms}
    return [name for name in names if form_of(name) not in others - set(SPELLINGS[fact]) and not is_age(name)]


def no_column(
    name: str,
    names: Sequence[str],
    where: str,
    option: str,
    usual: Sequence[str] = (),
    everything: Sequence[str] | None = None,
) -> DataError:
    """Make the error of a column that is not there, with those of near names and usual ones, or else with all."""
    close = difflib.get_close_matches(form_of(name), dict.fromkeys(map(form_of, names)), n=3, cutoff=0.6)
    near = [other for form in close for other in names if form_of(other) == form]
    try_next = [*near, *usual][:1]
    there = names if everything is None else everything
    listed = few(near or there)
    return DataError(
        f"has no column {shown(name)!r}",
        where=where,
        expected=f"one of its columns: {listed}",
        try_next=f"{option} {shlex.quote(try_next[0])}" if try_next else None,
    )


def form_of(name: str) -> str:
    """Return a column's name in lower case without anything between its words."""
    return re.sub(r"[\W_]+", "", name).lower()
