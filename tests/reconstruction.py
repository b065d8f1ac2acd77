"""An attacker of published documents, who knows by which rules they are made but shares no code with them.

From ``evidence.json`` alone come bounds on sums of hidden cells; integer programming says which values every cell may
have. Reads documents of schema 1 as well, whose counts were exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

PARTS = ("tested", "known", "unmatched")
FEW = re.compile(r"(?<![\w.,:/-])[0-9] (?:people|persons|members|non-members|others|scans|sessions|records|rows)\b")


def reach(count, slack):
    """Which numbers a count may stand for: 'fewer than ten', or rounded to a multiple of five next to it."""
    return (0 if slack else 1, 9) if isinstance(count, str) else (max(count - slack, 0), count + slack)


def tables(document, role, factor, levels):
    """Yield (parts, levels, fewest, most) for everything that is told of a role by one factor."""
    slack, word = (4 if document["schema"] > 1 else 0), {"member": "members"}.get(role, "nonmembers")
    group = next((one for one in document["people"]["groups"] if one["role"] == role), None)
    everything = set(levels)
    if group:
        about = group["people"]
        yield PARTS, everything, max(about - slack // 2, 0), about + slack // 2
        yield from _cells(PARTS, _named(group, factor, levels), slack)
    tested = document["attacks"][0][f"n_{word}"]
    yield ("tested",), everything, *reach(tested, 0 if isinstance(tested, int) else slack)
    known = document["audit"][f"known_{word}"]
    yield ("known",), everything, *reach(known, 0 if isinstance(known, int) else slack)
    matched = document["groups"]["matched"]
    left = matched[f"left_out_{word}"] if matched else 0
    yield ("unmatched",), everything, *(reach(left, slack // 2) if matched else (0, 0))
    if document["exposure"]:
        name = {"age": "age band"}.get(factor, factor)
        cells = [(one["level"], one[f"n_{word}"]) for one in document["exposure"]["groups"] if one["factor"] == name]
        yield from _cells(("tested",), list(_told(dict(cells), factor, levels)), slack)


def _named(group, factor, levels):
    """Return the cells of a table of one role: (levels, count)."""
    if factor != "age":
        return list(_told(group[factor], factor, levels))
    if "age_histogram" in group:
        edges, counts = group["age_histogram"]["edges"], group["age_histogram"]["counts"]
        bins = list(pairwise(edges))
        return [
            ({one for one in levels if low <= one < high}, count)
            for (low, high), count in zip(bins, counts, strict=False)
        ]
    edges = [-np.inf, *group["age_bands"]["edges"], np.inf]
    bins = list(pairwise(edges)) if len(edges) > 2 else []
    return [
        ({one for one in levels if low <= one < high}, count)
        for (low, high), count in zip(bins, group["age_bands"]["counts"], strict=False)
    ]


def _told(cells, factor, levels) -> Iterator[tuple[set, object]]:
    """Return what a table of named levels says: a level that is not one of people's is all that is not named."""
    for name, count in cells.items():
        if factor == "age":
            numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", name)]
            low = -np.inf if name.startswith("below") else numbers[0]
            high = numbers[0] if name.startswith("below") else np.inf if name.endswith("more") else numbers[1]
            yield {one for one in levels if low <= one < high}, count
        else:
            yield ({name} if name in levels else set(levels) - set(cells)), count


def _cells(parts, cells, slack):
    """Yield each cell; those of schema 2 are of ten people at least, as its rules say."""
    for some, count in cells:
        low, high = reach(count, slack)
        yield parts, some, max(low, 10) if slack else low, high


class Hidden:
    """The cells of one role by one factor, as far as a document leaves them open."""

    def __init__(self, document, role, factor, levels):
        self.levels = sorted(levels)
        rows, low, high = [], [], []
        for parts, some, fewest, most in tables(document, role, factor, set(levels)):
            rows.append(self.sum(parts, some))
            low.append(fewest)
            high.append(most)
        self.bounds = np.array(low), np.array(high)
        self.rows = np.array(rows)

    def sum(self, parts, some):
        """The sum of the cells of some levels and parts."""
        return np.array([float(part in parts and one in some) for one in self.levels for part in PARTS])

    def allows(self, counts):
        """Whether the true cells (level by part) are among those that are possible: else the attacker reasons wrong."""
        found = self.rows @ np.asarray(counts, dtype=float).ravel()
        return bool(np.all(found >= self.bounds[0]) and np.all(found <= self.bounds[1]))

    def range(self, parts, level):
        """The fewest and the most people that a level may have in these parts."""
        aim = self.sum(parts, {level})
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * aim,
                constraints=LinearConstraint(self.rows, *self.bounds),
                integrality=np.ones(len(aim)),
                bounds=Bounds(0, np.inf),
            )
            ends.append(round(float(aim @ found.x)) if found.x is not None else None)
        return tuple(ends)


def numbers_in(content):
    """Yield every number of a document that is not whole."""
    if isinstance(content, dict):
        for one in content.values():
            yield from numbers_in(one)
    elif isinstance(content, list):
        for one in content:
            yield from numbers_in(one)
    elif isinstance(content, float):
        yield content


def texts_in(content, key=""):
    """Yield every text of a document."""
    if isinstance(content, dict):
        for name, one in content.items():
            yield from texts_in(one, name)
    elif isinstance(content, list):
        for one in content:
            yield from texts_in(one, key)
    elif isinstance(content, str):
        yield content
