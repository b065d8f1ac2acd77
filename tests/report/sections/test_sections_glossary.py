"""What words mean, once a page."""

import pytest
from page_of import page, section, words

import example_defences
import example_guarantees
import example_runs
import example_surveys


@pytest.mark.parametrize(
    ("make", "private"),
    [
        (example_runs.leaking, False),
        (example_guarantees.secure, True),
        (example_surveys.recognised, False),
        (example_defences.compared, True),
        (example_defences.few, False),
    ],
)
@pytest.mark.usefixtures("words_for_pictures")
def test_differential_privacy_is_explained_where_anything_is_said_of_it(make, private, tmp_path) -> None:
    text = words(section(page(make(tmp_path / "run")), "glossary"))
    assert ("Differential privacy A promise about training" in text) == private
    assert "Not assessed Nothing can be said, for the reason given. It does not mean that nothing is there." in text
