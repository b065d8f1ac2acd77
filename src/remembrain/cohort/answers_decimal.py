"""The decimal separator of what models answered: that of the whole file, and where it cannot be told an error.

Answers alone may not show it, 69,292 being 69.292 or sixty-nine thousand. Knows no file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from remembrain.cohort.numbers import Decimal
from remembrain.cohort.separators import convention
from remembrain.errors import DataError


def decimal_of_answers(
    cells: Mapping[str, Sequence[str]],
    answers: Collection[str],
    where: str,
    *,
    declared: Decimal | None = None,
    option: str = "",
) -> Decimal:
    """Return the decimal separator of answers.

    Where answers alone leave it open, the others decide for a comma; that others have a point does not show that those
    with a comma are thousands.

    Parameters
    ----------
    cells
        Every column of the file that may be of numbers, with its cells.
    answers
        Those of them that models answered.
    where
        The file, for messages.
    declared
        What the user says.
    option
        How the user could say it; nothing where there is no way.

    Raises
    ------
    DataError
        Where it cannot be told.
    """
    alone = convention({name: cells[name] for name in answers}, declared)
    whole = convention(cells, declared)
    if not alone.doubt:
        return alone.decimal if whole.doubt else whole.decimal
    if whole.decimal == "," and not whole.doubt:
        return whole.decimal
    what, _, _ = alone.doubt.partition(": ")
    expected = "numbers with a decimal point and nothing between thousands"
    raise DataError(what, where=where, expected=expected, try_next=option or None)
