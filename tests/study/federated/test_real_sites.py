"""A real site in its federation: who is trained on and the model stay in its kit, and its meter measures."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import os
import stat

import pandas as pd
import torch

from made_site import LEFT_OUT, PEOPLE, Site, folder_of, kit, model, same_models
from made_table import write_people
from remembrain.errors import RemembrainError
from remembrain.targets.weights import read_weights


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_who_was_trained_on_and_the_model_stay_in_the_kit_for_its_owner_alone(site):
    told = site.begin()
    site.release(model())
    kept = folder_of(site)
    split = pd.read_csv(kept.split, sep="\t")
    assert dict(split.role.value_counts()) == {"member": PEOPLE - LEFT_OUT, "nonmember": LEFT_OUT}
    assert dict(split[split.attacker_knows == 1].role.value_counts()) == {"member": 42, "nonmember": 42}
    assert told["scans"] == PEOPLE - LEFT_OUT
    assert told["can_audit"] is True
    assert same_models(read_weights(kept.released), model())
    files = [path for path in kept.folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"split.tsv", "lot.json", "federation.json", "released.safetensors"}
    assert {mode(path) for path in files} == {0o600}
    assert {mode(path) for path in (kept.folder, kept.folder.parent)} == {0o700}


def test_a_federation_goes_on_with_the_same_people_whoever_has_come_to_the_data(site, tmp_path, caplog):
    told = site.begin()
    before = folder_of(site).split.read_bytes()
    old = pd.read_csv(tmp_path / "people.tsv", sep="\t", dtype=str)
    write_people(tmp_path / "people.tsv", 30, first=500)
    new = pd.read_csv(tmp_path / "people.tsv", sep="\t", dtype=str)
    pd.concat([new, old[::-1]]).to_csv(tmp_path / "people.tsv", sep="\t", index=False)
    kit(site.root, 'source = "../../people.tsv"\nunseen = 0.1\n')
    again = Site(site.root, site.plan)
    with caplog.at_level("INFO"):
        assert again.begin() == told  # with a word of scans and ages, in order
    assert folder_of(site).split.read_bytes() == before
    assert "30 people are new to the data since this federation began, and left aside" in caplog.text
    assert "unseen = 0.1 is for federations to come" in caplog.text
    assert "sub-5" not in caplog.text


def test_without_somebody_of_it_a_federation_does_not_go_on(site, tmp_path):
    site.begin()
    frame = pd.read_csv(tmp_path / "people.tsv", sep="\t", dtype=str)
    frame[1:].to_csv(tmp_path / "people.tsv", sep="\t", index=False)
    with pytest.raises(RemembrainError, match="data cannot be used: 1 problem"):
        Site(site.root, site.plan).begin()


def test_a_model_that_is_none_of_the_training_is_not_kept(site):
    site.begin()
    with pytest.raises(RemembrainError, match="no task of this federation"):
        site.release({"other": torch.zeros(3)})
    assert not folder_of(site).released.exists()


@pytest.mark.usefixtures("open_umask")
@pytest.mark.slow
def test_the_meter_measures_every_round_and_the_released_model_and_changes_no_model(site):
    site.begin()
    plain = site.train(model())
    kit(site.root, 'source = "../../people.tsv"\nunseen = 0.35\n[meter]\nattacks = ["error-threshold"]\n')
    metered = Site(site.root, site.plan)
    metered.begin()
    learned = metered.train(model())
    assert same_models(learned, plain)
    metered.release(learned)
    folder = folder_of(site).leakage
    rows = [line.split("\t") for line in (folder / "trend.tsv").read_text().splitlines()[1:]]
    assert [(row[0], row[1]) for row in rows] == [("0", "error-threshold"), ("1", "error-threshold")]
    assert all(row[2] != "n/a" for row in rows)
    split = pd.read_csv(folder / "round-001" / "restricted" / "split.tsv", sep="\t")
    assert split.equals(pd.read_csv(folder_of(site).split, sep="\t"))
    assert {mode(path) for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert {mode(path) for path in (folder, *folder.rglob("*")) if path.is_dir()} == {0o700}
    assert same_models(read_weights(folder / "round-001" / "target" / "model.safetensors"), learned)


def test_a_site_with_a_limit_ends_its_part_and_tells_no_number(site):
    limit = "[meter]\nattacks = ['error-threshold']\nstop_above = 0.0\n"
    kit(site.root, f'source = "../../people.tsv"\nunseen = 0.35\n{limit}')
    site.begin()
    with pytest.raises(RemembrainError, match="meter ended its part") as caught:
        site.train(model())
    assert not any(letter.isdigit() for letter in str(caught.value))
    assert (folder_of(site).leakage / "stopped.txt").is_file()
    site.release(model())  # it is there to be audited all the same
    assert folder_of(site).released.is_file()
