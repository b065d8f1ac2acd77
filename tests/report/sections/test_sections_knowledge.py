"""What leakage hangs on."""

from page_of import kept, section, words

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.knowledge import refused


def test_values_that_could_not_be_tried_are_named_with_the_reason() -> None:
    evidence = validated(SurveyEvidence, example_surveys.content("not detected"))
    assert refused(evidence, protects=False) == ("Answers known: not tried at 2 (more than all).",)
    assert refused(evidence, protects=True) == ()


def test_steps_and_knobs_have_their_pictures() -> None:
    found = section(kept(example_surveys.recognised), "run1-knowledge")
    assert [each.attributes["id"] for each in found.all("figure")] == ["run1-figure-realism", "run1-figure-sweeps"]
    assert "every mark is the mean over 4 releases" in words(found)
    assert words(found).endswith("Answers known: not tried at 2 (more than all).")
