"""One release as offices publish it, in several forms: rows of CSV, sheets, cubes of JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from remembrain.survey.layout import Layout, Table
from remembrain.survey.protection import Published
from remembrain.survey.tables_csv import write_tables

Rows = list[list[str]]


def people_and_shares(published: Published, table: Table) -> tuple[np.ndarray, np.ndarray]:
    own = slice(table.start, table.stop)
    return published.count[own].reshape(table.sizes), published.share[own].reshape(table.sizes)


def of_questions(layout: Layout) -> Iterator[Table]:
    return (table for table in layout.tables if table.kind != "mean" and not table.within)


def as_text(rows: Sequence[Sequence[object]], separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


def margins(
    layout: Layout, published: Published, *, n: bool = True, percent: str = "%", total: bool = True, codes: bool = False
) -> Rows:
    """Every margin in one list, a row a level; no percentages where their heading is empty."""
    rows: Rows = [["variable", "level", *(["n"] * n), *([percent] if percent else [])]]
    for table in of_questions(layout):
        if table.kind == "margin":
            (question,) = table.questions
            count, share = people_and_shares(published, table)
            named = [*(question.levels if codes else question.titles), *(["Total"] * total)]
            for title, one, part in zip(named, [*count, count.sum()], [*share, 1.0], strict=False):
                told = [f"{100 * part:.1f}"] if percent else []
                rows.append([question.name, title, *([f"{one:.0f}"] * n), *told])
    return rows


def wide(published: Published, table: Table) -> Rows:
    """A cross-tab with headings over headings, totals on both sides, a title above and notes below."""
    count, share = (np.pad(one, (0, 1)) for one in people_and_shares(published, table))
    for one in (count, share):
        one[-1] = one.sum(axis=0)
        one[:, -1] = one.sum(axis=1)
    down, across = table.questions
    heads = [*across.titles, "Total"]
    rows: Rows = [
        [f"Table 1. Who said what, {down.name} and {across.name}"],
        [],
        ["", across.name, *[""] * (2 * len(heads) - 1)],
        ["", *(text for head in heads for text in (head, ""))],
        [down.name, *["n", "%"] * len(heads)],
    ]
    for title, people, parts in zip([*down.titles, "Total"], count, share, strict=True):
        told = (text for one, part in zip(people, parts, strict=True) for text in (f"{one:.0f}", f"{100 * part:.1f}"))
        rows.append([title, *told])
    return [*rows, [], ["Source: the survey, and nothing else"], ["1 rounded to one decimal"]]


def write_csv(layout: Layout, published: Published, folder: Path) -> None:
    folder.mkdir()
    (folder / "margins.csv").write_text(as_text(margins(layout, published)))
    for table in of_questions(layout):
        if table.kind == "crosstab":
            (folder / f"{table.name} wide.csv").write_text(as_text(wide(published, table)))


def cube(published: Published, table: Table) -> dict:
    """A data set of JSON-stat 2, with a dimension of what is told."""
    dimension = {
        one.name: {"category": {"index": list(one.levels), "label": dict(zip(one.levels, one.titles, strict=True))}}
        for one in table.questions
    }
    told = {"index": {"N": 0, "PC": 1}, "label": {"N": "Persons", "PC": "Per cent"}}
    count, share = people_and_shares(published, table)
    return {
        "class": "dataset",
        "version": "2.0",
        "label": "What people answered",
        "id": [*dimension, "contents"],
        "size": [*table.sizes, 2],
        "role": {"metric": ["contents"]},
        "dimension": {**dimension, "contents": {"category": told}},
        "value": np.stack([count, np.round(100 * share, 1)], axis=-1).ravel().tolist(),
    }


def write_json_stat(layout: Layout, published: Published, folder: Path) -> None:
    folder.mkdir()
    items = [cube(published, table) for table in of_questions(layout)]
    text = json.dumps({"version": "2.0", "class": "collection", "link": {"item": items}})
    (folder / "all.json").write_text(text)


def write_pxweb(layout: Layout, published: Published, folder: Path) -> None:
    folder.mkdir()
    for table in of_questions(layout):
        count, share = people_and_shares(published, table)
        named = [{"code": one.name, "text": one.name, "type": "d"} for one in table.questions]
        told = [{"code": "n", "text": "Persons", "type": "c"}, {"code": "pc", "text": "Percent", "type": "c"}]
        data = [
            {
                "key": [one.levels[place] for one, place in zip(table.questions, at, strict=True)],
                "values": [f"{count[at]:.0f}", f"{100 * share[at]:.1f}"],
            }
            for at in np.ndindex(table.sizes)
        ]
        (folder / f"{table.name}.json").write_text(json.dumps({"columns": [*named, *told], "data": data}))


def sdmx_rows(layout: Layout, published: Published) -> Rows:
    every = list(dict.fromkeys(one.name for table in of_questions(layout) for one in table.questions))
    rows: Rows = [["DATAFLOW", *every, "UNIT_MEASURE", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"]]
    for table in of_questions(layout):
        count, share = people_and_shares(published, table)
        for at in np.ndindex(table.sizes):
            key = {
                one.name: f"{one.levels[place]}: {one.titles[place]}"
                for one, place in zip(table.questions, at, strict=True)
            }
            before = [f"OFFICE:{table.name}(1.0)", *(key.get(name, "") for name in every)]
            rows.append([*before, "PS: Persons", "2020", f"{count[at]:.0f}", "A"])
            rows.append([*before, "PT: Percentage", "2020", f"{100 * share[at]:.1f}", "A"])
    return rows


def write_sdmx(layout: Layout, published: Published, folder: Path) -> None:
    folder.mkdir()
    (folder / "sdmx.csv").write_text(as_text(sdmx_rows(layout, published)))


def write_excel(layout: Layout, published: Published, folder: Path) -> None:
    """A sheet a table; a level stands once above its rows, percentages are shares shown with a sign."""
    import openpyxl

    folder.mkdir()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in of_questions(layout):
        sheet = book.create_sheet(table.name[:31])
        sheet.append([f"What people answered: {table.name}"])
        sheet.append([])
        sheet.append([*(one.name for one in table.questions), "Number", "Percent"])
        count, share = people_and_shares(published, table)
        before: str | None = None
        for at in np.ndindex(table.sizes):
            titles: list[str | None] = [one.titles[place] for one, place in zip(table.questions, at, strict=True)]
            if len(titles) > 1:
                titles[0], before = (None if titles[0] == before else titles[0]), titles[0]
            sheet.append([*titles, int(count[at]), float(share[at])])
            sheet.cell(sheet.max_row, len(titles) + 2).number_format = "0.0%"
        sheet.append([])
        sheet.append(["* of those who answered"])
    book.save(folder / "tables.xlsx")


FORMS: dict[str, Callable[[Layout, Published, Path], object]] = {
    "as this program writes them": write_tables,
    "CSV, long and wide": write_csv,
    "Excel": write_excel,
    "JSON-stat": write_json_stat,
    "PxWeb": write_pxweb,
    "SDMX-CSV": write_sdmx,
}
