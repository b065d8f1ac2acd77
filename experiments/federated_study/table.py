"""What came out, beside what was printed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from remembrain.run import write_text

PRINTED: Mapping[tuple[str, str], tuple[float, int]] = {
    ("cnn3d", "uniform-iid"): (60.06, 56),
    ("cnn3d", "uniform-noniid"): (61.00, 28),
    ("cnn3d", "skewed-noniid"): (64.12, 25),
    ("slice-mean", "uniform-iid"): (58.11, 56),
    ("slice-mean", "uniform-noniid"): (60.28, 29),
    ("slice-mean", "skewed-noniid"): (63.81, 24),
}
"""Mean accuracy (%) over successful pairs, and how many of 56 were (Gupta et al. 2021)."""


def write_table(path: Path, found: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
    """Write one block a federation: every attack of learners and server, on everybody and on matched people."""
    lines = []
    for (network, environment), evidence in found.items():
        federation = evidence["federation"]
        printed, pairs = PRINTED[network, environment]
        error = federation["rounds"][-1]["mae_unseen"]
        lines += [
            f"## {network}, {environment}",
            "",
            f"Error on unseen people {error:.2f} years. Printed: {printed} % over {pairs} successful of 56 pairs.",
            "",
            "| attacker | people | attack | successful pairs | their accuracy | accuracy, all pairs | AUC, all pairs "
            "| over blind |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for threat in federation["threats"]:
            if not threat.get("attacks"):
                lines.append(f"| {threat['by']} | {threat['people']} | | | | {threat['why']} | | |")
            lines += [_line(threat, attack) for attack in threat.get("attacks", ())]
        lines += ["", "| round | error, unseen | AUC over all pairs |", "|---|---|---|"]
        for row in federation["by_round"]:
            aucs = "; ".join(f"{one['name']} {_interval(one)}" for one in row["auc"])
            shown = "" if row["mae_unseen"] is None else f"{row['mae_unseen']:.2f}"
            lines.append(f"| {row['round']} | {shown} | {aucs} |")
        lines.append("")
    write_text(path, "\n".join(lines))


def _line(threat: Mapping[str, Any], attack: Mapping[str, Any]) -> str:
    """Return one attack as a row."""
    won = attack["successful"]
    mean = "–" if won["accuracy"] is None else f"{100 * won['accuracy']:.1f} %"
    over = attack["difference_from_blind"]
    cells = [
        *(threat["by"], f"{threat['people']}, {threat['n_pairs']} pairs", attack["name"]),
        *(f"{won['n']} of {won['of']}", mean, _interval(attack["accuracy"], 100, 1), _interval(attack["auc"])),
        "" if over is None else _interval(over, sign="+"),
    ]
    return "| " + " | ".join(cells) + " |"


def _interval(number: Mapping[str, Any], scale: float = 1, digits: int = 3, sign: str = "") -> str:
    """Return a number with its interval."""
    if number["value"] is None:
        return "not assessed"
    value, low, high = (scale * number[key] for key in ("value", "low", "high"))
    return f"{value:{sign}.{digits}f} ({low:{sign}.{digits}f} to {high:{sign}.{digits}f})"
