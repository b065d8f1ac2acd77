"""Cubes of JSON-stat and PxWeb as rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.survey.published.json_stat import read_json_tables

CUBE: dict[str, Any] = {
    "class": "dataset",
    "label": "Adults",
    "id": ["sex", "what"],
    "size": [2, 2],
    "dimension": {
        "sex": {"label": "Sex", "category": {"index": {"f": 1, "m": 0}, "label": {"f": "Women", "m": "Men"}}},
        "what": {
            "category": {
                "label": {"a": "Antal", "b": "Del"},
                "index": ["a", "b"],
                "unit": {"b": {"base": "Per cent", "decimals": 1}},
            }
        },
    },
    "value": [10, 40, None, 60],
    "status": {"2": "c"},
}


def read(tmp_path: Path, content: Any) -> list:
    (tmp_path / "t.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return read_json_tables(tmp_path / "t.json")


def test_a_cube_has_a_row_a_cell(tmp_path: Path) -> None:
    (long,) = read(tmp_path, CUBE)
    sex, what = long.columns.values()
    assert list(long.columns) == ["sex", "what"]
    assert [(sex.text(row), what.text(row)) for row in range(4)] == [
        ("Men", "Antal"), ("Men", "Del"), ("Women", "Antal"), ("Women", "Del"),
    ]  # fmt: skip
    assert (sex.also, what.also) == (("m", "f"), ("a", "Per cent"))
    (told,) = long.told
    np.testing.assert_array_equal(told.numbers.value, [10, 40, np.nan, 60])
    assert (told.numbers.places, told.numbers.marks) == (1, {"c": 1})


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda cube: {"class": "collection", "link": {"item": [cube, cube]}},
        lambda cube: [cube, cube],
        lambda cube: {
            name: {**cube, "dimension": {**cube["dimension"], "id": cube["id"], "size": cube["size"]}} for name in "ab"
        },
    ],
    ids=["collection", "list", "version 1"],
)  # fmt: skip
def test_several_cubes_may_stand_in_a_file(tmp_path: Path, wrapped: Callable) -> None:
    assert len(read(tmp_path, wrapped(CUBE))) == 2


def test_numbers_may_stand_by_place_or_as_text(tmp_path: Path) -> None:
    for value in ({"0": 10, "1": 40, "3": 60}, ["10", "40", ":", "60.0"]):
        (long,) = read(tmp_path, {**CUBE, "value": value})
        np.testing.assert_array_equal(long.told[0].numbers.value, [10, 40, np.nan, 60])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": [1, 2, 3]}, "3 values for 4 cells"),
        ({"value": ["1", "2", "about 3", "4"]}, "'about 3' is no number"),
        ({"size": [3, 2]}, "4 values for 6 cells"),
        ({"id": ["sex", "other"]}, "KeyError: 'other'"),
        ({"dimension": {}}, "KeyError"),
        ({"size": ["x", 2]}, "ValueError"),
    ],
)
def test_a_cube_that_contradicts_itself_is_refused(tmp_path: Path, change: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, {**CUBE, **change})


@pytest.mark.parametrize(
    "content", ["{", '{"a": 1}', "[]", '{"columns": [{"code": "n", "type": "c"}], "data": [{"key": []}]}', "3"]
)
def test_other_json_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError):
        read(tmp_path, content)


def test_pxweb_has_keys_and_values(tmp_path: Path) -> None:
    columns = [{"code": "S", "text": "sex", "type": "d"}, {"code": "n", "text": "Persons", "type": "c"}]
    data = [{"key": ["1"], "values": ["12"]}, {"key": ["2"], "values": [".."]}]
    (long,) = read(tmp_path, {"columns": columns, "data": data})
    assert [long.columns["sex"].text(row) for row in range(2)] == ["1", "2"]
    assert long.told[0].measure == "count"
    np.testing.assert_array_equal(long.told[0].numbers.value, [12, np.nan])
    data[1]["values"] = ["some"]
    with pytest.raises(DataError, match="'some' of Persons is no number"):
        read(tmp_path, {"columns": columns, "data": data})
