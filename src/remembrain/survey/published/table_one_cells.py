"""From the rows of a paper's table to cells by question: means, spreads, quantiles, people and what they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from remembrain.survey.columns import Question
from remembrain.survey.published.cells import TOTAL, Cells, Numbers
from remembrain.survey.published.groups import Group
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.table_one_columns import Columns, Row
from remembrain.survey.published.table_one_people import add_people


def cells_of_rows(groups: Sequence[Group], rows: Sequence[Row], where: str, understood: Understood) -> None:
    """Add the cells of all rows to what is understood.

    Parameters
    ----------
    groups
        The columns of people.
    rows
        All rows that could be read.
    where
        The file.
    understood
        Gets cells, and what does not go together.
    """
    columns = Columns(groups, where, understood)
    columns.people_are([row for row in rows if row.fact.kind == "people"])
    columns.groups_fit()
    for of in columns.by_question(row for row in rows if row.fact.kind != "people"):
        if of.question.kind == "numeric":
            columns.add_numbers(of)
        else:
            add_people(columns, of)
    columns.add_groups()


def p_cells(text: str, question: Question, by: Question | None, where: str, line: int) -> Cells:
    """Return a p-value as it is told of a question, between the groups of another; one below a bound as a mark."""
    bare = text.replace(",", ".").strip().rstrip("*†‡").strip()
    try:
        value = float(bare)
    except ValueError:
        value = np.nan
    places = len(bare.partition(".")[2]) if np.isfinite(value) else 0
    numbers = Numbers(np.array([value]), places, marks=Counter() if np.isfinite(value) else Counter([text]))
    place = {} if by is None else {by.name: np.array([TOTAL], dtype=np.int32)}
    return Cells(where, "p", question.name, place, numbers, np.array([line]))
