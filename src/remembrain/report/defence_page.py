"""A comparison of defences to one page, in the house's style: read, drawn, worded, written whole or not at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment

from remembrain.errors import DataError
from remembrain.report import defence_tables, defence_words, threat
from remembrain.report.defences import Defences
from remembrain.report.figures import over_settings, svg, tradeoff
from remembrain.report.guarantee_words import rounded
from remembrain.report.reading import checked
from remembrain.report.rendering import environment
from remembrain.run import COMPARISON, EVIDENCE, RunFolder, write_text

_AGAIN = "remembrain defend DATA RUN --grid grid.toml"


def write_defences(run: Path, out: Path | None = None) -> Path:
    """Write one HTML file over a comparison of defences, and each figure as ``RUN/figures/*.svg``.

    Parameters
    ----------
    run
        A folder with ``defences.json``.
    out
        The file; ``RUN/report.html`` where none is named.

    Returns
    -------
    path
        The file that was written.

    Raises
    ------
    DataError
        Where ``defences.json`` is missing, broken, of another schema, or contradicts itself.
    """
    defences = read_defences(run)
    drawings = _draw(defences)
    page = (
        _environment()
        .get_template("defences.html.j2")
        .render(
            d=defences,
            audit=defences.audit,
            drawings=drawings,
            title=defence_words.title(defences),
            private=bool(defences.spenders),
        )
    )
    for name, drawing in drawings.items():
        write_text(RunFolder(run).figures / f"{name}.svg", svg.alone(drawing, name))
    path = out or run / "report.html"
    write_text(path, page, public=True)
    return path


@cache
def _environment() -> Environment:
    """Return the templates with what those of defences call."""
    return environment(tables=defence_tables, say=defence_words, who=threat.who, rounded=rounded)


def read_defences(run: Path) -> Defences:
    """Read and check a comparison of defences.

    Raises
    ------
    DataError
        As in :func:`write_defences`.
    """
    path = run / COMPARISON
    if not path.is_file():
        raise DataError("no such file", where=path, expected="a comparison of defences", try_next=_AGAIN)
    defences = checked(path, Defences, f"a comparison of defences of schema {EVIDENCE}", _AGAIN)
    if fault := defences.contradiction():
        raise DataError(fault, where=path, expected="settings that do not contradict one another", try_next=_AGAIN)
    return defences


def _draw(defences: Defences) -> dict[str, svg.Drawing]:
    """Return every picture that there is something to draw for, by name."""
    drawn = {
        "tradeoff": tradeoff.tradeoff(defences),
        "tradeoff-tpr": tradeoff.tradeoff_tpr(defences),
        "overfitting": over_settings.overfitting(defences),
        "epsilon": over_settings.epsilon(defences),
    }
    return {name: drawing for name, drawing in drawn.items() if drawing is not None}
