"""Commands about real sites and learners: what is handed on, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from command_line import run

from remembrain.study.federated import federate, site_check, sites


class Ended(NamedTuple):
    """What a training returns: its folder."""

    path: Path


@pytest.mark.parametrize(("usable", "code"), [(True, 0), (False, 3)])
def test_a_site_whose_data_are_unusable_ends_with_3(monkeypatch, capsys, usable: bool, code: int) -> None:
    monkeypatch.setattr(site_check, "check_site", lambda kit: ([f"people of {kit}", "problems: 1"], usable))
    assert run("federation", "check", "kits/oslo") == code
    assert capsys.readouterr().out == "people of kits/oslo\nproblems: 1\n"


def test_kits_are_made_where_it_is_said(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sites, "make_kits", lambda file, out: f"kits of {file} in {out}")
    assert run("federation", "provision", "sites.toml", "kits") == 0
    assert capsys.readouterr().out == "kits of sites.toml in kits\n"


def test_learners_train_with_the_options_that_are_said(monkeypatch, capsys, tmp_path: Path) -> None:
    configs = []
    monkeypatch.setattr(federate, "federate", lambda config, folder, _: configs.append(config) or Ended(folder))
    words = ("--rounds", "3", "--learners", "4", "--epochs", "2", "--seed", "5", "--environment", "uniform-noniid")
    assert run("federate", tmp_path, "runs/a", *words) == 0
    assert capsys.readouterr().out == "runs/a/rounds\n"
    (config,) = configs
    assert (config.source, config.seed, config.training.epochs) == (tmp_path, 5, 2)
    told = config.federation
    assert (told.rounds, told.learners, told.environment) == (3, 4, "uniform-noniid")


def test_a_start_has_the_grid_of_its_form_unless_another_is_said(monkeypatch, capsys) -> None:
    grids = []
    monkeypatch.setattr(sites, "start", lambda *given: grids.append(given[4]) or Ended(given[1]))
    for words in ((), ("--form", "paper"), ("--form", "paper", "--grid", "64")):
        assert run("federation", "start", "kit", "run", *words) == 0
    assert grids == ["48", "mni", "64"]


def test_options_that_change_nothing_are_refused_before_anything_is_done(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.setattr(federate, "federate", lambda *_: pytest.fail("trained"))
    assert run("federate", tmp_path, "runs/a", "--simulate") == 2
    assert "--simulate would change nothing: learners are trained in this process" in capsys.readouterr().err
