"""Attacks of one's own are known by their names, and those of packages when they are named."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

import remembrain
from remembrain import attacks
from remembrain.attacks import plugins
from remembrain.errors import UsageError


@dataclass(frozen=True)
class Coin:
    """An attack that knows nothing."""

    name: str = "coin"
    title: str = "A coin"
    access: str = "outputs"
    knows: str = "nothing"
    needs: tuple[str, ...] = ("error",)
    paper: str = "nobody"

    def score(self, known, unknown, rng):
        return rng.normal(size=len(unknown["error"]))


def test_an_attack_of_one_s_own_is_known_by_its_name(monkeypatch) -> None:
    monkeypatch.setattr(plugins, "REGISTERED", {})
    assert remembrain.register(Coin()) == Coin()
    assert attacks.select(("coin",)) == (Coin(),)
    with pytest.raises(UsageError, match="already"):
        remembrain.register(Coin(name="logistic"))
    with pytest.raises(UsageError, match="has no name"):
        remembrain.register(object())


def test_a_package_brings_one_by_an_entry_point_when_it_is_named(monkeypatch) -> None:
    entry = EntryPoint("coin", f"{__name__}:Coin", "remembrain.attacks")
    monkeypatch.setattr(plugins, "REGISTERED", {})
    monkeypatch.setattr(plugins, "entry_points", lambda **wanted: [entry] if wanted["name"] == "coin" else [])
    assert [attack.name for attack in attacks.select(("coin", "logistic"))] == ["coin", "logistic"]
    with pytest.raises(UsageError, match="no attack 'dice'"):
        attacks.select(("dice",))
