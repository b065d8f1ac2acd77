"""One release of regions in the forms in which papers print it: a row a region, whatever stands over the columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from made_regions import GROUPS, people, published
from remembrain.survey.layout import Layout, Plan
from remembrain.survey.protection import Published

PEOPLE = people(90, columns=5)
QUESTIONS = (*PEOPLE.categorical, *PEOPLE.numeric)
PLAN = Plan(means="all", sds="all", contrasts="all", contrast="group", by=("group",))
LAYOUT, TRUE = published(PEOPLE, PLAN)
REGIONS = [one.name for one in PEOPLE.numeric]


def number(name: str, level: int = 0, what: str = "share", *, layout: Layout = LAYOUT, told: Published = TRUE) -> str:
    """Return a number of a table as it is printed, with nine digits."""
    table = next(table for table in layout.tables if table.name == name)
    return f"{getattr(told, what)[table.start + level]:.9g}"


def row(region: str) -> dict[str, str]:
    """Return all that is published of a region, by the heading of a plain table."""
    found = {"region": region}
    for end, by, level in (("", "", 0), ("_control", "-by-group", 0), ("_patient", "-by-group", 1)):
        found[f"n{end}"] = number(f"mean-{region}{by}", level, "count")
        found[f"mean{end}"] = number(f"mean-{region}{by}", level)
        found[f"sd{end}"] = number(f"sd-{region}{by}", level)
    return {**found, "d": number(f"contrast-{region}-group")}


ROWS = [row(region) for region in REGIONS]

GROUPS_OF = (("All", ""), ("Controls", "_control"), ("Patients", "_patient"))


def as_csv(rows: Sequence[Mapping[str, str]], names: Mapping[str, str] | None = None, separator: str = ",") -> str:
    """Return rows as a file, with other headings where ``names`` has them."""
    heads = [(names or {}).get(name, name) for name in rows[0]]
    return "\n".join(separator.join(line) for line in (heads, *(list(one.values()) for one in rows))) + "\n"


def two_lines() -> str:
    """The group above mean, standard deviation and people; d behind them."""
    head = ["Structure,All,,,Controls,,,Patients,,,Effect\n", ",N,Mean,SD,N,Mean,SD,N,Mean,SD,Cohen's d\n"]
    return "".join(head) + as_csv(ROWS).partition("\n")[2]


def in_brackets() -> str:
    """Mean (SD) in one cell, how many people in the heading, and a title and a note around."""
    heads = [f"{name} (n = {ROWS[0][f'n{end}']})" for name, end in GROUPS_OF]
    lines = ["Table 2. Cortical thickness", "\t".join(["ROI", *heads, "d (patient - control) [95% CI]"])]
    lines.append("\tMean (SD)\tMean (SD)\tMean (SD)\t")
    for one in ROWS:
        cells = [f"{one[f'mean{end}']} ({one[f'sd{end}']})" for end in ("", "_control", "_patient")]
        lines.append("\t".join([one["region"], *cells, f"{one['d']} [-9.1, 9.2]"]))
    return "\n".join([*lines, "", "Note. All in mm.", ""])


def long() -> str:
    """A row a region and group."""
    rows = [
        {
            "roi": one["region"],
            "group": title,
            "n": one[f"n{end}"],
            "mean": one[f"mean{end}"],
            "sd": one[f"sd{end}"],
            "d": "" if end != "_patient" else one["d"],
        }
        for one in ROWS
        for title, end in (("all", ""), ("control", "_control"), ("patient", "_patient"))
    ]
    return as_csv(rows)


def workbook(path: Path) -> None:
    """Write the plain table as a sheet of Excel, numbers as such."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(ROWS[0]))
    for one in ROWS:
        sheet.append([float(value) if name != "region" else value for name, value in one.items()])
    book.save(path)


FORMS: dict[str, Callable[[], str]] = {
    "plain": lambda: as_csv(ROWS),
    "upper": lambda: as_csv(ROWS, {name: name.upper().replace("_", " ").replace("MEAN", "M") for name in ROWS[0]}),
    "semicolons": lambda: as_csv(
        [{name: text.replace(".", ",") for name, text in one.items()} for one in ROWS], None, ";"
    ),
    "turned": lambda: as_csv(
        [{**one, "d": f"{-float(one['d']):.9g}"} for one in ROWS], {"d": "d (controls - patients)"}
    ),
    "turned unsaid": lambda: as_csv([{**one, "d": f"{-float(one['d']):.9g}"} for one in ROWS]),
    "two lines": two_lines,
    "in brackets": in_brackets,
    "long": long,
}


def d_alone(heading: str, factor: float = 1.0, statistic: str = "d", *, n: bool = True) -> str:
    """Return a table of contrasts alone, with people."""
    layout, told = published(PEOPLE, Plan(contrasts="all", contrast="group", contrast_as=statistic))  # type: ignore[arg-type]
    found = []
    for one in ROWS:
        value = float(number(f"contrast-{one['region']}-group", layout=layout, told=told))
        people = {"n_control": one["n_control"], "n_patient": one["n_patient"]} if n else {}
        found.append({"region": one["region"], **people, heading: f"{factor * value:.12g}"})
    return as_csv(found)


def same(found: Published, true: Published = TRUE) -> None:
    """Insist on the same numbers in every cell."""
    for name in ("count", "share", "base"):
        np.testing.assert_allclose(getattr(found, name), getattr(true, name), rtol=1e-7, err_msg=name)
    assert GROUPS.titles == ("control", "patient")
