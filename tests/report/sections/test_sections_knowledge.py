"""What leakage hangs on."""

import example_surveys
from page_of import kept, section, words

from remembrain.report.sections.knowledge import refused
from remembrain.report.survey import SurveyEvidence


def test_values_that_could_not_be_tried_are_named_with_the_reason() -> None:
    evidence = SurveyEvidence.model_validate(example_surveys.content("not detected"))
    assert refused(evidence, protects=False) == ("Answers known: not tried at 2 (more than all).",)
    assert refused(evidence, protects=True) == ()


def test_steps_and_knobs_have_their_pictures() -> None:
    found = section(kept(example_surveys.recognised), "run1-knowledge")
    assert [each.attributes["id"] for each in found.all("figure")] == ["run1-figure-realism", "run1-figure-sweeps"]
    assert "every mark is the mean over 4 releases" in words(found)
    assert words(found).endswith("Answers known: not tried at 2 (more than all).")
