"""Table 1 beside the published numbers, the order of its rows pair by pair, and Figure 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from figure import draw_figure1
from fits import fits
from published import BESIDE, COMBINED, ERRORS, TABLE
from setting import NETWORKS, Size

from remembrain.evidence.compare import accuracy_difference, auc_difference
from remembrain.run import read_json, write_text
from remembrain.types import Scores

SAYS = ("agrees", "not told apart", "disagrees")


def write_table(
    out: Path, size: Size, seconds: Mapping[str, float], varied: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Write ``table.md`` and ``figure1.svg`` from the run folders, and return everything that was computed."""
    evidence = {network: read_json(out / network / "evidence.json") for network in NETWORKS}
    scores = {network: read_scores(out / network / "restricted" / "scores.tsv") for network in NETWORKS}
    orders = {network: order(network, scores[network]) for network in NETWORKS}
    singles = {network: combined_against_singles(scores[network]) for network in NETWORKS}
    lines = fits(evidence, varied)
    draw_figure1(out / "figure1.svg", evidence, varied, lines)
    text = [_heading(size, evidence, seconds), _table(evidence), _orders(orders), _singles(singles), _lines(lines)]
    write_text(out / "table.md", "\n\n".join(text) + "\n")
    return {
        "orders": orders,
        "combined": singles,
        "fits": lines,
        "attack_seconds": dict(seconds),
        "varied": list(varied),
    }


def read_scores(path: Path) -> dict[str, list[Scores]]:
    """Return the scores of a run folder by attack."""
    table = pd.read_csv(path, sep="\t", dtype={"participant_id": str, "session_id": str}, na_filter=False)
    found: dict[str, list[Scores]] = {}
    for (attack, repeat), some in table.groupby(["attack", "repeat"], sort=False):
        columns = (some[name].to_numpy() for name in ("participant_id", "session_id"))
        member, score = some["member"].to_numpy() == 1, some["score"].to_numpy(dtype=float)
        found.setdefault(str(attack), []).append(Scores(str(attack), int(str(repeat)), *columns, member, score))
    return found


def order(network: str, scores: Mapping[str, Sequence[Scores]]) -> list[dict[str, Any]]:
    """Return for each pair of published rows whether ours stand in the same order, by paired accuracy difference."""
    rows = [(row.title, row.attack, found[0]) for row in TABLE if (found := row.of(network)) and row.attack in scores]
    pairs = []
    for first, second in combinations(sorted(rows, key=lambda row: -row[2]), 2):
        if first[2] == second[2]:
            continue
        ours = accuracy_difference(scores[first[1]], scores[second[1]])
        says = SAYS[0] if ours.low > 0 else SAYS[2] if ours.high < 0 else SAYS[1]
        pairs.append(
            {
                "higher": first[0],
                "lower": second[0],
                "published": first[2] - second[2],
                "ours": [100 * end for end in (ours.value, ours.low, ours.high)],
                "says": says,
            }
        )
    return pairs


def combined_against_singles(scores: Mapping[str, Sequence[Scores]]) -> list[dict[str, Any]]:
    """Return how much better the combined attack is than each of its single signals, in AUC, paired."""
    pairs = [(COMBINED, single) for single in ("network:prediction+label", *_GRADIENTS)]
    pairs += [(COMBINED.replace("network:", "flat:"), single) for single in ("network:prediction+label", *_FLAT)]
    found = [(first, single, auc_difference(scores[first], scores[single]).auc) for first, single in pairs]
    return [
        {"combined": first, "single": single, "auc": [ours.value, ours.low, ours.high]} for first, single, ours in found
    ]


_GRADIENTS = ("network:gradient:last-hidden", "network:gradient:output")
_FLAT = ("flat:gradient:last-hidden", "network:gradient:output")


def _heading(size: Size, evidence: Mapping[str, Any], seconds: Mapping[str, float]) -> str:
    """Say what was run."""
    lines = [
        f"{size.members} members, {size.nonmembers} non-members and {size.population} others (shadow) on phantoms, "
        f"grid {size.grid}, light networks with the published conv6 and output, seed {size.seed}; accuracy in %, mean "
        "over repeats with 95 % interval over people; the attacker knows half of each group and is tested on the rest."
    ]
    for network, found in evidence.items():
        mae, (ours, theirs) = found["target"]["mae"], ERRORS[network]
        lines.append(
            f"- `{network}`: mean absolute error {mae['members']['value']:.2f} / {mae['nonmembers']['value']:.2f} "
            f"years (published {ours} / {theirs}; predicting the mean {mae['mean_predictor']['value']:.2f}); blind "
            f"baseline AUC {_auc(found['controls']['blind']['auc'])}; null control "
            f"{found['controls']['null']['status']}; attacks took {seconds[network] / 60:.0f} min."
        )
    return "\n".join([lines[0], "", *lines[1:]])


def _table(evidence: Mapping[str, Any]) -> str:
    """Return the table."""
    head = "| signal |" + "".join(f" {name}: published | ours | AUC | TPR at 1 % FPR |" for name in evidence)
    lines = [head, "|---|" + "---|" * (4 * len(evidence))]
    found = {name: {one["name"]: one for one in some["attacks"]} for name, some in evidence.items()}
    for row in TABLE:
        cells = [f" {_published(row.of(name))} | {_figures(found[name][row.attack])} |" for name in evidence]
        lines.append(f"| {row.title} |" + "".join(cells))
    for title, attack in BESIDE:
        cells = [f" not run | {_figures(found[name][attack])} |" for name in evidence]
        lines.append(f"| *{title}* |" + "".join(cells))
    return "\n".join(lines)


def _orders(orders: Mapping[str, list[dict[str, Any]]]) -> str:
    """Return the pairs of rows whose order is another one, or is not told apart."""
    lines = []
    for network, pairs in orders.items():
        counts = {
            says: sum(pair["says"] == says for pair in pairs) for says in ("agrees", "not told apart", "disagrees")
        }
        lines.append(
            f"Order of `{network}`, {len(pairs)} pairs: " + ", ".join(f"{n} {says}" for says, n in counts.items())
        )
        lines += [
            f"- {pair['higher']} above {pair['lower']}: published +{pair['published']:.1f}, ours "
            f"{pair['ours'][0]:+.1f} ({pair['ours'][1]:+.1f} to {pair['ours'][2]:+.1f})"
            for pair in pairs
            if pair["says"] == "disagrees"
        ]
    return "\n".join(lines)


def _singles(singles: Mapping[str, list[dict[str, Any]]]) -> str:
    """Return how the combined attack compares with its single signals."""
    lines = ["Combined attack less each of its single signals, AUC:"]
    for network, pairs in singles.items():
        lines += [
            f"- `{network}`, {pair['combined'].partition(':')[0]} less `{pair['single']}`: "
            f"{pair['auc'][0]:+.3f} ({pair['auc'][1]:+.3f} to {pair['auc'][2]:+.3f})"
            for pair in pairs
        ]
    return "\n".join(lines)


def _lines(lines: Sequence[dict[str, Any]]) -> str:
    """Return the fitted lines beside the published slopes."""
    return "\n".join(
        [
            "Leakage against overfitting: accuracy a year of gap (95 % interval), beside the published slope:",
            *(
                f"- `{one['network']}`, {one['attack']}, {one['points']}: {100 * one['slope'][0]:.1f} "
                f"({100 * one['slope'][1]:.1f} to {100 * one['slope'][2]:.1f}) points, r = {one['r']:.2f}, "
                f"{one['n']} models; published {100 * one['published']:.0f}"
                for one in lines
            ),
        ]
    )


def _published(number: tuple[float, float | None] | None) -> str:
    """Return a published number."""
    if number is None:
        return "not run"
    return f"{number[0]:.1f}" + (f" ± {number[1]:.1f}" if number[1] is not None else "")


def _figures(attack: Mapping[str, Any]) -> str:
    """Return accuracy, AUC and true-positive rate."""
    return f"{_accuracy(attack)} | {_auc(attack['auc'])} | {_tpr(attack)}"


def _accuracy(attack: Mapping[str, Any]) -> str:
    """Return our accuracy with its interval and the SD over repeats."""
    found = attack["accuracy"]
    if found["value"] is None:
        return f"not assessed: {attack['why']}"
    value, low, high, sd = (100 * found[name] for name in ("value", "low", "high", "sd"))
    return f"{value:.1f} ({low:.1f} to {high:.1f}) ± {sd:.1f}"


def _auc(number: Mapping[str, Any]) -> str:
    """Return an AUC with its interval."""
    if number["value"] is None:
        return "not assessed"
    return f"{number['value']:.3f} ({number['low']:.3f} to {number['high']:.3f})"


def _tpr(attack: Mapping[str, Any]) -> str:
    """Return the true-positive rate at 1 % false positives."""
    found = attack["tpr_at_fpr"]["0.01"]
    if found["value"] is None:
        return "not assessed"
    return f"{100 * found['value']:.0f} % ({100 * found['low']:.0f} to {100 * found['high']:.0f})"
