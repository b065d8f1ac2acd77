"""What a run comes to, in lines for the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remembrain.errors import DataError
from remembrain.record.document import SelfTest
from remembrain.run import RunFolder, read_json


def evidence_of(path: Path) -> dict[str, Any]:
    """Return ``evidence.json`` of a run folder, or ``defences.json`` of a comparison."""
    run = RunFolder.open(path)
    if not run.concluded.is_file():
        raise DataError("no such file", where=run.concluded, expected="what a run comes to", try_next=run.again)
    concluded = read_json(run.concluded)
    if not isinstance(concluded, dict):
        raise not_ours(run.again, run.concluded)
    return concluded


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
        raise not_ours("remembrain attack RUN") from None


def selftest_lines(result: SelfTest) -> list[str]:
    """Return a self-test, one figure a line with its bounds and whether it keeps them."""
    lines, width = [], max(len(line.name) for line in result.lines)
    for line in result.lines:
        bounds = [
            f"{word} {100 * bound:.1f} %"
            for word, bound in (("at least", line.least), ("at most", line.most))
            if bound is not None
        ]
        figure = f"{100 * line.value:.1f} % ({100 * line.low:.1f} to {100 * line.high:.1f}) of {line.n}"
        verdict = "ok" if line.passed else "OUTSIDE"
        lines.append(f"{line.name:<{width}} {figure:<32} {', '.join(bounds):<32} {verdict}")
    return lines


def not_ours(again: str, where: Path | None = None) -> DataError:
    """Say that evidence is not what this version writes."""
    return DataError("is not the evidence that this version writes", where=where or "the evidence", try_next=again)


def _lines(evidence: dict[str, Any]) -> list[str]:
    """Return the lines of evidence that is whole."""
    if evidence.get("kind") == "defences":
        return _settings(evidence)
    lines = [f"groups: {_groups(evidence['groups'])}"] if "groups" in evidence else []
    lines += [f"{finding['attack']}: {_finding(finding)}" for finding in evidence["findings"]]
    for name, control in evidence["controls"].items():
        lines.append(f"{name} control: {control['status']}. {control['why']}")
    if evidence.get("privacy"):
        lines.append(f"formal privacy: {evidence['privacy']['verdict']['text']}")
    heading = f"{'attack':<62} {'access':<8} {'n':>9}  {'AUC':<19} {'TPR at 1 % FPR':<19} balanced accuracy"
    alone = any(attack.get("per_scan") for attack in evidence["attacks"])
    if alone:
        lines.append(
            "people have several scans: figures are of people, by all their scans; the last AUC is of one scan"
        )
        heading = f"{heading:<142} AUC of one scan"
    lines += ["", heading]
    for attack in evidence["attacks"]:
        n = f"{attack['n_members']}+{attack['n_nonmembers']}"
        figures = (attack["auc"], attack["tpr_at_fpr"]["0.01"], attack["accuracy"])
        shown = " ".join(f"{_interval(figure):<19}" for figure in figures)
        single = _interval(attack["per_scan"]["auc"]) if attack.get("per_scan") else ""
        lines.append(f"{attack['name']:<62} {attack['access']:<8} {n:>9}  {shown} {single}".rstrip())
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
    return [*lines, *(f"failed: {failed['setting']}: {failed['why']}" for failed in comparison.get("failed", ()))]


def _groups(groups: dict[str, Any]) -> str:
    """Return whether members and non-members differ by themselves, and whether they were paired."""
    matched = groups["matched"]
    if matched is None:
        return f"{groups['why']}. Not matched."
    return f"{groups['why']}. Matched on {', '.join(matched['on'])}: {matched['n_members']} pairs."


def _finding(finding: dict[str, Any]) -> str:
    """Return a finding in words, with the reason where there is none."""
    if finding["status"] == "not assessed":
        return f"not assessed: {finding['why']}. {finding['text'].removeprefix('Not assessed. ')}"
    return f"{finding['status']}. {finding['text']}"


def _interval(figure: dict[str, Any]) -> str:
    """Return a number with its interval, or that there is none."""
    if figure["value"] is None:
        return "not assessed"
    return f"{figure['value']:.3f} ({figure['low']:.3f}-{figure['high']:.3f})"
