"""Why scores say nothing of an epsilon, and what that leaves of a verdict."""

from __future__ import annotations

from dataclasses import replace

from remembrain.audit.judge import Evidence
from remembrain.evidence.claims import Claim


def describe_doubt(judged: Evidence, groups_differ: str) -> str:
    """Say why scores of members and non-members say nothing of an epsilon; nothing where they do."""
    if judged.doubt:
        return judged.doubt
    if groups_differ:
        return f"{groups_differ}, so that attacks may tell kinds of people apart"
    for name, control in (("null control", judged.null), ("blind baseline", judged.blind)):
        if control.status != "holds":
            return f"the {name} is: {control.status}"
    return ""


def left_open(verdict: Claim, unproven: str) -> Claim:
    """Return a verdict that does not pass a claim where less may have been seen than the model gives away."""
    if not unproven or verdict.status != "not contradicted":
        return verdict
    text = f"claimed {verdict.claimed:.4g}; not assessed: {unproven}"
    return replace(verdict, status="not assessed", text=text, why=unproven)
