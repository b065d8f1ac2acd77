"""Where a model keeps points that it was fitted to: whoever gets it gets them, which is said without any attack.

It is looked through without running any of its code, whatever it is made of: what counts is what an object holds.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

_POINTS = ("X_train_", "X_train", "X_fit_", "_fit_X", "X_", "support_vectors_", "relevance_vectors_", "x_scores_")
"""Attributes in which estimators keep points that they were fitted to, or where each of these came to lie."""
_CHOSEN = (
    ("components_", "component_indices_"),
    ("components_", "core_sample_indices_"),
    ("cluster_centers_", "cluster_centers_indices_"),
    ("cluster_centers_", "medoid_indices_"),
)
"""The same where another attribute says which of the points they are."""
_MOST = 50_000
"""So many objects are looked at: more is no estimator."""
_PLAIN = (str, bytes, bytearray, int, float, complex, type(None), type, ModuleType)


def kept_points(model: Any) -> list[str]:
    """Return where a model, or anything that it is made of, keeps points that it was fitted to; a line each."""
    kept: Counter[tuple[str, str]] = Counter()
    parts: Counter[tuple[str, str]] = Counter()
    for part in _parts(model):
        held = _held(part)
        chosen = [name for name, which in _CHOSEN if name in held and which in held]
        for name in (*_POINTS, *dict.fromkeys(chosen)):
            shape: tuple[int, ...] = getattr(held.get(name), "shape", ())
            if len(shape) > 1 and shape[0]:
                kept[type(part).__name__, name] += shape[0]
                parts[type(part).__name__, name] += 1
    return [
        f"{kind} keeps {number} points that it was fitted to ({name}"
        f"{f', in {parts[kind, name]} parts' * (parts[kind, name] > 1)}): whoever gets it gets them, without any attack"
        for (kind, name), number in kept.items()
    ]


def _parts(model: Any) -> Iterator[Any]:
    """Iterate over a model and everything that it holds, each once."""
    waiting, seen = [model], {id(model)}
    while waiting and len(seen) < _MOST:
        part = waiting.pop()
        yield part
        for inner in _inside(part):
            if not isinstance(inner, _PLAIN) and id(inner) not in seen:
                seen.add(id(inner))
                waiting.append(inner)


def _inside(part: Any) -> Iterator[Any]:
    """Iterate over what one object holds; of a function over what it names from outside."""
    if isinstance(part, MethodType):
        yield part.__self__
    elif isinstance(part, partial):
        yield from (part.func, *part.args, *part.keywords.values())
    elif isinstance(part, FunctionType):
        with suppress(ValueError):  # of a name that is not bound yet
            outside = inspect.getclosurevars(part)
            yield from (*outside.nonlocals.values(), *outside.globals.values())
    elif isinstance(part, Mapping):
        yield from part.values()
    elif isinstance(part, list | tuple | set | frozenset):
        yield from part
    elif isinstance(part, np.ndarray):
        yield from part.ravel() if part.dtype == object else ()
    else:
        yield from _held(part).values()


def _held(part: Any) -> Mapping[str, Any]:
    """Return the attributes of an object as they lie there."""
    try:
        return dict(vars(part))
    except TypeError:
        return {}
