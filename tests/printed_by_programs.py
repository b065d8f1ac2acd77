"""One release as the everyday programs print it, with parts of cells in columns or rows of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from printed_table_one import SCHOOL, SEX, SMOKES, people_of_a_study, released, rounded
from published_forms import Rows
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Plan
from remembrain.survey.protection import Published

ANSWERS = people_of_a_study(200)
_MEANS = {"means": ("age", "bmi"), "sds": ("age", "bmi")}
PLANS = {
    "means": Plan((), by=("group",), **_MEANS),
    "people": Plan(("sex", "smokes", "school"), by=("group",)),
    "quartiles": Plan((), quantiles=("age", "income"), by=("group",)),
    "both": Plan(("sex", "smokes", "school"), by=("group",), **_MEANS),
}
RELEASED: dict[str, tuple[Layout, Published]] = {}
for _name, _plan in PLANS.items():
    _layout, _exact = released(ANSWERS, _plan)
    RELEASED[_name] = _layout, rounded(_layout, _exact)
GROUPS = ("Overall", "Controls", "Patients")


def _numbers(kind: str, table: str) -> list[float]:
    layout, published = RELEASED[kind]
    own = [one for one in layout.tables if one.name in (table, f"{table}-by-group")]
    return [float(value) for one in own for value in published.share[one.start : one.stop]]


def _texts(kind: str, table: str) -> list[str]:
    return [f"{one:.1f}" for one in _numbers(kind, table)]


def _levels(question: Question) -> list[list[tuple[str, str]]]:
    """People and percentages, by level, of everybody and each group."""
    layout, published = RELEASED["people"]
    own = [one for one in layout.tables if one.name in (f"margin-{question.name}", f"margin-{question.name}-by-group")]
    count, share = (
        np.concatenate([numbers[one.start : one.stop] for one in own]).reshape(-1, len(question.levels)).T
        for numbers in (published.count, published.share)
    )
    return [[(f"{n:.0f}", f"{100 * part:.1f}") for n, part in zip(*level, strict=True)]
            for level in zip(count, share, strict=True)]  # fmt: skip


MEAN = {name: (_texts("means", f"mean-{name}"), _texts("means", f"sd-{name}")) for name in ("age", "bmi")}
QUARTILES = {
    name: [_texts("quartiles", f"quantile-{name}-{level}") for level in (0.25, 0.5, 0.75)] for name in ("age", "income")
}
LEVELS = {question.name: (question.titles, _levels(question)) for question in (SEX, SMOKES, SCHOOL)}
PEOPLE = [str(sum(int(level[place][0]) for level in LEVELS["sex"][1])) for place in range(3)]
HEADS = [f"{name} (n = {people})" for name, people in zip(GROUPS, PEOPLE, strict=True)]


def beside(*columns: Sequence[str]) -> list[str]:
    """Texts of several columns, those of each group together."""
    return [text for group in zip(*columns, strict=True) for text in group]


def spread(texts: Sequence[str], over: int = 2) -> list[str]:
    """Merged cells: each text, and blanks."""
    return [one for text in texts for one in (text, *[""] * (over - 1))]


def means(told: str = "") -> Rows:
    return [[f"{name.capitalize()}{told}", *beside(*MEAN[name])] for name in MEAN]


def people(told: str = "") -> Rows:
    rows: Rows = []
    for name, (titles, levels) in LEVELS.items():
        rows.append([f"{name.capitalize()}{told}", *[""] * 6])
        rows += [
            [f"  {title}", *[text for pair in level for text in pair]]
            for title, level in zip(titles, levels, strict=True)
        ]
    return rows


def cells(rows: Rows, shape: str = "{} ({})") -> Rows:
    """Two columns of a group as one."""
    return [
        [row[0], *(shape.format(a, b) if a else "" for a, b in zip(row[1::2], row[2::2], strict=True))] for row in rows
    ]


def quartiles(shape: str = "{1}, {2}, {3}") -> Rows:
    return [
        [name.capitalize(), *(shape.format("", *one) for one in zip(*three, strict=True))]
        for name, three in QUARTILES.items()
    ]


def below(*rows: tuple[str, str]) -> Rows:
    """Rows below the name of each number: a label, and the shape of its cells."""
    found: Rows = [["Characteristic", *HEADS]]
    for name, three in QUARTILES.items():
        found.append([name.capitalize(), "", "", ""])
        found += [[label, *(shape.format("", *one) for one in zip(*three, strict=True))] for label, shape in rows]
    return found


def in_columns_of_four() -> Rows:
    """Mean, standard deviation, people and percentage in columns of each group, as of a pivot table."""
    rows: Rows = [["", *[one for head in HEADS for one in [head] * 4]], ["", *["mean", "std", "n", "%"] * 3]]
    rows.append(["variable", *[""] * 12])
    rows += [[row[0], *beside(row[1::2], row[2::2], [""] * 3, [""] * 3)] for row in means()]
    return rows + [[row[0], *beside([""] * 3, [""] * 3, row[1::2], row[2::2])] for row in people()]


def arsenal() -> Rows:
    rows: Rows = [["", *HEADS, "p value"]]
    for name, pair in MEAN.items():
        rows += [[f"**{name}**", "", "", "", "0.001"], ["&nbsp;&nbsp;&nbsp;N-Miss", "0", "0", "0", ""]]
        rows.append(["&nbsp;&nbsp;&nbsp;Mean (SD)", *map("{} ({})".format, *pair), ""])
        rows.append(["&nbsp;&nbsp;&nbsp;Range", *["15.0 - 99.0"] * 3, ""])
    rows += [[row[0].replace("  ", "&nbsp;&nbsp;&nbsp;"), *row[1:], ""] for row in cells(people(), "{} ({}%)")]
    return rows


def finalfit() -> Rows:
    rows: Rows = [["label", "levels", *GROUPS], ["Total N (%)", "", *(f"{one} (100.0)" for one in PEOPLE)]]
    rows[1][3:] = [f"{one} ({100 * int(one) / int(PEOPLE[0]):.1f})" for one in PEOPLE[1:]]
    rows += [[name, "Mean (SD)", *map("{} ({})".format, *pair)] for name, pair in MEAN.items()]
    return rows + _with_levels()


def _with_levels() -> Rows:
    return [
        [name * (place == 0), title, *("{} ({})".format(*pair) for pair in level)]
        for name, (titles, levels) in LEVELS.items()
        for place, (title, level) in enumerate(zip(titles, levels, strict=True))
    ]


def tableone_of_python() -> Rows:
    rows: Rows = [["", "", *["Grouped by group"] * 4], ["", "", "Missing", *GROUPS], ["n", "", "", *PEOPLE]]
    rows += [[f"{name}, mean (SD)", "", "0", *map("{} ({})".format, *pair)] for name, pair in MEAN.items()]
    return rows + [[f"{row[0]}, n (%)" * bool(row[0]), row[1], "", *row[2:]] for row in _with_levels()]


def tableone_of_r() -> Rows:
    rows: Rows = [["", "level", *GROUPS, "p", "test", "SMD"], ["n", "", *PEOPLE, "", "", ""]]
    rows += [
        [f"{name} (mean (SD))", "", *map("{} ({})".format, *pair), "<0.001", "", "0.4"] for name, pair in MEAN.items()
    ]
    return rows + [[f"{row[0]} (%)" * bool(row[0]), *row[1:], "", "", ""] for row in _with_levels()]


def compare_groups() -> Rows:
    rows: Rows = [["", "[ALL]", *GROUPS[1:], "p.overall", "N"], ["", *(f"N={one}" for one in PEOPLE), "", ""]]
    rows += [[name, *map("{} ({})".format, *pair), "<0.001", "198"] for name, pair in MEAN.items()]
    rows += [[f"{row[0]}:" if not any(row[1:]) else row[0], *row[1:], "", ""] for row in cells(people(), "{} ({}%)")]
    return [*rows, ["Mean (SD) or n (%)", *[""] * 5]]


def gtsummary() -> Rows:
    heads = [f"**{name}**  \nN = {one}¹" for name, one in zip(GROUPS, PEOPLE, strict=True)]
    rows: Rows = [["**Characteristic**", *heads], *[[f"__{row[0]}__", *row[1:]] for row in cells(means())]]
    return [*rows, *cells(people(), "{} ({}%)"), ["¹ Mean (SD); n (%)", "", "", ""]]


def spss() -> Rows:
    rows: Rows = [["", "", *spread(["Total", "group", ""], 4)], ["", "", *spread(["", *GROUPS[1:]], 4)]]
    rows.append(["", "", *["Mean", "Standard Deviation", "Count", "Column N %"] * 3])
    rows += [[row[0], "", *beside(row[1::2], row[2::2], [""] * 3, [""] * 3)] for row in means()]
    for name, (titles, levels) in LEVELS.items():
        for place, (title, level) in enumerate(zip(titles, levels, strict=True)):
            two = [[n for n, _ in level], [f"{part}%" for _, part in level]]
            rows.append([name * (place == 0), title, *beside([""] * 3, [""] * 3, *two)])
    return rows
