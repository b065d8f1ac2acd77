"""What a site would train on, said before any work."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")


from made_site import kit
from remembrain.errors import DataError
from remembrain.study.federated.site_check import check_site


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
