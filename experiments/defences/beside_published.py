"""Private settings beside the published points, and whether they do what was published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from remembrain.evidence.tradeoff import PUBLISHED, line_over_settings
from remembrain.run import read_json, write_text

PRIVATE = ("none", "clipping", "dp-noise")


def write_table(out: Path) -> Path:
    """Write ``OUT/table.md``."""
    found = read_json(out / "comparison" / "defences.json")
    headline = found["headline"]["name"]
    rows = found["settings"]
    private = [row for row in rows if row["defence"] in PRIVATE]
    lines = [
        f"{found['people']['members']} members, {found['people']['nonmembers']} others, seeds "
        f"{', '.join(map(str, found['audit']['seeds']))}; attack: {headline}; 95 % intervals over people and seeds.",
        "",
        "| setting | epsilon (delta 1e-5) | error of others, years | gap, years | AUC | TPR at 1 % FPR | accuracy, % |",
        "|---|---|---|---|---|---|---|",
        *(_line(row) for row in rows),
        "",
        f"Published, {PUBLISHED.network} (Gupta et al. 2021, read off the figure):",
        "",
        "| error of others, years | gap, years | accuracy, % |",
        "|---|---|---|",
        *(f"| {point.mae:.2f} | {point.gap:.2f} | {100 * point.accuracy:.1f} |" for point in PUBLISHED.points),
        "",
        _fit("Private settings", private, headline),
        "",
        _fit("All settings that change the model", [row for row in rows if row["protects"] == "weights"], headline),
        "",
    ]
    path = out / "table.md"
    write_text(path, "\n".join(lines))
    return path


def _fit(words: str, rows: list[dict[str, Any]], headline: str) -> str:
    """Return the line of accuracy over the gap in words."""
    gap = np.array([row["gap"]["value"] for row in rows])
    accuracy = np.array([row["attacks"][headline]["accuracy"]["value"] for row in rows], dtype=float)
    line = line_over_settings(gap, accuracy, attack=headline)
    if line is None:
        return f"{words}: too few for a line."
    slope, low, high = line.slope.ends()
    return (
        f"{words} (n = {len(rows)}): accuracy over gap, r = {line.r:.3f}, slope {100 * slope:.1f} points a year "
        f"({100 * low:.1f} to {100 * high:.1f})."
    )


def _line(row: dict[str, Any]) -> str:
    """Return one setting."""
    name = row["defence"] if row["strength"] is None else f"{row['defence']} {row['strength']:g}"
    epsilon = "–" if row["epsilon"] is None else f"{row['epsilon']['value']:.3g}"
    attack = row["attacks"][row["headline"]]
    figures = [row["mae"], row["gap"], attack["auc"], attack["tpr_at_fpr"]["0.01"]]
    cells = [_cell(one, 1.0, 2) for one in figures] + [_cell(attack["accuracy"], 100.0, 1)]
    return f"| {name} | {epsilon} | {' | '.join(cells)} |"


def _cell(number: dict[str, Any], scale: float, digits: int) -> str:
    """Return a number with its interval."""
    if number["value"] is None:
        return "not assessed"
    value, low, high = (scale * number[key] for key in ("value", "low", "high"))
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
