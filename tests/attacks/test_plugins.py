"""Attacks of one's own are known by their names, and those of packages when they are named."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import numpy as np
import pytest

import remembrain
from remembrain import attacks
from remembrain.attacks import plugins
from remembrain.cli import general
from remembrain.errors import DataError, UsageError
from remembrain.run import Key
from remembrain.run.kept import identity_of


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


def test_a_class_is_made_and_what_is_no_attack_is_refused_before_any_audit(monkeypatch) -> None:
    monkeypatch.setattr(plugins, "REGISTERED", {})
    assert remembrain.register(Coin) == Coin()
    assert attacks.select(("coin",)) == (Coin(),)
    for wrong, said in (
        ({"needs": "error"}, "its needs is 'error'; expected a tuple of signals"),
        ({"access": "everything"}, "its access is 'everything'; expected one of nothing, outputs, weights"),
        ({"knows": None}, "its knows is None; expected one of some members"),
        ({"name": ""}, "its name is ''; expected a word"),
    ):
        with pytest.raises(UsageError, match=said):
            remembrain.register(Coin(**wrong))
    with pytest.raises(DataError, match="EntryPoint cannot be made without arguments"):
        remembrain.register(EntryPoint)
    assert [*plugins.REGISTERED] == ["coin"]


@pytest.mark.parametrize(
    ("name", "value", "error", "said"),
    [
        ("coin", f"{__name__}:Coins", DataError, "cannot be imported .AttributeError: .* has no attribute 'Coins'"),
        ("coin", "no.such.module:Coin", DataError, "cannot be imported .ModuleNotFoundError"),
        ("coin", f"{__name__}:CODE", UsageError, "is no attack: it has no name"),
        ("dice", f"{__name__}:Coin", UsageError, "is called coin, and its entry point dice"),
    ],
)
def test_an_entry_point_that_brings_no_attack_is_one_message_with_its_package(
    monkeypatch, capsys, name, value, error, said
) -> None:
    entry = EntryPoint(name, value, "remembrain.attacks")
    vars(entry).update(dist=SimpleNamespace(name="dicelib"))
    monkeypatch.setattr(plugins, "REGISTERED", {})
    monkeypatch.setattr(plugins, "entry_points", lambda **_: [entry])
    with pytest.raises(error, match=rf"package dicelib: .*{said}"):
        attacks.select((name,))
    general.attacks()
    listed = capsys.readouterr()
    assert "not listed: package dicelib" in listed.err
    assert "error-threshold" in listed.out


def test_attacks_of_packages_are_listed(monkeypatch, capsys) -> None:
    monkeypatch.setattr(plugins, "REGISTERED", {})
    entry = EntryPoint("coin", f"{__name__}:Coin", "remembrain.attacks")
    monkeypatch.setattr(plugins, "entry_points", lambda **_: [entry])
    general.attacks()
    general.attacks()
    assert "coin" in capsys.readouterr().out


CODE = """
from dataclasses import dataclass
from beside import TIMES


class Own:
    name, title, access, knows, needs, paper = "own", "Own", "outputs", "nothing", ("error",), "nobody"
    fixed = True

    def score(self, known, unknown, rng):
        return TIMES * abs(unknown["error"])


class Half:
    name, score = "half", None


class Taken(Own):
    name = "logistic"


class Broken(Own):
    name = "broken"

    def __init__(self, years):
        self.years = years


class Strange(Own):
    def score(self, known, unknown, rng):
        return [float("nan")] * len(unknown["error"])


class Failing(Own):
    def score(self, known, unknown, rng):
        raise ValueError("of 61.52 years")


made = Own()
"""
ERRORS = {"error": np.array([1.0, -3.0])}


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(plugins, "REGISTERED", {})
    (tmp_path / "mine.py").write_text(CODE)
    (tmp_path / "beside.py").write_text("TIMES = 2\n")
    return tmp_path / "mine.py"


def test_a_class_in_a_file_is_an_attack_and_reaches_other_processes(file, monkeypatch) -> None:
    (attack,) = attacks.select((f"{file}:Own",))
    assert (attack.name, attacks.is_fixed(attack), attacks.learns_on_shadow(attack)) == ("own", True, False)
    assert attack.score(None, ERRORS, np.random.default_rng(0)).tolist() == [2.0, 6.0]
    assert attacks.select((f"{file}:Own", "own", "logistic"))[0] == attack
    assert attacks.by_name((f"{file}:Own", "core", "logistic")) == ("own", "logistic")
    assert attacks.composed_of((attack,)) == []
    assert plugins.words_of((attack, Coin())) == {"own": f"{file}:Own"}
    monkeypatch.setattr(plugins, "REGISTERED", {})
    there = pickle.loads(pickle.dumps(attack))  # as worker processes get it
    assert there == attack
    assert attacks.select((f"{file}:made",))[0].score(None, ERRORS, np.random.default_rng(0)).tolist() == [2.0, 6.0]


def test_what_is_kept_of_it_depends_on_the_file_and_what_it_imports(file) -> None:
    def key() -> str:
        (attack,) = attacks.select((f"{file}:Own",))
        return Key.of(attack=identity_of(attack)).digest

    before = key()
    assert key() == before
    file.write_text(CODE.replace("TIMES *", "3 * TIMES *"))
    assert key() != before
    file.write_text(CODE)
    assert key() == before
    (attack,) = attacks.select((f"{file}:Own",))
    moved = file.parent / "elsewhere"
    moved.mkdir()
    for name in ("mine.py", "beside.py"):
        (moved / name).write_bytes((file.parent / name).read_bytes())
    plugins.REGISTERED.clear()
    assert attacks.select((f"{moved / 'mine.py'}:Own",))[0].code == attack.code


@pytest.mark.parametrize(
    ("word", "error", "said"),
    [
        ("none.py:Own", UsageError, r"none\.py: no such file"),
        ("mine.py:Owm", UsageError, r"has no Owm; expected one of Own, .*\n  try: --attacks mine.py:Own"),
        ("mine.py:Half", UsageError, "Half is no attack: it has no title and no access"),
        ("mine.py:TIMES", UsageError, "TIMES is no attack: it has no name"),
        ("mine.py:Taken", UsageError, "there is an attack logistic already"),
        ("mine.py:Broken", DataError, "Broken cannot be made without arguments"),
        ("bad.py:Own", DataError, r"bad\.py: cannot be imported .SyntaxError"),
    ],
)
def test_what_is_no_attack_is_one_message(file, word, error, said) -> None:
    (file.parent / "bad.py").write_text("class")
    with pytest.raises(error, match=said):
        attacks.select((f"{file.parent}/{word}",))


def test_two_files_cannot_bring_one_name(file) -> None:
    (file.parent / "other.py").write_bytes(file.read_bytes())
    with pytest.raises(UsageError, match="there is an attack own already"):
        attacks.select((f"{file}:Own", f"{file.parent}/other.py:Own"))


@pytest.mark.parametrize(
    ("kind", "said"), [("Strange", "scores that are not finite"), ("Failing", "ValueError: of … ")]
)
def test_an_attack_that_fails_is_named_and_tells_of_nobody(file, kind, said) -> None:
    (attack,) = attacks.select((f"{file}:{kind}",))
    with pytest.raises(DataError, match=rf"mine\.py:{kind}: .*{said}"):
        attack.score(None, ERRORS, np.random.default_rng(0))
