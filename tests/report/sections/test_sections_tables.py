"""Which of the published tables tell most."""

from page_of import anchors_of, kept, section, words

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.tables import telling


def evidence(rows):
    content = example_surveys.content("not detected")
    content["contributions"] = None if rows is None else {"attack": "learned", "rows": rows}
    return validated(SurveyEvidence, content)


def test_those_that_tell_by_themselves_are_named() -> None:
    rows = example_surveys.content("not detected")["contributions"]["rows"]
    assert telling(evidence(rows)).startswith("One table of 2 tell something by themselves, most: margin-q1 (AUC")
    assert telling(evidence(rows[1:])).startswith("None of one table was shown to tell anything by itself")
    assert telling(evidence([])) == telling(evidence(None)) == ""


def test_the_section_stands_with_its_picture_alone() -> None:
    found = section(kept(example_surveys.recognised), "run1-tables")
    assert "By “Inner product”: a table alone, and all others as they are without it" in words(found)
    assert [figure.attributes["id"] for figure in found.all("figure")] == ["run1-figure-tables"]
    anchors = anchors_of(kept(example_surveys.quiet))
    assert not set(anchors) & {"run1-tables", "run1-knowledge", "run1-protection", "run1-exposed", "run1-risk"}
