"""Tables that lack: asked for, unless the same is told of every group."""

from __future__ import annotations

from printed_table_one import PLAN, people_of_a_study
from remembrain.survey.layout import lay_out
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.missing import say_missing

LAYOUT = lay_out(PLAN, people_of_a_study(50), "")


def said(*names: str) -> list[tuple[bool, str]]:
    understood = Understood()
    say_missing([table for table in LAYOUT.tables if table.name in names], LAYOUT, understood)
    return [(problem.fatal, problem.what) for problem in understood.problems]


def test_everybody_may_lack_where_groups_do_not() -> None:
    assert said() == []
    assert said("mean-age") == [(False, "no table of everybody of the mean of age: those by group are used alone")]
    lacks = "no table of the mean of age by group: add what is missing, or take it out of [release]"
    assert said("mean-age-by-group") == [(True, lacks)]
    both = "no table of sex, sex by group: add what is missing, or take it out of [release]"
    assert said("margin-sex", "margin-sex-by-group") == [(True, both)]


def test_a_quantile_may_lack_where_others_do_not() -> None:
    told = "no table of the lower quartile of age by group: the other quantiles are used without it"
    assert said("quantile-age-0.25-by-group") == [(False, told)]
    ((fatal, _),) = said(*(f"quantile-age-{level}-by-group" for level in (0.25, 0.5, 0.75)))
    assert fatal


def test_what_was_asked_about_lacks_without_a_word() -> None:
    understood = Understood()
    understood.ask("t.csv line 3", "5Z is no number", lost=[("", "age"), ("contrast", "bmi")])
    say_missing(list(LAYOUT.tables), LAYOUT, understood)
    (_, lacks) = understood.problems
    assert "age" not in lacks.what
    assert "the mean of bmi" in lacks.what
