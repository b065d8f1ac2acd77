"""A column of labels as people write it: each cell to one number in one unit, or to the reason why it has none.

What has one meaning is read and told; what may mean several things is refused with the count. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from remembrain.cohort.ages import A_YEAR, Unit, age_unit, is_age
from remembrain.cohort.label_cells import PLAIN, Cell, read_cell
from remembrain.cohort.numbers import tidy
from remembrain.errors import Problem

OLDEST = 130.0
FEWEST_TOP_CODED = 80.0
RARE_AGE = 100.0
UNCHANGED = "unchanged"

_CODES = frozenset(
    sign * float(digit * times) for sign in (1, -1) for digit in "789" for times in range(1, 6) if sign < 0 or times > 1
)
_MEANING = {
    "bound": "are a bound for the oldest (as 89+), read as that bound: the least that these ages can be",
    "decimal commas": "have a decimal comma, read as a point",
    "years and months": "are years and months, read as years",
}


@dataclass(frozen=True)
class Labels:
    """A column of labels, row by row.

    Attributes
    ----------
    values
        The value of each row, in years where the label is an age; ``None`` where there is none.
    wrong
        Why a row has none, with what stands there; empty where it has one, or where the whole column is refused.
    summaries
        The same without the cell, to be counted (:attr:`remembrain.errors.Problem.summary`).
    problems
        What is to be said of the column as a whole: notes of what was understood, with counts, and fatal refusals.
    """

    values: tuple[float | None, ...]
    wrong: tuple[str, ...]
    summaries: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def read_labels(cells: Sequence[str], label: str, *, where: str, units: str = "", declared: str = "") -> Labels:
    """Read a column of labels, one text a row.

    Parameters
    ----------
    cells
        The text of each row.
    label
        Name of the column; it tells whether the numbers are ages, and may say their unit (``age_months``).
    where
        The file, for problems.
    units
        In which unit the ages are, in the words of ``declared``; empty where nothing says so. ``unchanged`` takes them
        as they stand, as any other label.
    declared
        What says so, for messages: a file, or an option.

    Returns
    -------
    labels
        Ages in years, other labels in their own unit. Nothing is raised: refusals are fatal ``problems``.
    """
    unchanged = units == UNCHANGED
    age = is_age(label) and not unchanged
    unit, refused = age_unit(label, units, declared) if age else ("years", "")
    if refused:
        return _refused(len(cells), where, refused, f"the unit of {label} is not understood")
    read = [read_cell(text, label, age=age) for text in cells]
    if not age and (thousands := _thousands(cells)):
        what = f"{label} has {thousands} cells such as 1,234, which may be 1234 or 1.234; write them with a point"
        return _refused(len(cells), where, what, f"{label} has numbers with a comma that may mean two things")
    if age:
        read = _top_codes([_in_years(cell, unit or "years", label) for cell in read])
        asked = _doubtful(read, label, unit, f"{Path(where).stem.removeprefix('sub-*_')}.json")
        if asked:
            return _refused(len(cells), where, asked, f"the unit of {label} is not said, and years are in doubt")
    read = _codes(read, label, age=age)
    most = _mostly(read, label)
    if most:
        return _refused(len(cells), where, *most)
    notes = _notes(read, label, unit if age else None, declared if units.strip() else "", age=age)
    if unchanged and is_age(label):
        notes.append(f"{label} is taken as it stands, whatever its unit, as {declared} says")
    return Labels(
        tuple(cell.value for cell in read),
        tuple(cell.wrong for cell in read),
        tuple(cell.summary for cell in read),
        tuple(Problem(where, note, fatal=False) for note in notes),
    )


def _in_years(cell: Cell, unit: Unit, label: str) -> Cell:
    """Return a cell in years, refused outside 0 to 130."""
    if cell.value is None:
        return cell
    years = cell.value / A_YEAR[cell.unit or unit]
    if 0 <= years <= OLDEST:
        return replace(cell, value=years)
    shown = f"{cell.value:g}" + (f" {cell.unit or unit}" if (cell.unit or unit) != "years" else "")
    wrong = f"{label} is {shown}, expected 0 to {OLDEST:g} years"
    return Cell(None, "outside", None, wrong, f"{label} is outside 0 to {OLDEST:g} years")


def _top_codes(read: Sequence[Cell]) -> list[Cell]:
    """Take the bound for the oldest (89+), where it can be nothing else; refuse other bounds.

    It must be old, no ordinary age may lie above it, and few may have it.
    """
    bounds = {cell.value for cell in read if cell.form == "bound"}
    plain = [cell.value for cell in read if cell.value is not None and cell.form != "bound"]
    several = len(bounds) != 1 or None in bounds
    lowest = min((bound for bound in bounds if bound is not None), default=0.0)
    n = sum(cell.form == "bound" for cell in read)
    fits = not several and lowest >= FEWEST_TOP_CODED and lowest >= max(plain, default=0.0) and n <= len(plain)
    if fits:
        return [replace(cell, wrong="", summary="") if cell.form == "bound" else cell for cell in read]
    return [replace(cell, value=None) if cell.form == "bound" else cell for cell in read]


def _doubtful(read: Sequence[Cell], label: str, unit: Unit | None, beside: str) -> str:
    """Return why ages without a declared unit are not taken for years, if they are not."""
    plain = [cell.value for cell in read if cell.value is not None and cell.unit is None]
    outside = sum(cell.form == "outside" for cell in read)
    rare = sum(value > RARE_AGE for value in plain)
    if unit is not None or (rare + outside) * 10 <= len(plain) + outside or rare + outside < 3:
        return ""
    return (
        f"{rare + outside} of {len(plain) + outside} numbers in {label} are no age in years that people usually have "
        f"(0 to {RARE_AGE:g}), and nothing says their unit; say --label-units (years, months, weeks, days; "
        f"unchanged for a model that predicts that unit), or Units in {beside}"
    )


def _codes(read: Sequence[Cell], label: str, *, age: bool) -> list[Cell]:
    """Refuse codes for *missing* (0, 99, -999 ...) that lie far outside everything else."""

    def code(value: float | None) -> bool:
        return value in _CODES or (age and value == 0)

    rest = [cell.value for cell in read if cell.value is not None and not code(cell.value)]
    if len(rest) < 5:
        return list(read)
    low, high = min(rest), max(rest)
    far = max(3 * (high - low), 1.0)
    judged = []
    for cell in read:
        value = cell.value
        if value is not None and code(value) and ((value == 0 and low >= 10) or not low - far <= value <= high + far):
            wrong = f"{label} is {value:g}, a usual code for missing, and all others are {low:g} to {high:g}"
            cell = Cell(None, "code", None, f"{wrong}; write n/a if it is", f"{label} looks like a code for missing")  # noqa: PLW2901
        judged.append(cell)
    return judged


def _mostly(read: Sequence[Cell], label: str) -> tuple[str, str] | None:
    """Return what and summary of a refusal of the whole column, where one kind of cell is most of it."""
    kinds = Counter(cell.form for cell in read if cell.wrong and cell.form)
    advice = {
        "bound": "bounds and not values: bring a column with one number a person",
        "range": "ranges and not values: bring a column with one number a person",
        "word": "no numbers: --label names the column that the model predicts",
    }
    given = sum(bool(cell.form or cell.value is not None) for cell in read)
    for form, words in advice.items():
        if kinds[form] >= 3 and kinds[form] * 2 > given:
            example = next(cell.wrong for cell in read if cell.form == form)
            return (
                f"{kinds[form]} of {given} cells of {label} are {words} (first: {example})",
                f"most of {label} are {words}",
            )
    return None


def _refused(rows: int, where: str, what: str, summary: str) -> Labels:
    """Return a column of which nothing is read."""
    return Labels((None,) * rows, ("",) * rows, ("",) * rows, (Problem(where, what, summary=summary),))


def _thousands(cells: Sequence[str]) -> int:
    """Return how many commas may separate thousands, where no comma in the column shows that it is a decimal one."""
    commas = [text for text in map(tidy, cells) if "," in text and PLAIN.fullmatch(text)]
    return len(commas) if all(re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", text) for text in commas) else 0


def _notes(read: Sequence[Cell], label: str, unit: Unit | None, declared: str, *, age: bool) -> list[str]:
    """Return what was understood otherwise than as plain numbers, with counts."""
    forms = Counter(cell.form for cell in read if cell.value is not None and cell.form)
    notes = [
        f"{count} cells of {label} {_MEANING.get(form, f'{form}, read as years')}" for form, count in forms.items()
    ]
    rare = sum(cell.value is not None and cell.value > RARE_AGE for cell in read)
    if age and unit is None and rare:
        notes.append(f"{rare} of {len(read)} ages are above {RARE_AGE:g} years, and nothing says their unit")
    if unit not in (None, "years"):
        notes.append(f"{label} is in {unit}, as {declared or 'its name'} says, and is converted to years")
    return notes
