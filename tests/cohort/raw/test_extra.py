"""The extra is asked for once, with the command that installs it."""

from __future__ import annotations

import pytest

from remembrain.cohort.raw import extra
from remembrain.errors import UsageError


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (("deepbet",), "raw scans are prepared by deepbet and simpleitk, and deepbet is not installed"),
        (("deepbet", "SimpleITK"), "and deepbet and simpleitk are not installed"),
    ],
)
def test_what_is_missing_is_named_with_the_command(
    missing: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name in missing else object())
    with pytest.raises(UsageError, match=words) as refused:
        extra.insist_on_extra()
    assert "pip install 'remembrain[raw]'" in str(refused.value)


def test_nothing_is_said_where_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _: object())
    extra.insist_on_extra()


def test_versions_are_of_what_is_installed() -> None:
    assert extra.versions()["numpy"].count(".") >= 1
    assert set(extra.versions()) <= set(extra.COMPUTING)
