"""Which column of a sheet names regions, the columns of numbers of DATA; a hemisphere beside them is part of the name.

Knows no heading of a statistic.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from remembrain._text import few
from remembrain.survey.columns import Question
from remembrain.survey.published.grid import Grid, is_number
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import form, is_total

_KEYS = 6
"""In one of so many columns regions are named."""
_FEW, _TOP = 50, 30
_SIDES = {
    side: names for names in (("lh", "l", "left"), ("rh", "r", "right")) for side in (*names, f"{names[2]} hemisphere")
}
REGIONS = frozenset(
    ("region", "regions", "brain region", "roi", "rois", "structure", "structures", "parcel", "parcels")
)
"""What stands over names of regions."""


def key_of(grid: Grid, vocabulary: Vocabulary, most: int | None = None) -> tuple[int, list[str]] | None:
    """Return the column that names regions, and the region of every row, nothing where it names none.

    At least two rows are named, or all there are, and none is a question of levels.
    """
    lines = len(grid.line) if most is None else min(most, len(grid.line))
    sides = side_column(grid)
    for place in range(min(_KEYS, len(grid.columns))):
        if place == sides:
            continue
        known: dict[tuple[str, str], Question | None] = {}
        names = []
        for said in _said(grid, place, sides, vocabulary, lines):
            if said not in known:
                known[said] = _region(*said, vocabulary)
            names.append(known[said])
        kinds = [one.kind for one in names if one is not None]
        if "numeric" in kinds and "categorical" not in kinds and (len(kinds) > 1 or len(grid.line) <= 2):
            return place, [one.name if one is not None else "" for one in names]
    return None


def _said(grid: Grid, place: int, sides: int, vocabulary: Vocabulary, lines: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the side of every row: of merged cells, those above where a row has numbers and one lacks.

    A side is merged where each stands once, and not over what is a region without one.
    """
    texts = [] if sides < 0 else [form(grid.columns[sides].text(row)) for row in range(lines)]
    once = all(texts.count(text) == 1 for text in texts if text in _SIDES)
    last = ("", "")
    for row in range(lines):
        name, side = grid.columns[place].text(row), texts[row] if texts else ""
        if side and not name and any(map(is_number, grid.row(row))):
            name = last[0]
        if once and name and not side and last[1] in _SIDES and vocabulary.question(name) is None:
            side = last[1]
        last = (name, side)
        yield last


def _region(text: str, side: str, vocabulary: Vocabulary) -> Question | None:
    """Return the question that a region is, of a side where one stands beside it."""
    if side not in _SIDES or not text:
        return vocabulary.question(text) if text else None
    said = [one for name in _SIDES[side] for one in (f"{name} {text}", f"{text} {name}")]
    found = {one.name: one for one in map(vocabulary.question, said) if one is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def side_column(grid: Grid) -> int:
    """Return the column that says the hemisphere, -1 where none does: most of its texts do, and both are there."""
    for place, column in enumerate(grid.columns[:_KEYS]):
        texts = [form(text) for text in column.listed]
        if len(texts) <= _FEW and len({_SIDES[text] for text in texts if text in _SIDES}) == 2:
            of_side = np.array([text in _SIDES for text in texts])[column.code]
            if 2 * of_side.sum() > column.filled.sum():
                return place
    return -1


def names_of_nothing(grid: Grid, vocabulary: Vocabulary) -> str:
    """Return names of regions of which none is known, nothing where a sheet is one of other things."""
    for column in grid.columns[:_KEYS]:
        over = next((row for row in range(min(_TOP, len(grid.line))) if form(column.text(row)) in REGIONS), None)
        if over is None:
            continue
        names = [text for row in range(over + 1, len(grid.line)) if (text := column.text(row))]
        others = [one.text(row) for one in grid.columns for row in range(over + 1)]
        known = any(map(vocabulary.has_question, (*names, *others))) or any(map(is_total, names))
        if (
            names
            and not known
            and not all(map(is_number, names))
            and not vocabulary.knowing(list(dict.fromkeys(names)))
        ):
            return few(dict.fromkeys(names), 3)
    return ""
