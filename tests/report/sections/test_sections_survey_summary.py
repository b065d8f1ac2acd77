"""The head of the page over published tables: one wording an outcome."""

import pytest
from page_of import SPACE

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.survey_summary import heading, in_words, sentences, title
from remembrain.types import GRAVITY


def said(status, **other):
    evidence = validated(SurveyEvidence, example_surveys.content(status) | other)
    return evidence, {line.name: line.text.replace(SPACE, " ") for line in sentences(evidence)}


@pytest.mark.parametrize(
    ("status", "came_out"),
    [
        ("members recognised", "Those who took part were recognised: the best attack puts one of them above somebody"),
        ("not shown beyond the blind baseline", "but people are too few to show that this is more than an adversary"),
        ("confounded", "those who took part may be another kind of people, and what the tables give away is open."),
        ("not detected", "the 95 % intervals leave room for an AUC of 0.78, or up to "),
        ("not assessed", "this is no evidence that they cannot: against chance p = 3e-05."),
    ],
)
def test_every_outcome_has_its_wording(status, came_out) -> None:
    evidence, lines = said(status)
    assert came_out in lines["What came out"] or came_out in lines["What came out"].replace(" × 10⁻⁵", "e-05")
    assert heading(evidence)
    assert title([evidence]) == "Do the tables of answers.csv tell who took part?"
    assert status in GRAVITY


def test_it_is_said_what_was_tested_which_tables_tell_and_what_protects() -> None:
    _, lines = said("members recognised")
    assert lines["What was tested"].startswith(
        "Two attacks on 12 numbers in three tables tried to tell 250 people who took part from 100 who did not"
    )
    assert lines["Which tables"] == (
        "One table of 2 tell something by themselves, most: margin-q1 (AUC alone 0.60 (0.56 to 0.64))."
    )
    protects = lines["What would protect"]
    assert protects.startswith("As published: the tables leave an AUC of")
    assert "Rounding: rounding to multiples of 10 is the weakest of one level" in protects
    assert lines["Against whom"].startswith("An adversary who has: answers of the person in question: all of them; 5 %")


def test_what_was_not_looked_at_is_left_out() -> None:
    _, lines = said("not detected", contributions=None, advice=None)
    assert not {"Which tables", "What would protect"} & set(lines)


def test_being_named_is_told_at_base_rates_of_a_hundred_people_where_anybody_is_recognised() -> None:
    evidence, lines = said("members recognised")
    assert evidence.posterior
    row = next(row for row in evidence.posterior.rows if row.posterior.known)
    value, low, high = row.posterior.ends()
    assert f"about {round(100 * value)} (" in lines["Being named"]
    assert f"if {in_words(row.prior)} did" in lines["Being named"]
    assert "names 10 % of those who did not" in lines["Being named"]
    assert low <= value <= high
    assert "Being named" not in said("not detected")[1]


@pytest.mark.parametrize(
    ("prior", "words"), [(0.1, "1 in 10"), (0.01, "1 in 100"), (0.5, "5 in 10"), (0.002, "2 in 1,000")]
)
def test_a_base_rate_is_told_as_so_many_of_a_round_number(prior: float, words: str) -> None:
    assert in_words(prior) == words


def test_realistic_knowledge_stands_beside_the_worst_case() -> None:
    evidence, lines = said("members recognised")
    assert len(evidence.realism) > 1
    told = lines["With realistic knowledge"]
    assert evidence.realism[0].words not in told
    for step in evidence.realism[1:]:
        assert step.words in told
    assert "With realistic knowledge" not in said("members recognised", realism=[])[1]


def test_who_is_certain_is_told_where_anybody_can_be() -> None:
    told = {"tested_members": 250, "tested_others": 100, "proven": "<10", "excluded": 40}
    assert said("members recognised", certain=told)[1]["Without any doubt"] == (
        "By exact arithmetic on the counts, fewer than 10 of 250 who took part are proven to have done so, since "
        "nobody else of the file gave their answers, and 40 of 100 who did not are proven not to have."
    )
    both = told | {"on": ["counts", "means"]}
    assert said("members recognised", certain=both)[1]["Without any doubt"].startswith(
        "By exact arithmetic on the counts and the means and standard deviations, fewer than 10 of 250 who took part"
    )
    nobody = told | {"proven": 0, "excluded": 0}
    assert said("members recognised", certain=nobody)[1]["Without any doubt"].startswith("Of none of the people")
    assert "Without any doubt" not in said("members recognised", certain={"why": "counts are rounded or noised"})[1]
