"""How the page came about."""

from page_of import kept, section, words

import example_defences
import example_runs
from remembrain.record.model import Evidence
from remembrain.report.reading import validated
from remembrain.report.sections.reproduction import commands, hashes, seeds


def evidence(**audit):
    content = example_runs.content((0.5, 0.5, 0.5), 0.5, "not detected")
    content["audit"].update(audit)
    return validated(Evidence, content)


def test_one_command_stands_alone_and_several_say_what_each_brought() -> None:
    alone = evidence()
    assert commands(alone) == [("Command", "remembrain audit cohort runs/first", "")]
    one = {
        "command": "remembrain attack runs/first lira",
        "created": "then",
        "version": "2",
        "attacks": ["lira", "rmia"],
    }
    several = evidence(
        model={"command": "remembrain import", "created": "before"}, commands=[one, {**one, "attacks": ["logistic"]}]
    )
    assert commands(several) == [
        ("Model made by", "remembrain import", ", before"),
        ("Command", "remembrain attack runs/first lira", ", then, version 2: lira, rmia"),
        ("Command", "remembrain attack runs/first lira", ", then, version 2: logistic"),
    ]


def test_hashes_of_people_s_files_name_their_key_and_those_of_the_model_have_none() -> None:
    assert seeds(evidence()) == ("Seed", "11")
    assert hashes(evidence(hashes={"weights": "a", "split": None})) == [
        ("SHA-256 of the weights", "a", ""),
        ("Keyed hash of the split", None, " (its key is the owner’s: restricted/hashes.json)"),
    ]


def test_a_comparison_has_its_seeds_and_no_hashes() -> None:
    text = words(section(kept(example_defences.compared), "reproduction"))
    assert "Seeds 0, 1, 2" in text
    assert "hash" not in text
