"""What reference models add."""

import pytest
from page_of import page, section, table, words

import example_references
import example_runs


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return section(
        page(example_runs.leaking(tmp_path_factory.mktemp("made") / "run", example_references.add)), "run1-references"
    )


def test_models_their_people_and_their_cost_are_said(found) -> None:
    text = words(found)
    assert "16 models were trained by the target’s recipe, each on half of the 300 audited people, drawn by lot" in text
    assert "(30 epochs; 12.5 core-minutes in all), so that everybody was in as many" in text
    assert "each scan was shown in 2 ways (as it is, mirrored)" in text
    assert "After 8 models nothing more than half a hundredth of AUC was learned" in text
    assert "They err like the target" in text


def test_a_row_an_attack_with_each_number_of_models_and_without_any(found) -> None:
    rows = table(found, "by the number of reference models")
    assert rows == [
        "Logistic regression on prediction, label and error logistic 0.70 0.66 to 0.74 20 % (16 % to 24 %) "
        "0.74 0.70 to 0.78 24 % (20 % to 28 %)"
    ]
    assert "8 models 16 models" in words(found)
    assert table(found, "The cheap alternative")[0].endswith(
        "0.66 0.62 to 0.70 10 % 6 % to 14 % +0.08 +0.04 to +0.12 0.20"
    )
    assert table(found, "Mean absolute errors of the target") == [
        "people it was not trained on 2.50 2.46 to 2.54 2.60 −0.10 −0.30 to 0.10 0.400",
        "its own members 2.50 2.46 to 2.54 2.60 −0.10 −0.30 to 0.10 not assessed",
    ]
