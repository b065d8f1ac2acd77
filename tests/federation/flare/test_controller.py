"""The server: one shape for all, the final model for every site, and what went wrong in words that name the site."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import numpy as np
import torch

from flare_in_process import Relayed
from remembrain.cohort.arrays import ArrayInputs
from remembrain.errors import DataError, RemembrainError
from remembrain.federation.archive import Archive
from remembrain.federation.flare.controller import FlareRounds
from remembrain.federation.flare.learner import FlareLearner
from remembrain.federation.flare.plan import FAILURE, TOLD, Plan
from remembrain.federation.learner import Local
from remembrain.run import read_json
from remembrain.targets import recipes

PLAN = Plan("mlp", "light", recipes.recipe("mlp", "light", federated=True, epochs=1), 2, 1, {"a": "Oslo", "b": "Rome"})


class Site(FlareLearner):
    """A site with 20 people of so many columns, which keeps the final model where it is well."""

    def __init__(self, columns=5, fails="", can_audit=True):
        super().__init__(PLAN.to_text())
        self.columns, self.fails, self.can_audit, self.released = columns, fails, can_audit, None

    def local(self, site, fl_ctx):
        if self.fails == "data":
            raise DataError("sub-01 has no age")
        rng = np.random.default_rng(self.columns)
        return Local(ArrayInputs(rng.normal(size=(20, self.columns))), rng.uniform(50, 80, 20))

    def told(self):
        return {"can_audit": self.can_audit}

    def keep_released(self, site, fl_ctx, state):
        if self.fails == "release":
            raise OSError("no space")
        self.released = state


class Server(Relayed, FlareRounds):
    """A server that releases the final model."""

    releases = True


def test_every_site_gets_the_final_model_and_the_coordinator_is_told_who_did_not(tmp_path):
    sites = {"a": Site(can_audit=False), "b": Site(fails="release")}
    Server(PLAN.to_text(), str(tmp_path)).over(sites)
    final = Archive(tmp_path / "rounds").state(2)
    assert all(torch.equal(value, final[name]) for name, value in sites["a"].released.items())
    assert sites["b"].released is None
    assert read_json(tmp_path / TOLD) == {"cannot_audit": ["Oslo"], "without_model": ["Rome"]}
    assert not (tmp_path / FAILURE).exists()


@pytest.mark.parametrize(
    ("sites", "said", "where"),
    [
        ({"a": Site(5), "b": Site(6)}, r"scans of different shapes: Oslo \[5\], Rome \[6\]", None),
        ({"a": Site(), "b": Site(fails="data")}, "Rome data cannot be used: 1 problem", "before round 1"),
    ],
)
def test_what_ends_a_federation_is_written_down_and_quotes_nobody(tmp_path, sites, said, where):
    with pytest.raises(RemembrainError, match=said):
        Server(PLAN.to_text(), str(tmp_path)).over(sites)
    failure = read_json(tmp_path / FAILURE)
    assert failure["where"] == where
    assert "sub-01" not in failure["what"]
    assert not (tmp_path / "rounds").exists()
