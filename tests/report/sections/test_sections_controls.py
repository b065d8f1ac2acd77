"""What the state of each control means, for every state and everything that is audited."""

from itertools import product
from typing import get_args

import example_runs
import example_surveys
import pytest
from page_of import kept, section, words

from remembrain.report.document import Evidence, Held
from remembrain.report.sections.controls import meaning
from remembrain.report.survey import SurveyEvidence


@pytest.mark.parametrize(
    ("evidence", "subject"),
    [
        (Evidence.model_validate(example_runs.content((0.5, 0.5, 0.5), 0.5, "not detected")), "the model"),
        (SurveyEvidence.model_validate(example_surveys.content("not detected")), "table"),
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
