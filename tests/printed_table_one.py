"""One release as a paper prints it: Table 1, with a column for everybody and one for each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from published_forms import Rows
from remembrain.record.table_settings import Protection
from remembrain.survey.answers import Answers
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Plan, lay_out
from remembrain.survey.moments import published_numbers, tally_of_numbers
from remembrain.survey.protection import Published, protect

GROUP = Question("group", "categorical", ("0", "1"), ("control", "patient"))
SEX = Question("sex", "categorical", ("1", "2"), ("male", "female"))
SMOKES = Question("smokes", "categorical", ("0", "1"), ("no", "yes"))
SCHOOL = Question("school", "categorical", ("1", "2", "3"), ("primary", "secondary", "tertiary"))
AGE, BMI, INCOME = (
    Question(name, "numeric", low=low, high=high)
    for name, low, high in (("age", 15.0, 110.0), ("bmi", 10.0, 60.0), ("income", 0.0, 500.0))
)
PLAN = Plan(
    ("sex", "smokes", "school"), means=("age", "bmi"), sds=("age", "bmi"), quantiles=("age", "income"), by=("group",)
)


def people_of_a_study(count: int, seed: int = 0) -> Answers:
    rng = np.random.default_rng([57, seed])
    group = (rng.random(count) < 0.4).astype(int)
    code = np.column_stack([
        group, rng.random(count) < 0.45, rng.random(count) < 0.2 + 0.2 * group, rng.choice(3, count, p=(0.3, 0.5, 0.2))
    ]).astype(np.int16)  # fmt: skip
    age = np.clip(np.round(50 + 5 * group + 12 * rng.standard_normal(count), 1), 15, 110)
    bmi = np.round(26 + 2 * group + 4 * rng.standard_normal(count), 2)
    income = np.clip(np.round(np.exp(3.4 + 0.5 * rng.standard_normal(count)), 1), 0, 500)
    names = np.array([f"p{seed}-{place:04d}" for place in range(count)])
    value = np.column_stack([age, np.clip(bmi, 10, 60), income])
    return Answers(names, (GROUP, SEX, SMOKES, SCHOOL), code, (AGE, BMI, INCOME), value, np.ones(count))


def released(answers: Answers, plan: Plan = PLAN) -> tuple[Layout, Published]:
    layout = lay_out(plan, answers, "[release]")
    protected = protect(layout, tally_of_numbers(layout, answers), Protection(), np.random.default_rng(0))
    return layout, published_numbers(layout, answers, protected, Protection())


def rounded(layout: Layout, published: Published, decimals: int = 1) -> Published:
    """The same with numbers of people's measures to so many decimals."""
    share = published.share.copy()
    share[layout.n_counts :] = [float(f"{one:.{decimals}f}") for one in share[layout.n_counts :]]
    return replace(published, share=share)


def _cells(layout: Layout, numbers: np.ndarray, name: str) -> list[float]:
    """Numbers of everybody, and then of each group."""
    both = [table for table in layout.tables if table.name in (name, f"{name}-by-group")]
    return [float(one) for table in both for one in numbers[table.start : table.stop]]


def printed(layout: Layout, published: Published, decimals: int = 1, *, p_values: bool = True) -> Rows:
    """Print mean (SD), median [IQR] and n (%), as far as they are released."""
    people = _cells(layout, published.base, "margin-sex")[:: len(SEX.levels)]
    heads = [f"Overall (N = {people[0]:.0f})", f"Controls (n={people[1]:.0f})", f"Patients (n={people[2]:.0f})"]
    rows: Rows = [["Table 1. Characteristics of the participants"], [], ["Characteristic", *heads, "p-value"]]
    names = [table.name for table in layout.tables]

    def told(name: str) -> list[str]:
        return [f"{one:.{decimals}f}" for one in _cells(layout, published.share, name)]

    for question, unit in ((AGE, ", years"), (BMI, " (kg/m2)"), (INCOME, "")):
        name = question.name
        if f"mean-{name}" in names and f"sd-{name}" in names:
            pairs = zip(told(f"mean-{name}"), told(f"sd-{name}"), strict=True)
            cells = [f"{mean} ({sd})" for mean, sd in pairs]
            rows.append([f"{name.capitalize()}{unit}, mean (SD)", *cells, _p_of_means(layout, published, name)])
        if f"quantile-{name}-0.5" in names:
            thirds = zip(*(told(f"quantile-{name}-{level}") for level in (0.5, 0.25, 0.75)), strict=True)
            cells = [f"{middle} [{low}–{high}]" for middle, low, high in thirds]
            rows.append([f"{name.capitalize()}{unit}, median [IQR]", *cells, "<0.001"])
    for question in (SEX, SMOKES, SCHOOL):
        rows += _of_levels(layout, published, question)
    return [row if p_values or len(row) < 5 else row[:-1] for row in rows] + [
        [], ["Values are n (%) unless stated otherwise. IQR: interquartile range"],
    ]  # fmt: skip


def _p_of_means(layout: Layout, published: Published, name: str) -> str:
    """Print p of Student's t test between the groups."""
    people, mean, sd = (
        _cells(layout, numbers, f"{kind}-{name}")[1:]
        for numbers, kind in ((published.count, "mean"), (published.share, "mean"), (published.share, "sd"))
    )
    of_groups = [one for group in zip(mean, sd, people, strict=True) for one in group]
    return _printed_p(float(stats.ttest_ind_from_stats(*of_groups).pvalue))


def _printed_p(p: float) -> str:
    return f"{p:.2f}" if p >= 0.001 else "<0.001"


def _of_levels(layout: Layout, published: Published, question: Question) -> Rows:
    """Print people of each level with percentages; one row of a question of yes and no."""
    size = len(question.levels)
    count, share = (
        np.reshape(_cells(layout, numbers, f"margin-{question.name}"), (-1, size)).T
        for numbers in (published.count, published.share)
    )
    p_value = _printed_p(float(stats.chi2_contingency(count[:, 1:]).pvalue))
    told = [
        [f"{one:.0f} ({100 * part:.1f}%)" for one, part in zip(*both, strict=True)]
        for both in zip(count, share, strict=True)
    ]
    if question is SMOKES:
        return [["Smokes, n (%)", *told[1], p_value]]
    head: Sequence[str] = [f"{question.name.capitalize()}, n (%)", "", "", "", p_value]
    return [[*head], *([f"  {title}", *cells, ""] for title, cells in zip(question.titles, told, strict=True))]
