"""How a site's people are read in a federation, and by which roles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_site import kit, plan_of
from remembrain.cohort.arrays import make_scans
from remembrain.cohort.split_files import write_split
from remembrain.config.site import audited_roles, read_site, site_config, site_roles
from remembrain.errors import DataError
from remembrain.federation.flare.kit import SiteKit
from remembrain.federation.flare.site_people import audited, drawn_split
from remembrain.targets.private.mechanism import Privacy

SCANS = make_scans(np.linspace(50, 80, 50), [f"sub-{place:02d}" for place in range(50)])


def test_data_are_read_as_the_site_says_on_the_grid_of_the_federation(tmp_path):
    text = 'source = "people.tsv"\n[data]\nlabel = "years"\nstore = "scans"\n'
    own = read_site(kit(tmp_path, text) / "local" / "remembrain.toml")
    plan = plan_of()
    config = site_config(own, plan, "32")
    assert (config.source, config.seed) == (tmp_path / "local" / "people.tsv", plan.seed)
    assert (config.data.label, config.data.grid) == ("years", "32")
    assert config.data.store == tmp_path / "local" / "scans"
    assert (config.training.network, config.training.epsilon) == ("mlp", None)
    private = replace(plan.recipe, privacy=Privacy(epsilon=3.0, delta=1e-4, secure_noise=True))
    training = site_config(own, replace(plan, recipe=private), "32").training
    assert (training.epsilon, training.delta, training.noise_multiplier) == (3.0, 1e-4, None)


def test_roles_are_drawn_once_and_then_those_of_the_kit(tmp_path):
    federation = SiteKit(tmp_path).federation("some")
    with pytest.raises(DataError, match="no such file"):
        audited_roles(federation)
    roles = site_roles(federation, 0.2, 3)
    drawn = roles.decide(SCANS, ())
    assert roles.by_lot
    np.testing.assert_array_equal(drawn.role, drawn_split(SCANS, 0.2, 3).role)
    write_split(federation.split, SCANS, audited(drawn), by_lot=True)
    kept = site_roles(federation, 0.9, 4)  # whatever is asked for by now
    np.testing.assert_array_equal(kept.decide(SCANS, ()).role, drawn.role)
    assert kept.by_lot
    np.testing.assert_array_equal(
        audited_roles(federation).decide(SCANS, ()).role == "nonmember", drawn.role != "member"
    )
