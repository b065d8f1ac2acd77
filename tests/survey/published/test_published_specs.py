"""Labels of rows: what they tell, and the name that is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remembrain.survey.published.specs import Spec, is_beside, label_of, spec_in

MEAN, MEDIAN, PEOPLE = Spec("mean", "sd"), Spec("median", "quartiles"), Spec("count", "percent")


@pytest.mark.parametrize(
    ("text", "spec", "name"),
    [
        ("Age, years, mean (SD)", MEAN, "Age"),
        ("Mean (SD) age, years", MEAN, "age"),
        ("Mean age ± SD, y", MEAN, "age"),
        ("age (mean (SD))", MEAN, "age"),
        ("BMI, median [IQR]", MEDIAN, "BMI"),
        ("Income, median (Q1, Q3)", MEDIAN, "Income"),
        ("Income, thousand USD, median (25th–75th percentile)", MEDIAN, "Income"),
        ("Median age (IQR)", MEDIAN, "age"),
        ("Score, mean (95% CI)", Spec("mean", "apart"), "Score"),
        ("Age, mean (SEM)", Spec("mean", "apart"), "Age"),
        ("Age, mean (Std. Error)", Spec("mean", "apart"), "Age"),
        ("Age, geometric mean (SD)", Spec("other"), "Age"),
        ("Adjusted mean age (SD)", Spec("other"), "age"),
        ("Age, median (range)", Spec("median", "apart"), "Age"),
        ("Age, range", Spec("other"), "Age"),
        ("Age (SD)", MEAN, "Age"),
        ("Age, Std. Deviation", Spec("mean", "sd", alone=True), "Age"),
        ("Sex, n (%)", PEOPLE, "Sex"),
        ("Male sex — no. (%)", PEOPLE, "Male sex"),
        ("Male, % (n)", Spec("percent", "count"), "Male"),
        ("stage (%)", Spec("count", "percent", unsure=True), "stage"),
        ("Patients, n", Spec("count"), "Patients"),
        ("Age, mean (SD) and median (IQR)", Spec("other", unsure=True), "Age, mean (SD) and median"),
        ("Smoker", None, "Smoker"),
        ("Age, mean ± SD (range)", replace(MEAN, more=True), "Age"),
        ("Age, mean (range)", Spec("mean", "apart"), "Age"),
        ("Age, mean [range] (SD)", Spec("mean", "apart"), "Age"),
        ("Age, mean (SD) [SE]", Spec("mean", "apart"), "Age"),
        ("Age, median (IQR) [range]", replace(MEDIAN, more=True), "Age"),
        ("Age, IQR", replace(MEDIAN, alone=True), "Age"),
        ("Age, Q1, Q3", replace(MEDIAN, alone=True), "Age"),
        ("Age, first and third quartiles", replace(MEDIAN, alone=True), "Age"),
        ("Age, 25th percentile", Spec("lower"), "Age"),
        ("Age, upper quartile", Spec("upper"), "Age"),
        ("Age, P50", Spec("median"), "Age"),
        ("Time, min, mean (SD)", MEAN, "Time"),
        ("Column N %", Spec("count", "percent", unsure=True), "Column N %"),
        ("**Age**, mean (SD)*†", MEAN, "Age"),
    ],
)
def test_what_a_label_tells_and_its_name(text: str, spec: Spec | None, name: str) -> None:
    label = label_of(text)
    assert label.spec == spec
    assert name in [one for one, rest in label.names if is_beside(rest)]


def test_a_longer_name_comes_first_and_is_never_cut_at_a_word() -> None:
    names = [name for name, _ in label_of("Age at menarche, years, mean (SD)").names]
    assert names.index("Age at menarche, years") < names.index("Age at menarche")
    assert "Age" not in names


@pytest.mark.parametrize(("rest", "beside"), [(", years", True), (" (kg/m2), mean (SD)", True), (" (at birth)", False)])
def test_a_unit_and_what_is_told_say_nothing_more(rest: str, beside: bool) -> None:
    assert is_beside(rest) is beside


@pytest.mark.parametrize(
    ("text", "spec"),
    [("25%", Spec("lower")), ("50%", Spec("median")), ("Min, Max", Spec("other")), ("min", Spec("other")),
     ("(SD)", replace(MEAN, alone=True)), ("± SD", replace(MEAN, alone=True)),
     ("(Q1, Q3)", replace(MEDIAN, alone=True))],
)  # fmt: skip
def test_what_is_told_where_it_is_all_that_is_said(text: str, spec: Spec) -> None:
    assert spec_in(text)[0] == spec


def test_words_for_what_is_told_leave_the_rest_of_a_text() -> None:
    assert spec_in("mean height (SD)") == (MEAN, "     height (  )")
