"""An estimator from a .skops file: data, of types that its reader trusts by name. Needs the extra ``estimators``.

Types of scikit-learn and of what skops knows are trusted as skops trusts them; any other is named by the user
(``--trust``), since what is of that type is code of the user's machine that the file calls.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from remembrain._code_files import hash_of
from remembrain._text import few, reason
from remembrain.errors import DataError, UsageError
from remembrain.run import sha256
from remembrain.targets.brought.answering import ASKED_FOR_NONE, Answering
from remembrain.targets.brought.estimator import can_be_trained_again
from remembrain.targets.brought.kept_points import kept_points

_MOST_TYPES = 20


def from_skops(path: Path, trust: Sequence[str] = ()) -> Answering:
    """Return the estimator in a file.

    Parameters
    ----------
    path
        A .skops file.
    trust
        Types that the file may have beside those that skops trusts.

    Raises
    ------
    UsageError
        Where skops is not installed.
    DataError
        Where the file has a type that is not trusted, is damaged, or holds nothing that predicts.
    """
    try:
        import skops.io
    except ImportError as error:
        raise UsageError(
            "a .skops file is read by skops, which is not installed", try_next="pip install 'remembrain[estimators]'"
        ) from error
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            named = {*skops.io.get_untrusted_types(file=path)}
            unknown = sorted(named - {*trust})
            model: Any = None if unknown else skops.io.load(path, trusted=[*trust])
        except Exception as error:  # whatever a damaged file leads to
            raise DataError(f"cannot be read ({reason(error)})", where=path, expected="a .skops file") from error
    if unknown:
        raise _untrusted(unknown, trust, path)
    if not callable(getattr(model, "predict", None)):
        raise DataError(f"holds a {type(model).__name__}, which does not predict", where=path, expected="an estimator")
    hashed, again = sha256(path), can_be_trained_again(model)
    columns, width = _columns(model), _width(model)
    libraries = " ".join(f"{name} {metadata.version(name)}" for name in ("scikit-learn", "numpy", "skops"))
    code = " ".join(_codes_of(named))
    return Answering(
        path.stem,
        "an estimator in a .skops file",
        model.predict,
        f"{hashed} {libraries} {code}".strip(),
        "columns" if columns else "numbers",
        columns,
        (width,) if width is not None else None,
        "float64",
        model if again else None,
        hashes={"model": hashed},
        why_not_again=ASKED_FOR_NONE.format("--references 8")
        if again
        else f"a {type(model).__name__} has no fit and get_params, so that no model like it can be trained",
        notes=(*dict.fromkeys(str(one.message).strip().splitlines()[0] for one in told), *kept_points(model)),
    )


def _codes_of(kinds: Collection[str]) -> list[str]:
    """Return what decides what trusted types do: versions of their packages, or hashes of the user's own files."""
    places = sorted({kind.rpartition(".")[0] for kind in kinds})
    packages = metadata.packages_distributions() if places else {}
    codes = []
    for place in places:
        package = packages.get(place.partition(".")[0], [""])[0]
        source = None if package else getattr(sys.modules.get(place), "__file__", None)
        if package:
            codes.append(f"{package} {metadata.version(package)}")
        elif source:
            codes.append(hash_of(Path(source), {}))
    return codes


def _untrusted(unknown: Sequence[str], trust: Sequence[str], path: Path) -> DataError:
    """Return what is said of types that nobody trusts."""
    listed = " ".join(dict.fromkeys([*trust, *unknown]))
    return DataError(
        f"has {'a type' if len(unknown) == 1 else 'types'} that skops does not trust: {few(unknown, _MOST_TYPES)}",
        where=path,
        expected="types that you know; whatever is of another runs code of where it was made",
        try_next=f"--trust {listed}, if you know where the file is from",
    )


def _columns(model: Any) -> tuple[str, ...]:
    """Return the columns that an estimator names."""
    try:
        names = model.feature_names_in_
    except Exception:  # properties of strangers' estimators raise what they like where there are none
        return ()
    return () if names is None else tuple(str(name) for name in names)


def _width(model: Any) -> int | None:
    """Return how many numbers an estimator reads, where it says it."""
    try:
        return int(model.n_features_in_)
    except Exception:  # as above
        return None
