"""What a kit keeps of the federations that it took part in."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from dataclasses import replace

from made_site import Site, site_with_people
from remembrain.errors import DataError
from remembrain.federation.flare.kit import SiteKit


def test_of_several_federations_one_has_to_be_named(tmp_path):
    site = site_with_people(tmp_path)
    site.begin()
    other = Site(site.root, replace(site.plan, seed=9))
    other.begin()
    with pytest.raises(DataError, match="took part in 2 federations") as caught:
        SiteKit.open(site.root).chosen(None)
    assert "--identity" in str(caught.value)
    with pytest.raises(DataError, match="has no federation 'x'"):
        SiteKit.open(site.root).chosen("x")
    assert SiteKit.open(site.root).chosen(other.plan.identity).plan() == other.plan
