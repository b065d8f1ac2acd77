"""An empty release: the tables of a layout without numbers, and the release file that goes with them, to be filled in.

It holds what columns and levels are called, and nothing that anybody answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from remembrain.errors import DataError
from remembrain.run import write_text
from remembrain.survey.answers import Answers
from remembrain.survey.bands import bands_of, title_of
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Table
from remembrain.survey.one_table import of_one_table, write_one_table
from remembrain.survey.protection import Published
from remembrain.survey.tables_csv import file_names, write_table

RELEASE, TABLES, NUMBERS = "release.toml", "tables", "numbers.csv"

_HEAD = """# Fill in the tables in tables/, or replace them by yours: CSV, Excel, JSON-stat, PxWeb or SDMX-CSV.
# Of a table, count or share is enough; of a cell that is not told, nothing. numbers.csv, where there is one, has a row
# for each column of numbers: how many people (n), mean, sd, and d, t or z of the second group less the first.
# Take out here what is not published. Then
#   remembrain survey audit PEOPLE.csv RUN --release release.toml --tables tables --reference OTHERS.csv
# where PEOPLE has a column member: 1 for those who took part, 0 for others.

"""
_TAIL = """
# What is public of how the numbers were made; take away the mark before what holds.
# [published]
# unit = "percent"                      # count, percent or share, where no heading says it
# decimals = 1                          # of shares or percentages, where zeros at the end are cut
# random_round_to = 3                   # counts, up or down at random
# perturbation = [[-1, 0.25], [0, 0.5], [1, 0.25]]   # cell keys: each change and its probability
# perturbation_variance = 2.0           # or their variance
# noise_sd = 3.0                        # noise on counts
# direction = "patients - controls"     # of contrasts, where no heading says it
# adjusted = true                       # contrasts are, and the numbers of people are residuals of the same covariates
"""


def questions_of(said: Mapping[str, Mapping[str, Any]], path: Path) -> tuple[Question, ...]:
    """Return the questions that a codebook describes: those with levels, and those said to be numeric.

    Raises
    ------
    DataError
        Where it describes none.
    """
    questions = []
    for name, entry in said.items():
        levels = entry.get("levels", {})
        missing = tuple(entry.get("missing", ()))
        if cuts := entry.get("bands", ()):
            titles, of = tuple(map(title_of, bands_of(cuts))), entry.get("of", name)
            bands = Question(name, "categorical", titles, titles, missing, of=of, cuts=cuts, declared=True)
            questions.append(bands)
        elif levels and entry.get("kind", "categorical") == "categorical":
            kept = {code: title for code, title in levels.items() if code not in missing}
            questions.append(Question(name, "categorical", tuple(kept), tuple(kept.values()), missing, declared=True))
        elif entry.get("kind") == "numeric":
            low, high = entry.get("range", (None, None))
            ranged = low is not None
            questions.append(Question(name, "numeric", (), (), missing, low, high, ranged=ranged, declared=True))
    if not questions:
        raise DataError(
            "describes no column that can be published",
            where=path,
            expected='levels of columns, or kind = "numeric"',
        )
    return tuple(questions)


def nobody(questions: Sequence[Question]) -> Answers:
    """Return answers to these questions of no people."""
    categorical = tuple(one for one in questions if one.kind == "categorical")
    numeric = tuple(one for one in questions if one.kind == "numeric")
    codes, values = np.zeros((0, len(categorical)), dtype=np.int16), np.zeros((0, len(numeric)))
    return Answers(np.zeros(0, dtype=str), categorical, codes, numeric, values, np.zeros(0))


def write_template(layout: Layout, folder: Path) -> list[Path]:
    """Write the empty tables and their release file into a folder that is not there yet, or is empty.

    Raises
    ------
    DataError
        Where something lies there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError("is there already", where=folder, expected="a folder that is new or empty")
    empty = np.full(layout.n_cells, np.nan)
    nothing, together = Published(empty, empty, empty, np.zeros(layout.n_cells)), of_one_table(layout)
    paths = [
        write_table(table, nothing, folder / TABLES / name)
        for table, name in zip(layout.tables, file_names(layout), strict=True)
        if table not in together
    ]
    if together:
        paths.append(folder / TABLES / NUMBERS)
        write_one_table(layout, nothing, paths[-1])
    write_text(folder / RELEASE, _HEAD + tomli_w.dumps(_content(layout)) + _TAIL)
    return [folder / RELEASE, *paths]


def _content(layout: Layout) -> dict[str, Any]:
    """Return the release file of a layout: its tables, and what is called how."""
    by = tuple(dict.fromkeys(question.name for table in layout.tables for question in table.within))
    whole = [table for table in layout.tables if not table.within]

    def named(kind: str) -> list[Table]:
        return [table for table in whole if table.kind == kind]

    release: dict[str, Any] = {
        "margins": [table.questions[0].name for table in named("margin")],
        "crosstabs": [[question.name for question in table.questions] for table in named("crosstab")],
        "means": [table.questions[0].name for table in named("mean")],
        "sds": [table.questions[0].name for table in named("sd")],
        "quantiles": list(dict.fromkeys(table.questions[0].name for table in named("quantile"))),
        "quantiles_at": list(dict.fromkeys(table.level for table in named("quantile"))),
        "contrasts": [table.questions[0].name for table in named("contrast")],
        **{key: value for table in named("contrast") for key, value in _compared(table).items()},
        "by": list(by),
    }
    every = {question.name: question for table in layout.tables for question in (*table.asked, *table.questions)}
    return {
        "release": {key: value for key, value in release.items() if value},
        "columns": {name: _declared(question) for name, question in every.items()},
    }


def _compared(table: Table) -> dict[str, Any]:
    """Return what is declared of the groups of a contrast."""
    return {"contrast": table.between.name, "contrast_as": table.told_as} if table.between else {}


def _declared(question: Question) -> dict[str, Any]:
    """Return what is declared of a column, so that people and tables are read alike."""
    said: dict[str, Any] = {"missing": list(question.missing)} if question.missing else {}
    if question.kind == "numeric":
        ends = {"range": [question.low, question.high]} if question.ranged else {}
        return {"kind": "numeric", **ends, **said}
    if question.cuts:
        return {"of": question.of, "bands": list(question.cuts), **said}
    return {"levels": dict(zip(question.levels, question.titles, strict=True)), **said}
