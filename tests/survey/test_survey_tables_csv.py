"""Published tables as files: what is written is read back, and a file that is not of the tables is named."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_survey import EVERYTHING, made, published_of
from remembrain.errors import DataError
from remembrain.record.table_settings import Protection
from remembrain.survey.columns import understand
from remembrain.survey.layout import Layout, Plan, Table, lay_out
from remembrain.survey.protection import Published
from remembrain.survey.published.reading import Rules, read_published
from remembrain.survey.tables_csv import write_tables

RULES = {
    "as they are": Protection(),
    "rounded": Protection(round_to=5),
    "suppressed": Protection(suppress_below=9),
    "with noise": Protection(noise_epsilon=20.0),
    "all of it": Protection(round_to=3, suppress_below=6, noise_epsilon=40.0, noise="gaussian"),
}


def read_tables(layout: Layout, folder: Path, rules: Protection | None = None, *, weighted: bool = False) -> Published:
    questions = {one.name: one for table in layout.tables for one in (*table.within, *table.questions)}
    said = Rules(rules or Protection(), weighted=weighted)
    return read_published(folder, layout, tuple(questions.values()), said)[0]


def tables(rules: Protection | None = None, **words) -> tuple[Layout, Published]:
    answers = made(150, numbers=2, missing=0.1, **words)
    layout = lay_out(EVERYTHING, answers, "[release]")
    return layout, published_of(layout, answers, rules)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_written_is_read_back(tmp_path: Path, rules: str, weighted: bool) -> None:
    layout, published = tables(RULES[rules], weighted=weighted)
    paths = write_tables(layout, published, tmp_path)
    assert sorted(paths) == sorted(tmp_path.iterdir())
    assert [path.stem for path in paths] == [table.name for table in layout.tables]
    found = read_tables(layout, tmp_path, RULES[rules], weighted=weighted)
    for name in ("share", "count", "base"):
        np.testing.assert_allclose(getattr(found, name), getattr(published, name), rtol=1e-9, equal_nan=True)
    assert np.isnan(found.share).any() == ("suppress" in rules or "all" in rules)
    np.testing.assert_array_equal(found.blur, 0)


def test_shares_are_told_to_the_coarsest_place_at_which_no_count_stands_beside_them(tmp_path: Path) -> None:
    layout, published = odd("a", "b")
    first, second = write_tables(layout, published, tmp_path)
    assert read_tables(layout, tmp_path).step == 0.0
    for path, shares in ((first, ("0.000", "1.000")), (second, ("0.12", "0.8799"))):
        heading = path.read_text().splitlines()[0].split(",")[0]
        rows = "".join(f"{title},{share}\n" for title, share in zip(("no", "yes"), shares, strict=True))
        path.write_text(f"{heading},share\n{rows}")
    assert read_tables(layout, tmp_path).step == pytest.approx(1e-3)


def test_a_file_has_a_row_a_cell_and_says_what_each_is_of(tmp_path: Path) -> None:
    layout, published = tables(RULES["suppressed"])
    write_tables(layout, published, tmp_path)
    by = pd.read_csv(tmp_path / "margin-q0-by-q2.csv")
    assert by.columns.tolist() == ["q2", "q0", "count", "share", "of"]
    assert by.iloc[:, :2].values.tolist() == [[f"q2:{two}", f"q0:{nought}"] for two in range(4) for nought in range(2)]
    table = next(one for one in layout.tables if one.name == "margin-q0-by-q2")
    np.testing.assert_allclose(by["count"], published.count[table.start : table.stop])
    assert pd.read_csv(tmp_path / "crosstab-q0-q1.csv").columns.tolist() == ["q0", "q1", "count", "share", "of"]
    assert pd.read_csv(tmp_path / "mean-n1.csv").columns.tolist() == ["count", "mean", "of"]
    assert pd.read_csv(tmp_path / "mean-n1-by-q2.csv").columns.tolist() == ["q2", "count", "mean", "of"]


def test_a_suppressed_cell_is_empty(tmp_path: Path) -> None:
    layout, published = tables(RULES["suppressed"])
    write_tables(layout, published, tmp_path)
    hidden = np.isnan(published.share)
    assert hidden.any()
    assert not hidden.all()
    for table in layout.tables:
        rows = [line.split(",") for line in (tmp_path / f"{table.name}.csv").read_text().splitlines()[1:]]
        assert [row[-3:-1] == ["", ""] for row in rows] == hidden[table.start : table.stop].tolist()


def test_nothing_of_a_suppressed_cell_stands_in_a_file(tmp_path: Path) -> None:
    """A mean is a block of its own, so the number of its block is that of the cell."""
    answers = made(80, numbers=1)
    answers.code[:, 2] = 1 + np.arange(80) % 3
    answers.code[:4, 2] = 0
    layout = lay_out(Plan(means=("n0",), by=("q2",)), answers, "[release]")
    write_tables(layout, published_of(layout, answers, Protection(suppress_below=5)), tmp_path)
    assert (tmp_path / "mean-n0-by-q2.csv").read_text().splitlines()[1] == "q2:0,,,"


def test_tables_of_another_release_do_not_stay(tmp_path: Path) -> None:
    layout, published = tables()
    write_tables(layout, published, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    fewer = Layout(layout.tables[:2])
    some = fewer.n_cells
    few = Published(*(getattr(published, name)[:some] for name in ("count", "share", "base", "blur")))
    write_tables(fewer, few, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["margin-q0-by-q2.csv", "margin-q0.csv", "notes.txt"]
    read_tables(fewer, tmp_path)
    with pytest.raises(DataError, match=r"tables: no table of q1, q1 by q2, q2, q0 and q1, "):
        read_tables(layout, tmp_path)


def odd(*names: str, titles: tuple[str, ...] = ("no", "yes")) -> tuple[Layout, Published]:
    """Margins of questions whose names and titles are as people write them."""
    asked = [
        understand(name, [], {"levels": dict(zip("12345", titles, strict=False))}, Path("dictionary.toml"))
        for name in names
    ]
    layout = Layout(tuple(Table("margin", (one,), (), place * len(titles)) for place, one in enumerate(asked)))
    first = 10.0 * (1 + np.arange(len(names)))
    count = np.column_stack([first, 100 - first, *[np.zeros(len(names))] * (len(titles) - 2)]).ravel()
    return layout, Published(count, count / 100, np.full(layout.n_cells, 100.0), np.zeros(layout.n_cells))


@pytest.mark.parametrize("name", ["how often?", "a/b", "../up", "größe", 'say "yes"', "a,b", "con"])
def test_a_question_of_any_name_makes_a_file(tmp_path: Path, name: str) -> None:
    layout, published = odd(name)
    paths = write_tables(layout, published, tmp_path / "release")
    assert [path.parent for path in paths] == [tmp_path / "release"]
    np.testing.assert_allclose(read_tables(layout, tmp_path / "release").share, published.share)


@pytest.mark.parametrize("titles", [("no, never", 'the "other"'), ("a;b", "c\td"), ("", "x"), ("größer als", "ja")])
def test_levels_of_any_title_are_read_back(tmp_path: Path, titles: tuple[str, str]) -> None:
    layout, published = odd("q", titles=titles)
    write_tables(layout, published, tmp_path)
    np.testing.assert_allclose(read_tables(layout, tmp_path).share, published.share)


@pytest.mark.parametrize("titles", [("=cmd|' /C calc'!A0", "+1+1"), ("@SUM(A1)", "-x"), ("-1", "+2"), ("a", "-1.5e3")])
def test_no_spreadsheet_takes_an_answer_for_a_formula(tmp_path: Path, titles: tuple[str, str]) -> None:
    layout, published = odd("=1+1", titles=titles)
    (path,) = write_tables(layout, published, tmp_path)
    for row in csv.reader(path.read_text().splitlines()):
        assert row[0][:1] not in "=+-@" or float(row[0])
    np.testing.assert_allclose(read_tables(layout, tmp_path).share, published.share)


@pytest.mark.parametrize("names", [("q 1", "q_1"), ("q?", "q!"), ("Sex", "sex")])
def test_two_tables_never_go_into_one_file(tmp_path: Path, names: tuple[str, str]) -> None:
    layout, published = odd(*names)
    paths = write_tables(layout, published, tmp_path)
    assert len(set(paths)) == 2
    np.testing.assert_allclose(read_tables(layout, tmp_path).share, published.share)


# Tables that somebody else wrote


def written(tmp_path: Path, lines: list[str], name: str = "crosstab-q0-q1") -> Layout:
    """All tables as they are, but one of them of these lines."""
    layout, published = tables()
    write_tables(layout, published, tmp_path)
    (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return layout


def cross_tab(**changed: str) -> list[str]:
    """A cross-tab of two questions; cells by their levels, as ``q00_q11="0.5"``."""
    rows = {f"q0{one}_q1{two}": f"q0:{one},q1:{two},0.1" for one in range(2) for two in range(3)}
    for cell, text in changed.items():
        rows[cell] = rows[cell].rsplit(",", 1)[0] + "," + text
    return ["q0,q1,share", *rows.values()]


def test_only_shares_have_to_be_there_in_any_order_of_rows_and_columns(tmp_path: Path) -> None:
    lines = cross_tab(q01_q12="0.5")
    moved = [",".join(line.split(",")[::-1]) for line in [lines[0], *lines[:0:-1]]]
    layout = written(tmp_path, moved)
    table = next(one for one in layout.tables if one.name == "crosstab-q0-q1")
    found = read_tables(layout, tmp_path)
    assert found.share[table.start : table.stop].tolist() == [0.1] * 5 + [0.5]
    assert np.isnan(found.count[table.start : table.stop]).all()
    assert np.isnan(found.base[table.start : table.stop]).all()


def test_a_share_that_is_not_told_is_computed_from_counts(tmp_path: Path) -> None:
    layout, _ = odd("q", titles=("a", "b", "c"))
    (tmp_path / "margin-q.csv").write_text("q,count,share,of\na,3,,15\nb,,,15\nc,5,,15\n")
    np.testing.assert_allclose(read_tables(layout, tmp_path).share, [3 / 15, np.nan, 5 / 15], equal_nan=True)


def test_tables_of_counts_alone_are_tables(tmp_path: Path) -> None:
    layout, _ = odd("q")
    (tmp_path / "margin-q.csv").write_text("q,count,share,of\nno,10,,100\nyes,90,,100\n")
    np.testing.assert_allclose(read_tables(layout, tmp_path).share, [0.1, 0.9])


def test_a_mean_is_not_what_its_counts_are(tmp_path: Path) -> None:
    layout = written(tmp_path, ["count,mean,of", "12,,12"], name="mean-n0")
    table = next(one for one in layout.tables if one.name == "mean-n0")
    assert np.isnan(read_tables(layout, tmp_path).share[table.start])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([*cross_tab(), "q0:2,q1:0,0.1"], "line 8: 'q0:2' is no level of q0 (q0:0, q0:1)"),
        ([line.replace("q1:1", "other") for line in cross_tab()], "line 3: 'other' is no level of q1"),
        (cross_tab(q00_q12="about 5"), "line 4: 'about 5' below 'share' is no number and no mark that is known"),
        (cross_tab(q00_q12="inf"), "line 4: 'inf' below 'share' is no number"),
        ([*cross_tab(), "q0:1,q1:2,0.3"], "line 7: q0 q0:1, q1 q1:2 stands twice (again in crosstab-q0-q1.csv line 8)"),
        (["q0,q1,share,count", *(f"{line},many" for line in cross_tab()[1:])], "'many' below 'count' is no number"),
    ],
    ids=["other row", "level", "number", "infinite", "twice", "count"],
)
def test_a_file_that_is_not_of_the_table_is_named_with_its_row(tmp_path: Path, lines: list[str], message: str) -> None:
    layout = written(tmp_path, lines)
    with pytest.raises(DataError) as raised:
        read_tables(layout, tmp_path)
    assert str(raised.value).startswith(str(tmp_path))
    assert message in str(raised.value)


def test_tables_without_any_number_are_refused(tmp_path: Path) -> None:
    layout, published = tables()
    nothing = np.full(layout.n_cells, np.nan)
    write_tables(layout, replace(published, count=nothing, share=nothing), tmp_path)
    with pytest.raises(DataError, match=r"publish no number; expected tables with shares or means") as raised:
        read_tables(layout, tmp_path)
    assert raised.value.where == tmp_path
