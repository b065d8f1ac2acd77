"""Which columns of a table are left out of the measures, and why; each reason is told once for all its columns.

Text that may name people, columns of one value, the same column twice, what counts or names people.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from remembrain._text import shown
from remembrain.cohort.columns import Features, Reading, columns, is_numeric
from remembrain.cohort.identifiers import identifiers
from remembrain.cohort.numbers import number

MOST_LEVELS = 50
FEWEST_PEOPLE = 10
"""Of fewer people as many levels are no names."""

_NUMBER = re.compile(r"[0-9]{1,2}(?:,[0-9]{2,3}){2,}(?![0-9])|[0-9]+(?:[.,·][0-9]+)?(?:[eEdD][+-]?[0-9]+)?")
_CALLED = re.compile(r"^[A-Za-z_][\w.]*\(([^()]*)\)$")
_MARKED = re.compile(r"[0-9][.,·][0-9]|(?:^[$€£¥₹~≈±]|[$€£¥₹*†‡]$)")


def leave_out_what_says_nothing(people: Sequence[str], reading: Reading, features: Features) -> None:
    """Take the columns out that measure nothing, and ask about those of which that is not sure.

    Where columns must reach a network as they are, those of one value and those that stand twice stay.

    Parameters
    ----------
    people
        Whose each row is.
    reading, features
        What the user says; the columns as read.
    """
    _leave_out_names(people, reading, features)
    if not reading.as_they_are:
        _leave_out_constant(features)
        _leave_out_equal(reading, features)
    _leave_out_identifiers(people, reading, features)


def _leave_out_names(people: Sequence[str], reading: Reading, features: Features) -> None:
    """Leave out text that may name people: of many levels, or of as many as there are people or filled cells."""
    persons = len(set(people) - {""})
    levels = {
        name: [text for text in column if text is not None]
        for name, column in features.kept.items()
        if not is_numeric(column) and name not in reading.only
    }
    for name, known in levels.items():
        different = len(set(known))
        if different > 1 and (different > MOST_LEVELS or different >= min(len(known), max(persons, FEWEST_PEOPLE))):
            if _is_measured(known):
                features.ask(
                    f"holds numbers among other signs (as {shown(known[0])!r}): write plain numbers, or say --drop "
                    f"{shlex.quote(name)}",
                    name,
                    "a column holds numbers among other signs",
                )
            features.leave_out([name], f"of text with {different} different values is left out: it may name people")
            if name in reading.keep:
                features.ask("may name people and cannot be kept", name)
    mixed = [
        name
        for name, known in levels.items()
        if name in features.kept and len({number(text) is None for text in set(known)}) == 2
    ]
    if mixed:
        features.note(f"{columns(mixed)} of words and numbers, used as levels")


def _is_measured(texts: Sequence[str]) -> bool:
    """Tell whether most texts are one or two numbers among signs: $23.40, 45€, [3.5], tensor(3.5), 3.5 ± 0.1.

    A fraction, or a sign that stands beside measures, tells them from codes such as 12-3. Letters make a name of it,
    and three numbers with points a date.
    """
    signs = [_NUMBER.sub("#", _CALLED.sub(r"\1", text)) for text in texts if _MARKED.search(text)]
    measured = [sign for sign in signs if 1 <= sign.count("#") <= 2 and not re.search(r"[^\W_]|#[.,:/]#", sign)]
    return len(measured) * 2 > len(texts)


def _leave_out_constant(features: Features) -> None:
    """Leave out columns that have one value, or none."""
    constant = [name for name, column in features.kept.items() if column.nunique() < 2 and name not in features.unread]
    features.leave_out(constant, "of one value, left out")


def _leave_out_equal(reading: Reading, features: Features) -> None:
    """Leave out what stands under several names, as where tables were pasted together; ask of name.1 that differs."""
    first: dict[object, str] = {}
    equal = []
    for name, column in features.kept.items():
        content = column.to_numpy(dtype=float).tobytes() if is_numeric(column) else tuple(column.fillna(""))
        if first.setdefault(content, name) != name and name not in reading.keep:
            equal.append(name)
    features.leave_out(equal, "the same as another, cell by cell, counted once")
    for name in list(features.kept):
        base = re.sub(r"(\.|\.\.\.| \()[1-9][0-9]*\)?$", "", name)
        if base != name and base in features.kept and name not in reading.keep:
            quoted = shlex.quote(name)
            features.ask(
                f"seems to be {base} once more, with other values: say --drop {quoted} or --keep {quoted}", name
            )


def _leave_out_identifiers(people: Sequence[str], reading: Reading, features: Features) -> None:
    """Leave out what counts or names people, and ask where it cannot be told from a measure."""
    found = identifiers({n: v for n, v in features.numbers().items() if n not in reading.keep}, people)
    for why in dict.fromkeys(found.left_out.values()):
        names = [name for name, reason in found.left_out.items() if reason == why]
        features.leave_out(names, f"{why} and measures nothing, left out (--keep NAME uses it)")
    for name in found.doubtful:
        quoted = shlex.quote(name)
        features.ask(
            "holds whole numbers that differ for everybody: an identifier, or a measure? "
            f"say --drop {quoted} or --keep {quoted}",
            name,
        )
    if found.measures:
        features.note(
            f"{columns(found.measures)} of whole numbers that differ for everybody, used as measures; "
            "--drop what is an identifier"
        )
