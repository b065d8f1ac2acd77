"""What was asked for, and what is so where nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain import config
from remembrain.config.said import Said


def test_what_was_not_said_is_at_its_default_and_a_model_finds_what_is_made_of_it() -> None:
    said = Said("federate", config.FederationOptions(rounds=3))
    assert said[config.RoundsOptions].rounds == said[config.FederationOptions].rounds == 3
    assert said[config.AttackOptions] == config.AttackOptions()
    assert Said("start", config.RoundsOptions(rounds=3))[config.FederationOptions].rounds is None


def test_the_options_of_a_run_are_said_with_its_people(tmp_path: Path) -> None:
    training = config.TrainOptions(network="mine:Net", defences=("dropout=0.5",))
    said = Said.of(config.Config(source=tmp_path, training=training))
    assert (said.is_folder, said.is_table, said.own_class) == (True, False, True)
    assert said.defended_by("dropout")
    assert not said.defended_by("drop")
    assert not Said("train").is_folder


@pytest.mark.parametrize(
    ("training", "private"),
    [({}, False), ({"epsilon": 1.0}, True), ({"noise_multiplier": 0.0}, True), ({"defences": ("dp=3",)}, True)],
)
def test_training_is_private_whichever_way_it_is_said(training: dict[str, object], private: bool) -> None:
    assert Said("train", config.TrainOptions.model_validate(training)).private is private


@pytest.mark.parametrize(("environment", "by_column"), [("uniform-iid", False), ("site", True), ("centre", True)])
def test_an_environment_that_is_none_of_ours_is_a_column(environment: str, by_column: bool) -> None:
    assert Said("federate", config.FederationOptions(environment=environment)).by_column is by_column
