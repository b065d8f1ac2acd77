"""How a model was audited, written from what ran."""

import example_runs
from remembrain.record.model import Evidence
from remembrain.report.reading import validated
from remembrain.report.sections.methods import paragraphs, references
from remembrain.report.words import OVER_SITES


def evidence(**parts):
    content = example_runs.content((0.5, 0.5, 0.5), 0.5, "not detected")
    for name, part in parts.items():
        content[name].update(part)
    return validated(Evidence, content)


def said(**parts):
    return {line.name: line.text.replace("\N{NO-BREAK SPACE}", " ") for line in paragraphs(evidence(**parts))}


def test_paragraphs_stand_in_order_and_are_of_what_ran() -> None:
    lines = said()
    assert list(lines) == ["People", "Model", "Attacks", "Controls", "Statistics"]
    assert "Each of three attacks learned from 149 members and 148 non-members" in lines["Attacks"]
    assert "95 % intervals of AUC" in lines["Statistics"]


def test_it_is_said_where_the_model_came_from() -> None:
    assert "on people of other sites, of whom nothing is known here" in said(target={"origin": OVER_SITES})["Model"]
    assert "who is a member is what its owner said" in said(target={"origin": "imported"})["Model"]
    hooked = said(target={"preprocess": "theirs", "loss": "theirs"})["Model"]
    assert hooked.endswith("Its own module brought the preparation of the input and the loss for gradients.")


def test_papers_stand_once_attacks_first_and_none_where_nothing_ran() -> None:
    papers = references(evidence())
    assert papers[0] == example_runs.ATTACKS[0][-1]
    assert len(set(papers)) == len(papers)
    assert any("DeLong" in paper for paper in papers)
    content = example_runs.content((0.5, 0.5, 0.5), 0.5, "not detected")
    for attack in content["attacks"]:
        attack["n_members"] = 0
    assert references(validated(Evidence, content)) == ()
