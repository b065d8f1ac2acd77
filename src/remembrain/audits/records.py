"""What an audit comes to, written: the evidence, as it may leave, and what names a person, into ``restricted/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from remembrain.evidence import disclosure
from remembrain.evidence.calibration import PRIORS, Membership
from remembrain.record.defences import Defences
from remembrain.record.document import Judged
from remembrain.record.written import as_json
from remembrain.run import RunFolder, write_json, write_text
from remembrain.types import Scores


def write_evidence(path: Path, evidence: Judged | Defences, names: Iterable[str]) -> None:
    """Write what an audit, or a comparison of several, comes to, in which none of these names of people stands."""
    write_json(path, disclosure.leaving(as_json(evidence), names), public=True)


def write_scores(path: Path, real: Mapping[str, Sequence[Scores]]) -> None:
    """Write every score of every scan with the person it was said of, in full precision.

    Every figure can be recomputed from it. Where people have several scans, a further column ``person_score`` has the
    person's joint score at each of their scans: figures of people are of one row a person by that column, figures of
    scans are of all rows by ``score``.
    """
    together = any(scores.scans is not None for repeats in real.values() for scores in repeats)
    lines = ["\t".join([*Scores.columns, "person_score"] if together else Scores.columns)]
    for scores in (scores for repeats in real.values() for scores in repeats):
        scans = scores.scans or scores
        of_person = dict(zip(scores.participant_id.tolist(), scores.score.tolist(), strict=True)) if together else {}
        for person, session, member, score in zip(
            scans.participant_id, scans.session_id, scans.member, scans.score, strict=True
        ):
            row = [
                scores.attack,
                str(scores.repeat),
                str(person),
                session or "n/a",
                str(int(member)),
                repr(float(score)),
            ]
            lines.append("\t".join([*row, repr(of_person[str(person)])] if together else row))
    write_text(path, "\n".join(lines) + "\n")


def write_probabilities(run: RunFolder, membership: Membership | None) -> None:
    """Write each tested person's probability of membership for the stated priors, or remove those of other evidence."""
    path = run.restricted / "probabilities.tsv"
    if membership is None:
        path.unlink(missing_ok=True)
        return
    columns = [membership.at(prior) for prior in PRIORS]
    lines = ["\t".join(["participant_id", "member", *(f"probability_at_prior_{prior:g}" for prior in PRIORS)])]
    for name, member, *row in zip(membership.participant_id, membership.member, *columns, strict=True):
        lines.append("\t".join([str(name), str(int(member)), *(f"{value:.6g}" for value in row)]))
    write_text(path, "\n".join(lines) + "\n")
