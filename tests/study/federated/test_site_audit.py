"""A site after a federation: an audit of the final model on its own people."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import pandas as pd

from made_site import Site, folder_of, kit, model, same_models
from made_table import write_people
from remembrain.config import AttackOptions, SiteAuditOptions
from remembrain.errors import DataError
from remembrain.report import write as report
from remembrain.run import read_json, sha256
from remembrain.study.audit import attack
from remembrain.study.federated.site_audit import audit_site
from remembrain.targets.weights import read_weights, write_tensors

FEW = AttackOptions(attacks=("error-threshold",), repeats=2)


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
