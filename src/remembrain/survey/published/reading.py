"""Published tables, of whatever form their files are, as numbers of the cells of a layout.

Every file of a folder is read, everything that is wrong with any of them is said at once, and so is what was taken for
what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from remembrain._text import few
from remembrain.errors import DataError, Problem, ProblemsError, in_groups
from remembrain.record.table_settings import Blur, Protection
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout
from remembrain.survey.protection import Published, noise_scale
from remembrain.survey.published.blurring import Slack, slack_of
from remembrain.survey.published.checking import last_places, settle
from remembrain.survey.published.checking_numbers import finest_places
from remembrain.survey.published.csv_file import read_csv
from remembrain.survey.published.excel import read_workbook
from remembrain.survey.published.fitting import Fitted, fit
from remembrain.survey.published.grid import Grid, parts_of
from remembrain.survey.published.json_stat import read_json_tables
from remembrain.survey.published.meaning import Understood, understand_rows
from remembrain.survey.published.melting import melted
from remembrain.survey.published.p_beside import p_values_fit, take_p_values
from remembrain.survey.published.regional_cells import ask_other_statistics, understand_regions
from remembrain.survey.published.sdmx_csv import is_sdmx, read_sdmx
from remembrain.survey.published.table_one import is_table_one, understand_table_one
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.tables_csv import file_names

_TEXT, _BOOKS, _JSON = (".csv", ".tsv", ".txt", ".tab"), (".xlsx", ".xlsm"), (".json", ".jsonstat")
FORMS = (*_TEXT, *_BOOKS, *_JSON)
"""Endings of files of tables."""


@dataclass(frozen=True)
class Rules:
    """What is public of how tables were made: protection, blur, whether shares are weighted, and of how many people.

    ``people`` is None where that is not said; ``about`` so many they are then taken for, where a table does not tell.
    """

    protection: Protection = field(default_factory=Protection)
    blur: Blur = field(default_factory=Blur)
    weighted: bool = False
    largest_weight: float = 1.0
    people: float | None = None
    about: float = np.nan


def read_published(
    path: Path, layout: Layout, questions: Sequence[Question], rules: Rules | None = None
) -> tuple[Published, list[str]]:
    """Read tables that somebody published.

    Parameters
    ----------
    path
        A file, or a folder of files.
    layout
        The tables of the release.
    questions
        All questions that are known, of other tables too.
    rules
        How they were made, as is public.

    Returns
    -------
    published, notes
        Numbers by cell, NaN where none is told, with the variance that blur beside protection adds to shares; and what
        was understood or left out, a line each.

    Raises
    ------
    ProblemsError
        With everything that cannot be used or contradicts itself.
    DataError
        Where there is no file of tables, or one cannot be read at all.
    """
    rules = rules or Rules()
    scale = noise_scale(layout, rules.protection) * rules.largest_weight
    slack = slack_of(rules.protection, rules.blur, scale)
    vocabulary = Vocabulary(tuple(questions))
    understood = Understood()
    tables = dict(zip(file_names(layout), (table.name for table in layout.tables), strict=True))
    for file in _files(path, understood):
        before = len(understood.cells)
        _understand(file, layout, vocabulary, rules.blur, understood)
        of_file, table = understood.cells[before:], tables.get(file.name, "")
        understood.cells[before:] = [replace(cells, table=cells.table or table) for cells in of_file]
    if not (slack.blurred or rules.weighted):
        p_values_fit(layout, understood)
    take_p_values(layout, understood)
    fitted = fit(layout, understood, slack, rules.blur, weighted=rules.weighted)
    fitted = settle(layout, fitted, slack, understood, weighted=rules.weighted, people=rules.people)
    if wrong := [problem for problem in understood.problems if problem.fatal]:
        unused = [problem for problem in understood.problems if "not used" in problem.what and not problem.fatal]
        lacks = bool(understood.lost) or any(problem.where == "tables" for problem in wrong)  # it may stand there
        raise ProblemsError(
            [*wrong, *(unused if lacks else ())], where=path, try_next="docs/survey.md says how tables are read"
        )
    if np.isnan(fitted.share).all():
        raise DataError("publish no number", where=path, expected="tables with shares or means")
    notes = [Problem(one.where, one.what, fatal=False) for one in understood.problems]
    return _published(layout, fitted, slack, rules), in_groups(notes)


def _files(path: Path, understood: Understood) -> list[Path]:
    """Return the files of tables, in order."""
    if path.is_file():
        if path.suffix.lower() not in FORMS:
            raise DataError("is no file of tables that can be read", where=path, expected=f"one of {', '.join(FORMS)}")
        return [path]
    if not path.is_dir():
        raise DataError("no such file or folder", where=path, expected="tables that were published")
    every = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith((".", "~$")))
    files = [file for file in every if file.suffix.lower() in FORMS]
    if others := [file.name for file in every if file not in files]:
        understood.note(path.name, f"files that are not read: {few(others)}")
    if not files:
        raise DataError("holds no tables", where=path, expected=f"files that end in one of {', '.join(FORMS)}")
    return files


def _understand(path: Path, layout: Layout, vocabulary: Vocabulary, blur: Blur, understood: Understood) -> None:
    """Add the cells of every table of a file."""
    used = frozenset(one.name for table in layout.tables for one in (*table.asked, *table.questions))
    by = tuple(dict.fromkeys(one.name for table in layout.tables for one in table.within))
    ending = path.suffix.lower()
    if ending in _JSON:
        for long in read_json_tables(path):
            understand_rows(long, vocabulary, used, understood)
        return
    grids: list[Grid] = read_workbook(path) if ending in _BOOKS else [read_csv(path)]
    for grid in grids:
        printed = is_table_one(grid, vocabulary, by)
        if is_sdmx(grid):
            rows = read_sdmx(grid, understood.problems)
        elif understand_regions(grid, vocabulary, layout, blur, understood, elsewhere=printed):
            continue
        elif printed:
            understand_table_one(grid, vocabulary, used, by, understood)
            continue
        else:
            ask_other_statistics(grid, layout, understood)
            rows = [
                long for part in parts_of(grid, vocabulary) for long in melted(part, vocabulary, understood.problems)
            ]
        for long in rows:
            understand_rows(long, vocabulary, used, understood)


def _published(layout: Layout, fitted: Fitted, slack: Slack, rules: Rules) -> Published:
    """Return what was published.

    A count that is off by a variance v, over a base that is off by itself, makes a share s off by v (1 + s^2) / base^2.
    The last place h of shares, where one person would not show in it, and of numbers of people's measures makes them
    off by h^2 / 12. A mean in which zeros may have been cut is taken for one of fewer places where something is to be
    certain; of people who are not counted exactly no mean is.
    """
    counts = np.arange(layout.n_cells) < layout.n_counts
    base = np.where(np.isfinite(fitted.base), fitted.base, rules.people or rules.about)
    place = last_places(fitted, counts)
    s = np.clip(np.nan_to_num(fitted.share), 0.0, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        blur = np.where(counts & (base > 0), slack.variance * (1 + s**2) / base**2, 0.0)
        coarse = place * base >= 2
    blur = blur + np.where(coarse, place**2 / 12, 0.0)
    blur = np.where(counts, blur, finest_places(layout, fitted) ** 2 / 3)
    half = np.inf if slack.blurred else fitted.own
    return Published(
        fitted.count, fitted.share, fitted.base, blur, float(place.max(initial=0.0)), np.where(counts, 0.0, half)
    )
