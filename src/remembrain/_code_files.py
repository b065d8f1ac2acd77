"""A stranger's Python file, imported as its author runs it: beside its neighbours, in its package, under its own name.

Whatever it prints is talk; what it raises, and a call of ``sys.exit``, is a message. What is imported stays imported
under a name that no other file has, so that two files of one name, with neighbours of one name, do not meet.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from remembrain._calling import left_alone
from remembrain._text import few, nearest, reason, shown
from remembrain.errors import DataError, UsageError
from remembrain.run import sha256

_NEVER_HIDDEN = frozenset({*sys.stdlib_module_names, "torch", "numpy", "remembrain"})


def import_place(place: str, attribute: str) -> ModuleType:
    """Import ``path/to/file.py``, or an installed module or one of the working folder.

    Raises
    ------
    UsageError
        Where there is no such file or module.
    DataError
        Where it cannot be imported.
    """
    if place.endswith(".py"):
        return _of_file(Path(place))
    try:
        with _as_a_script(Path.cwd(), place):
            return importlib.import_module(place)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"no module {error.name!r}", where=place, try_next=f"the file that holds it: path/to/file.py:{attribute}"
        ) from error
    except (Exception, SystemExit) as error:  # a stranger's code may raise anything
        raise _not_importable(place, error) from error


def part_of(module: ModuleType, name: str, there: Sequence[str], sought: str, *, where: str | Path, word: str) -> Any:
    """Return what a stranger's module calls by a name; raise with the nearest of what is ``there`` where it has none.

    ``sought`` is what was expected where nothing is there, and ``word`` how another is named on the command line.
    """
    part = getattr(module, name, None)
    if part is None:
        near = nearest(name, there)
        raise UsageError(
            f"has no {shown(name)}",
            where=where,
            expected=f"one of {few(there)}" if there else sought,
            try_next=f"{word}:{near}" if near else None,
        )
    return part


def hash_of(source: Path, arguments: Mapping[str, Any]) -> str:
    """Return a hash of a file, of every loaded module beside or below it or in its package, and of arguments."""
    base = _package_of(source) or source.parent
    loaded = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    real = map(os.path.realpath, filter(None, loaded)) if source.parent.name != "site-packages" else ()
    within = f"{str(base).rstrip(os.sep)}{os.sep}"
    beside = {Path(file) for file in real if file.startswith(within)}
    files = sorted(file for file in beside | {source} if file.is_file() and file.is_relative_to(base))
    digest = hashlib.sha256(json.dumps(dict(arguments), sort_keys=True, default=repr).encode())
    for file in files:
        digest.update(f"{file.relative_to(base)} {sha256(file)}\n".encode())
    return digest.hexdigest()


def _of_file(path: Path) -> ModuleType:
    """Import a file, which may import its neighbours, also by names that begin with a dot."""
    if not path.is_file():
        raise UsageError("no such file", where=path, expected="a Python file")
    path = path.resolve()
    try:
        relative = _imports_relatively(path)
        with _as_a_script(path.parent, str(path)), _own_neighbours(path.parent):
            return _within_package(path) if relative else _alone(path)
    except (Exception, SystemExit) as error:  # a stranger's code may raise anything
        raise _not_importable(path, error) from error


def _alone(path: Path) -> ModuleType:
    """Import a file as a module of its own."""
    return _run(_name_of(path, "file"), path)


def _within_package(path: Path) -> ModuleType:
    """Import a file as a part of the package that its folder is, or would be with an ``__init__.py``."""
    root = _package_of(path) or path.parent
    name = _name_of(root, "package")
    for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[loaded]  # it may have changed since
    start = root / "__init__.py"
    with _first_in_path(root.parent):  # a package may import itself by its own name
        if start.is_file():
            _run(name, start, root)
        else:
            package = ModuleType(name)
            package.__path__ = [str(root)]
            sys.modules[name] = package
        parts = path.relative_to(root).with_suffix("").parts
        if parts == ("__init__",):
            return sys.modules[name]
        return importlib.import_module(".".join((name, *parts)))


def _run(name: str, file: Path, package: Path | None = None) -> ModuleType:
    """Run a file as the module of this name."""
    places = [str(package)] if package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _name_of(path: Path, kind: str) -> str:
    """Return a module name that no other file has."""
    mark = hashlib.sha256(f"{kind} {path}".encode()).hexdigest()[:12]
    return f"remembrain_imported_{mark}_{re.sub(r'[^0-9A-Za-z_]', '_', path.stem)}"


def _package_of(path: Path) -> Path | None:
    """Return the outermost folder of the package that a file is part of; ``None`` where it is part of none."""
    root = None
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            break
        root = folder
    return root


def _imports_relatively(path: Path) -> bool:
    """Tell whether a file imports by names that begin with a dot."""
    tree = ast.parse(path.read_bytes(), filename=str(path))
    return any(isinstance(node, ast.ImportFrom) and node.level > 0 for node in ast.walk(tree))


@contextmanager
def _as_a_script(folder: Path, name: str) -> Iterator[None]:
    """Let a folder's files be imported as if one were run: without our arguments, and what it prints is talk."""
    arguments, sys.argv = sys.argv, [name]
    try:
        with left_alone(), _first_in_path(folder), redirect_stdout(sys.stderr):
            yield
    finally:
        sys.argv = arguments


@contextmanager
def _first_in_path(folder: Path) -> Iterator[None]:
    """Look for modules in a folder first."""
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        if str(folder) in sys.path:
            sys.path.remove(str(folder))


@contextmanager
def _own_neighbours(folder: Path) -> Iterator[None]:
    """Hide modules from elsewhere that have a neighbour's name while the block runs; they come back afterwards."""
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/*.py")}
    names -= _NEVER_HIDDEN
    hidden = {
        name: sys.modules.pop(name)
        for name in list(sys.modules)
        if name.partition(".")[0] in names and not _lies_in(sys.modules.get(name.partition(".")[0]), folder)
    }
    try:
        yield
    finally:
        for name, module in hidden.items():
            if (own := sys.modules.get(name)) is not None:  # kept under another name: its code is part of the hash
                sys.modules[f"{_name_of(folder, 'neighbour')}.{name}"] = own
            sys.modules[name] = module


def _lies_in(module: ModuleType | None, folder: Path) -> bool:
    """Tell whether a module is a file of a folder, or below it; one without a file, such as a script, is nobody's."""
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(place and Path(place).resolve().is_relative_to(folder.resolve()) for place in places)


def _not_importable(where: str | Path, error: BaseException) -> DataError:
    """Return what is said of a file that cannot be imported."""
    if isinstance(error, SystemExit):
        return DataError(
            f"ends the program when it is imported (sys.exit({error.code!r}))",
            where=where,
            try_next="put what runs as a script under: if __name__ == '__main__':",
        )
    line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
    return DataError(f"cannot be imported ({reason(error)}{line})", where=where)
