"""P-values of a paper's table: what cannot be of the numbers beside it is refused; where they are contrasts, taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from printed_table_one import GROUP, people_of_a_study, printed, released
from published_forms import Rows, as_text
from remembrain.errors import ProblemsError
from remembrain.record.table_settings import Blur
from remembrain.survey.layout import Layout, Plan
from remembrain.survey.moments import as_means
from remembrain.survey.published.reading import Rules, read_published

ANSWERS = people_of_a_study(200)
QUESTIONS = (*ANSWERS.categorical, *ANSWERS.numeric)
PLAN = Plan(("sex", "smokes", "school"), means=("age", "bmi"), sds=("age", "bmi"), by=("group",))
LAYOUT, EXACT = released(ANSWERS, PLAN)
WHOLE = printed(LAYOUT, EXACT)
P = 4


def told(start: str, p: str, rows: Rows = WHOLE) -> Rows:
    """The table with another p-value in one row."""
    return [[*row[:P], p] if len(row) > P and row[0].startswith(start) else row for row in rows]


def notes(folder: Path, rows: Rows, rules: Rules | None = None, layout: Layout = LAYOUT) -> list[str]:
    (folder / "t1.csv").write_text(as_text(rows), encoding="utf-8")
    return read_published(folder, layout, QUESTIONS, rules)[1]


def refused(folder: Path, rows: Rows, layout: Layout = LAYOUT) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        notes(folder, rows, layout=layout)
    return [str(one) for one in raised.value.problems if one.fatal]


def p_of(name: str) -> float:
    x, group = ANSWERS.numbers(name), ANSWERS.code[:, ANSWERS.place(GROUP.name)]
    return float(stats.ttest_ind(x[group == 1], x[group == 0]).pvalue)


def test_p_values_of_the_tests_of_the_field_are_let_be(tmp_path: Path) -> None:
    said = notes(tmp_path, WHOLE)
    assert "t1.csv: its p-values are held against what stands beside them, and not used otherwise" in said
    counts = np.array([
        np.bincount(ANSWERS.code[ANSWERS.code[:, 0] == group, 2], minlength=2) for group in (0, 1)
    ])  # fmt: skip
    every = [stats.chi2_contingency(counts, correction=yates).pvalue for yates in (True, False)]
    for p in (*every, stats.fisher_exact(counts).pvalue):
        notes(tmp_path, told("Smokes", f"{p:.3g}"))
    x, group = ANSWERS.numbers("bmi"), ANSWERS.code[:, 0]
    welch = stats.ttest_ind(x[group == 1], x[group == 0], equal_var=False).pvalue
    notes(tmp_path, told("Bmi", "<0.001" if welch < 0.001 else f"{welch:.3f}"))


@pytest.mark.parametrize(
    ("start", "p", "message"),
    [
        ("Smokes", "0.74", "smokes: p = 0.74 is that of no chi-square test nor Fisher's of the people beside it"),
        ("School", "<0.001", "school: p = <0.001 is that of no chi-square test nor Fisher's"),
    ],
)
def test_a_p_value_of_people_of_none_of_them_is_refused(tmp_path: Path, start: str, p: str, message: str) -> None:
    (said,) = refused(tmp_path, told(start, p))
    assert message in said
    assert said.endswith("(take it out of the table if it is of another test)")


@pytest.mark.parametrize(("start", "p"), [("Age", ">0.9"), ("Bmi", "0.78")])
def test_a_p_value_of_no_t_test_is_said_and_not_used_and_refused_where_it_is_attacked(
    tmp_path: Path, start: str, p: str
) -> None:
    name = start.lower()
    what = f"{name}: p = {p} is that of no t test, Student's or Welch's, of the means and standard deviations beside it"
    said = notes(tmp_path, told(start, p))
    assert (
        f"t1.csv line {4 + (start == 'Bmi')}: {what}: of another test or misprinted (look at the row), and not used"
        in said
    )
    assert not any("that of no t test" in one for one in notes(tmp_path, WHOLE))
    contrast = Plan(**{**vars(PLAN), "contrasts": (name,), "contrast": "group", "contrast_as": "p"})
    layout, _ = released(ANSWERS, contrast)
    assert any(f"{what}, and contrast_as" in one for one in refused(tmp_path, told(start, p), layout))
    named = [*told(start, p), ["P by Mann-Whitney tests"]]
    assert any(f"{what}, and contrast_as" in one for one in refused(tmp_path, named, layout))


def test_p_values_of_other_tests_or_of_blurred_people_are_let_be(tmp_path: Path) -> None:
    wrong = told("Smokes", "0.74")
    for words in ("P by Mann-Whitney tests", "Adjusted for age", "Wilcoxon rank-sum test"):
        notes(tmp_path, [*wrong, [words]])
    notes(tmp_path, [[cell.replace("p-value", "p for trend") for cell in row] for row in wrong])
    notes(tmp_path, wrong, Rules(blur=Blur(random_round_to=3)))
    refused(tmp_path, [*wrong, ["P by unpaired t tests"]])


def test_p_values_are_taken_where_the_release_tells_contrasts_so(tmp_path: Path) -> None:
    """With its sign by the means beside it, it is Cohen's d of the people themselves, but for rounding."""
    plan = Plan(PLAN.margins, means=("bmi",), sds=("bmi",), by=("group",), contrasts=("bmi",), contrast="group")
    as_d, exact = released(ANSWERS, plan)
    layout, _ = released(ANSWERS, Plan(**{**vars(plan), "contrast_as": "p"}))
    p = p_of("bmi")
    (tmp_path / "t1.csv").write_text(as_text(told("Bmi", f"{p:.7f}")), encoding="utf-8")
    found, _ = read_published(tmp_path, layout, QUESTIONS)
    place = next(table.start for table in layout.tables if table.kind == "contrast")
    assert found.share[place] == pytest.approx(p, abs=1e-7)
    assert (found.count[place], found.base[place]) == (exact.count[place], 200)
    reference = people_of_a_study(300, 1)
    read = as_means(layout, reference, ANSWERS, found, n=200)
    expected = as_means(as_d, reference, ANSWERS, exact, n=200).share[place]
    assert read.share[place] == pytest.approx(expected, abs=2e-3)
    (tmp_path / "t1.csv").write_text(as_text(told("Bmi", "<0.01")), encoding="utf-8")
    found, _ = read_published(tmp_path, layout, QUESTIONS)
    assert np.isnan(found.share[place])
