"""What is published, and what the adversary knows."""

import copy

from page_of import SPACE

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.release import knowledge, people, release


def evidence(protection=None, **target):
    content = copy.deepcopy(example_surveys.content("not detected"))
    content["target"].update(target)
    content["target"]["protection"].update(protection or {})
    return validated(SurveyEvidence, content)


def facts(lines):
    return {line.name: line.text.replace(SPACE, " ") for line in lines}


def test_tables_are_counted_by_kind_and_weights_are_said() -> None:
    lines = facts(release(evidence()))
    assert lines["Tables"] == "Two one-way margins, one cross-tab; 15 cells, 3 of them suppressed"
    assert lines["Weights"] == "By w; together worth 412 people of equal weight"
    assert "Weights" not in facts(release(evidence(weights=None)))


def test_every_protection_is_said_and_none_too() -> None:
    full = facts(release(evidence({"sample": 0.5, "noise_epsilon": 2.0})))["Protection"]
    assert full == (
        "A random 50 % of people are counted; Laplace noise of epsilon 2 over all tables; counts rounded to multiples "
        "of 5; cells of fewer than 3 people suppressed, and more against subtraction"
    )
    assert facts(release(evidence({"round_to": 0, "suppress_below": 0})))["Protection"] == "None"
    assert "before they were given" in facts(release(evidence(given=True)))["Protection"]


def test_of_whom_tables_are() -> None:
    assert "so that the tables attacked are of 300" in people(evidence())
    assert people(evidence(audited_group=500)) == "500 of 500 people"
    assert people(evidence(given=True)).startswith("Tables as they were given; 250 people who took part and 100")


def test_what_the_adversary_knows_knob_by_knob() -> None:
    lines = facts(knowledge(evidence()))
    assert lines["Answers of the person in question"] == "all of them; 5 % of these are wrong"
    assert lines["People of the same population"] == "100 of the same file, who did not take part"
    assert lines["How many took part"] == "known 300"
    assert lines["Survey weight of the person"] == "not known"
