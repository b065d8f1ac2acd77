"""The house as its imports show it: rooms, what each imports, and the drawing in ``docs/architecture.md``.

    python tests/tree.py

prints the drawing. Imports for types alone do not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "remembrain"
BELOW = frozenset(
    ("types", "errors", "_validate", "_text", "_device", "_stopping", "_posix", "_progress", "_forkserver", "_terminal")
)
"""What every room may use: it is not drawn."""


def modules() -> dict[str, Path]:
    """Return every module by its dotted name below the package."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {".".join(file.relative_to(PACKAGE).with_suffix("").parts): file for file in files}


def imported_by(file: Path) -> Iterator[str]:
    """Yield what a module imports of the package, at once or later; not what is for types alone."""
    yield from _imported(ast.parse(file.read_text(encoding="utf-8")))


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield what is imported at or below a node of a syntax tree."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.ImportFrom) and (child.module or "").split(".")[0] == "remembrain":
            inside = (child.module or "").partition(".")[2]
            yield from ([inside] if inside else [alias.name for alias in child.names])
        yield from _imported(child)


def room_of(module: str) -> str:
    """Return the room that a module stands in: its package, or itself."""
    return module.partition(".")[0]


def arrows() -> set[tuple[str, str]]:
    """Return which room imports which, without what every room may use."""
    pairs = {
        (room_of(module), room_of(other))
        for module, file in modules().items()
        for other in imported_by(file)
        if module != "__init__"
    }
    return {(room, other) for room, other in pairs if room != other and not {room, other} & BELOW}


def drawn() -> set[tuple[str, str]]:
    """Return the arrows that no longer way implies."""
    every = arrows()
    reached: dict[str, set[str]] = {}

    def reach(room: str) -> set[str]:
        if room not in reached:
            reached[room] = set()
            below = {other for one, other in every if one == room}
            reached[room] = below.union(*(reach(other) for other in below))
        return reached[room]

    def implied(room: str, other: str) -> bool:
        return any(other in reach(between) for one, between in every if one == room and between != other)

    return {(room, other) for room, other in every if not implied(room, other)}


def drawing() -> str:
    """Return the house as a Mermaid drawing: an arrow from each room to those whose names it uses."""
    return "\n".join(["flowchart TD", *(f"  {room} --> {other}" for room, other in sorted(drawn()))])


if __name__ == "__main__":
    print(drawing())
