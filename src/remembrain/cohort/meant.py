"""Who of a list is meant, where a further column says it: True under ``in_training``, train or test, 0 or 1.

What such a column says is used where that is certain; where it may say it, the user is asked; every other column is
named and not used. Knows no data and nobody's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from remembrain.cohort.columns import columns
from remembrain.cohort.spellings import (
    BESIDE_MEMBERSHIP,
    MAY_SAY_WHO,
    NO,
    ROLE_WORDS,
    SAYS_LEFT_OUT,
    SAYS_MEANT,
    SAYS_MEMBER,
    SAYS_NONMEMBER,
    TURNING,
    YES,
)
from remembrain.cohort.tsv import is_missing, words_of
from remembrain.errors import DataError, Problem

UNUSED = "unused"
BARE = "column {}"
"""What a column is called that has no name, by its place."""
MOST_LEVELS = 12

Listed: TypeAlias = Literal["member", "nonmember"]
_Said: TypeAlias = Literal["member", "other", "meant", "left out"]
_Sense: TypeAlias = Literal["member", "other", "meant", "left out", "unclear", "none"]

_ROLES = {word: role for role, words in ROLE_WORDS.items() for word in words}
_WEAK = frozenset(("in", "out", "none", "valid", "seen", "external", "te", "tr", "known", "unknown", "tested"))
"""Words of roles that say other things as well: they count under the name of a role alone."""
_OF_ROLE: Mapping[str, _Said] = {"member": "member", "nonmember": "other", "validation": "other"}
_OPPOSITE: Mapping[str, _Said] = {"member": "other", "other": "member", "meant": "left out", "left out": "meant"}
_SENSES: Mapping[_Said, frozenset[str]] = {
    "member": SAYS_MEMBER,
    "other": SAYS_NONMEMBER,
    "meant": SAYS_MEANT,
    "left out": SAYS_LEFT_OUT,
}
_WHOM: Mapping[Listed, str] = {"member": "members", "nonmember": "people who are no members"}


def role_in(word: str) -> str:
    """Return the role that a word says, or the word itself."""
    return UNUSED if is_missing(word) else _ROLES.get(_form(word), word)


def mark_in(word: str) -> bool | str:
    """Return what a mark says, yes or no, or the word itself."""
    text = word.strip().lower()
    return True if text in YES else False if text in NO else word


def rows_meant(
    further: Mapping[str, Sequence[str]], listed: Listed, path: Path
) -> tuple[Sequence[bool] | None, list[Problem]]:
    """Return which rows of a list are meant, None where all are, and what is to be told of its further columns.

    Parameters
    ----------
    further
        The cells of each column that names no person and no session, of the rows that name somebody.
    listed
        Whom the list is said to hold.
    path
        The list, for messages.

    Raises
    ------
    DataError
        Where a column may say who is meant and it cannot be told, or nobody is, or two columns say different things.
    """
    said: dict[str, list[_Said]] = {}
    unused = []
    for name, cells in further.items():
        read = _read(name, cells, listed, path)
        if read is None:
            unused.append(name)
        else:
            said[name] = read
    notes = [Problem(path.name, f"{columns(unused)} of the list not used", fatal=False)] if unused else []
    taken = {name: [_is_meant(one, listed) for one in read] for name, read in said.items()}
    for name, rows in taken.items():
        notes.append(_told(name, rows, further[name], listed, path))
    first = next(iter(taken), None)
    for name, rows in taken.items():
        if rows != taken[str(first)]:
            what = f"its columns {first} and {name} say different things of who is meant"
            raise DataError(what, where=path, try_next=_advice(name))
    return (taken[first] if first is not None else None), notes


def contradiction(further: Mapping[str, Sequence[str]], roles: Sequence[str], path: Path) -> list[Problem]:
    """Return the columns of a split that say other roles than its own, and those that are not used.

    Parameters
    ----------
    further
        The cells of each column that has no part in a split.
    roles
        The role of each row.
    path
        The split.
    """
    problems, unused = [], []
    for name, cells in further.items():
        sense = _sense(name) if _is_of_membership(name) else "none"
        rows = sum(_differs(_meaning(text, sense), role) for text, role in zip(cells, roles, strict=True))
        if rows and len(set(cells)) <= MOST_LEVELS:
            of = f"{rows} row{'s' * (rows > 1)}"
            what = f"its column {name} says another role than its own in {of}: mend one, or take it out"
            problems.append(Problem(path.name, what))
        else:
            unused.append(name)
    if unused:
        problems.append(Problem(path.name, f"{columns(unused)} of the split not used", fatal=False))
    return problems


def _read(name: str, cells: Sequence[str], listed: Listed, path: Path) -> list[_Said] | None:
    """Return what a column says of each row; None where it does not speak of who is meant."""
    levels = {text.strip().lower() for text in cells if not is_missing(text)}
    if not levels or len(levels) > MOST_LEVELS:
        return None
    sense, empty = _sense(name), any(is_missing(text) for text in cells)
    marks, forms = levels <= YES | NO, {_form(level) for level in levels}
    of_roles = not marks and forms <= _ROLES.keys() and bool(sense != "none" or forms - _WEAK)
    if not of_roles and not any(_speaks(level) for level in levels):
        of_others = not _is_of_membership(name)
        if sense == "none" or (not marks and (of_others or _is_bare(name))) or (sense == "unclear" and of_others):
            return None
        if len(levels) == 1 and not empty and sense == "unclear":
            return None
    if marks and not _is_of_membership(name):
        sense = "unclear"
    if marks and sense == "unclear" and listed == "member" and set(words_of(name)) & {"use", "used"}:
        sense = "meant"
    said = [_meaning(text, sense) for text in cells]
    if empty or None in said:
        raise _unclear(name, cells, listed, path)
    return [one for one in said if one is not None]


def _sense(name: str) -> _Sense:
    """Return what *yes* under this name says of a person; ``unclear`` where it may say it, ``none`` of other names."""
    words = {*words_of(name), _form(name)}
    found = [sense for sense, known in _SENSES.items() if words & known]
    if "other" in found and not words & (SAYS_NONMEMBER - TURNING):  # turns around what the others say
        found.remove("other")
        return _OPPOSITE[found[0]] if len(found) == 1 else "unclear" if words & MAY_SAY_WHO else "none"
    if len(found) == 1:
        return found[0]
    return "unclear" if found or words & MAY_SAY_WHO or _is_bare(name) else "none"


def _is_bare(name: str) -> bool:
    """Tell whether a column has no name of its own, only a place."""
    return re.fullmatch(BARE.format(r"[0-9]+"), name) is not None


def _is_of_membership(name: str) -> bool:
    """Tell whether nothing in a name speaks of anything else than who was trained on."""
    words = set(words_of(name))
    if not words & (SAYS_MEMBER | SAYS_NONMEMBER) and "age" in words:
        return False  # age_group
    known = BESIDE_MEMBERSHIP | SAYS_MEMBER | SAYS_NONMEMBER | SAYS_MEANT | SAYS_LEFT_OUT | MAY_SAY_WHO
    return _is_bare(name) or all(word in known or word.isdigit() for word in words)


def _speaks(level: str) -> bool:
    """Tell whether a level has a word for a role in it that says nothing else: train_1, Training (first half)."""
    words = {*words_of(level), _form(level)} - _WEAK
    return any(_ROLES.get(word) in _OF_ROLE for word in words)


def _meaning(text: str, sense: _Sense) -> _Said | None:
    """Return what a cell says; None where that is not known."""
    mark = mark_in(text)
    if isinstance(mark, bool):
        if sense == "unclear" or sense == "none":  # noqa: PLR1714  # narrows the type
            return None
        return sense if mark else _OPPOSITE[sense]
    role = "" if is_missing(text) or (sense == "none" and _form(text) in _WEAK) else role_in(text)
    return _OF_ROLE.get(role, "left out" if role in ROLE_WORDS else None)


def _is_meant(said: _Said, listed: Listed) -> bool:
    """Tell whether a row of a list is meant."""
    return said in ("meant", "member" if listed == "member" else "other")


def _differs(said: _Said | None, role: str) -> bool:
    """Tell whether what a column says is not the role of a row."""
    if said in ("member", "other"):
        return role not in (UNUSED, "population", "canary") and (role == "member") != (said == "member")
    return said == "left out" and role in ("member", "nonmember")


def _told(name: str, rows: Sequence[bool], cells: Sequence[str], listed: Listed, path: Path) -> Problem:
    """Return the note of what a column says of who is meant."""
    of = sorted({text for text, meant in zip(cells, rows, strict=True) if meant})
    if not of:
        raise DataError(
            f"nobody of the {len(rows)} people is meant: its column {name} ({_levels(cells)}) says so",
            where=path,
            expected=f"rows of {_WHOM[listed]}",
            try_next=_advice(name),
        )
    what = f"{sum(rows)} of {len(rows)} rows are taken, those of which {name} says {' or '.join(of)}"
    others = sorted({text for text, meant in zip(cells, rows, strict=True) if not meant})
    what += f"; {len(rows) - sum(rows)} left out ({', '.join(others)})" if others else ""
    return Problem(path.name, what, fatal=False)


def _unclear(name: str, cells: Sequence[str], listed: Listed, path: Path) -> DataError:
    """Make the error of a column that may say who is meant."""
    return DataError(
        f"its column {name} ({_levels(cells)}) may say who of the {len(cells)} people is meant, which is not certain",
        where=path,
        expected=f"rows of {_WHOM[listed]} alone, or a column such as in_training with yes and no",
        try_next=_advice(name),
    )


def _levels(cells: Sequence[str]) -> str:
    """Return the first levels of a column."""
    levels = sorted({"nothing" if is_missing(text) else text for text in cells})
    return ", ".join(levels[:5]) + (" ..." if len(levels) > 5 else "")


def _advice(name: str) -> str:
    """Return what to do about a column."""
    return f"keep the rows of those who are meant, and take the column {name} out"


def _form(text: str) -> str:
    """Return a text in lower case without anything between its words."""
    return re.sub(r"[\W_]+", "", text).lower()
