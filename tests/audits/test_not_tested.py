"""What a report says that was not tested: a core ran, the others exist, and by which command they are added."""

from __future__ import annotations

import pytest

from remembrain.attacks import ATTACKS, BLIND, REFERENCED, select
from remembrain.audits.not_tested import not_tested


def said_of(*words: str, access=None, references=False, left_out=()) -> list[str]:
    return not_tested(select(words, access, references=references), {}, dict.fromkeys(left_out, "no population"), None)


def test_after_the_core_a_report_names_the_others_and_the_command_that_adds_them():
    (line,) = [one for one in said_of() if "remembrain attack RUN all" in one]
    assert line.startswith("The core of attacks was run, which no other attack outdid")
    others = line.rpartition(": ")[2].rstrip(".").split(", ")
    assert others == sorted({one.name for one in ATTACKS} - {one.name for one in select()})
    assert BLIND.name not in others


def test_what_of_the_core_could_not_be_run_is_named():
    said = said_of(left_out=("shadow:error-threshold",))
    assert any(
        one.startswith("The core of attacks was run but for shadow:error-threshold, which no other") for one in said
    )
    assert "An adversary who knows no member: no population." in said
    refused = not_tested(select(), {"boosted": "no gradient"}, {}, None)
    assert any(one.startswith("The core of attacks was run but for boosted,") for one in refused)


@pytest.mark.parametrize("words", [("error-threshold",), ("published",)])
def test_after_fewer_attacks_nothing_is_said_of_a_core(words):
    (line,) = [one for one in said_of(*words) if "remembrain attack RUN all" in one]
    assert line.startswith("Attacks that this program has were not asked for")
    assert "boosted" in line


def test_after_all_attacks_nothing_is_left_to_add():
    assert not [one for one in said_of("all") if "RUN all" in one]
    left = ("shadow:error-threshold", "shadow:network:prediction+label")  # asked for, and told of in another line
    assert not [one for one in said_of("all", left_out=left) if "RUN all" in one]


def test_where_there_are_reference_models_their_other_attacks_are_named_too():
    (line,) = [one for one in said_of(references=True) if "RUN all" in one]
    assert {"lira", "lira-own", "lira-offline-own"} <= set(line.rpartition(": ")[2].rstrip(".").split(", "))
    assert not [one for one in said_of() if any(f" {two.name}," in one for two in REFERENCED)]


def test_of_a_model_that_only_answers_no_attack_on_weights_is_said_to_be_left():
    chosen = select((), "outputs")
    lines = not_tested(chosen, {}, {}, None, answers_alone=True)
    (line,) = [one for one in lines if "the same command with --attacks all" in one]
    assert line.startswith("The core of attacks was run, which no other attack outdid")
    assert "gradient" not in line
    assert "An adversary who has the weights: only attacks on what the model puts out were run." in lines
