"""Evidence and environment for the terminal."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from remembrain._parallel import cores
from remembrain.cohort.store import default_store
from remembrain.errors import DataError
from remembrain.run import RunFolder, read_json
from remembrain.study.begun import VERSIONS


def evidence_of(path: Path) -> dict[str, Any]:
    """Return ``evidence.json`` of a run folder, or ``defences.json`` of a comparison."""
    run = RunFolder.open(path)
    if not run.concluded.is_file():
        raise DataError("no such file", where=run.concluded, expected="what a run comes to", try_next=run.again)
    found = read_json(run.concluded)
    if not isinstance(found, dict):
        raise _not_ours(run.again, run.concluded)
    return found


def lines_of(evidence: dict[str, Any]) -> list[str]:
    """Return findings, controls and one line an attack, with n and intervals; of a comparison, one a setting.

    Raises
    ------
    DataError
        Where it is not what this version writes.
    """
    try:
        return _lines(evidence)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        raise _not_ours("remembrain attack RUN") from None


def _not_ours(again: str, where: Path | None = None) -> DataError:
    """Say that evidence is not what this version writes."""
    return DataError("is not the evidence that this version writes", where=where or "the evidence", try_next=again)


def _lines(evidence: dict[str, Any]) -> list[str]:
    """Return the lines of evidence that is whole."""
    if evidence.get("kind") == "defences":
        return _settings(evidence)
    lines = [f"groups: {_groups(evidence['groups'])}"] if "groups" in evidence else []
    lines += [f"{one['attack']}: {_finding(one)}" for one in evidence["findings"]]
    for name, control in evidence["controls"].items():
        lines.append(f"{name} control: {control['status']}. {control['why']}")
    if evidence.get("privacy"):
        lines.append(f"formal privacy: {evidence['privacy']['verdict']['text']}")
    heading = f"{'attack':<62} {'access':<8} {'n':>9}  {'AUC':<19} {'TPR at 1 % FPR':<19} balanced accuracy"
    alone = any(one.get("per_scan") for one in evidence["attacks"])
    if alone:
        lines.append(
            "people have several scans: figures are of people, by all their scans; the last AUC is of one scan"
        )
        heading = f"{heading:<142} AUC of one scan"
    lines += ["", heading]
    for one in evidence["attacks"]:
        n = f"{one['n_members']}+{one['n_nonmembers']}"
        figures = (one["auc"], one["tpr_at_fpr"]["0.01"], one["accuracy"])
        shown = " ".join(f"{_interval(figure):<19}" for figure in figures)
        single = _interval(one["per_scan"]["auc"]) if one.get("per_scan") else ""
        lines.append(f"{one['name']:<62} {one['access']:<8} {n:>9}  {shown} {single}".rstrip())
    return lines


def _settings(comparison: dict[str, Any]) -> list[str]:
    """Return what the attack that is told of a setting achieves there, its error on others, and what was found."""
    unit = comparison["target"]["unit"]
    lines = [f"{'setting':<26} {'seeds':>5}  {'error, ' + unit:<19} {'AUC':<19} attack and finding"]
    for row in comparison["settings"]:
        name = row["defence"] if row["strength"] is None else f"{row['defence']}={row['strength']:g}"
        auc = row["attacks"][row["headline"]]["auc"]
        shown = f"{_interval(row['mae']):<19} {_interval(auc):<19} {row['headline']}: {row['finding']['status']}"
        lines.append(f"{name:<26} {len(row['seeds']):>5}  {shown}")
    return [*lines, *(f"failed: {one['setting']}: {one['why']}" for one in comparison.get("failed", ()))]


def _groups(groups: dict[str, Any]) -> str:
    """Return whether members and non-members differ by themselves, and whether they were paired."""
    matched = groups["matched"]
    if matched is None:
        return f"{groups['why']}. Not matched."
    return f"{groups['why']}. Matched on {', '.join(matched['on'])}: {matched['n_members']} pairs."


def _finding(one: dict[str, Any]) -> str:
    """Return a finding in words, with the reason where there is none."""
    if one["status"] == "not assessed":
        return f"not assessed: {one['why']}. {one['text'].removeprefix('Not assessed. ')}"
    return f"{one['status']}. {one['text']}"


def _interval(figure: dict[str, Any]) -> str:
    """Return a number with its interval, or that there is none."""
    if figure["value"] is None:
        return "not assessed"
    return f"{figure['value']:.3f} ({figure['low']:.3f}-{figure['high']:.3f})"


def environment() -> dict[str, str]:
    """Return versions and what this machine offers."""
    import torch

    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "none"
    return {
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in VERSIONS},
        "system": platform.platform(),
        "cores": str(cores()),
        "memory GiB": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f}",
        "GPU": gpu,
        "prepared scans": str(default_store()),
    }
