"""A federation of real sites: what is refused before any of them is asked, and what each party is told."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from remembrain.config import RoundsOptions, TrainOptions
from remembrain.errors import UsageError
from remembrain.study.federated.sites import start


def test_real_sites_are_not_sent_the_seed_of_their_noise(tmp_path):
    with pytest.raises(UsageError, match="--secure-noise") as caught:
        start(tmp_path, tmp_path / "run", TrainOptions(epsilon=8.0), RoundsOptions(), "48", 0)
    assert "the server and every site are sent" in str(caught.value)
    assert not (tmp_path / "run").exists()
