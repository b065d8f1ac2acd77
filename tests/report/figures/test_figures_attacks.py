"""AUCs in a forest plot, and ROC curves."""

from page_of import read

import example_runs
from remembrain.record.model import Evidence
from remembrain.report.figures.attacks import comparison, forest, roc
from remembrain.report.reading import validated


def test_every_attack_stands_in_the_forest_by_its_number_with_its_interval():
    evidence = read(example_runs.leaking)
    drawing = forest(evidence, 0.95)
    assert drawing.description == (
        "1  Threshold on the absolute error: 0.65 (0.61 to 0.69); 2  Logistic regression on prediction, label and "
        "error: 0.82 (0.78 to 0.86); 3  Neural network on gradient of the output layer: 0.91 (0.87 to 0.95); Blind "
        "baseline: 0.51 (0.47 to 0.55)."
    )
    texts = [text.get_text() for text in drawing.figure.axes[0].texts]
    assert [text for text in texts if text.startswith(("Sees", "Holds", "Never"))] == [
        "Sees only predictions", "Holds the weights", "Never sees the model",
    ]  # fmt: skip


def test_curves_are_of_attacks_that_were_assessed():
    assert (
        "Threshold on the absolute error: 23.1 % at 10 % false positives" in roc(read(example_runs.leaking)).description
    )
    assert roc(read(example_runs.too_few)) is None
    assert forest(read(example_runs.too_few), 0.95) is None


def test_models_stand_side_by_side_by_their_best_attack_of_each_access():
    drawing = comparison({"a": read(example_runs.leaking), "b": read(example_runs.not_detected)})
    assert drawing.description.startswith("a, Sees only predictions: 0.82 (0.78 to 0.86); a, Holds the weights: 0.91")
    assert "b, Blind baseline: " in drawing.description
    bare = example_runs.content((0.5, 0.5, 0.5), 0.5, "not detected") | {"attacks": []}
    assert comparison({"a": validated(Evidence, bare)}) is None
