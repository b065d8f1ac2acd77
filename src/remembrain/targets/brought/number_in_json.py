"""Which number of a server's JSON is the prediction: told by the names that it stands under, and never guessed.

A status, a version or a confidence is a number as well. What is not called a prediction counts where it is the only
number that may be one; of several that may be, whoever knows the server says which.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remembrain._text import few
from remembrain.errors import DataError

_DEEPEST = 20
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?\s*", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_AGE = frozenset(("age", "ages", "year", "years", "brainage"))
_BRAIN = frozenset(("brain", "brainage", "biological"))
_PREDICTION = re.compile(r"pred|preds|predict\w*|ypred|yhat|hat|estimat\w*")
_OUTPUT = frozenset(("output", "outputs", "result", "results", "value", "values", "score", "scores", "answer"))
_CHANCES = frozenset(("prob", "probs", "probability", "probabilities", "logits", "softmax", "bins", "scores"))
_OF_THE_SERVER = (
    "status code version id ids uuid error errors success ok http port seed index idx count num n total size shape "
    "batch epoch step time times timestamp ms took latency duration elapsed seconds created date progress rank usage "
    "timing timings meta metadata"
)
_OF_ITS_QUALITY = (
    "confidence conf certainty uncertainty std sd sem se var variance lower upper low high min max ci interval range "
    "quantile percentile p prob probability probabilities quality loss mae mse rmse r2 z zscore"
)
_OF_THE_TRUTH = "true actual real chronological target label gap delta diff difference residual pad bag"
_OTHERS = frozenset(f"{_OF_THE_SERVER} {_OF_ITS_QUALITY} {_OF_THE_TRUTH}".split())
_WEAK = 5
"""From this rank on a name may be that of something else."""


@dataclass(frozen=True)
class Part:
    """A number, or a list of them, the names that it stands under, and ``nan`` where nothing stands there."""

    names: tuple[str, ...]
    value: Any

    def __str__(self) -> str:
        value = f"{len(self.value)} numbers" if isinstance(self.value, list) else f"{self.value:g}"
        return f"{'.'.join(self.names) or 'without a name'}: {value}"


def prediction_in(content: Any, *, several: bool, place: Sequence[str] | None = None) -> Part:
    """Return the number that is the prediction, or the list of numbers where it is said that it is ``several``.

    Parameters
    ----------
    content
        What JSON says.
    several
        Whether a list is meant.
    place
        The names under which it stood in an earlier answer; it stands there again.

    Raises
    ------
    DataError
        Where there is none, or nobody can be certain which it is.
    """
    every = list(_parts(content, several=several))
    if place is not None:
        every = [part for part in every if part.names == tuple(place)]
    elif isinstance(content, Mapping) and (failed := [name for name, value in content.items() if _fails(name, value)]):
        raise DataError(f"answers with an {failed[0]}")
    chances = _CHANCES if several else frozenset[str]()
    ranked = [(_rank(part.names, chances), part) for part in every]
    parts = [(rank, part) for rank, part in ranked if place is not None or rank]
    best = min((rank for rank, _ in parts), default=0)
    first = [part for rank, part in parts if rank == best or best >= _WEAK]
    if len(first) == 1:
        return first[0]
    kind = "list of numbers" if several else "number"
    if first:
        raise DataError(f"answers with more than one {kind} that may be the prediction ({few(map(str, first))})")
    named = f" that is called a prediction ({few(str(part) for _, part in ranked)})" if ranked else ""
    raise DataError(f"answers with no {kind}{named}")


def _fails(name: str, value: Any) -> bool:
    """Tell whether a part of an answer says what went wrong."""
    return name.lower() in ("error", "errors", "exception") and isinstance(value, str | list | dict) and bool(value)


def _rank(names: Sequence[str], chances: frozenset[str]) -> int:
    """Return how surely names are those of a prediction, the surest first; 0 where they are those of something else."""
    words = [{word.lower() for word in _WORD.findall(name)} for name in names]
    if any(here & (_OTHERS - chances) for here in words):
        return 0
    own, above = (words[-1], words[:-1]) if words else (set[str](), [])
    age, predicted = bool(own & _AGE), _is_predicted(own, chances)
    within = any(_is_predicted(here, chances) or (here & _AGE and here & _BRAIN) for here in above)
    output = any(here & _OUTPUT for here in words)
    if age and (predicted or own & _BRAIN):
        return 1
    if age and (within or output):
        return 2
    if predicted:
        return 3
    if within:
        return 4
    return _WEAK if age else _WEAK + 1 if output else _WEAK + 2


def _is_predicted(words: set[str], chances: frozenset[str]) -> bool:
    """Tell whether words are those of a prediction."""
    return bool(words & chances) or any(_PREDICTION.fullmatch(word) for word in words)


def _parts(content: Any, *, several: bool, names: tuple[str, ...] = (), depth: int = 0) -> Iterator[Part]:
    """Iterate over every number, or every list of numbers, with the names that it stands under."""
    if depth > _DEEPEST:
        return
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from _parts(value, several=several, names=(*names, str(name)), depth=depth + 1)
    elif several and isinstance(content, list) and content and all(_number(value) is not None for value in content):
        yield Part(names, [_number(value) for value in content])
    elif isinstance(content, list):
        for value in content:
            yield from _parts(value, several=several, names=names, depth=depth + 1)
    elif (number := _number(content)) is not None and not several:
        yield Part(names, number)
    elif content is None and names:
        yield Part(names, math.nan)


def _number(content: Any) -> float | None:
    """Return a number, also one that is written as text."""
    if isinstance(content, bool):
        return None
    if isinstance(content, int | float) or (isinstance(content, str) and _NUMBER.fullmatch(content)):
        try:
            return float(content)
        except (OverflowError, ValueError):
            return None
    return None
