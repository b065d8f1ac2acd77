"""Keys: everything that something depends on counts, whatever its kind, and what differs is named."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.run import Key, write_json
from remembrain.run.kept import code_of_rooms, hash_of, insist_same, keep

ALL_DIFFERENT = [
    None,
    True,
    1,
    1.0,
    "1",
    b"1",
    "",
    [],
    [1],
    [[1]],
    [1, 1],
    ["a", "b"],
    ["ab"],
    ["a", "b", ""],
    {"a": 1},
    {"a": "1"},
    {"a": 1, "b": 2},
    {"a": 2, "b": 1},
    [["a", 1]],
    np.array([1]),
    np.array([1.0]),
    np.array([[1.0]]),
    np.array([1.0], dtype=np.float32),
    np.array([True]),
    np.array(["1"]),
    np.array(["a", "b"]),
    np.array(["ab", ""]),
    np.array([["a", "b"]]),
    Key.of(),
    Key.of(a=1),
]


def test_content_of_another_kind_or_other_borders_has_another_hash() -> None:
    for one, other in combinations(ALL_DIFFERENT, 2):
        assert hash_of(one) != hash_of(other), (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1, 2), [1, 2]),
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.array(["a", "b"], dtype="<U1"), np.array(["a", "b"], dtype="<U9")),
        (np.array(["a", "b"], dtype="<U1"), np.array(["a", "b"], dtype=object)),
        (np.arange(6).reshape(2, 3).T, np.ascontiguousarray(np.arange(6).reshape(2, 3).T)),
    ],
)
def test_the_same_content_has_the_same_hash(one: object, other: object) -> None:
    assert hash_of(one) == hash_of(other)


def test_a_file_counts_by_what_it_holds(tmp_path: Path) -> None:
    for name, text in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / name).write_text(text)
    assert hash_of(tmp_path / "a") == hash_of(tmp_path / "b") != hash_of(tmp_path / "c")


def test_what_has_no_known_content_is_refused() -> None:
    for thing in (object(), {1, 2}, lambda: 1):
        with pytest.raises(TypeError, match="no content that a key could name"):
            Key.of(thing=thing)


def test_each_ingredient_counts_and_is_named_where_it_differs() -> None:
    given = {"ages": np.array([60.0, 61.0]), "people": ["a", "b"], "seed": 1, "known_people": None}
    key = Key.of(**given)
    for name in given:
        other = Key.of(**{**given, name: "other"})
        assert other.digest != key.digest
        assert key.differing(other.parts) == [name.replace("_", " ")]
    assert key.digest == Key.of(**dict(reversed(given.items()))).digest
    assert key.differing(key.also(more=1).parts) == ["more"]
    assert key.differing({}) == ["ages", "known people", "people", "seed", "streams"]
    with pytest.raises(ValueError, match="seed is an ingredient already"):
        key.also(seed=2)


def test_what_is_kept_is_computed_once_for_each_key(tmp_path: Path) -> None:
    asked: list[int] = []

    def compute() -> dict[str, float]:
        asked.append(1)
        return {"value": 0.1 + 0.2}

    for key in (Key.of(a=1), Key.of(a=1), Key.of(a=2)):
        assert keep(tmp_path, key, compute) == {"value": 0.1 + 0.2}
    assert len(asked) == 2


def test_a_folder_of_something_else_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    insist_same(path, Key.of(a=1), "a federation")
    assert not path.exists()
    write_json(path, dict(Key.of(a=1, b=1).parts))
    insist_same(path, Key.of(a=1, b=1), "a federation")
    before = path.read_bytes()
    with pytest.raises(DataError, match="belongs to a federation with other b"):
        insist_same(path, Key.of(a=1, b=2), "a federation")
    assert path.read_bytes() == before


def test_code_counts_wherever_it_stands_in_a_room(tmp_path: Path) -> None:
    found = []
    for number, text in enumerate(("x = 1", "x = 2")):
        folder = tmp_path / str(number) / "room"
        (folder / "deep").mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "deep" / "rules.py").write_text(text)
        room = ModuleType("room")
        room.__file__ = str(folder / "__init__.py")
        found.append(code_of_rooms(room))
    assert found[0] != found[1]
