"""Whether a site's data are those of before, said so that only the site can tell."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import stat

import numpy as np

from remembrain.errors import DataError
from remembrain.federation.flare.own import own_key, word_of


def test_the_word_for_the_same_data_says_nothing_without_the_site_s_key(tmp_path):
    scans, age = ["sub-1 a", "sub-2 b"], np.array([60.0, 70.0])
    key, other = own_key(tmp_path / "a" / "site.key"), own_key(tmp_path / "b" / "site.key")
    assert own_key(tmp_path / "a" / "site.key") == key != other
    assert stat.S_IMODE((tmp_path / "a" / "site.key").stat().st_mode) == 0o600
    word = word_of(key, "plan", scans, age)
    assert word == word_of(key, "plan", list(scans), age.copy())
    others = [
        word_of(other, "plan", scans, age),
        word_of(key, "other plan", scans, age),
        word_of(key, "plan", ["sub-1 a", "sub-3 b"], age),
        word_of(key, "plan", scans, age + 1e-9),
    ]
    assert len({word, *others}) == 5
    (tmp_path / "a" / "site.key").write_bytes(b"short")
    with pytest.raises(DataError, match="is no key"):
        own_key(tmp_path / "a" / "site.key")
