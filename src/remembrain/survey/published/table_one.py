"""A paper's Table 1: a row a characteristic, a column a group of people, and two or three numbers in a cell.

What each row tells stands in its label or in a column of its own, how many people a group has in its heading. Anything
that is not clear is asked about, and nothing is taken for what it only may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from remembrain._text import few, shown
from remembrain.cohort.numbers import Decimal
from remembrain.survey.published.grid import Grid
from remembrain.survey.published.groups import groups_of, people_of
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.p_values import OTHER_P, OTHER_TESTS
from remembrain.survey.published.specs import PEOPLE, Spec, label_of, spec_in
from remembrain.survey.published.stated import stated
from remembrain.survey.published.table_one_cells import cells_of_rows, p_cells
from remembrain.survey.published.table_one_columns import Row
from remembrain.survey.published.table_one_frame import Frame, frame_of, has_parts, rows_of
from remembrain.survey.published.table_one_lines import Fact, lines_of
from remembrain.survey.published.table_one_rows import Rows
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import form

MOST_ROWS = 2000
"""A sheet of more rows is no table of a paper."""
_TOP = 30
_COUNTS = re.compile(r"\bn\b(?!\s*=)|\bno\.|\bnumbers?\b|\bcounts?\b", re.IGNORECASE)
"""What says around a table that numbers alone are people."""
_DECIMALS: tuple[Decimal, Decimal] = (".", ",")


def is_table_one(grid: Grid, vocabulary: Vocabulary, by: Sequence[str] = ()) -> bool:
    """Tell whether a sheet is such a table: a row tells a mean with its spread, or a heading how many people there are.

    So does a row of people with percentages where a heading is a group, and one named after a question where two
    columns of a group are parts of a cell.
    """
    if len(grid.line) > MOST_ROWS:
        return False
    rows = [row for _, row in rows_of(grid)]
    labels = [text for row in rows for text in row[:2] if len(form(text).split()) > 1]
    beside = {spec.beside for spec in (label_of(text).spec for text in labels) if spec is not None and not spec.unsure}
    if not rows or not any(any(row[1:]) for row in rows):
        return False
    headings = [text for row in rows[:_TOP] for text in row[1:]]
    if beside & {"sd", "quartiles"} or any(re.search(r"\bn\s*=\s*[0-9]", text, re.IGNORECASE) for text in headings):
        return True
    if "percent" in beside:
        groups, _ = groups_of(list(enumerate(headings)), vocabulary, by)
        if any(group.role in ("everybody", "group") for group in groups):
            return True
    return has_parts(rows, vocabulary, by)


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
    frame = frame_of(grid, vocabulary, by, understood)
    if frame is None:
        return
    of_people = [place for place, group in enumerate(frame.groups) if group.role in ("everybody", "group")]
    columns, parts = [frame.groups[place] for place in of_people], [frame.parts[place] for place in of_people]
    lines = lines_of(frame.rows, frame.told, frame.level, [group.column for group in columns], parts)
    rows = Rows(vocabulary, used)
    rows.know(lines)
    for line in lines:
        rows.take(line)
    rows.finish()
    for note in rows.notes:
        understood.note(grid.where, note)
    for place, what, name in rows.problems:
        understood.ask(f"{grid.where} line {place}", what, lost=[("", name)])
    facts = [fact for fact in rows.facts if fact.question is None or fact.question.name in used]
    facts = [known for fact in facts if (known := _told(fact, frame.context, grid.where, understood)) is not None]
    parsed = _parsed(facts, grid, understood)
    cells_of_rows(columns, parsed, grid.where, understood)
    _keep_p(frame, rows.facts, grid.where, understood)


def _told(fact: Fact, context: str, where: str, understood: Understood) -> Fact | None:
    """Return a row with what it tells, where its label, its section or the text around the table says it."""
    if fact.kind == "people":
        return fact
    if fact.kind in ("level", "answered", "no answer", "everybody"):
        said = fact.said and (fact.spec is not None or _COUNTS.search(context) is not None)
        return replace(fact, spec=fact.spec or PEOPLE, said=said)
    spec = fact.spec or _said_around(context)
    if spec is None or (spec.unsure and fact.spec) or spec.first in ("percent", "count"):
        what = f"what {shown(fact.line.label)} tells is not said: write mean (SD) or median (IQR) beside it"
        understood.ask(f"{where} line {fact.line.line}", what, lost=_of(fact))
        return None
    if spec.first == "other":
        understood.note(where, f"{shown(fact.line.told or fact.line.label)} tells what is not used")
        return None
    return replace(fact, spec=spec)


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
    commas = any("," in cell for fact in facts for cell in fact.line.cells)
    if commas and not any(failed.values()) and read["."] != read[","] and grid.separator != ";":
        understood.ask(grid.where, "whether its commas are those of decimals cannot be told: write 45 (38 to 61)")
    best: Decimal = "," if len(failed[","]) < len(failed["."]) or (
        not failed[","] and grid.separator == ";" and read["."] != read[","]) else "."  # fmt: skip
    for row in failed[best]:
        cell = row.fact.line.cells[row.cells.index(None)]
        where, what = f"{grid.where} line {row.fact.line.line}", _expected(row.fact)
        told = f"{shown(cell)} beside {shown(row.fact.line.label)} is no {what}"
        understood.ask(where, told, f"a cell is no {what}", _of(row.fact))
    rows = [row for row in read[best] if None not in row.cells]
    for note in dict.fromkeys(cell.note for row in rows for cell in row.cells if cell and cell.note):
        listed = few(row.fact.line.label for row in rows if any(cell and cell.note == note for cell in row.cells))
        understood.note(grid.where, f"{listed}: {note}")
    return rows


def _of(fact: Fact) -> list[tuple[str, str]]:
    """Return of which question nothing is known without a row."""
    return [] if fact.question is None else [("", fact.question.name)]


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
    if spec.first == "mean" and not spec.alone:
        return "mean (SD), as 52.3 (11.2)" if spec.beside else "mean alone, and what stands beside it is not said"
    if spec.first in ("lower", "upper"):
        return "quartile alone"
    if spec.alone:
        return "standard deviation alone" if spec.first == "mean" else "two quartiles in order, as 38 to 61"
    if spec.first == "median":
        quartiles = "median with its quartiles in order, as 45 (38 to 61)"
        return quartiles if spec.beside else "median alone, and what stands beside it is not said"
    return "number of people, as 12 (15.0%) or 15.0% (12)"


def _keep_p(frame: Frame, facts: Sequence[Fact], where: str, understood: Understood) -> None:
    """Keep what p-values say, by the question of their row, or of the rows that it heads."""
    compared = {group.question for group in frame.groups if group.role == "group"}
    by = compared.pop() if len(compared) == 1 else None
    of_line = {fact.line.line: fact.question for fact in facts}
    if OTHER_TESTS.search(frame.context):
        understood.other_tests.add(where)
    for group in (group for group in frame.groups if group.role == "p" and not OTHER_P.search(group.name)):
        for (line, row), (below, _) in zip(frame.rows, (*frame.rows[1:], (0, ())), strict=True):
            question = of_line.get(line if frame.tells(row) else below)
            if row[group.column] and question is not None:
                understood.cells.append(p_cells(row[group.column], question, by, where, line))
