"""What each column of a survey means: its levels, its numbers, and which codes stand for no answer.

Declared in a dictionary (TOML, or JSON as BIDS writes it beside a table) or inferred from the column, and always
printed. Knows cells as text, and no person.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from remembrain._text import few, shown
from remembrain.cohort.numbers import number
from remembrain.cohort.tsv import MISSING
from remembrain.errors import DataError, UsageError
from remembrain.run import read_json, read_toml
from remembrain.survey.bands import are_cuts, bands_of, title_of

Kind: TypeAlias = Literal["categorical", "numeric", "left out"]
KINDS: tuple[Kind, ...] = ("categorical", "numeric", "left out")
MOST_LEVELS = 20
"""A column of more different answers is a number, or left out if it is text."""

_KEYS = {"kind", "levels", "missing", "range", "whole", "bands", "of"}
_BIDS = {
    "description",
    "longname",
    "units",
    "termurl",
    "derivative",
    "delimiter",
    "format",
    "hed",
    "minimum",
    "maximum",
    "measurementtoolmetadata",
}


@dataclass(frozen=True)
class Question:
    """One column: ``levels`` in the order of the tables, with what each is called; ``low`` and ``high`` of a number.

    ``ranged`` where these two are declared, and not taken from the answers, ``whole`` where it is declared that no
    answer lies between two whole numbers; ``cuts`` where levels are bands of the numbers of the column ``of``, which
    run from ``low`` to ``high``. ``read`` says what of the numbers was not written plainly, ``doubt`` which of them may
    be codes for no answer.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    ranged: bool = False
    whole: bool = False
    of: str = ""
    cuts: tuple[float, ...] = ()
    declared: bool = False
    why: str = ""
    read: str = ""
    doubt: str = ""
    unanswered: float = 0.0

    def line(self) -> str:
        """Return the column as it is printed: what it is, its levels, and how much of it is missing."""
        said = "declared" if self.declared else "inferred"
        what = {
            "categorical": f"{len(self.levels)} levels: "
            + ", ".join(self.titles[:8])
            + (" ..." * (len(self.levels) > 8)),
            "numeric": f"numbers from {self.low:g} to {self.high:g}" if self.low is not None else "numbers",
            "left out": self.why,
        }[self.kind]
        what = f"bands of {self.of}, {what}" if self.cuts else what
        codes = f"; no answer: {', '.join(self.missing)}" if self.missing else ""
        codes += f"; {self.read}" if self.read else ""
        codes += f"; {self.doubt}" if self.doubt else ""
        return f"{self.name}: {self.kind} ({said}), {what}{codes}; {100 * self.unanswered:.0f} % unanswered"


def normal(cell: str) -> str:
    """Return a cell as it is compared: stripped, and ``2.0`` as ``2``."""
    text = cell.strip()
    whole, point, rest = text.partition(".")
    return whole if point and whole.lstrip("-").isdigit() and rest and not rest.strip("0") else text


def read_dictionary(path: Path) -> dict[str, dict[str, Any]]:
    """Read what is declared of columns: ``[columns.NAME]`` of a TOML file, or a JSON object by column.

    Raises
    ------
    DataError
        Where the file declares what is not known, naming the column and the key, or is no JSON.
    UsageError
        Where it is no TOML.
    """
    if path.suffix.lower() == ".json":
        found = read_json(path)
    else:
        content = read_toml(path, UsageError)
        found = content.get("columns", content)
    return declared(found, path)


def declared(found: object, where: Path) -> dict[str, dict[str, Any]]:
    """Return what is declared of each column, checked.

    Raises
    ------
    DataError
        As in :func:`read_dictionary`.
    """
    expected = "[columns.NAME] with kind, levels, missing, range, whole, or bands and of"
    if not isinstance(found, Mapping):
        raise DataError("does not describe columns", where=where, expected=expected)
    checked: dict[str, dict[str, Any]] = {}
    for name, said in found.items():
        if not isinstance(said, Mapping):
            raise DataError(f"column {shown(name)!r} is not described", where=where, expected=expected)
        keys = {str(key).lower(): value for key, value in said.items()}
        for key in keys:
            if key not in _KEYS | _BIDS:
                raise DataError(f"column {shown(name)!r}: unknown key {shown(key)!r}", where=where, expected=expected)
        if "of" in keys and "bands" not in keys:
            raise DataError(f"column {shown(name)!r}: of without bands", where=where, expected="bands = [30, 45, 65]")
        checked[str(name)] = {key: _value(str(name), key, keys[key], where) for key in _KEYS & keys.keys()}
    return checked


def _value(name: str, key: str, value: Any, where: Path) -> Any:
    """Return one declared value, checked."""
    if key == "kind" and value in KINDS:
        return value
    if (key == "whole" and isinstance(value, bool)) or (key == "of" and isinstance(value, str) and value):
        return value
    if key == "bands" and are_cuts(value):
        return tuple(float(cut) for cut in value)
    if key == "levels" and isinstance(value, Mapping) and value:
        titles = {normal(str(code)): _title(title) for code, title in value.items()}
        if len(titles) == len(value) == len(set(titles.values())):
            return titles
    if key in ("levels", "missing") and isinstance(value, Sequence) and not isinstance(value, str) and len(value):
        codes = [normal(str(code)) for code in value]
        return codes if key == "missing" else {code: code for code in codes}
    if (
        key == "range"
        and isinstance(value, Sequence)
        and len(value) == 2
        and all(isinstance(end, int | float) and math.isfinite(end) for end in value)
        and value[0] < value[1]
    ):
        return float(value[0]), float(value[1])
    raise DataError(
        f"column {shown(name)!r}: {key} = {shown(repr(value))}",
        where=where,
        expected="kind: one of categorical, numeric, left out; levels: a list or code = title, all different; "
        "missing: a list; range: [low, high]; whole: true where numbers are whole; bands: numbers in order, at each of "
        "which a band begins; of: the column that bands are of",
    )


def _title(said: object) -> str:
    """Return what a level is called, where BIDS may say it as an object with a description."""
    return str(said.get("Description", said)) if isinstance(said, Mapping) else str(said)


def understand(
    name: str, cells: Sequence[str], said: Mapping[str, Any], where: Path, rows: Sequence[int] = ()
) -> Question:
    """Return what a column is, from what is declared of it and, where nothing is, from its cells.

    Parameters
    ----------
    name, cells
        The column, its cells as text.
    said
        What :func:`read_dictionary` returned for it.
    where, rows
        The file, and in which of its rows the cells stand (below the heading, one after the other, when left out).

    Raises
    ------
    DataError
        Where a cell is none of the declared levels or not a number, naming the row; or a level is declared missing too.
    """
    missing = tuple(said.get("missing", ()))
    answers, rows = [normal(cell) for cell in cells], rows or range(2, len(cells) + 2)
    levels, cut = _levels(name, said, answers)
    known = [text for text in answers if not _unanswered(text, missing, levels or ())]
    unanswered = 1 - len(known) / len(answers) if answers else 1.0
    common: dict[str, Any] = {"missing": missing, "declared": bool(said), "unanswered": unanswered}
    kind = said.get("kind", "categorical" if levels else "numeric" if said.get("whole") else None)
    if kind == "left out":
        return Question(name, "left out", why="declared to be left out", **common)
    if levels is not None:
        if both := [code for code in levels if code in missing]:
            raise DataError(
                f"column {shown(name)!r}: {shown(both[0])!r} is a level and missing",
                where=where,
                expected="one of them",
            )
        _only_levels(name, dict(zip(rows, answers, strict=True)), levels, missing, where)
        return Question(name, "categorical", tuple(levels), tuple(levels.values()), **cut, **common)
    different = set(known)
    if not different:
        return Question(name, "left out", why="has fewer than two different answers", **common)
    numbers = _numbers(different)
    if kind is None:
        kind, why = _inferred(different, numbers, len(known))
        if kind == "left out":
            return Question(name, "left out", why=why, **common)
    if kind == "numeric":
        if numbers is None:
            known_rows = {row: text for row, text in zip(rows, answers, strict=True) if text in different}
            raise _no_number(name, known_rows, said, where)
        low, high = said.get("range", (min(numbers), max(numbers)))
        if whole := bool(said.get("whole", False)):
            _only_whole(name, numbers, where)
        return Question(name, "numeric", low=low, high=high, ranged="range" in said, whole=whole, **common)
    ordered = tuple(sorted(different, key=lambda text: (number(text) is None, number(text) or 0.0, text)))
    return Question(name, "categorical", ordered, ordered, **common)


def _levels(
    name: str, said: Mapping[str, Any], answers: Sequence[str]
) -> tuple[Mapping[str, str] | None, dict[str, Any]]:
    """Return the levels that are declared, nothing where none are; and of bands, what they are cut from.

    The lowest and the highest band are none where nobody is in them: from 18 on, where all are grown up.
    """
    if not (cuts := said.get("bands")):
        return said.get("levels"), {}
    titles = [title_of(band) for band in bands_of(cuts)]
    titles = [title for title in titles if title in answers or title in titles[1:-1]]
    return dict(zip(titles, titles, strict=True)), {"of": said.get("of", name), "cuts": cuts, "ranged": "range" in said}


def _unanswered(text: str, missing: Sequence[str], levels: Collection[str] = ()) -> bool:
    """Tell whether a cell says that there is no answer; a declared level is one, whatever it reads like."""
    return text not in levels and (text.lower() in MISSING or text in missing)


def _no_number(name: str, answers: Mapping[int, str], said: Mapping[str, Any], where: Path) -> DataError:
    """Make the error of the first answer, by row, that is no number where all have to be."""
    row, text = next((row, text) for row, text in answers.items() if number(text) is None)
    whole = bool(said.get("whole"))
    return DataError(
        f"column {shown(name)!r}, row {row}: {shown(text)!r} is not a number",
        where=where,
        expected="numbers" + ", for whole = true is declared" * whole,
        try_next="take whole = true out, or declare such texts as missing" if whole else None,
    )


def _only_whole(name: str, numbers: Sequence[float], where: Path) -> None:
    """Raise where a number lies between two whole ones."""
    if parts := [one for one in numbers if one != round(one)]:
        what = f"column {shown(name)!r}: {min(parts):g} is no whole number"
        raise DataError(what, where=where, expected="whole numbers alone where whole = true is declared")


def _only_levels(
    name: str, answers: Mapping[int, str], levels: Mapping[str, str], missing: Sequence[str], where: Path
) -> None:
    """Raise where an answer is none of the declared levels; answers are by row."""
    for row, text in answers.items():
        if text not in levels and not _unanswered(text, missing):
            raise DataError(
                f"column {shown(name)!r}, row {row}: {shown(text)!r} is not in the dictionary",
                where=where,
                expected=f"one of {few(levels)}" + (f", or no answer: {few(missing)}" if missing else ""),
                try_next="add the level, or declare its code as missing",
            )


def _inferred(different: set[str], numbers: Sequence[float] | None, answered: int) -> tuple[Kind, str]:
    """Return what a column of which nothing is declared is taken for."""
    if len(different) < 2:
        return "left out", "has fewer than two different answers"
    if len(different) <= MOST_LEVELS and (numbers is not None or len(different) < answered):
        return "categorical", ""
    if numbers is not None:
        return "numeric", ""
    return "left out", f"is text with {len(different)} different answers of {answered}: it may name people"


def _numbers(texts: set[str]) -> list[float] | None:
    """Return finite numbers, or nothing where a text is none."""
    found = [number(text) for text in texts]
    return None if any(one is None for one in found) else [one for one in found if one is not None]
