"""What is recorded of an audit beside its figures: how it came about, and where its target comes from."""

from __future__ import annotations

from remembrain.audits.rounds import known_counts
from remembrain.evidence import disclosure
from remembrain.query import hashes_of
from remembrain.record.model import Audit
from remembrain.run import sha256
from remembrain.study.central.case import Case
from remembrain.targets.brought import BlackBox, Model


def origin_of(target: Model) -> str:
    """Return where a target comes from, in a word."""
    if isinstance(target, BlackBox):
        return target.origin
    if target.form:
        return target.origin or "trained"
    return "given from Python" if target.source is None else "imported"


def audit_facts(case: Case) -> Audit:
    """Return how the audit came about, and how many people the attacker knew, as it may leave."""
    run, origin = case.run, case.origin
    known_members, known_nonmembers = known_counts(case.audited.scans, case.audited.split, case.draws)
    return Audit(
        command=origin.command,
        created=origin.created,
        version=origin.version,
        versions=origin.versions,
        model=origin.model,
        commands=origin.commands,
        dropped=origin.dropped,
        seed=case.seed,
        confidence=0.95,
        alpha=0.05,
        repeats=case.options.repeats,
        hashes={
            **hashes_of(run, case.target),
            **run.seal({"split": sha256(run.split), "scans": case.audited.key()}),
        },
        known_members=disclosure.total(known_members),
        known_nonmembers=disclosure.total(known_nonmembers),
    )
