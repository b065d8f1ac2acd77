"""Published tables from end to end: one release in six forms is the same, and a mutated file is never misread."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from made_survey import made, published_of
from published_forms import FORMS, Rows, as_text, margins, of_questions, wide
from remembrain.errors import DataError, ProblemsError, RemembrainError
from remembrain.record.table_settings import Blur, Protection
from remembrain.survey.layout import Layout, Plan, lay_out
from remembrain.survey.protection import Published
from remembrain.survey.published.reading import Rules, read_published

ANSWERS = made(150, levels=(2, 3, 4, 2), numbers=1)
QUESTIONS = (*ANSWERS.categorical, *ANSWERS.numeric)
LAYOUT = lay_out(Plan("all", (("q0", "q1"),)), ANSWERS, "[release]")
TRUE = published_of(LAYOUT, ANSWERS)
CROSS = next(table for table in of_questions(LAYOUT) if table.kind == "crosstab")


def read(
    folder: Path, files: dict[str, str], rules: Rules | None = None, layout: Layout = LAYOUT
) -> tuple[Published, list[str]]:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_published(folder, layout, QUESTIONS, rules)


def complaints(folder: Path, files: dict[str, str], rules: Rules | None = None) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        read(folder, files, rules)
    return [str(one) for one in raised.value.problems if one.fatal]


@pytest.mark.parametrize("form", FORMS)
def test_a_release_is_the_same_in_every_form(tmp_path: Path, form: str) -> None:
    if form == "Excel":
        pytest.importorskip("openpyxl", reason="the extra excel is not installed")
    FORMS[form](LAYOUT, TRUE, tmp_path / "t")
    found, notes = read_published(tmp_path / "t", LAYOUT, QUESTIONS)
    for name in ("count", "share", "base"):
        np.testing.assert_allclose(getattr(found, name), getattr(TRUE, name), atol=1e-9)
    assert (notes, found.step) == ([], 0.0)
    assert not found.blur.any()


# Mutated files

WHOLE = margins(LAYOUT, TRUE)
WIDE = wide(TRUE, CROSS)
COUNTS, PERCENTS = margins(LAYOUT, TRUE, percent=""), margins(LAYOUT, TRUE, n=False)
OPEN = margins(LAYOUT, TRUE, total=False)


def at(rows: Rows, row: int, column: int, change: str | Callable[[str], str]) -> Rows:
    """The rows with one cell of another text."""
    copy = [list(one) for one in rows]
    copy[row][column] = change(copy[row][column]) if callable(change) else change
    return copy


def each(rows: Rows, change: Callable[[int, list[str]], list[str]]) -> Rows:
    return [change(place, list(row)) for place, row in enumerate(rows)]


def without(rows: Rows, *places: int) -> Rows:
    return [row for place, row in enumerate(rows) if place not in places]


def hidden(rows: Rows, mark: str, *places: int) -> Rows:
    return [[*row[:2], *[mark] * (len(row) - 2)] if place in places else row for place, row in enumerate(rows)]


def parted(with_total: bool) -> Rows:
    rows = [["region", *WHOLE[0]]]
    for name, level, n, percent in WHOLE[1:]:
        half = int(n) // 2
        rows += [["north", name, level, str(half), percent], ["south", name, level, str(int(n) - half), percent]]
        rows += [["Total", name, level, n, percent]] * with_total
    return rows


def with_no_answer() -> Rows:
    """Ten more people gave no answer, and percentages are of all."""
    rows = [WHOLE[0]]
    for name, level, n, _ in WHOLE[1:]:
        if level == "Total":
            rows += [[name, "Don't know", "10", "6.3"], [name, "Total", "160", "100.0"]]
        else:
            rows.append([name, level, n, f"{100 * int(n) / 160:.1f}"])
    return rows


SAME: dict[str, tuple[Rows | str, Rows]] = {
    "percentages alone": (PERCENTS, WIDE),
    "percentages without totals": (without(PERCENTS, 3, 7, 12, 15), WIDE),
    "percentages under shares": (each(PERCENTS, lambda p, r: [*r[:2], "share"] if not p else r), WIDE),
    "shares under percentages": (
        each(PERCENTS, lambda p, r: [*r[:2], f"{float(r[2]) / 100:.3f}"] if p else r),
        WIDE,
    ),
    "percentages under nothing": (each(PERCENTS, lambda p, r: [*r[:2], "value"] if not p else r), WIDE),
    "percentages with signs": (each(PERCENTS, lambda p, r: [*r[:2], f"{r[2]}%" if p else "value"]), WIDE),
    "counts alone": (COUNTS, WIDE),
    "counts without totals": (margins(LAYOUT, TRUE, percent="", total=False), WIDE),
    "codes of levels": (margins(LAYOUT, TRUE, codes=True), WIDE),
    "semicolons": (as_text(WHOLE, ";"), WIDE),
    "decimal commas": (as_text(each(WHOLE, lambda _, r: [c.replace(".", ",") for c in r]), ";"), WIDE),
    "one cell hidden by c": (hidden(WHOLE, "c", 4), WIDE),
    "two cells hidden by ..": (hidden(WHOLE, "..", 4, 5), WIDE),
    "cells hidden by -": (hidden(WHOLE, "-", 4), WIDE),
    "cells hidden by :": (hidden(WHOLE, ":", 4), WIDE),
    "cells hidden by <5": (hidden(WHOLE, "<5", 4), WIDE),
    "cells hidden by x": (hidden(WHOLE, "x", 8, 9), WIDE),
    "cells hidden by [c]": (hidden(WHOLE, "[c]", 4), WIDE),
    "empty cells": (hidden(WHOLE, "", 4), WIDE),
    "marks of footnotes": (at(at(WHOLE, 4, 2, lambda n: f"{n}*"), 4, 3, lambda n: f"{n} [u]"), WIDE),
    "rows between": ([row for one in WHOLE for row in (one, *[[]] * (one[1] == "Total"))], WIDE),
    "a title above": ([["Table 3: what people answered"], [], *WHOLE], WIDE),
    "notes below": ([*WHOLE, [], ["Source: the survey"], ["* a note, with a comma"]], WIDE),
    "standard errors": (each(WHOLE, lambda p, r: [*r, "0.4" if p else "SE"]), WIDE),
    "intervals": (each(WHOLE, lambda p, r: [*r, "40-45" if p else "95% CI"]), WIDE),
    "a constant column": (each(WHOLE, lambda p, r: ["2020" if p else "year", *r]), WIDE),
    "another question's totals": (parted(with_total=True), WIDE),
    "no answer among the rows": (with_no_answer(), WIDE),
    "upper case": (each(WHOLE, lambda _, r: [c.upper() for c in r]), WIDE),
    "blanks": (each(WHOLE, lambda _, r: [f"\u00a0{c} " for c in r]), WIDE),
    "questions above their rows": (
        each(WHOLE, lambda p, r: r if p < 2 or WHOLE[p - 1][0] != r[0] else ["", *r[1:]]),
        WIDE,
    ),
    "people with percentages in one cell": (
        each(WHOLE, lambda p, r: [*r[:2], f"{r[2]} ({r[3]}%)" if p else "n (%)"]),
        WIDE,
    ),
    "a base below percentages": ([*without(PERCENTS, 3), ["q0", "Base", "150"]], WIDE),
    "the wide table of percentages with a base": (
        WHOLE,
        [
            ["q0", *CROSS.questions[1].titles, "Total"],
            *([row[0], *row[2::2]] for row in WIDE[5:7]),
            ["N", *WIDE[7][1::2]],
        ],
    ),
    "the wide table without its question": (WHOLE, without(WIDE, 2)),
    "the wide table of people alone": (WHOLE, each(WIDE, lambda _, r: [r[0], *r[1::2]] if len(r) > 2 else r)),
}
REFUSED: dict[str, tuple[Rows | str, Rows, str]] = {
    "a digit in a count": (
        at(WHOLE, 1, 2, lambda n: str(int(n) + 10)),
        WIDE,
        "counts add up to 160, and their total is 150",
    ),
    "a digit in a percentage": (at(WHOLE, 1, 3, lambda n: f"{float(n) + 10:.1f}"), WIDE, "add up to 110"),
    "a digit in a total": (at(WHOLE, 3, 2, "157"), WIDE, "counts add up to 150, and their total is 157"),
    "percentages of something else": (at(at(WHOLE, 1, 3, "20.0"), 2, 3, "80.0"), WIDE, "and 20 % stands beside it"),
    "a row that is lost, of counts": (
        without(margins(LAYOUT, TRUE, percent="", total=False), 1),
        WIDE,
        "neither is a total",
    ),
    "a row twice": ([*WHOLE[:2], *WHOLE[1:]], WIDE, "stands twice (again in margins.csv line 3)"),
    "a level misspelt": (at(WHOLE, 1, 1, "q0:zero"), WIDE, "line 2: 'q0:zero' is no level of q0"),
    "a level too many": ([*WHOLE[:2], ["q0", "q0:9", "0", "0.0"], *WHOLE[2:]], WIDE, "'q0:9' is no level of q0"),
    "a table that is lost": (without(WHOLE, *range(8, 13)), WIDE, "tables: no table of q2"),
    "a word in place of a number": (at(WHOLE, 4, 2, "about 30"), WIDE, "line 5: 'about 30' below 'n' is no number"),
    "a letter in place of a digit": (at(WHOLE, 4, 2, "5O"), WIDE, "'5O' below 'n' is no number"),
    "no finite number": (at(WHOLE, 1, 3, "inf"), WIDE, "'inf' below '%' is no number"),
    "a negative count": (at(WHOLE, 1, 2, lambda n: f"-{n}"), WIDE, "a count of -"),
    "a percentage above 100": (at(WHOLE, 1, 3, "640.0"), WIDE, "add up to 712.7; expected 1 or 100"),
    "people under percentages": (
        each(COUNTS, lambda p, r: [*r[:2], "%"] if not p else r),
        WIDE,
        "add up to 150; expected 1 or 100",
    ),
    "percentages under people": (
        each(PERCENTS, lambda p, r: [*r[:2], "n"] if not p else r),
        WIDE,
        "is no whole number",
    ),
    "whole percentages under nothing": (
        each(PERCENTS, lambda p, r: [*r[:2], f"{float(r[2]):.0f}" if p else "value"]),
        WIDE,
        "cannot be told",
    ),
    "columns exchanged": (
        each(WHOLE, lambda p, r: [*r[:2], r[3], r[2]] if p else r),
        WIDE,
        "add up to 150; expected 1 or 100",
    ),
    "parted by region": (parted(with_total=False), WIDE, "region parts its cells further"),
    "rounded without a word": (
        each(WHOLE, lambda p, r: [*r[:2], str(5 * round(int(r[2]) / 5)), r[3]] if p else r),
        WIDE,
        "stands beside it",
    ),
    "tables that contradict each other": (
        WHOLE,
        each(WIDE, lambda p, r: [str(2 * int(c)) if c.isdigit() and p > 4 else c for c in r]),
        "people in the table of q0",
    ),
    "a level lost from a heading": (WHOLE, at(WIDE, 3, 3, ""), "stands twice"),
    "an empty file": ("", WIDE, ""),
    "a heading alone": ([WHOLE[0]], WIDE, "no table of q2 and q3|no table of q2, q3"),
    "a heading lost": (WHOLE[1:], WIDE, ""),
    "a heading in the middle": ([*WHOLE[:4], WHOLE[0], *WHOLE[4:]], WIDE, "'n' below 'n' is no number"),
    "cut off": (as_text(WHOLE)[:-30], WIDE, ""),
    "a web page": ("<html><body>log in</body></html>", WIDE, ""),
    "two scales": (
        each(WHOLE, lambda p, r: [*r[:3], f"{float(r[3]) / 100:.3f}"] if p and r[0] == "q1" else r),
        WIDE,
        "stands beside it",
    ),
}


def files(rows: Rows | str, cross: Rows) -> dict[str, str]:
    return {"margins.csv": rows if isinstance(rows, str) else as_text(rows), "wide.csv": as_text(cross)}


@pytest.mark.parametrize("name", SAME)
def test_a_file_that_says_the_same_otherwise_is_read_so(tmp_path: Path, name: str) -> None:
    found, _ = read(tmp_path, files(*SAME[name]))
    told = np.isfinite(found.share)
    np.testing.assert_allclose(found.share[told], TRUE.share[told], atol=0.0011 if "no answer" in name else 0.00051)
    assert (~told).sum() <= 2
    assert np.isin(found.base[np.isfinite(found.base)], 150).all()


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_does_not_go_together_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    rows, cross, message = REFUSED[name]
    with pytest.raises(RemembrainError) as raised:
        read(tmp_path, files(rows, cross))
    assert re.search(message if "|" in message else re.escape(message), str(raised.value)), raised.value


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    rows = at(at(at(WHOLE, 3, 2, "157"), 5, 1, "other"), 9, 3, "many")
    parts = (
        "total is 157",
        "'other' is no level of q1",
        "'many' below '%'",
        "is of 157 people, and group_size says 100",
    )
    said = complaints(tmp_path, files(rows, WIDE), Rules(people=100))
    assert [sum(part in one for one in said) for part in parts] == [1] * 4
    assert len(said) == 4


def test_of_so_many_people_as_took_part_nothing_is_said(tmp_path: Path) -> None:
    assert read(tmp_path, files(WHOLE, WIDE), Rules(people=150))[1] == []


def test_percentages_of_rows_and_of_columns_stand_in_one_table(tmp_path: Path) -> None:
    layout = lay_out(Plan(("q0",), (("q0", "q1"),), by=("q1",)), ANSWERS, "[release]")
    true = published_of(layout, ANSWERS)
    table = next(one for one in layout.tables if one.kind == "crosstab")
    count = true.count[table.start : table.stop].reshape(table.sizes)
    rows = [["q0", "q1", "Row %", "Column %", "Total %"]]
    for down, across in np.ndindex(table.sizes):
        one = count[down, across]
        parts = (one / of for of in (count[down].sum(), count[:, across].sum(), count.sum()))
        titles = (question.titles[place] for question, place in zip(table.questions, (down, across), strict=True))
        rows.append([*titles, *(f"{100 * part:.1f}" for part in parts)])
    found, _ = read(tmp_path, {"t.csv": as_text(rows), "m.csv": as_text(COUNTS[:4])}, layout=layout)
    np.testing.assert_allclose(found.share, true.share, atol=0.00051)


# What is declared


def test_rounding_that_is_declared_lets_sums_be_off_and_blurs_shares(tmp_path: Path) -> None:
    rows = each(COUNTS, lambda p, r: [*r[:2], str(3 * round(int(r[2]) / 3))] if p else r)
    cross = each(
        WIDE, lambda p, r: [r[0], *(str(3 * round(int(c) / 3)) if p > 4 else c for c in r[1::2])] if len(r) > 2 else r
    )
    found, _ = read(tmp_path, files(rows, cross), Rules(blur=Blur(random_round_to=3)))
    share = found.share
    np.testing.assert_allclose(found.blur, (3**2 - 1) / 6 * (1 + share**2) / 150**2, rtol=0.05)
    assert complaints(tmp_path, files(rows, cross))
    found, _ = read(tmp_path, files(rows, cross), Rules(Protection(round_to=3)))
    assert not found.blur.any()  # which is added where all rules of protection are


ALONE = lay_out(Plan(("q0",)), ANSWERS, "[release]")


@pytest.mark.parametrize("mark", [None, "-", "c"])
def test_a_cell_for_which_nothing_is_left_is_empty_unless_counts_are_blurred(tmp_path: Path, mark: str | None) -> None:
    rows = [["q0", "n"], *([["q0:0", mark]] if mark else []), ["q0:1", "150"], ["Total", "150"]]
    found, _ = read(tmp_path, {"t.csv": as_text(rows)}, layout=ALONE)
    assert found.share.tolist() == [0, 1]
    blurred, _ = read(tmp_path, {}, Rules(blur=Blur(perturbation_variance=1.0)), ALONE)
    np.testing.assert_array_equal(blurred.share, [np.nan, 1])
    assert (blurred.blur > 0).all()


def test_a_row_that_is_not_there_and_not_empty_is_not_told(tmp_path: Path) -> None:
    rows = [["q0", "n", "%"], ["q0:1", "109", "72.7"], ["Total", "150", "100.0"]]
    found, _ = read(tmp_path, {"t.csv": as_text(rows)}, layout=ALONE)
    np.testing.assert_allclose(found.share, [np.nan, 109 / 150])


def test_decimals_say_to_which_place_shares_are_told(tmp_path: Path) -> None:
    text = {"t.csv": "q0,%\nq0:0,25\nq0:1,75\n"}
    assert read(tmp_path, text, layout=ALONE)[0].step == pytest.approx(1e-2)
    assert read(tmp_path, text, Rules(blur=Blur(decimals=1)), ALONE)[0].step == pytest.approx(1e-3)
    said = complaints(tmp_path / "b", files(PERCENTS, WIDE), Rules(blur=Blur(decimals=0)))
    assert said == ["margins.csv: shares have 1 decimals, and 0 are declared"]


def test_the_last_place_of_a_mean_is_that_of_each_number_and_blurred_people_leave_none(tmp_path: Path) -> None:
    """What may have been cut of a number is not known, and neither how many it is of where counts are perturbed."""
    layout = lay_out(Plan(means="all", by=("q0",)), ANSWERS, "[release]")
    text = {"t.csv": "q0,n,mean n0\nq0:0,70,45.20\nq0:1,80,47.5\nTotal,150,46.43\n"}
    np.testing.assert_allclose(read(tmp_path, text, layout=layout)[0].half, [0.005, 0.005, 0.05])
    blurred, _ = read(tmp_path, text, Rules(blur=Blur(random_round_to=3)), layout)
    assert np.isinf(blurred.half).all()


def test_a_last_place_in_which_nobody_shows_blurs_shares(tmp_path: Path) -> None:
    found, _ = read(tmp_path, files(PERCENTS, WIDE), Rules(about=5000.0))
    alone = np.isnan(found.count)
    np.testing.assert_allclose(found.blur, np.where(alone, 1e-6 / 12, 0.0))


def test_a_unit_that_is_declared_is_taken(tmp_path: Path) -> None:
    rows = each(PERCENTS, lambda p, r: [*r[:2], f"{float(r[2]):.0f}" if p else "value"])
    found, _ = read(tmp_path, files(rows, WIDE), Rules(blur=Blur(unit="percent")))
    np.testing.assert_allclose(found.share, TRUE.share, atol=0.0051)


# Files


def test_a_file_alone_and_other_files_in_a_folder(tmp_path: Path) -> None:
    layout = lay_out(Plan("all"), ANSWERS, "[release]")
    (tmp_path / "margins.csv").write_text(as_text(WHOLE))
    found, _ = read_published(tmp_path / "margins.csv", layout, QUESTIONS)
    np.testing.assert_allclose(found.share, published_of(layout, ANSWERS).share)
    (tmp_path / "about.pdf").write_text("x")
    assert read_published(tmp_path, layout, QUESTIONS)[1] == [f"{tmp_path.name}: files that are not read: about.pdf"]


@pytest.mark.parametrize("name", ["none.csv", "t.pdf", "empty"])
def test_what_holds_no_tables_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.pdf").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"no such file or folder|is no file of tables|holds no tables"):
        read_published(tmp_path / name, LAYOUT, QUESTIONS)
