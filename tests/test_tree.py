"""The laws of the house that imports alone do not show: sizes, mirrored tests, names, and a drawing that is not stale.

What does not keep a law yet is listed by name. A list may shrink and never grow: what keeps its law has to leave it.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tree import PACKAGE, drawing, modules, room_of

ROOT = PACKAGE.parents[1]
MANY_ARGUMENTS = frozenset(
    (
        "api.__init__.audit",
        "api.__init__.audit_module",
    )
)
"""``remembrain.audit`` and ``audit_module`` are called by name: ``help()`` and editors show what can be said."""
WITHOUT_A_TEST_AT_THEIR_PATH = 15


def functions(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1


def arguments_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def test_no_file_is_above_300_lines_and_none_of_study_above_200():
    sizes = {module: len(file.read_text(encoding="utf-8").splitlines()) for module, file in modules().items()}
    above = {module for module, lines in sizes.items() if lines > (200 if room_of(module) == "study" else 300)}
    assert not above


def test_no_function_is_above_40_lines_and_none_has_more_than_7_arguments():
    every = {
        f"{module}.{function.name}": function for module, file in modules().items() for function in functions(file)
    }
    assert not {name for name, function in every.items() if lines_of(function) > 40}
    assert {name for name, function in every.items() if arguments_of(function) > 7} == MANY_ARGUMENTS


def test_modules_have_their_tests_at_the_same_path():
    """Where another test has the name already, that of the folder stands before it."""
    tests = {
        file.relative_to(ROOT / "tests").with_suffix("").as_posix() for file in (ROOT / "tests").rglob("test_*.py")
    }
    named = [module for module in modules() if not module.rpartition(".")[2].startswith("_")]
    paths = [module.replace(".", "/").rpartition("/") for module in named]
    without = [
        folder + slash + name
        for folder, slash, name in paths
        if not tests & {f"{folder}{slash}test_{name}", f"{folder}{slash}test_{Path(folder).name}_{name}"}
    ]
    assert len(without) <= WITHOUT_A_TEST_AT_THEIR_PATH, without


def test_names_of_test_files_are_unique():
    names = [file.name for file in (ROOT / "tests").rglob("*.py") if file.name != "conftest.py"]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("room", sorted({room_of(module) for module in modules()} - {"cli", "meter", "study"}))
def test_no_room_names_one_that_stands_above_it(room: str):
    """A class by its path in a text is an import that no linter sees; FLARE is told the classes of study so."""
    texts = {module: file.read_text(encoding="utf-8") for module, file in modules().items() if room_of(module) == room}
    named = {module for module, text in texts.items() if re.search(r"[\"']remembrain\.(study|cli|meter)\b", text)}
    assert named <= {"federation.flare.plan"}


def test_the_drawing_in_the_docs_is_that_of_today():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```mermaid\n(.*?)\n```", text, flags=re.DOTALL)
    assert shown == drawing(), "python tests/tree.py prints it"


def test_every_name_in_the_walks_is_there():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", text[text.index("## Three walks") :])
    assert len(named) > 20
    for name in named:
        parts = name.split(".")
        if parts[-1] in ("json", "md", "py"):
            continue
        whole, holder = PACKAGE.joinpath(*parts), PACKAGE.joinpath(*parts[:-1])
        if whole.is_dir() or whole.with_suffix(".py").is_file():
            continue
        file = holder / "__init__.py" if holder.is_dir() else holder.with_suffix(".py")
        assert re.search(rf"\b{parts[-1]}\b", file.read_text(encoding="utf-8")), name
