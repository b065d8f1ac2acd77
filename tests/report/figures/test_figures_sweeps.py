"""Knobs, steps and tables of published tables."""

import pytest
from page_of import read

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.figures.sweeps import realism, sweeps, tables
from remembrain.report.reading import validated


def test_a_knob_is_drawn_at_the_values_that_were_tried():
    drawing = sweeps(read(example_surveys.recognised), "Heading", protects=False)
    assert drawing.title == "Heading"
    assert drawing.description == (
        "Answers known: 50 %: inner product 0.62 (0.58 to 0.66) and correlation-aware 0.62 (0.58 to 0.66), 100 %: "
        "inner product 0.70 (0.66 to 0.74) and correlation-aware 0.70 (0.66 to 0.74)."
    )
    protection = sweeps(read(example_surveys.recognised), "Heading", protects=True)
    assert protection.description.startswith("Rounding: none: inner product 0.70 (0.66 to 0.74)")


def test_steps_and_tables_are_told():
    assert realism(read(example_surveys.recognised)).description.startswith("all known: inner product 0.70 (0.66 to")
    assert tables(read(example_surveys.recognised)).description == (
        "AUC of each alone. margin-q1: 0.60 (0.56 to 0.64); margin-q0: 0.52 (0.48 to 0.56)."
    )


@pytest.mark.parametrize("draw", [realism, tables, lambda evidence: sweeps(evidence, "", protects=True)])
def test_nothing_is_drawn_of_nothing(draw):
    assert draw(read(example_surveys.quiet)) is None


def test_several_numbers_of_one_column_are_told_apart():
    content = example_surveys.content("not detected")
    for row, name in zip(content["contributions"]["rows"], ("mean-age-by-sex", "sd-age-by-sex"), strict=False):
        row["part"] = name
    labels = tables(validated(SurveyEvidence, content)).figure.axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["mean of age-by-sex", "sd of age-by-sex"]
