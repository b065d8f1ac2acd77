"""Runs of many settings to one comparison: means over seeds, the front, the line of leakage over overfitting, costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from remembrain.attacks import select
from remembrain.errors import RemembrainError
from remembrain.evidence import tradeoff
from remembrain.run import EVIDENCE, RunFolder, read_json
from remembrain.study.defences.comparison_words import cost_of_trying, head, key_of
from remembrain.study.defences.grid import NONE, Cell, Grid, Setting, settings
from remembrain.study.defences.over_seeds import Content, attack, epsilon, lower_bound, number, private, years
from remembrain.targets.defences import DEFENCES
from remembrain.types import GRAVITY, Attack

_ERROR = (0.0, float("inf"))


def compare(grid: Grid, cells: Sequence[Cell], run: RunFolder) -> dict[str, Any]:
    """Return what stands in ``defences.json``.

    Parameters
    ----------
    grid
        What was declared.
    cells
        The models that were trained and attacked.
    run
        Folder of the comparison.
    """
    runs_of: dict[Setting, list[tuple[Cell, Content]]] = {}
    for cell in cells:
        runs_of.setdefault(cell.setting, []).append((cell, read_json(RunFolder(cell.path).evidence)))
    listed = [setting for setting in settings(grid) if setting in runs_of]
    if listed[0].defence != NONE:
        raise RemembrainError(
            "the undefended model failed with every seed: there is nothing to compare with", where=run.path
        )
    attacks = select(grid.attacks)
    rows = [_row(attacks, setting, runs_of[setting], run) for setting in listed]
    headline = _headline(attacks, rows[0])
    for row in rows:
        row["headline"] = _headline_of(attacks, row, headline["name"])
    _mark_fronts(rows)
    first = runs_of[listed[0]][0][1]
    return {
        "schema": EVIDENCE,
        "kind": "defences",
        "audit": {
            **{key: first["audit"][key] for key in ("created", "version", "confidence", "versions")},
            "command": read_json(run.path / "run.json")["command"],
            "seeds": list(grid.seeds),
            "repeats": grid.repeats,
        },
        "target": {
            **{key: first["target"][key] for key in ("name", "form", "label", "unit")},
            "federated": grid.federation is not None,
        },
        "people": _people(first),
        "headline": headline,
        "attacks": [
            {"name": attack.name, "title": attack.title, "access": attack.access, "knows": attack.knows}
            for attack in attacks
        ],
        "mean_predictor": first["target"]["mae"]["mean_predictor"]["value"],
        "settings": rows,
        "line": _line(rows, headline["name"]),
        "published": tradeoff.published_json(),
        "cost_of_trying": cost_of_trying(rows, private([content for runs in runs_of.values() for _, content in runs])),
        "head": head(
            rows[0],
            rows,
            {key_of(row): _headline_figures(row) for row in rows},
            title=headline["title"],
            seeds=grid.seeds,
            attacks=len(attacks),
            unit=first["target"]["unit"],
        ),
    }


def _row(
    attacks: Sequence[Attack], setting: Setting, runs: Sequence[tuple[Cell, Content]], run: RunFolder
) -> dict[str, Any]:
    """Return one setting: means over its seeds."""
    kind = DEFENCES.get(setting.defence)
    contents = [content for _, content in runs]
    mae = [content["target"]["mae"] for content in contents]
    ran = {attack["name"] for attack in contents[0]["attacks"]}
    finding = min(
        (content["findings"][0] for content in contents), key=lambda finding: GRAVITY.index(finding["status"])
    )
    return {
        "defence": setting.defence,
        "title": kind.title if kind else "Undefended",
        "parameter": kind.parameter if kind else "",
        "strength": setting.strength,
        "paper": kind.paper if kind else "",
        "protects": kind.protects if kind else "weights",
        "seeds": [cell.seed for cell, _ in runs],
        "epsilon": epsilon(contents),
        "mae_members": years([errors["members"] for errors in mae], bounds=_ERROR),
        "mae": years([errors["nonmembers"] for errors in mae], bounds=_ERROR),
        "gap": years([content["target"]["gap"] | {"n": 0} for content in contents]),
        "attacks": {declared.name: attack(declared.name, contents) for declared in attacks if declared.name in ran},
        "headline": "",
        "lower_bound": lower_bound(contents),
        "finding": {"status": finding["status"], "text": finding["text"]},
        "pareto_auc": False,
        "pareto_tpr": False,
        "runs": [str(cell.path.relative_to(run.path)) for cell, _ in runs],
    }


def _headline(attacks: Sequence[Attack], bare: Content) -> dict[str, Any]:
    """Return the attack that figures are drawn for: the best on the undefended model, whatever is found elsewhere."""
    best = _best(attacks, bare) or attacks[0]
    why = "the greatest mean AUC of all attacks on the undefended model, chosen before any defence was looked at"
    return {"name": best.name, "title": best.title, "access": best.access, "knows": best.knows, "why": why}


def _headline_of(attacks: Sequence[Attack], row: Content, name: str) -> str:
    """Return the attack that stands for a setting: the headline, or the best on predictions where these are changed."""
    if row["protects"] == "weights" and name in row["attacks"]:
        return name
    best = _best([attack for attack in attacks if attack.access == "outputs"], row)
    return best.name if best else name


def _best(attacks: Sequence[Attack], row: Content) -> Attack | None:
    """Return the one of these attacks with the greatest mean AUC on a setting; none where none was assessed."""
    aucs = {
        name: figures["auc"]["value"] for name, figures in row["attacks"].items() if figures["auc"]["value"] is not None
    }
    return max(
        (attack for attack in attacks if attack.name in aucs), key=lambda attack: float(aucs[attack.name]), default=None
    )


def _mark_fronts(rows: Sequence[dict[str, Any]]) -> None:
    """Say which settings no other one beats in error and leakage at once, of those that face the same attack.

    Where only predictions are defended, attackers with the weights are left out: such settings stand on no front.
    """
    rows = [row for row in rows if row["headline"] == rows[0]["headline"] and row["protects"] == "weights"]
    error = np.array([number(row["mae"]) for row in rows])
    for key, leakage in (
        ("pareto_auc", [number(_headline_figures(row).get("auc")) for row in rows]),
        ("pareto_tpr", [number(_headline_figures(row).get("tpr_at_fpr", {}).get("0.01")) for row in rows]),
    ):
        for row, front in zip(rows, tradeoff.pareto(error, np.array(leakage)).tolist(), strict=True):
            row[key] = front


def _headline_figures(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the figures of the attack that stands for a setting."""
    return dict(row["attacks"].get(row["headline"], {}))


def _line(rows: Sequence[Mapping[str, Any]], headline: str) -> dict[str, Any] | None:
    """Return the line of accuracy over overfitting, over settings that change the model and were attacked alike."""
    alike = [row for row in rows if row["protects"] == "weights" and row["headline"] == headline]
    gap = np.array([number(row["gap"]) for row in alike])
    accuracy = np.array([number(row["attacks"][headline]["accuracy"]) for row in alike])
    fit = tradeoff.line_over_settings(gap, accuracy)
    return None if fit is None else {"attack": headline, **fit.to_json()}


def _people(first: Content) -> dict[str, Any]:
    """Return how many people were trained on, were not, and were tested."""
    groups = {group["role"]: group["people"] for group in first["people"]["groups"]}
    tested = next((attack for attack in first["attacks"] if attack["n_members"]), {"n_members": 0, "n_nonmembers": 0})
    return {
        "members": groups.get("member", 0),
        "nonmembers": groups.get("nonmember", 0),
        "tested_members": tested["n_members"],
        "tested_nonmembers": tested["n_nonmembers"],
        "source": first["people"]["source"],
    }
