"""What stands in the evidence of published tables."""

import copy

import pytest
from pydantic import ValidationError

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated


def test_noise_is_what_makes_tables_private():
    content = copy.deepcopy(example_surveys.content("not detected"))
    assert not validated(SurveyEvidence, content).private
    content["target"]["protection"]["noise_epsilon"] = 1.0
    assert validated(SurveyEvidence, content).private
    assert SurveyEvidence.subject == "tables"


def test_evidence_of_another_kind_is_refused():
    with pytest.raises(ValidationError, match="kind"):
        validated(SurveyEvidence, example_surveys.content("not detected") | {"kind": "model"})
