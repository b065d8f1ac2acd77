"""A federation as an audit leaves it in the evidence of its model, with realistic numbers and no audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from example_runs import ATTACKS, BLIND, Change, attack, content, interval, write_run


def _pairs_attack(declared: tuple[Any, ...], auc: float) -> dict[str, Any]:
    """An attack of every learner on every other."""
    cells = [
        {"attacker": one, "victim": other, "n": 60, **interval(auc + 0.01 * (one - other))}
        for one in (1, 2, 3)
        for other in (1, 2, 3)
        if one != other
    ]
    return {**attack(declared, auc), "roc": None, "pairs": cells, "successful": {"n": 4, "of": 6, "accuracy": 0.61}}


def threat(by: str, people: str, *, main: bool) -> dict[str, Any]:
    """What one kind of insider learns."""
    attacks = [_pairs_attack(ATTACKS[1], 0.62), _pairs_attack(BLIND, 0.5)]
    holds = {"status": "holds", "why": "its interval holds 0.5"}
    status = {"status": "members recognised", "text": "Members of other sites are recognised.", "why": ""}
    return {
        "by": by,
        "people": people,
        "main": main,
        "n_pairs": 6,
        "attacks": attacks,
        "controls": {"null": holds, "blind": {**holds, "auc": interval(0.5)}},
        "findings": [{"attack": name, **status} for name in ("overall", attacks[0]["name"])],
    }


def federation() -> dict[str, Any]:
    """Three learners; the server was not assessed."""
    learners = [
        {"number": number, "name": f"site {number}", "people": 100 * number, "scans": 100 * number, "age_mean": 60.0}
        for number in (1, 2, 3)
    ]
    looked = [
        {"round": number, "mae_unseen": 5 - number / 2, "auc": [{"name": ATTACKS[1][0], **interval(0.5 + number / 20)}]}
        for number in (0, 1, 2)
    ]
    missing = {"by": "server", "people": "matched", "main": True, "n_pairs": 0, "why": "fewer than 20 people match"}
    return {
        "environment": "uniform",
        "learners": learners,
        "people_known_of_nobody": 40,
        "people_tested_of_nobody": 60,
        "rounds": [{"round": one["round"], "mae_unseen": one["mae_unseen"]} for one in looked],
        "last_rounds": [1, 2],
        "threats": [threat("learner", "unmatched", main=False), threat("learner", "matched", main=True), missing],
        "by_round": looked,
        "started": {"attack": ATTACKS[1][0], "round": 2, "stop_at": 1, "mae_at_stop": 4.5},
        "outsider": {"attack": "overall", "status": "members recognised", "text": "Recognised.", "why": ""},
    }


def federated(path: Path, change: Change | None = None) -> Path:
    """Members are recognised by other sites."""
    evidence = content((0.65, 0.82, 0.91), 0.51, "members recognised")
    evidence["federation"] = federation()
    return write_run(path, evidence, change)
