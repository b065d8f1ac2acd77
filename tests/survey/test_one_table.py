"""All numbers of a release in one table: read again they are the same, and where they would not be there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_regions import GROUPS, people, published
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.one_table import of_one_table, write_one_table
from remembrain.survey.published.reading import read_published

PLANS = {
    "means": Plan(means="all", sds="all"),
    "groups": Plan(means="all", contrasts="all", contrast="group", by=("group",)),
    "sites": Plan(sds="all", contrasts="all", contrast="group", contrast_as="t", by=("group", "site")),
}


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_written_is_read_again(tmp_path: Path, plan: str) -> None:
    answers = people(90, columns=3)
    layout, told = published(answers, PLANS[plan])
    write_one_table(layout, told, tmp_path / "numbers.csv")
    found, _ = read_published(tmp_path / "numbers.csv", layout, (*answers.categorical, *answers.numeric))
    for name in ("count", "share", "base"):
        np.testing.assert_allclose(getattr(found, name), getattr(told, name), rtol=1e-8)
    heading, *rows = (tmp_path / "numbers.csv").read_text().splitlines()
    assert [row.partition(",")[0] for row in rows] == ["region0", "region1", "region2"]
    if plan == "groups":
        assert heading == "variable,n,mean,n control,mean control,n patient,mean patient,d (patient - control)"


def test_tables_that_would_be_read_otherwise_have_files_of_their_own() -> None:
    answers, plan = people(30), PLANS["groups"]
    names = replace(GROUPS, titles=("mean", "sd"), levels=("mean", "sd"))
    assert of_one_table(lay_out(plan, replace(answers, categorical=(names, answers.categorical[1])), "")) == ()
    assert of_one_table(lay_out(Plan(means=("region0",)), answers, "")) == ()
    assert of_one_table(lay_out(Plan(margins="all", quantiles="all"), answers, "")) == ()
