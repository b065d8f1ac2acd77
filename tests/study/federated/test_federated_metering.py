"""What a meter audits: the model of the site's own file, or that of the training, as what it is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from made_site import model, plan_of
from remembrain.errors import DataError, UsageError
from remembrain.federation.flare.site_file import MeterOptions
from remembrain.federation.metering import site_target
from remembrain.report.words import OVER_SITES
from remembrain.study.federated.metering import audit_at_site, audit_of

MATERIAL = SimpleNamespace(inputs=SimpleNamespace(shape=(6,)))


def test_a_job_of_another_program_needs_a_network_and_people(tmp_path):
    for options in (MeterOptions(), MeterOptions(network="model:Net"), MeterOptions(people="people:people")):
        with pytest.raises(UsageError, match="names no network or no people"):
            audit_of(options, {}, 0)


def test_a_model_of_our_training_is_one_of_several_sites_or_an_error(tmp_path):
    target = site_target(plan_of(), MATERIAL, model(), tmp_path / "community")
    assert target.origin == OVER_SITES
    assert "federation of 2 sites" in target.notes[0]
    assert target.seed == plan_of().seed
    with pytest.raises(DataError, match="the model of round 3"):
        audit_at_site(MeterOptions(), plan_of(), {"other": model()["output.bias"]}, MATERIAL, 3)
