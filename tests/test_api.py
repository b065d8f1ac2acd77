"""What Python users import is there, and is what the rooms pass to one another."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

import remembrain
from remembrain import api, attacks, types
from remembrain.audits.judge import Evidence
from remembrain.errors import UsageError
from remembrain.study.central.from_arrays import audit_module


def test_every_name_of_the_package_is_that_of_its_room() -> None:
    assert sorted(remembrain.__all__) == sorted(api.__all__)
    assert {name: getattr(remembrain, name) for name in remembrain.__all__} == {
        "Attack": types.Attack,
        "Evidence": Evidence,
        "Interval": types.Interval,
        "Scores": types.Scores,
        "audit_module": audit_module,
        "Audit": api.Audit,
        "audit": api.audit,
        "load": api.load,
        "register": attacks.register,
    }


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
    monkeypatch.setattr(attacks, "_REGISTERED", {})
    assert remembrain.register(Coin()) == Coin()
    assert attacks.select(("coin",)) == (Coin(),)
    with pytest.raises(UsageError, match="already"):
        remembrain.register(Coin(name="logistic"))
    with pytest.raises(UsageError, match="has no name"):
        remembrain.register(object())


def test_a_package_brings_one_by_an_entry_point_when_it_is_named(monkeypatch) -> None:
    entry = EntryPoint("coin", f"{__name__}:Coin", "remembrain.attacks")
    monkeypatch.setattr(attacks, "_REGISTERED", {})
    monkeypatch.setattr(attacks, "entry_points", lambda **wanted: [entry] if wanted["name"] == "coin" else [])
    assert [attack.name for attack in attacks.select(("coin", "logistic"))] == ["coin", "logistic"]
    with pytest.raises(UsageError, match="no attack 'dice'"):
        attacks.select(("dice",))
