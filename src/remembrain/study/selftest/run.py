"""The self-test: simulated audits and mechanisms, held against their bounds and kept for reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from remembrain._parallel import map_processes
from remembrain.errors import DataError, RemembrainError
from remembrain.evidence.power import level_of_each, power
from remembrain.run import write_json
from remembrain.study.selftest import simulated
from remembrain.study.selftest.epsilon import EpsilonChunk, epsilon_lines, simulate_epsilon
from remembrain.study.selftest.figures import Line, share_line
from remembrain.study.selftest.simulated import Chunk, simulate
from remembrain.study.selftest_kept import last_path

CHUNK = 10


def run_selftest(*, audits: int, seed: int, workers: int | None = None, path: Path | None = None) -> dict[str, Any]:
    """Simulate audits, hold what comes out against its bounds, and keep the result for reports.

    Parameters
    ----------
    audits
        Audits without a leak; a third as many have one. As many of epsilon without a leak, and as many with one.
    seed
        Of everything that is drawn; the result does not depend on the number of workers.
    workers
        Processes; one a core when left out.
    path
        File of the result; the user's own folder when left out.

    Returns
    -------
    result
        As it stands in ``evidence.json``.
    """
    if audits < 20:
        raise DataError(f"{audits} audits", where="selftest", expected="at least 20")
    leaking = max(20, audits // 3)
    chunks = [
        Chunk(seed, tuple(range(start, min(start + CHUNK, count))), leak)
        for leak, count in ((False, audits), (True, leaking))
        for start in range(0, count, CHUNK)
    ]
    results = [
        audit for part in map_processes(simulate, chunks, workers=workers, description="self-test") for audit in part
    ]
    epsilon_chunks = [
        EpsilonChunk(seed, tuple(range(start, min(start + CHUNK, audits)))) for start in range(0, audits, CHUNK)
    ]
    bounds = map_processes(simulate_epsilon, epsilon_chunks, workers=workers, description="self-test of epsilon")
    lines = [*_lines(results), *epsilon_lines([bound for part in bounds for bound in part])]
    result: dict[str, Any] = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": metadata.version("remembrain"),
        "seed": seed,
        "audits": audits,
        "passed": all(line.passed for line in lines),
        "lines": [{**vars(line), "passed": line.passed} for line in lines],
    }
    write_json(path or last_path(), result)
    return result


def insist(result: dict[str, Any]) -> None:
    """Raise where a figure left its bounds."""
    broken = [line for line in result["lines"] if not line["passed"]]
    if broken:
        listed = "; ".join(
            f"{line['name']} {line['value']:.3f} ({line['low']:.3f} to {line['high']:.3f}) of {line['n']}"
            for line in broken
        )
        raise RemembrainError(
            f"the self-test failed: {listed}",
            expected="figures within their bounds",
            try_next="remembrain selftest with another --seed; if it fails again, do not rely on this installation",
        )


def lines_of(result: dict[str, Any]) -> list[str]:
    """Return the result for the terminal, one figure a line."""
    lines = []
    width = max(len(line["name"]) for line in result["lines"])
    for line in result["lines"]:
        bounds = [
            f"{word} {100 * line[key]:.1f} %"
            for word, key in (("at least", "least"), ("at most", "most"))
            if line[key] is not None
        ]
        figure = f"{100 * line['value']:.1f} % ({100 * line['low']:.1f} to {100 * line['high']:.1f}) of {line['n']}"
        verdict = "ok" if line["passed"] else "OUTSIDE"
        lines.append(f"{line['name']:<{width}} {figure:<32} {', '.join(bounds):<32} {verdict}")
    return lines


def _lines(audits: Sequence[dict[str, Any]]) -> list[Line]:
    """Return every figure with its bounds."""
    null = [audit for audit in audits if audit["leak"] is None]
    first = simulated.ATTACKS[0].name
    lines = [
        share_line(
            f"false alarms of a single test at 5 % ({name})",
            [audit["tests"][name] for audit in null],
            0.03,
            0.07,
        )
        for name in (attack.name for attack in simulated.SIMULATED)
    ]
    lines += [
        share_line("false alarms of the whole audit", [audit["recognised"] for audit in null], None, 0.07),
        share_line("null controls that fail", [audit["null failed"] for audit in audits], None, 0.02),
    ]
    for figure, most in (("AUC", 0.97), ("accuracy", 0.97), ("rate", None)):
        words = "true-positive rate at 10 %" if figure == "rate" else figure
        hits = [audit["covered"][figure] for audit in audits if figure in audit["covered"]]
        lines.append(share_line(f"95 % intervals of the {words} that contain the truth", hits, 0.93, most))
    for auc in simulated.AUCS:
        leaking = [audit for audit in audits if audit["leak"] == auc]
        alone, recognised = ([audit["tests"][first] for audit in leaking], [audit["recognised"] for audit in leaking])
        lines += [
            share_line(f"leaks of AUC {auc:g} found ({first})", alone, least_power(auc), None),
            share_line(
                f"leaks of AUC {auc:g} found by the whole audit", recognised, least_power(auc, whole_audit=True), None
            ),
        ]
    return lines


def least_power(auc: float, *, whole_audit: bool = False) -> float:
    """Return the power of a one-sided test at 5 % of one repeat, mean over the sizes, less a tenth.

    The standard error of an AUC of n members and n others is that of Hanley & McNeil 1982, Radiology 143:29. The whole
    audit tests all attacks together, as :func:`~remembrain.evidence.power.power` has it. The tenth is for second scans,
    shapes that are not normal, and null controls that fail.
    """
    if whole_audit:
        level = level_of_each(len(simulated.ATTACKS))
        return float(np.mean([power(auc, (n, n), level) for n in simulated.SIDES])) - 0.1
    alone = [stats.norm.cdf((auc - 0.5) / _auc_error(auc, n) - stats.norm.isf(0.05)) for n in simulated.SIDES]
    return float(np.mean(alone)) - 0.1


def _auc_error(auc: float, n: int) -> float:
    """Return the standard error of an AUC of n members and n others."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    return float(np.sqrt((auc * (1 - auc) + (n - 1) * (q1 + q2 - 2 * auc**2)) / n**2))
