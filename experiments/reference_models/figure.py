"""Power against the number of reference models, drawn from the tables that the experiment wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from remembrain.run import atomic_path

LOOKS = {"stacked": ("#b4451b", "D"), "bavaria": ("#7b3b8c", "s"), "rmia": ("#2a6093", "^"), "lira": ("#0c6b64", "o")}
WITHOUT = {
    "error-threshold": ("threshold on the error, without such models", "#565d66", "--"),
    "quadratic-discriminant": ("quadratic discriminant, without such models", "#a07400", ":"),
}
_NUMBER = re.compile(r"([-+]?\d\.\d+) \(([-+]?\d\.\d+) to ([-+]?\d\.\d+)\)")
AUC, TPR = 4, 5

Row = tuple[str, int, list[tuple[float, float, float]]]


def draw(tables: Sequence[Path], out: Path) -> Path:
    """Draw AUC and true-positive rate at 1 % false positives over the number of models, a row a network."""
    figure = Figure(figsize=(7.6, 0.4 + 3.1 * len(tables)), layout="constrained")
    grid = figure.subplots(nrows=len(tables), ncols=2, squeeze=False)
    for axes, table in zip(grid, tables, strict=True):
        rows = [row for line in table.read_text(encoding="utf-8").splitlines() if (row := _read(line))]
        for ax, part, label in ((axes[0], 0, "AUC"), (axes[1], 1, "recognised at 1 % false positives")):
            _panel(ax, rows, part)
            ax.set_ylabel(label, fontsize=9)
            ax.set_title(table.stem, loc="left", fontsize=9)
            ax.spines[["top", "right"]].set_visible(False)
        axes[1].yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    for ax in grid[-1]:
        ax.set_xlabel("reference models")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    with atomic_path(out) as partial:
        figure.savefig(partial, format=out.suffix[1:], dpi=150, metadata={"Date": None} if out.suffix == ".svg" else {})
    return out


def _panel(ax: Axes, rows: list[Row], part: int) -> None:
    """Draw one figure of every attack, and across what is done without reference models."""
    numbers = sorted({models for _, models, _ in rows if models})
    for place, (name, (colour, marker)) in enumerate(LOOKS.items()):
        mine = {models: figures[part] for attack, models, figures in rows if attack == name}
        told = [(numbers.index(models) + 0.06 * (place - 1.5), *mine[models]) for models in numbers if models in mine]
        ax.plot(
            [p[0] for p in told],
            [p[1] for p in told],
            marker=marker,
            color=colour,
            markersize=4,
            linewidth=1.2,
            label=name,
        )
        ax.vlines([p[0] for p in told], [p[2] for p in told], [p[3] for p in told], color=colour, linewidth=1.5)
    for name, (title, colour, style) in WITHOUT.items():
        found = [figures[part] for attack, _, figures in rows if attack == name]
        if found:
            ax.axhline(found[0][0], color=colour, linewidth=1, linestyle=style, label=title)
            ax.axhspan(found[0][1], found[0][2], color=colour, alpha=0.12, linewidth=0, zorder=0)
    ax.set_xticks(range(len(numbers)), [str(number) for number in numbers])


def _read(line: str) -> Row | None:
    """Return attack, number of models, AUC and rate of a line of scans shown once; nothing of other lines."""
    cells = [cell.strip() for cell in line.strip("| \n").split(" | ")]
    if len(cells) < TPR + 1 or not cells[1].isdigit() or cells[2] != "1":
        return None
    found = [_NUMBER.match(cells[place]) for place in (AUC, TPR)]
    if not all(found):
        return None
    return cells[0], int(cells[1]), [tuple(float(part) for part in one.groups()) for one in found if one]  # type: ignore[misc]
