"""A site after a federation: whom it trained on stays in its kit, and so does the model, for an audit of its own."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from made_site import Site, kit
from remembrain.config import AttackOptions, SiteAuditOptions
from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.kit import SiteKit
from remembrain.report import write as report
from remembrain.run import read_json, sha256
from remembrain.study.audit import attack
from remembrain.study.federated.site_audit import audit_site
from remembrain.study.federated.site_check import check_site
from remembrain.targets import networks
from remembrain.targets.weights import read_weights, write_tensors

PEOPLE, LEFT_OUT = 240, 84
FEW = AttackOptions(attacks=("error-threshold",), repeats=2)


def write_people(path, n, first=0):
    rng = np.random.default_rng(first)
    age = rng.uniform(45, 80, n)
    frame = pd.DataFrame({f"x{place}": (age - 60) / 10 + rng.normal(size=n) for place in range(6)})
    frame.insert(0, "participant_id", [f"sub-{first + place:03d}" for place in range(n)])
    frame["age"] = age
    frame.to_csv(path, sep="\t", index=False)
    return frame


def model(seed=0):
    network = networks.build("mlp", "light", (6,), mean_age=62.0, generator=torch.Generator().manual_seed(seed))
    return network.state_dict()


def same_models(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def umask():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def site(tmp_path):
    write_people(tmp_path / "people.tsv", PEOPLE)
    return Site(kit(tmp_path / "kit", 'source = "../../people.tsv"\nunseen = 0.35\n'))


def folder_of(site):
    return SiteKit(site.root).federation(site.plan.identity)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
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


def test_too_few_are_told_before_any_training_and_only_the_site_learns_how_many(tmp_path, caplog):
    write_people(tmp_path / "people.tsv", 60)
    few = Site(kit(tmp_path / "kit", 'source = "../../people.tsv"\nunseen = 0.2\n'))
    with caplog.at_level("INFO"):
        told = few.begin()
    assert told["can_audit"] is False
    assert set(told) == {"scans", "mean_age", "same", "shape", "can_audit"}
    assert "48 people are trained on, and 12 are left out" in caplog.text
    assert "an audit needs 118 people, of whom 78 are left out" in caplog.text
    few.release(model())
    with pytest.raises(DataError, match="nothing could be assessed of this site's people"):
        audit_site(few.root, tmp_path / "run", FEW)
    assert not (tmp_path / "run").exists()


def test_a_site_audits_the_final_model_on_its_own_people(site, tmp_path):
    site.begin()
    site.release(model())
    page, judged = audit_site(site.root, tmp_path / "run", FEW)
    text = page.read_text()
    assert "community model of a federation of 2 sites" in text
    assert "of the people of other sites" in text
    assert "It was trained on the members and on people of other sites" in text
    assert "trained here" not in text
    evidence = read_json(tmp_path / "run" / "evidence.json")
    assert set(judged.assessments) == {"error-threshold"}
    assert judged.by_lot
    assert {"null", "blind"} <= set(evidence["controls"])
    split = pd.read_csv(tmp_path / "run" / "restricted" / "split.tsv", sep="\t")
    assert split.equals(pd.read_csv(folder_of(site).split, sep="\t"))
    assert same_models(read_weights(tmp_path / "run" / "target" / "model.safetensors"), model())
    attack(tmp_path / "run", AttackOptions(attacks=("logistic",)))
    report.write([tmp_path / "run"])
    names = {one["name"] for one in read_json(tmp_path / "run" / "evidence.json")["attacks"]}
    assert names == {"error-threshold", "logistic", "blind"}


def test_a_model_may_be_given_where_none_came_and_another_one_takes_no_run(site, tmp_path):
    site.begin()
    with pytest.raises(DataError, match="the final model did not come here") as caught:
        audit_site(site.root, tmp_path / "run", FEW)
    assert "--model" in str(caught.value)
    with pytest.raises(DataError, match="no such file"):
        audit_site(site.root, tmp_path / "run", FEW, SiteAuditOptions(model=tmp_path / "given.safetensors"))
    write_tensors(model(), tmp_path / "given.safetensors")
    audit_site(site.root, tmp_path / "run", FEW, SiteAuditOptions(model=tmp_path / "given.safetensors"))
    before = sha256(tmp_path / "run" / "evidence.json")
    site.release(model(1))
    with pytest.raises(DataError, match="other model"):
        audit_site(site.root, tmp_path / "run", FEW)
    assert sha256(tmp_path / "run" / "evidence.json") == before


def test_a_model_that_is_none_of_the_training_is_not_kept(site):
    site.begin()
    with pytest.raises(RemembrainError, match="no task of this federation"):
        site.release({"other": torch.zeros(3)})
    assert not folder_of(site).released.exists()


def test_of_several_federations_one_has_to_be_named(site):
    site.begin()
    other = Site(site.root, replace(site.plan, seed=9))
    other.begin()
    with pytest.raises(DataError, match="took part in 2 federations") as caught:
        SiteKit.open(site.root).chosen(None)
    assert "--identity" in str(caught.value)
    with pytest.raises(DataError, match="has no federation 'x'"):
        SiteKit.open(site.root).chosen("x")
    assert SiteKit.open(site.root).chosen(other.plan.identity).plan() == other.plan


def test_a_folder_that_is_no_site_s_kit_is_named(tmp_path):
    with pytest.raises(DataError, match="is no site's start-up kit"):
        check_site(tmp_path)


def test_a_check_of_a_kit_says_whom_it_would_train_on_and_keeps_nothing(site, tmp_path):
    lines, usable = check_site(site.root)
    text = "\n".join(lines)
    assert usable
    assert "156 people are trained on, and 84 are left out" in text
    assert "meter: none" in text
    assert not (site.root / "federations").exists()
    kit(site.root, 'source = "../../people.tsv"\nunseen = 0.05\n')
    assert "unseen = 0.33 in local/remembrain.toml would leave out enough" in "\n".join(check_site(site.root)[0])


@pytest.mark.usefixtures("umask")
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
