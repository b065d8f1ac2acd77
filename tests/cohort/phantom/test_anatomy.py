"""Maps of tissue: shares that are a whole in the brain, made once and kept in the cache."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.grids import grid
from remembrain.cohort.phantom import anatomy as room
from remembrain.cohort.phantom.anatomy import anatomy, cache_folder


def test_shares_are_none_outside_the_head_and_at_most_a_whole() -> None:
    maps = anatomy(grid("32"))
    whole = maps.grey + maps.white + maps.fluid
    assert whole.shape == maps.texture.shape == grid("32").shape
    assert min(float(part.min()) for part in (maps.grey, maps.white, maps.fluid)) >= 0
    assert float(whole.max()) < 1.05
    assert (whole > 0.9).mean() > 0.1
    corner = (slice(0, 2),) * 3
    assert not whole[corner].any()
    assert not maps.texture[corner].any()
    assert abs(float(maps.texture[whole > 0.9].mean())) < 0.02  # means of tissues are taken out


def test_maps_are_made_once(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setenv("REMEMBRAIN_CACHE", str(tmp_path))
    monkeypatch.setattr(room, "_make", lambda space: made.append(space.name) or np.ones((4, 2, 2, 2)))
    first, again = anatomy(grid("32")), anatomy(grid("32"))
    assert np.array_equal(first.grey, again.grey)
    assert made == ["32"]
    anatomy(grid("48"))
    assert made == ["32", "48"]
    assert cache_folder() == tmp_path
