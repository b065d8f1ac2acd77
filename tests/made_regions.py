"""People whose brains were measured, in two groups and at two sites, and what is published of them, for tests."""

from __future__ import annotations

import numpy as np

from remembrain.record.table_settings import Protection
from remembrain.survey.answers import Answers
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Plan, lay_out
from remembrain.survey.moments import published_numbers, tally_of_numbers
from remembrain.survey.protection import Published, protect

GROUPS = Question("group", "categorical", ("control", "patient"), ("control", "patient"))
SITES = Question("site", "categorical", ("a", "b"), ("a", "b"))
PLAN = Plan(means="all", sds="all", contrasts="all", contrast="group", by=("site",))
OPEN = Protection()


def people(count: int, seed: int = 0, columns: int = 2, weighted: bool = False) -> Answers:
    rng = np.random.default_rng([31, seed])
    code = rng.integers(0, 2, (count, 2)).astype(np.int16)
    value = 50 + 10 * (rng.standard_normal((count, columns)) + 0.6 * code[:, :1])
    names = np.array([f"p{seed}-{place:04d}" for place in range(count)])
    weight = rng.uniform(0.5, 2, count) if weighted else np.ones(count)
    numbers = tuple(Question(f"region{place}", "numeric", low=-50.0, high=150.0) for place in range(columns))
    return Answers(names, (GROUPS, SITES), code, numbers, value, weight / weight.mean())


def published(answers: Answers, plan: Plan = PLAN, rules: Protection = OPEN) -> tuple[Layout, Published]:
    layout = lay_out(plan, answers, "[release]")
    protected = protect(layout, tally_of_numbers(layout, answers), rules, np.random.default_rng(0))
    return layout, published_numbers(layout, answers, protected, rules)


def cell(layout: Layout, name: str, level: int = 0) -> int:
    return next(table.start for table in layout.tables if table.name == name) + level
