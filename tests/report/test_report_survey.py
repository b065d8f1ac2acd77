"""What stands in the evidence of published tables."""

import copy

import example_surveys
import pytest
from pydantic import ValidationError

from remembrain.report.survey import SurveyEvidence


def test_noise_is_what_makes_tables_private():
    content = copy.deepcopy(example_surveys.content("not detected"))
    assert not SurveyEvidence.model_validate(content).private
    content["target"]["protection"]["noise_epsilon"] = 1.0
    assert SurveyEvidence.model_validate(content).private
    assert SurveyEvidence.subject == "tables"


def test_evidence_of_another_kind_is_refused():
    with pytest.raises(ValidationError, match="kind"):
        SurveyEvidence.model_validate(example_surveys.content("not detected") | {"kind": "model"})
