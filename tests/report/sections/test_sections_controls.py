"""What the state of each control means, for every state and everything that is audited."""

from itertools import product
from typing import get_args

import pytest
from page_of import kept, section, words

import example_runs
import example_surveys
from remembrain.record.attacks import Held
from remembrain.record.model import Evidence
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.controls import meaning


@pytest.mark.parametrize(
    ("evidence", "subject"),
    [
        (validated(Evidence, example_runs.content((0.5, 0.5, 0.5), 0.5, "not detected")), "the model"),
        (validated(SurveyEvidence, example_surveys.content("not detected")), "table"),
    ],
)
def test_every_state_of_either_control_has_its_meaning(evidence, subject) -> None:
    meanings = meaning(evidence)
    assert set(meanings) == set(product(("null", "blind"), get_args(Held)))
    assert all(subject in meanings["blind", status] for status in get_args(Held))
    assert "at fault" in meanings["null", "failed"]


def test_state_and_reason_stand_beside_the_meaning() -> None:
    text = words(section(kept(example_surveys.recognised), "run1-controls"))
    assert "Null control holds Of the people who did not take part, half were called members." in text
    assert text.endswith("Its interval holds 0.5.")
