"""A paper's Table 1: a row a characteristic, a column a group of people, and two or three numbers in a cell.

What each row tells stands in its label or in a column of its own, how many people a group has in its heading. Anything
that is not clear is asked about, and nothing is taken for what it only may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from remembrain._text import few, shown
from remembrain.cohort.numbers import Decimal
from remembrain.survey.published.grid import Grid
from remembrain.survey.published.groups import Group, groups_of, people_of
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.p_values import OTHER_P, OTHER_TESTS
from remembrain.survey.published.specs import Spec, label_of, spec_in
from remembrain.survey.published.stated import stated
from remembrain.survey.published.table_one_cells import cells_of_rows, p_cells
from remembrain.survey.published.table_one_columns import Row
from remembrain.survey.published.table_one_rows import Fact, Rows, lines_of
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import LEVEL, STATISTIC, form

MOST_ROWS = 2000
"""A sheet of more rows is no table of a paper."""
_TOP = 30
_SEVERAL = re.compile(r"[0-9]\s*%?\s*(?:[(\[]|±)")
_PEOPLE = Spec("count", "percent")
_DECIMALS: tuple[Decimal, Decimal] = (".", ",")


@dataclass(frozen=True)
class _Frame:
    """A table: its columns, rows with their lines, and all that stands around them."""

    groups: tuple[Group, ...]
    told: int | None
    level: int | None
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    context: str


def is_table_one(grid: Grid, vocabulary: Vocabulary) -> bool:
    """Tell whether a sheet is such a table: a row tells a mean with its spread, or a heading how many people there are.

    So does a row of people with percentages where a heading is a group.
    """
    if len(grid.line) > MOST_ROWS:
        return False
    rows = [grid.row(place) for place in range(len(grid.line))]
    labels = [text for row in rows for text in row[:2] if len(form(text).split()) > 1]
    beside = {spec.beside for spec in (label_of(text).spec for text in labels) if spec is not None and not spec.unsure}
    if not rows or not any(any(row[1:]) for row in rows):
        return False
    headings = [text for row in rows[:_TOP] for text in row[1:]]
    if beside & {"sd", "quartiles"} or any(re.search(r"\bn\s*=\s*[0-9]", text, re.IGNORECASE) for text in headings):
        return True
    groups, _ = groups_of(list(enumerate(headings)), vocabulary, ())
    return "percent" in beside and any(group.role in ("everybody", "group") for group in groups)


def understand_table_one(
    grid: Grid, vocabulary: Vocabulary, used: frozenset[str], by: Sequence[str], understood: Understood
) -> None:
    """Add the cells of a table.

    Parameters
    ----------
    grid
        The sheet.
    vocabulary
        What questions and levels are called.
    used
        Questions that tables of the release are of; of others nothing has to be understood.
    by
        Those of them within whose levels there are tables.
    understood
        Gets cells and problems.
    """
    frame = _frame(grid, vocabulary, by, understood)
    if frame is None:
        return
    numbers = [group for group in frame.groups if group.role in ("everybody", "group")]
    lines = lines_of(frame.rows, frame.told, frame.level, [group.column for group in numbers])
    rows = Rows(vocabulary, used)
    for line in lines:
        rows.take(line)
    rows.finish()
    for note in rows.notes:
        understood.note(grid.where, note)
    for place, what in rows.problems:
        understood.ask(f"{grid.where} line {place}", what)
    facts = [fact for fact in rows.facts if fact.question is None or fact.question.name in used]
    facts = [known for fact in facts if (known := _told(fact, frame.context, grid.where, understood)) is not None]
    parsed = _parsed(facts, grid, understood)
    cells_of_rows(numbers, parsed, grid.where, understood)
    _keep_p(frame, rows.facts, grid.where, understood)


def _frame(grid: Grid, vocabulary: Vocabulary, by: Sequence[str], understood: Understood) -> _Frame | None:
    """Return the parts of a sheet, or say that no column is one of people."""
    rows = [(int(grid.line[place]), tuple(grid.row(place))) for place in range(len(grid.line))]
    rows = [row for row in rows if any(row[1])]
    top = next((place for place, (_, row) in enumerate(rows) if sum(map(bool, row)) > 1), len(rows) - 1)
    end = next((place for place in range(len(rows), top, -1) if any(rows[place - 1][1][1:])), top)
    deep = 1
    while top + deep < end and _is_heading(rows[top + deep][1], vocabulary):
        deep += 1
    headings = [_heading([row[place] for _, row in rows[top : top + deep]]) for place in range(len(rows[0][1]))]
    body = tuple(rows[top + deep : end])
    told, level, numeric = _columns(headings, [row for _, row in body])
    groups, unclear = groups_of([(place, headings[place]) for place in numeric], vocabulary, by)
    for what in unclear:
        understood.ask(grid.where, what)
    groups = _without_names(groups)
    for line, what in _out_of_place(groups, body):
        understood.ask(f"{grid.where} line {line}", what)
    _levels_are_known(groups, [row for _, row in body], grid.where, understood)
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
    return _Frame(tuple(groups), told, level, body, "\n".join(around))


def _is_heading(row: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Tell whether a row below a heading says more of its columns: names, or how many people, and no number."""
    cells = [text for text in row[1:] if text]
    if row[0] or not cells:
        return False
    return all(not re.search(r"[0-9]", people_of(text)[0]) or bool(vocabulary.knowing([text])) for text in cells)


def _heading(texts: Sequence[str]) -> str:
    """Return what stands over a column: its lowest name, and how many people, wherever that stands."""
    named = [text for text in texts if people_of(text)[0]]
    people = [text for text in texts if people_of(text)[1] is not None]
    if not people or (named and people[-1] == named[-1]):
        return named[-1] if named else ""
    return f"{named[-1] if named else ''} (n = {people_of(people[-1])[1]})"


def _columns(headings: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[int | None, int | None, list[int]]:
    """Return the column of what is told, that of levels, and those of numbers."""
    told = level = None
    numeric: list[int] = []
    for place in range(1, len(headings)):
        texts = [row[place] for row in body if row[place]]
        said = form(headings[place])
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
    return sum(bool(re.match(r"[<−-]?\s?[0-9]", text)) for text in texts) > len(texts) / 2


def _without_names(groups: list[Group]) -> list[Group]:
    """Return columns where one alone, whose heading says nothing, is of everybody."""
    if (
        len(groups) == 1
        and groups[0].role == "not used"
        and form(groups[0].name) in ("", "value", "values", "statistic")
    ):
        alone = groups[0]
        return [Group(alone.column, "everybody", alone.name, people=alone.people)]
    return groups


def _out_of_place(groups: Sequence[Group], body: Sequence[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, str]]:
    """Yield rows whose cells stand one column farther: below no heading, or numbers where p-values stand."""
    for group in groups:
        for line, row in body:
            cell = row[group.column]
            if cell and not group.name and group.role == "not used":
                yield line, f"{shown(cell)} stands below no heading"
            elif cell and group.role == "p" and _SEVERAL.search(cell):
                yield line, f"{shown(cell)} below {shown(group.name)} is no p-value"


def _levels_are_known(
    groups: Sequence[Group], body: Sequence[Sequence[str]], where: str, understood: Understood
) -> None:
    """Say which heading of people is no level of the question of the others, nor everybody, where such a one lacks."""

    def of_people(group: Group) -> bool:
        cells = [row[group.column] for row in body if row[group.column]]
        return group.people is not None or 2 * sum(bool(_SEVERAL.search(cell)) for cell in cells) > len(cells)

    strange = [group.name for group in groups if group.role == "not used" and of_people(group)]
    for question in dict.fromkeys(group.question for group in groups if group.question is not None):
        lacking = len(question.levels) - sum(group.question == question for group in groups)
        if lacking and strange:
            what = f"the heading {shown(strange[0])} is no level of {shown(question.name)} ({few(question.titles)})"
            understood.ask(where, what)
            return
    if strange and not any(group.role == "everybody" for group in groups):
        understood.ask(where, f"the heading {shown(strange[0])} is neither everybody (Overall) nor a level of DATA")


def _told(fact: Fact, context: str, where: str, understood: Understood) -> Fact | None:
    """Return a row with what it tells, where its label, its section or the text around the table says it."""
    if fact.kind == "people":
        return fact
    if fact.kind in ("level", "no answer", "everybody"):
        return Fact(fact.kind, fact.line, fact.question, fact.level, fact.spec or _PEOPLE)
    spec = fact.spec or _said_around(context)
    if spec is None or (spec.unsure and fact.spec) or spec.first not in ("mean", "median", "other"):
        what = f"what {shown(fact.line.label)} tells is not said: write mean (SD) or median (IQR) beside it"
        understood.ask(f"{where} line {fact.line.line}", what)
        return None
    if spec.first == "other":
        understood.note(where, f"{shown(fact.line.label)} tells what is not used")
        return None
    return Fact(fact.kind, fact.line, fact.question, fact.level, spec)


def _said_around(context: str) -> Spec | None:
    """Return what titles and footnotes say of all numbers: means with spreads or medians with quartiles, not both."""
    spec, words = spec_in(context)[0], form(context).split()
    whole = spec is not None and spec.beside in ("sd", "quartiles") and len({"mean", "median"} & set(words)) == 1
    return replace(spec, unsure=True) if spec is not None and whole else None


def _parsed(facts: Sequence[Fact], grid: Grid, understood: Understood) -> list[Row]:
    """Return rows with their numbers, by the decimal separator with which all cells can be read.

    Where they can with either, and are not the same, it is asked for.
    """
    read = {decimal: [_read(fact, decimal) for fact in facts] for decimal in _DECIMALS}
    failed = {decimal: [row for row in rows if None in row.cells] for decimal, rows in read.items()}
    if not any(failed.values()) and read["."] != read[","] and grid.separator != ";":
        understood.ask(grid.where, "whether its commas are those of decimals cannot be told: write 45 (38 to 61)")
    best: Decimal = "," if len(failed[","]) < len(failed["."]) or (
        not failed[","] and grid.separator == ";" and read["."] != read[","]) else "."  # fmt: skip
    for row in failed[best]:
        cell = row.fact.line.cells[row.cells.index(None)]
        where, what = f"{grid.where} line {row.fact.line.line}", _expected(row.fact)
        understood.ask(where, f"{shown(cell)} beside {shown(row.fact.line.label)} is no {what}")
    rows = [row for row in read[best] if None not in row.cells]
    for note in dict.fromkeys(cell.note for row in rows for cell in row.cells if cell and cell.note):
        listed = few(row.fact.line.label for row in rows if any(cell and cell.note == note for cell in row.cells))
        understood.note(grid.where, f"{listed}: {note}")
    return rows


def _read(fact: Fact, decimal: Decimal) -> Row:
    """Return the numbers of a row."""
    spec = fact.spec or Spec("count")
    texts = fact.line.cells
    if fact.kind == "people":
        texts = tuple(str(people_of(text)[1]) if people_of(text)[1] is not None else text for text in texts)
    return Row(fact, tuple(stated(text, spec, decimal) for text in texts))


def _expected(fact: Fact) -> str:
    """Say what should stand in a row."""
    spec = fact.spec or Spec("count")
    if spec.first == "mean":
        return "mean (SD), as 52.3 (11.2)" if spec.beside else "mean alone, and what stands beside it is not said"
    if spec.first == "median":
        quartiles = "median with its quartiles in order, as 45 (38 to 61)"
        return quartiles if spec.beside else "median alone, and what stands beside it is not said"
    return "number of people, as 12 (15.0%)"


def _keep_p(frame: _Frame, facts: Sequence[Fact], where: str, understood: Understood) -> None:
    """Keep what p-values say, by the question of their row, or of the rows that it heads."""
    compared = {group.question for group in frame.groups if group.role == "group"}
    by = compared.pop() if len(compared) == 1 else None
    of_line = {fact.line.line: fact.question for fact in facts}
    if OTHER_TESTS.search(frame.context):
        understood.other_tests.add(where)
    for group in (group for group in frame.groups if group.role == "p" and not OTHER_P.search(group.name)):
        for (line, row), (below, _) in zip(frame.rows, (*frame.rows[1:], (0, ())), strict=True):
            heads = not any(row[one.column] for one in frame.groups if one.role in ("everybody", "group"))
            question = of_line.get(below if heads else line)
            if row[group.column] and question is not None:
                understood.cells.append(p_cells(row[group.column], question, by, where, line))
