"""A paper's table as a whole: its heading, which columns are of which people, its rows, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape

from remembrain._text import few, shown
from remembrain.survey.columns import Question
from remembrain.survey.published.grid import Grid
from remembrain.survey.published.groups import Group, groups_of
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.specs import ALONE, label_of
from remembrain.survey.published.table_one_headings import Heading, headings_of, is_heading, spelt_out, together
from remembrain.survey.published.table_one_levels import named
from remembrain.survey.published.table_one_parts import Parts, part_in
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import LEVEL, STATISTIC, form

_DEEPEST = 6
SEVERAL = re.compile(r"[0-9]\s*%?\s*(?:[(\[]|±)")


@dataclass(frozen=True)
class Frame:
    """A table: its columns, rows with their lines, and all that stands around them."""

    groups: tuple[Group, ...]
    parts: tuple[Parts, ...]
    told: int | None
    level: int | None
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    context: str

    def tells(self, row: Sequence[str]) -> bool:
        """Tell whether a row has a number of people, and is not the name of those below."""
        columns = zip(self.groups, self.parts, strict=True)
        of_people = [(one, own) for one, own in columns if one.role in ("everybody", "group")]
        return any(row[place] for one, own in of_people for place in (one.column, *(at for _, at in own)))


def rows_of(grid: Grid) -> list[tuple[int, tuple[str, ...]]]:
    """Return the rows of a sheet that are not empty with their lines, without markup and without a column of numbers.

    *&nbsp;*, ``<br>`` and ``<b>`` are what tables of the web have; rows are numbered where a program wrote its index.
    """
    every = [(int(line), tuple(map(_plain, grid.row(place)))) for place, line in enumerate(grid.line.tolist())]
    rows = [row for row in every if any(row[1])]
    first = [row[0] for _, row in rows]
    numbers = [int(text) for text in first if text.isdigit()]
    blank = [text for text in first if form(text) in ("", "no", "nr", "index")]
    if blank and len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(first) - len(blank))):
        return [(line, row[1:]) for line, row in rows]
    return rows


def _plain(text: str) -> str:
    """Return a cell without entities, breaks, marks of footnotes and bold letters of HTML."""
    if "&" not in text and "<" not in text:
        return text
    return re.sub(r"<sup>.*?</sup>|</?(?:b|i|em|strong|span|p|br)\b[^>]*>|\xa0", " ", unescape(text)).strip()


def frame_of(grid: Grid, vocabulary: Vocabulary, by: Sequence[str], understood: Understood) -> Frame | None:
    """Return the parts of a sheet, or say that no column is one of people."""
    rows = rows_of(grid)
    texts = [row for _, row in rows]
    top, deep = _heading_at(texts, vocabulary, by)
    end = next((place for place in range(len(rows), top, -1) if any(rows[place - 1][1][1:])), top)
    headings = headings_of(texts[top : top + deep], vocabulary, by)
    body = tuple(rows[top + deep : end])
    told, level, numeric = _columns(headings, [row for _, row in body])
    found, unclear = groups_of([(place, headings[place].name) for place in numeric], vocabulary, by)
    groups, parts, differing = together(found, headings)
    unclear += [f"{one} and {other} people over {shown(name)}" for name, one, other in differing]
    for what in unclear:
        understood.ask(grid.where, what)
    groups = _without_names(groups, parts)
    for group in groups:
        if group.alike and group.question is not None:
            level_title = f"{group.question.name}: {group.question.titles[group.level]}"
            understood.note(grid.where, f"the heading {shown(group.name)} is taken for {shown(level_title)}")
    for line, what in _out_of_place(groups, body):
        understood.ask(f"{grid.where} line {line}", what)
    asked = [one for one in vocabulary.questions if one.name in by]
    _levels_are_known(groups, asked, [row for _, row in body], grid.where, understood)
    if unused := [group.name or f"column {group.column + 1}" for group in groups if group.role == "not used"]:
        understood.note(grid.where, f"columns that are not used: {few(unused)}")
    if not any(group.role in ("everybody", "group") for group in groups):
        understood.ask(grid.where, "no heading is that of everybody (Overall) or a level of a question of DATA")
        return None
    again = next((line for line, row in body if sum(re.search(r"\bn\s*=", text) is not None for text in row[1:]) > 1
                  and row[0]), None)  # fmt: skip
    if again is not None:
        understood.ask(f"{grid.where} line {again}", "is another heading: put each table into a file of its own")
    around = [text for _, row in (*rows[:top], *rows[end:]) for text in row if text]
    around += dict.fromkeys(heading.said for heading in headings if heading.part and heading.part.slot == "whole")
    return Frame(tuple(groups), tuple(parts), told, level, body, "\n".join(around))


def _heading_at(rows: Sequence[Sequence[str]], vocabulary: Vocabulary, by: Sequence[str]) -> tuple[int, int]:
    """Return the first row of a heading, and how many there are."""
    above = (place for place, row in enumerate(rows) if sum(map(bool, row)) > 1 or (row[-1] and not any(row[:-1])))
    top = next(above, len(rows) - 1)
    deep, below = 1, spelt_out(rows[top : top + _DEEPEST])
    while deep < len(below) and is_heading(below[deep], below[:deep], vocabulary, by):
        deep += 1
    return top, deep


def has_parts(rows: Sequence[Sequence[str]], vocabulary: Vocabulary, by: Sequence[str]) -> bool:
    """Tell whether rows are named after questions, and columns of people say what they have of a cell, or the rows do.

    Two columns of the same people do so, as well as a column of *mean* and *SD*.
    """
    rows = [row for row in rows if any(row)]
    if not any(named(vocabulary, label_of(row[0])).question for row in rows[1:] if row[0]):
        return False  # the rest takes longer, and most files are no such tables
    top, deep = _heading_at(rows, vocabulary, by)
    headings, body = headings_of(rows[top : top + deep], vocabulary, by), rows[top + deep :]
    told, _, numeric = _columns(headings, body)
    found, _ = groups_of([(place, headings[place].name) for place in numeric], vocabulary, by)
    groups, parts, _ = together(found, headings)
    people = [group.role in ("everybody", "group") for group in groups]
    several = [
        len(own) > 1 and (of_people or (not group.name and _is_mean(own)))
        for group, own, of_people in zip(groups, parts, people, strict=True)
    ]
    below = [row for row in body if row[0] and not any(_is_part(row[place]) for place in numeric)]
    said = set() if told is None else {spec.first for row in body for spec in (label_of(row[told]).spec,) if spec}
    by_rows = any(people) and bool({"mean", "median", "lower", "upper"} & said)
    return (any(several) or by_rows) and any(named(vocabulary, label_of(row[0])).question for row in below)


def _is_part(text: str) -> bool:
    """Tell whether a cell says what stands below, as that of a heading does whose first column names a question."""
    return bool(text) and not re.search(r"[0-9]", text) and part_in(text)[0] is not None


def _is_mean(parts: Parts) -> bool:
    """Tell whether a mean and its spread have columns of their own."""
    return len([part for part, _ in parts if part.told == "mean (SD)"]) > 1


def _columns(headings: Sequence[Heading], body: Sequence[Sequence[str]]) -> tuple[int | None, int | None, list[int]]:
    """Return the column of what is told, that of levels, and those of numbers."""
    told = level = None
    numeric: list[int] = []
    for place in range(1, len(headings)):
        texts = [row[place] for row in body if row[place]]
        said = form(headings[place].said if headings[place].part else headings[place].name)
        of_specs = bool(texts) and all(label_of(text).spec is not None for text in texts) and not _mostly_numbers(texts)
        if told is None and not numeric and of_specs and (not said or said in STATISTIC | LEVEL or len(texts) > 1):
            told = place
        elif level is None and not numeric and texts and (not said or said in LEVEL):
            level = place
        else:
            numeric.append(place)
    return told, level, numeric


def _mostly_numbers(texts: Sequence[str]) -> bool:
    """Tell whether most texts begin with a digit."""
    texts = [text for text in texts if form(text) not in ALONE]
    return sum(bool(re.match(r"[<−-]?\s?[0-9]", text)) for text in texts) > len(texts) / 2


def _without_names(groups: Sequence[Group], parts: Sequence[Parts]) -> list[Group]:
    """Return columns where one alone, whose heading says nothing of people, is of everybody."""
    if any(group.role in ("everybody", "group") for group in groups):
        return list(groups)
    nobody = ("", "value", "values", "statistic")
    several = [place for place, group in enumerate(groups) if not form(group.name) and parts[place]]
    alone = several or ([0] if len(groups) == 1 and form(groups[0].name) in nobody else [])
    found = list(groups)
    if len(alone) == 1:
        found[alone[0]] = replace(groups[alone[0]], role="everybody")
    return found


def _out_of_place(groups: Sequence[Group], body: Sequence[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, str]]:
    """Yield rows whose cells stand one column farther: below no heading, or numbers where p-values stand."""
    for group in groups:
        for line, row in body:
            cell = row[group.column]
            if cell and not group.name and group.role == "not used":
                yield line, f"{shown(cell)} stands below no heading"
            elif cell and group.role == "p" and SEVERAL.search(cell):
                yield line, f"{shown(cell)} below {shown(group.name)} is no p-value"


def _levels_are_known(
    groups: Sequence[Group], by: Sequence[Question], body: Sequence[Sequence[str]], where: str, understood: Understood
) -> None:
    """Say which heading of people is no level of the question of the others, nor everybody, where such a one lacks."""

    def of_people(group: Group) -> bool:
        cells = [row[group.column] for row in body if row[group.column]]
        return group.people is not None or 2 * sum(bool(SEVERAL.search(cell)) for cell in cells) > len(cells)

    strange = [group.name for group in groups if group.role == "not used" and of_people(group)]
    told = dict.fromkeys(group.question for group in groups if group.question is not None)
    for question in told or by:
        lacking = len(question.levels) - sum(group.question == question for group in groups)
        if lacking and strange:
            what = f"the heading {shown(strange[0])} is no level of {shown(question.name)} ({few(question.titles)})"
            understood.ask(where, what)
            return
    if strange and not any(group.role == "everybody" for group in groups):
        understood.ask(where, f"the heading {shown(strange[0])} is neither everybody (Overall) nor a level of DATA")
