"""Columns of a paper's table that have one number of a cell each: *Mean* and *SD* of a group, its *n* and *%*.

They are put together as one cell, as it is printed elsewhere: ``52.3 (11.2)``. Knows headings and texts of cells, and
neither questions nor numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from remembrain.survey.published.specs import ALONE, Spec, spec_in, tidied, without_marks
from remembrain.survey.published.words import form, is_no_answer, status_of

Slot: TypeAlias = Literal["first", "second", "third", "pair", "whole"]
"""Which number of a cell stands in a column: one, both quartiles, or all of them."""
_OF_SPEC: Mapping[Spec, tuple[str, Slot]] = {
    Spec("mean"): ("mean (SD)", "first"),
    Spec("mean", "sd", alone=True): ("mean (SD)", "second"),
    Spec("mean", "sd"): ("mean (SD)", "whole"),
    Spec("median"): ("median [IQR]", "first"),
    Spec("lower"): ("median [IQR]", "second"),
    Spec("upper"): ("median [IQR]", "third"),
    Spec("median", "quartiles", alone=True): ("median [IQR]", "pair"),
    Spec("median", "quartiles"): ("median [IQR]", "whole"),
    Spec("count"): ("n (%)", "first"),
    Spec("count", "percent", unsure=True): ("n (%)", "second"),
    Spec("count", "percent"): ("n (%)", "whole"),
    Spec("percent", "count"): ("% (n)", "whole"),
}
_ALONE = ("n", "%", "SD", "IQR")
_EITHER = re.compile(r"\s*(?:/|\||,|;|\bor\b)\s*")


@dataclass(frozen=True)
class Part:
    """What a column has of a cell: ``told`` as labels say it, nothing where the rows say it themselves."""

    told: str
    slot: Slot

    @property
    def used(self) -> bool:
        """Whether it is read at all."""
        return self.told != "other"


Parts: TypeAlias = tuple[tuple[Part, int], ...]
"""The columns of a group by what each has; none where one column has whole cells."""


def part_in(heading: str) -> tuple[Part | None, str]:
    """Return what of a cell a heading says to stand below, and the heading without these words.

    ``Mean / n`` is the first number, whichever the row tells, and ``SD / %`` that beside it.
    """
    text = heading.replace("_", " ")
    either = [_part(one) for one in _EITHER.split(text)]
    slots = {part.slot if part is not None and not rest else None for part, rest in either}
    if len(either) > 1 and len(slots) == 1 and slots <= {"first", "second", "whole"}:
        return Part("", next(slot for slot in slots if slot)), ""
    part, rest = _part(text)
    return (part, rest) if part is not None else (None, heading)


def _part(text: str) -> tuple[Part | None, str]:
    """Return what a text alone says to stand below."""
    if is_no_answer(text):
        return Part("missing", "whole"), ""
    spec, rest = spec_in(" ".join(without_marks(text).split()))
    if spec is None:
        return None, text
    told, slot = _OF_SPEC.get(spec, ("other", "whole"))
    return Part(told, slot), "" if form(text) in ALONE else tidied(rest)


def cells_of(row: Sequence[str], parts: Sequence[Parts], columns: Sequence[int]) -> list[tuple[str, tuple[str, ...]]]:
    """Return what a row tells, and its cells by group; several times where it has several kinds of numbers.

    Parameters
    ----------
    row
        Its texts.
    parts
        Of each group, what its columns have.
    columns
        The column of each group of whole cells.
    """
    told = dict.fromkeys(part.told for of_group in parts for part, place in of_group if row[place] and part.used)
    wholes = [row[column] for column in columns]
    found = []
    for kind in told or [""]:
        texts = [{part.slot: row[place] for part, place in of_group if part.told == kind} for of_group in parts]
        said = _said(kind, {slot for one in texts for slot, text in one.items() if text})
        cells = tuple(
            _together(said, one) if of_group else whole
            for one, of_group, whole in zip(texts, parts, wholes, strict=True)
        )
        found.append((said, cells))
    return found


def _said(kind: str, slots: set[Slot]) -> str:
    """Return what a row tells by the columns that are filled in it."""
    if kind == "n (%)" and slots == {"first"}:
        return "n"
    if kind == "n (%)" and slots == {"second"}:
        return "%"
    if kind == "mean (SD)" and slots == {"second"}:
        return "SD"
    if kind == "median [IQR]" and slots and "first" not in slots and "whole" not in slots:
        return "IQR"
    return kind


def _together(told: str, texts: Mapping[Slot, str]) -> str:
    """Return one cell of its parts; what is marked as not told beside a number is left out.

    What stands beside no number is never one itself, unless no group has any.
    """
    if texts.get("whole"):
        return texts["whole"]
    first = texts.get("first", "")
    second, third, pair = (_bare(texts.get(slot, "")) for slot in ("second", "third", "pair"))
    if first and second and status_of(first) is None and status_of(second) is not None:
        second = ""
    beside = f"{second}; {third}" if second and third else pair or second or third
    if not first and beside and told not in _ALONE:
        return f"{beside.removesuffix('%')}%" if told == "n (%)" else f"({beside})"
    if not first or not beside:
        return first or beside
    return f"{first} [{beside}]" if told == "median [IQR]" else f"{first} ({beside})"


def _bare(text: str) -> str:
    """Return a text without brackets around it."""
    return re.sub(r"^(?:[(\[]|±|\+/-)\s*|\s*[)\]]$", "", text.strip())
