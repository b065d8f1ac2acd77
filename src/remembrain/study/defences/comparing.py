"""Runs of many settings to one comparison: means over seeds, the front, the line of leakage over overfitting, costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from remembrain.attacks import select
from remembrain.errors import RemembrainError
from remembrain.evidence import tradeoff
from remembrain.run import EVIDENCE, RunFolder, read_json
from remembrain.study.defences.comparing_words import cost_of_trying, head, key_of
from remembrain.study.defences.grid import NONE, Cell, Grid, Setting, settings
from remembrain.study.defences.over_seeds import Told, attack, epsilon, lower_bound, number, private, years
from remembrain.targets.defences import DEFENCES
from remembrain.types import GRAVITY, Attack

_ERROR = (0.0, float("inf"))


def compare(grid: Grid, done: Sequence[Cell], run: RunFolder) -> dict[str, Any]:
    """Return what stands in ``defences.json``.

    Parameters
    ----------
    grid
        What was declared.
    done
        The models that were trained and attacked.
    run
        Folder of the comparison.
    """
    told: dict[Setting, list[tuple[Cell, Told]]] = {}
    for cell in done:
        told.setdefault(cell.setting, []).append((cell, read_json(RunFolder(cell.path).evidence)))
    listed = [one for one in settings(grid) if one in told]
    if listed[0].defence != NONE:
        raise RemembrainError(
            "the undefended model failed with every seed: there is nothing to compare with", where=run.path
        )
    attacks = select(grid.attacks)
    rows = [_row(attacks, one, told[one], run) for one in listed]
    headline = _headline(attacks, rows[0])
    for row in rows:
        row["headline"] = _headline_of(attacks, row, headline["name"])
    _mark_fronts(rows)
    first = told[listed[0]][0][1]
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
            {"name": one.name, "title": one.title, "access": one.access, "knows": one.knows} for one in attacks
        ],
        "mean_predictor": first["target"]["mae"]["mean_predictor"]["value"],
        "settings": rows,
        "line": _line(rows, headline["name"]),
        "published": tradeoff.published_json(),
        "cost_of_trying": cost_of_trying(rows, private([one for runs in told.values() for _, one in runs])),
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
    asked: Sequence[Attack], setting: Setting, runs: Sequence[tuple[Cell, Told]], run: RunFolder
) -> dict[str, Any]:
    """Return one setting: means over its seeds."""
    kind = DEFENCES.get(setting.defence)
    found = [content for _, content in runs]
    mae = [one["target"]["mae"] for one in found]
    ran = {one["name"] for one in found[0]["attacks"]}
    finding = min((one["findings"][0] for one in found), key=lambda one: GRAVITY.index(one["status"]))
    return {
        "defence": setting.defence,
        "title": kind.title if kind else "Undefended",
        "parameter": kind.parameter if kind else "",
        "strength": setting.strength,
        "paper": kind.paper if kind else "",
        "protects": kind.protects if kind else "weights",
        "seeds": [cell.seed for cell, _ in runs],
        "epsilon": epsilon(found),
        "mae_members": years([one["members"] for one in mae], bounds=_ERROR),
        "mae": years([one["nonmembers"] for one in mae], bounds=_ERROR),
        "gap": years([one["target"]["gap"] | {"n": 0} for one in found]),
        "attacks": {one.name: attack(one.name, found) for one in asked if one.name in ran},
        "headline": "",
        "lower_bound": lower_bound(found),
        "finding": {"status": finding["status"], "text": finding["text"]},
        "pareto_auc": False,
        "pareto_tpr": False,
        "runs": [str(cell.path.relative_to(run.path)) for cell, _ in runs],
    }


def _headline(attacks: Sequence[Attack], bare: Told) -> dict[str, Any]:
    """Return the attack that figures are drawn for: the best on the undefended model, whatever is found elsewhere."""
    best = _best(attacks, bare) or attacks[0]
    why = "the greatest mean AUC of all attacks on the undefended model, chosen before any defence was looked at"
    return {"name": best.name, "title": best.title, "access": best.access, "knows": best.knows, "why": why}


def _headline_of(attacks: Sequence[Attack], row: Told, name: str) -> str:
    """Return the attack that stands for a setting: the headline, or the best on predictions where these are changed."""
    if row["protects"] == "weights" and name in row["attacks"]:
        return name
    best = _best([one for one in attacks if one.access == "outputs"], row)
    return best.name if best else name


def _best(attacks: Sequence[Attack], row: Told) -> Attack | None:
    """Return the one of these attacks with the greatest mean AUC on a setting; none where none was assessed."""
    aucs = {name: found["auc"]["value"] for name, found in row["attacks"].items() if found["auc"]["value"] is not None}
    return max((one for one in attacks if one.name in aucs), key=lambda one: float(aucs[one.name]), default=None)


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
    mine = [row for row in rows if row["protects"] == "weights" and row["headline"] == headline]
    gap = np.array([number(row["gap"]) for row in mine])
    accuracy = np.array([number(row["attacks"][headline]["accuracy"]) for row in mine])
    fit = tradeoff.line_over_settings(gap, accuracy)
    return None if fit is None else {"attack": headline, **fit.to_json()}


def _people(first: Told) -> dict[str, Any]:
    """Return how many people were trained on, were not, and were tested."""
    groups = {one["role"]: one["people"] for one in first["people"]["groups"]}
    tested = next((one for one in first["attacks"] if one["n_members"]), {"n_members": 0, "n_nonmembers": 0})
    return {
        "members": groups.get("member", 0),
        "nonmembers": groups.get("nonmember", 0),
        "tested_members": tested["n_members"],
        "tested_nonmembers": tested["n_nonmembers"],
        "source": first["people"]["source"],
    }
