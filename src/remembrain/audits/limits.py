"""The limit of ``--fail-above``: read from its words, and held against the evidence, fail-closed."""

from __future__ import annotations

from remembrain.audits.judge import Evidence
from remembrain.errors import EvidenceAboveLimit, UsageError
from remembrain.evidence import gate

MEASURES = ("auc", "accuracy", "tpr@0.1", "tpr@0.01", "tpr@0.001")


def parse_limit(text: str | None) -> tuple[str, float] | None:
    """Return the measure and the limit of ``--fail-above``, such as ``auc=0.6``."""
    if text is None:
        return None
    measure, _, limit = text.partition("=")
    try:
        value = float(limit)
    except ValueError:
        value = -1.0
    if measure not in MEASURES or not 0 <= value <= 1:
        raise UsageError(f"--fail-above {text}", expected=f"MEASURE=LIMIT from 0 to 1, with {', '.join(MEASURES)}")
    return measure, value


def enforce(judged: Evidence, limit: tuple[str, float] | None) -> None:
    """Raise where the evidence may be above the limit, or cannot be held against it."""
    if limit is None:
        return
    if judged.contradicted:
        raise EvidenceAboveLimit(f"a promise of privacy is broken: {judged.contradicted}")
    for evidence in (judged, *judged.insiders):
        if evidence.doubt:
            who = f"{evidence.by}: " if evidence.by else ""
            raise EvidenceAboveLimit(
                f"{who}the evidence cannot be held against {limit[0]}={limit[1]:g}: {evidence.doubt}"
            )
        verdict = gate.exceeds(
            evidence.assessments, *limit, null=evidence.null, blind=evidence.blind, by_lot=evidence.by_lot
        )
        if verdict.exceeds:
            raise EvidenceAboveLimit(f"{evidence.by}: {verdict.text}" if evidence.by else verdict.text)
