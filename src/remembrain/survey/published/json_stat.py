"""JSON as statistical offices give it: JSON-stat, of versions 1 and 2, and the JSON of PxWeb.

A data set is a cube: a number for every combination of categories, which become rows of a cell each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from remembrain._text import shown
from remembrain.errors import DataError
from remembrain.run import read_json
from remembrain.survey.published.cells import OF_MEAN, Column, Long, Numbers, Told, of_floats, read_numbers
from remembrain.survey.published.words import NUMBERS, form, measure_of, measures_in


def read_json_tables(path: Path) -> list[Long]:
    """Read every data set of a file.

    Raises
    ------
    DataError
        Where it is neither JSON-stat nor the JSON of PxWeb, or does not hold as many numbers as it says.
    """
    content: Any = read_json(path)
    if isinstance(content, Mapping) and isinstance(content.get("columns"), Sequence) and "data" in content:
        return [_of_pxweb(content, path)]
    sets = _data_sets(content)
    if not sets:
        raise DataError("holds no data set", where=path, expected="JSON-stat 2, or the JSON of PxWeb")
    try:
        return [_cube(one, path) for one in sets]
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        what = f"is no JSON-stat that can be read ({type(error).__name__}: {shown(error)})"
        raise DataError(what, where=path, expected="id, size, dimension and value of each data set") from None


def _data_sets(content: Any) -> list[Mapping[str, Any]]:
    """Return the data sets of a file: itself, those of a collection, or of a bundle of version 1."""
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [one for part in content for one in _data_sets(part)]
    if not isinstance(content, Mapping):
        return []
    if content.get("class") == "collection":
        items = content.get("link", {}).get("item", [])
        return [one for item in items for one in _data_sets(item)]
    if "dimension" in content and "value" in content:
        return [content]
    return [one for part in content.values() if isinstance(part, Mapping) for one in _data_sets(part)]


def _cube(cube: Mapping[str, Any], path: Path) -> Long:
    """Return the rows of a data set."""
    dimensions = cube["dimension"]
    ids = list(cube.get("id", dimensions.get("id", ())))
    size = tuple(int(one) for one in cube.get("size", dimensions.get("size", ())))
    cells = int(np.prod(size, dtype=np.int64))
    title = str(cube.get("label", ""))
    where = f"{path.name}, {shown(title)}" if title else path.name
    numbers = _values(cube["value"], cells, cube.get("status"))
    codes = np.indices(size, dtype=np.int32).reshape(len(size), -1)
    columns = {}
    places = 0
    for name, length, code in zip(ids, size, codes, strict=True):
        category = dimensions[name].get("category", {})
        keys = _keys(category)
        if len(keys) != length:
            what = f"{where}: {shown(name)} has {len(keys)} categories"
            raise DataError(what, where=path, expected=f"{length}, as its size says")
        labels = [str(category.get("label", {}).get(key, key)) for key in keys]
        units = category.get("unit", {})
        also = tuple(_of_unit(key, units.get(key, {})) for key in keys)
        places = max([places, *(int(unit.get("decimals", 0)) for unit in units.values() if isinstance(unit, Mapping))])
        label = str(dimensions[name].get("label", name))
        heading = name if form(label) == form(name) else f"{name}: {label}"
        columns[heading] = Column(code, pa.array(labels, pa.string()), also)
    exact = numbers if numbers.places >= places else Numbers(numbers.value, places, marks=numbers.marks)
    context = "\n".join([path.stem, title, *map(str, _notes(cube))])
    return Long(where, columns, (Told("value", exact),), None, context)


def _keys(category: Mapping[str, Any]) -> list[str]:
    """Return the codes of a dimension in their order."""
    index = category.get("index", list(category.get("label", {})))
    if isinstance(index, Mapping):
        return [str(key) for key, _ in sorted(index.items(), key=lambda one: int(one[1]))]
    return [str(key) for key in index]


def _of_unit(key: str, unit: Any) -> str:
    """Return the other name of a category: what it counts, where its unit says so, and otherwise its code."""
    if isinstance(unit, Mapping) and not measure_of(key):
        for said in (unit.get("base"), unit.get("label"), unit.get("symbol")):
            if said and (measure_of(str(said)) or measures_in(str(said))):
                return str(said)
    return key


def _values(value: Any, cells: int, status: Any) -> Numbers:
    """Return the numbers of a data set, which may be a list or by place."""
    if isinstance(value, Mapping):
        full: list[Any] = [None] * cells
        for place, one in value.items():
            full[int(place)] = one
        value = full
    if len(value) != cells:
        raise ValueError(f"{len(value)} values for {cells} cells")
    if any(isinstance(one, str) for one in value):
        read = read_numbers(Column.of(["" if one is None else str(one) for one in value]))
        if read.strangers:
            raise ValueError(f"{read.strangers[0][1]!r} is no number")
        return read
    numbers = of_floats(value)
    for place in np.flatnonzero(np.isnan(numbers.value)).tolist()[:100_000]:
        said = status if isinstance(status, str) else _status(status, place)
        numbers.marks[said.lower()] += 1
    return numbers


def _status(status: Any, place: int) -> str:
    """Return the mark of a cell."""
    if isinstance(status, Mapping):
        return str(status.get(str(place), ""))
    if isinstance(status, Sequence) and place < len(status):
        return str(status[place] or "")
    return ""


def _notes(cube: Mapping[str, Any]) -> list[Any]:
    """Return the notes of a data set, which may say what its numbers are."""
    note = cube.get("note", [])
    return list(note) if isinstance(note, list) else []


def _of_pxweb(content: Mapping[str, Any], path: Path) -> Long:
    """Return the rows of the JSON of PxWeb: keys and values, both as text."""
    try:
        heads = list(content["columns"])
        keyed = [str(head.get("text") or head["code"]) for head in heads if head.get("type", "d") != "c"]
        valued = [str(head.get("text") or head["code"]) for head in heads if head.get("type", "d") == "c"]
        rows = content["data"]
        columns = {name: Column.of([str(row["key"][place]) for row in rows]) for place, name in enumerate(keyed)}
        read = [read_numbers(Column.of([str(row["values"][place]) for row in rows])) for place in range(len(valued))]
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        what = f"is no JSON of PxWeb that can be read ({type(error).__name__}: {shown(error)})"
        raise DataError(what, where=path, expected="columns, and data of keys and values") from None
    for name, numbers in zip(valued, read, strict=True):
        if numbers.strangers:
            row, text = numbers.strangers[0]
            what = f"{shown(text)!r} of {shown(name)} is no number (datum {row + 1})"
            raise DataError(what, where=path, expected="a number, or a mark for none")
    told = []
    of_mean = any(set(NUMBERS) & (measures_in(name) | {measure_of(name)}) for name in valued)
    for name, numbers in zip(valued, read, strict=True):
        said = measures_in(name)
        measure = measure_of(name) or (said.pop() if len(said) == 1 else "value")
        told.append(Told(measure, numbers, OF_MEAN if of_mean else ""))
    title = str(content.get("metadata", [{}])[0].get("label", "")) if content.get("metadata") else ""
    return Long(path.name, columns, tuple(told), None, f"{path.stem}\n{title}\n" + "\n".join(valued))
