"""A function of the user's own that predicts: ``my_model.py:predict``, or an object with ``predict``.

The file is the user's code and is run; it gets rows of a table with the columns as they are in the file, or paths.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from remembrain._calling import left_alone
from remembrain._code_files import hash_of, import_place, part_of
from remembrain._text import shown
from remembrain.errors import UsageError
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import Predict
from remembrain.targets.brought.estimator import predict_of
from remembrain.targets.brought.kept_points import kept_points


class Ended(Exception):
    """The user's function ended the program, which is no answer."""


def from_function(spec: str) -> Answering:
    """Return the model that a function is.

    Parameters
    ----------
    spec
        ``path/to/file.py:predict``, or ``module:predict`` of an installed module.

    Raises
    ------
    UsageError
        Where there is no such file, or it has no such function.
    DataError
        Where it cannot be imported.
    """
    place, _, name = spec.rpartition(":")
    if not place or not name.isidentifier():
        raise UsageError(f"cannot read {shown(spec)!r}", expected="my_model.py:predict", where="--predict")
    module = import_place(place, name)
    there = [public for public, value in vars(module).items() if callable(value) and not public.startswith("_")]
    found = part_of(module, name, there, "a function predict(scans)", where=place, word=f"--predict {place}")
    predict = None if isinstance(found, type) else predict_of(found)
    if predict is None:
        kind = "class" if isinstance(found, type) else type(found).__name__
        raise UsageError(f"{name} is a {kind}", where=place, expected="a function predict(scans), or an object with it")
    source = Path(module.__file__) if module.__file__ else None
    code = hash_of(source, {}) if source else ""
    return Answering(
        f"{Path(place).name}:{name}",
        "a function of its owner's",
        _in_peace(predict),
        code,
        "file",
        whole=False,  # what else it reads, such as weights, is not known
        hashes={"code": code} if code else {},
        why_not_again="it is a function, and how it was trained is not known",
        notes=tuple(kept_points(predict)),
    )


def _in_peace(predict: Predict) -> Predict:
    """Let a function print and change what it likes: what it prints is talk, and the rest is put back."""

    def ask(scans: Any) -> Any:
        try:
            with left_alone(), redirect_stdout(sys.stderr):
                return predict(scans)
        except SystemExit as error:
            raise Ended(f"it ends the program (sys.exit({error.code!r}))") from error

    return ask
