"""Tables of a release of which nothing was published: some may lack where others say as much of the same people."""

from __future__ import annotations

from collections.abc import Sequence

from remembrain._text import few
from remembrain.survey.layout import Layout, Table
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.titles import table_title


def say_missing(missing: Sequence[Table], layout: Layout, understood: Understood) -> None:
    """Ask for tables that lack; of everybody where there are groups, and of a quantile where there are others, tell it.

    Parameters
    ----------
    missing
        Tables of which no number is told.
    layout
        All of the release.
    understood
        Gets what is to be said.
    """
    told = [table for table in layout.tables if table.within and table not in missing]
    by_group = {_key(table) for table in told}
    alone = [table for table in missing if not table.within and _key(table) in by_group]
    others = {(table.questions, table.within) for table in layout.tables if table.level and table not in missing}
    levels = [table for table in missing if table.level and (table.questions, table.within) in others]
    if alone:
        listed = few((table_title(table) for table in alone), 5, most_letters=80)
        understood.note("tables", f"no table of everybody of {listed}: those by group are used alone")
    if levels:
        listed = few((table_title(table) for table in levels), 5, most_letters=80)
        understood.note("tables", f"no table of {listed}: the other quantiles are used without it")
    if asked := [table for table in missing if table not in (*alone, *levels) and not _is_lost(table, understood)]:
        listed = few((table_title(table) for table in asked), 10, most_letters=80)
        understood.ask("tables", f"no table of {listed}: add what is missing, or take it out of [release]")


def _is_lost(table: Table, understood: Understood) -> bool:
    """Tell whether it was asked about already."""
    names = [question.name for question in (*table.questions, *table.within)]
    return any((kind, name) in understood.lost for kind in ("", table.kind) for name in names)


def _key(table: Table) -> tuple[object, ...]:
    """Return what a table has in common with that of everybody."""
    return table.kind, table.questions, table.level, table.between
