"""A site with people of its own."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from made_site import site_with_people


@pytest.fixture
def site(tmp_path):
    return site_with_people(tmp_path)
