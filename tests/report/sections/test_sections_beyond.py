"""What the weights give away beyond the predictions."""

from page_of import anchors_of, kept, section, words

import example_runs


def test_it_is_held_against_the_best_of_those_that_see_predictions() -> None:
    whole = kept(example_runs.everything)
    text = words(section(whole, "run1-beyond"))
    assert "the best of those that see predictions alone, on the same people (151 + 152 tested in each of 5" in text
    assert "less “Logistic regression on prediction, label and error”" in text
    anchors = anchors_of(kept(example_runs.leaking))
    assert "run1-beyond" not in anchors
