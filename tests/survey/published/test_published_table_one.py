"""A paper's Table 1: what is printed is read, however it is written; what does not go together is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from printed_table_one import GROUP, PLAN, people_of_a_study, printed, released, rounded
from published_forms import Rows, as_text
from remembrain.errors import DataError, ProblemsError, RemembrainError
from remembrain.evidence.metrics import auc
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.protection import Published, deducible
from remembrain.survey.published.grid import grid_of
from remembrain.survey.published.reading import Rules, read_published
from remembrain.survey.published.table_one import MOST_ROWS, is_table_one
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.release import Case, Survey, look, of_tables
from remembrain.survey.tables_csv import write_tables

ANSWERS = people_of_a_study(200)
QUESTIONS = (*ANSWERS.categorical, *ANSWERS.numeric)
LAYOUT, EXACT = released(ANSWERS)
TRUE = rounded(LAYOUT, EXACT)
WHOLE = printed(LAYOUT, EXACT)
HEAD = 2


def read(folder: Path, rows: Rows | str, layout=LAYOUT, rules: Rules | None = None) -> tuple[Published, list[str]]:
    folder.mkdir(exist_ok=True)
    (folder / "t1.csv").write_text(rows if isinstance(rows, str) else as_text(rows), encoding="utf-8")
    return read_published(folder, layout, QUESTIONS, rules)


def row_of(start: str) -> int:
    return next(place for place, row in enumerate(WHOLE) if row and row[0].strip().startswith(start))


def at(start: str | int, column: int, change: str | Callable[[str], str]) -> Rows:
    copy = [list(row) for row in WHOLE]
    place = start if isinstance(start, int) else row_of(start)
    copy[place][column] = change(copy[place][column]) if callable(change) else change
    return copy


def each(change: Callable[[str], str], rows: Rows = WHOLE) -> Rows:
    return [[change(cell) for cell in row] for row in rows]


def without(*starts: str) -> Rows:
    gone = {row_of(start) for start in starts}
    return [row for place, row in enumerate(WHOLE) if place not in gone]


def replaced(start: str, *rows: list[str], until: int = 1) -> Rows:
    place = row_of(start)
    return [*WHOLE[:place], *rows, *WHOLE[place + until :]]


def as_decimal_commas(rows: Rows) -> str:
    return as_text(each(lambda cell: re.sub(r"(?<=[0-9])\.(?=[0-9])", ",", cell), rows), ";")


def with_bases_below() -> Rows:
    heads = ["", *(re.sub(r".*?\(", "(", cell) for cell in WHOLE[HEAD][1:4]), ""]
    named = ["Characteristic", "Overall", "Controls", "Patients", "P"]
    return [*WHOLE[:HEAD], named, heads, *WHOLE[HEAD + 1 :]]


def with_a_row_of_people(label: str) -> Rows:
    people = [re.sub(r"\D", "", cell) for cell in WHOLE[HEAD][1:4]]
    named = ["", "Overall", "control", "patient", "p"]
    return [*WHOLE[:HEAD], named, [label, *people, ""], *WHOLE[HEAD + 1 :]]


def with_missing() -> Rows:
    """Three people gave no answer to what is printed of ages; the numbers stand as they are."""
    place = row_of("Bmi")
    return [*WHOLE[:place], ["  Missing, n", "3", "2", "1", ""], *WHOLE[place:]]


def by_columns() -> Rows:
    """As tableone of Python writes it: a column of levels."""
    rows = [["", "", *WHOLE[HEAD][1:]]]
    head = ""
    for row in WHOLE[HEAD + 1 : -2]:
        if not any(row[1:4]):
            head = row[0]
        elif row[0].startswith("  "):
            rows.append([head, row[0].strip(), *row[1:]])
            head = ""
        else:
            rows.append([row[0], "yes" if row[0].startswith("Smokes") else "", *row[1:]])
    return rows


def with_statistics() -> Rows:
    """What is told in a column of its own."""
    rows = [["Characteristic", "Statistic", *WHOLE[HEAD][1:]]]
    for row in WHOLE[HEAD + 1 : -2]:
        name, _, told = row[0].rpartition(", ")
        rows.append([name or row[0], told if name else "n (%)", *row[1:]])
    return rows


def sections() -> Rows:
    """As table1 of R writes it: what is told below the name of each number."""
    rows = [list(row) for row in WHOLE[: HEAD + 1]]
    rows += [["Age (years)", "", "", "", ""], ["Mean (SD)", *WHOLE[row_of("Age, years, mean")][1:]]]
    rows += [["Median [Q1, Q3]", *(cell.replace("–", ", ") for cell in WHOLE[row_of("Age, years, median")][1:])]]
    return [*rows, *WHOLE[row_of("Bmi") :]]


def of_one_level(label: str, place: int) -> Rows:
    """One level of a question of two in a row of its own."""
    return replaced("Sex", [label, *WHOLE[row_of("Sex") + place][1:]], until=3)


def along_rows() -> Rows:
    """Percentages of all people of a level."""

    def along(row: list[str]) -> list[str]:
        people = [cell.split()[0] for cell in row[1:4]]
        return [row[0], *(f"{one} ({100 * int(one) / int(people[0]):.1f}%)" for one in people), *row[4:]]

    return [along(row) if len(row) > 4 and "%" in row[1] else row for row in WHOLE]


SAME: dict[str, Rows | str] = {
    "as it is": WHOLE,
    "no p-values": printed(LAYOUT, EXACT, p_values=False),
    "plus and minus": each(lambda c: re.sub(r"^([0-9.]+) \(([0-9.]+)\)$", r"\1 ± \2", c)),
    "quartiles with to": each(lambda c: re.sub(r"\[(.*)–(.*)\]", r"(\1 to \2)", c)),
    "quartiles with a comma": each(lambda c: re.sub(r"\[(.*)–(.*)\]", r"(\1, \2)", c)),
    "quartiles with a hyphen": each(lambda c: re.sub(r"\[(.*)–(.*)\]", r"(\1-\2)", c)),
    "quartiles with a semicolon": each(lambda c: re.sub(r"\[(.*)–(.*)\]", r"[\1; \2]", c)),
    "percentages without signs": each(lambda c: c.replace("%)", ")") if c[:1].isdigit() else c),
    "people of how many": each(
        lambda c: c, replaced("Smokes", ["Smokes, n/N (%)", *(
            f"{cell.split()[0]}/{re.sub(chr(92) + 'D', '', head)} {cell.split()[1]}"
            for cell, head in zip(WHOLE[row_of("Smokes")][1:4], WHOLE[HEAD][1:4], strict=True)
        ), ""])
    ),
    "percentages along rows": along_rows(),
    "decimal commas": as_decimal_commas(WHOLE),
    "tabs": as_text(WHOLE, "\t"),
    "middle dots": each(lambda c: re.sub(r"(?<=[0-9])\.(?=[0-9])", "·", c)),
    "the number of people below": with_bases_below(),
    "a row n": with_a_row_of_people("n"),
    "a row of participants": with_a_row_of_people("No. of participants"),
    "marks of footnotes": each(lambda c: f"{c}a" if c.endswith("%)") else f"{c}*" if c.endswith("]") else c),
    "markdown": each(lambda c: f"**{c}**" if "n=" in c or c == "Characteristic" else c),
    "what is told first": each(lambda c: re.sub(r"^Age, years, mean \(SD\)", "Mean (SD) age, years", c)),
    "what is told as R writes it": each(lambda c: re.sub(r"^(Age|Bmi).*, mean \(SD\)", r"\1 (mean (SD))", c)),
    "rows between": [row for one in WHOLE for row in (one, [])],
    "a level alone": of_one_level("Female, n (%)", 2),
    "male sex": of_one_level("Male sex — no. (%)", 1),
    "sex = female": of_one_level("sex = female (%)", 2),
    "levels in a column": by_columns(),
    "statistics in a column": with_statistics(),
    "sections of numbers": sections(),
    "characteristics that are none of ours": replaced(
        "Income", ["Any comorbidity, n (%)", "3 (1.5)", "1 (0.9)", "2 (2.4)", ""], WHOLE[row_of("Income")]
    ),
    "another column": [[*row, *(["SMD"] if place == HEAD else ["0.1"] if len(row) > 4 else [])]
                       for place, row in enumerate(WHOLE)],
    "people without an answer": with_missing(),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_a_table_that_says_the_same_otherwise_is_read_so(tmp_path: Path, name: str) -> None:
    found, _ = read(tmp_path, SAME[name])
    np.testing.assert_allclose(deducible(LAYOUT, found.share), TRUE.share, atol=1e-9)
    counts = slice(0, LAYOUT.n_counts)
    np.testing.assert_allclose(found.count[counts], TRUE.count[counts])
    np.testing.assert_allclose(found.blur[LAYOUT.n_counts :], 0.1**2 / 12)
    gone = 3 if "without an answer" in name else 0
    place = next(table.start for table in LAYOUT.tables if table.name == "mean-age")
    assert found.base[place] == 200 - gone
    assert found.base[0] == 200


def swapped(column: int, other: int) -> Rows:
    rows = [list(row) for row in WHOLE]
    for row in rows[HEAD + 1 :]:
        if len(row) > 4:
            row[column], row[other] = row[other], row[column]
    return rows


REFUSED: dict[str, tuple[Rows | str, str]] = {
    "a digit in a count": (at("male", 2, lambda c: f"1{c}"), "sex among Controls: "),
    "a digit in a percentage": (at("male", 2, lambda c: c.replace("(4", "(6")), "is not 66.1 %"),
    "a digit of everybody": (
        at("male", 1, lambda c: c.replace("103", "113")),
        "sex, male: 103 people in the groups of group, and 113 of everybody",
    ),
    "a percentage of a row": (at("Smokes", 1, lambda c: c.replace("23.0", "100.0")), "46 of 200 is not 100 %"),
    "people who are more than all": (at("primary", 1, lambda c: c.replace("55", "155")), "people, and there are 200"),
    "groups of more than everybody": (at(HEAD, 2, "Controls (n=150)"), "are of 235 people, and everybody is 200"),
    "columns of groups exchanged": (swapped(1, 2), "sex among Controls: 200 people"),
    "quartiles that are not in order": (
        at("Income", 2, lambda c: re.sub(r"\[(.*)–(.*)\]", r"[\2–\1]", c)), "is no median with its quartiles in order",
    ),
    "an interval beside a mean": (at("Age, years, mean", 1, "52.4 (50.1, 54.7)"), "is no mean (SD), as 52.3 (11.2)"),
    "a letter in place of a digit": (at("Age, years, mean", 1, "5Z.4 (12.4)"), "is no mean (SD)"),
    "a percentage beside a mean": (at("Age, years, mean", 1, "52.4 (12.4%)"), "is no mean (SD)"),
    "a mean that groups do not have": (at("Age, years, mean", 1, "42.4 (12.4)"), "in these, who are everybody"),
    "a spread that groups do not have": (at("Age, years, mean", 1, "52.4 (2.4)"), "a standard deviation of 2.4, and"),
    "a mean out of range": (at("Age, years, mean", 2, "496 (12.2)"), "a mean of 496, and the numbers of DATA are 15"),
    "a median far from its mean": (
        at("Age, years, median", 2, "80.0 [60.0–90.0]"), "a median of 80, with a mean of 49.6",
    ),
    "what is told is not said": (
        each(lambda c: c.replace(", mean (SD)", "")), "tells is not said: write mean (SD) or median (IQR) beside it",
    ),
    "what stands beside is not said": (
        each(lambda c: c.replace("Income, median [IQR]", "Income, median")),
        "is no median alone, and what stands beside it is not said",
    ),
    "a mean of levels": (each(lambda c: c.replace("Sex, n (%)", "Sex, mean (SD)")), "is no number whose mean"),
    "people of a number": (each(lambda c: c.replace("Age, years, mean (SD)", "Age, n (%)")), "its row tells people"),
    "a row twice": ([*WHOLE[: row_of("Bmi")], WHOLE[row_of("Age")], *WHOLE[row_of("Bmi") :]], "stands twice"),
    "a level twice": ([*WHOLE[: row_of("male")], WHOLE[row_of("male")], *WHOLE[row_of("male") :]], "stands twice"),
    "a column twice": ([[*row[:3], *row[2:]] if len(row) > 4 else row for row in WHOLE], "are of the same people"),
    "a table that is lost": (without("Age, years, mean"), "no table of the mean of age"),
    "a heading that is no level": (
        at(HEAD, 2, "Kontrolle (n=115)"),
        "the heading Kontrolle is no level of group (control, patient)",
    ),
    "everybody misspelt": (at(HEAD, 1, "Overal (N = 200)"), "is neither everybody (Overall) nor a level of DATA"),
    "another table below": ([*WHOLE[:-2], WHOLE[HEAD], *WHOLE[HEAD + 1 :]], "is another heading"),
    "thousands or decimals": (
        each(lambda c: re.sub(r"\.[0-9]", ",400" if re.fullmatch(r"[0-9.]+ \([0-9.]+\)", c) else "", c)),
        "whether its commas are those of decimals cannot be told",
    ),
    "medians by a footnote that is none": (
        each(lambda c: c.replace("Age, years, median [IQR]", "Age, years")), "Age, years tells is not said",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_does_not_go_together_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    rows, message = REFUSED[name]
    with pytest.raises(RemembrainError) as raised:
        read(tmp_path, rows)
    assert re.search(message if "|" in message else re.escape(message), str(raised.value)), raised.value


def test_everything_that_is_not_used_is_said(tmp_path: Path) -> None:
    rows = replaced(
        "Income",
        ["Income, median (IQR)", "30.9 (22.1)", "31.6 (23.3)", "29.8 (17.1)", "<0.001"],
        ["Any comorbidity, n (%)", "3 (1.5)", "1 (0.9)", "2 (2.4)", ""],
    )
    layout, _ = released(ANSWERS, Plan(("sex", "smokes"), quantiles=("income",), quantiles_at=(0.5,), by=("group",)))
    found, notes = read(tmp_path, rows, layout)
    said = "\n".join(notes)
    for part in (
        "Income, median (IQR): the width between quartiles is no two quartiles: the median alone is used",
        "rows of what is no question of DATA are not used: Any comorbidity, n (%)",
        "Smokes, n (%) is taken for smokes: yes",
        "its p-values are held against what stands beside them, and not used otherwise",
    ):
        assert part in said, said
    place = next(table.start for table in layout.tables if table.name == "quantile-income-0.5-by-group")
    assert found.share[place : place + 2].tolist() == [31.6, 29.8]


def test_where_a_table_lacks_it_is_said_which_rows_and_columns_are_not_used(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"no table of the mean of bmi(.|\n)*not used: Weight index, mean \(SD\)"):
        read(tmp_path, at("Bmi", 0, "Weight index, mean (SD)"))


@pytest.mark.parametrize(
    "rows",
    [
        REFUSED["a letter in place of a digit"][0],
        REFUSED["what stands beside is not said"][0],
        replaced("Sex", ["Sex, male/female", "52/48", "55/45", "48/52", ""], until=3),
    ],
)
def test_one_fault_is_one_problem(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, rows)
    assert len([problem for problem in raised.value.problems if problem.fatal]) == 1, raised.value


def test_many_cells_of_another_shape_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, each(lambda cell: re.sub(r"^([0-9]+) \(([0-9.]+)%\)$", r"\2 (\1)", cell)))
    kinds = {problem.summary for problem in raised.value.problems if problem.fatal}
    assert kinds == {"a cell is no number of people, as 12 (15.0%) or 15.0% (12)"}


def test_percentages_of_those_who_answered_say_how_many_they_are(tmp_path: Path) -> None:
    """14 of 115 smoke, and it says 12.4 %: of 113. To no decimal it cannot be told of how many; shares alone are."""
    smokes = ["Smokes, n (%)", "46 (23.0%)", "14 (12.4%)", "32 (37.6%)", ""]
    layout = lay_out(Plan(("smokes",), by=("group",)), ANSWERS, "")
    found, notes = read(tmp_path, replaced("Smokes", smokes), layout)
    place = next(table.start for table in layout.tables if table.name == "margin-smokes-by-group")
    assert found.base[place] == 113
    assert any("its percentages are of 113 of 115 people, and taken so" in note for note in notes)
    smokes[2] = "14 (13%)"
    found, _ = read(tmp_path, replaced("Smokes", smokes), layout)
    assert np.isnan(found.base[place])
    assert deducible(layout, found.share)[place : place + 2] == pytest.approx([0.87, 0.13])
    smokes[2] = "14 (10%)"
    with pytest.raises(ProblemsError, match=r"14 of 115 is not 10 %"):
        read(tmp_path, replaced("Smokes", smokes), layout)


def test_attacks_make_the_same_of_it_as_of_files_of_this_program(tmp_path: Path) -> None:
    everybody = people_of_a_study(900, 1)
    group, others, known = (everybody.take(np.arange(*ends)) for ends in ((0, 100), (100, 400), (400, 900)))
    layout, exact = released(group)
    write_tables(layout, rounded(layout, exact), tmp_path / "ours")
    found = []
    for published in (
        read(tmp_path / "t1", printed(layout, exact), layout)[0],
        read_published(tmp_path / "ours", layout, QUESTIONS)[0],
    ):
        survey = Survey(group.joined(others), layout, reference=known)
        seen = look(of_tables(survey, Case(100), np.arange(400) < 100, published), np.random.default_rng(1))
        found.append([auc(seen.member, one.score(seen.view, np.random.default_rng(2))) for one in ATTACKS])
    np.testing.assert_allclose(found[0], found[1], atol=1e-3)
    assert found[0][3] > 0.6


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))])
def test_a_wrong_character_anywhere_changes_no_other_cell(tmp_path: Path, seed: int) -> None:
    """Whatever happens to one character, the table is refused, or nothing but the numbers of that cell is other."""
    rng = np.random.default_rng([71, seed])
    read_so = 0
    for _ in range(15 if seed == 0 else 100):
        rows = [list(row) for row in WHOLE]
        filled = [(r, c) for r in range(HEAD, len(rows) - 2) for c in range(min(4, len(rows[r]))) if rows[r][c]]
        row, column = filled[int(rng.integers(len(filled)))]
        text = rows[row][column]
        place, letter = int(rng.integers(len(text))), "0123456789.,()[]%–-/ x"[int(rng.integers(22))]
        rows[row][column] = text[:place] + letter + text[place + int(rng.integers(2)) :]
        try:
            found, _ = read(tmp_path, rows)
        except DataError:
            continue
        read_so += 1
        share = deducible(LAYOUT, found.share)
        other = np.flatnonzero(~np.isclose(share, TRUE.share, atol=2e-3, equal_nan=True))
        assert len(other) <= (3 if column and row > HEAD else 0), (rows[row], other)
    assert read_so > 1


def test_excel_is_read_so_too(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="the extra excel is not installed")
    book = openpyxl.Workbook()
    for row in WHOLE:
        book.active.append([cell or None for cell in row])
    book.save(tmp_path / "t1.xlsx")
    found, _ = read_published(tmp_path, LAYOUT, QUESTIONS)
    np.testing.assert_allclose(found.share, TRUE.share, atol=1e-9)
    assert GROUP.titles == ("control", "patient") and PLAN.by == ("group",)


def test_which_sheets_are_such_tables() -> None:
    words = Vocabulary(QUESTIONS)

    def is_one(rows: Rows) -> bool:
        return is_table_one(grid_of(rows, "t.csv", "t"), words)

    assert is_one(WHOLE)
    assert is_one([["", "Overall", "control"], ["Sex, n (%)", "", ""], ["male", "5 (50)", "3 (60)"]])
    assert not is_one([*WHOLE, *[["x"]] * MOST_ROWS])
    assert not is_one([["variable", "level", "n (%)"], ["sex", "male", "5 (50)"]])
    assert not is_one([["sex", "mean", "sd"], ["male", "50.1", "3.2"]])
    assert not is_one([["sd"], ["3.2"]])
