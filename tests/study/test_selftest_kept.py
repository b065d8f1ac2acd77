"""The last self-test of this machine."""

from __future__ import annotations

import json

from remembrain.study.selftest_kept import read_last


def test_no_result_or_a_broken_one_is_none(tmp_path):
    assert read_last(tmp_path / "none.json") is None
    (tmp_path / "broken.json").write_text("{")
    assert read_last(tmp_path / "broken.json") is None
    (tmp_path / "part.json").write_text(json.dumps({"version": "0.0.1"}))
    assert read_last(tmp_path / "part.json") is None
    whole = {"created": "2026", "version": "0.0.1", "seed": 0, "audits": 20, "passed": True, "lines": []}
    (tmp_path / "other.json").write_text(json.dumps(whole))
    assert read_last(tmp_path / "other.json").same_version is False
