"""What names a person, written into ``restricted/`` so that every figure can be recomputed from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from remembrain.evidence.calibration import PRIORS, Membership
from remembrain.run import RunFolder, write_text
from remembrain.types import Scores


def write_scores(path: Path, real: Mapping[str, Sequence[Scores]]) -> None:
    """Write every score with the person it was said of, in full precision, so that every figure can be recomputed."""
    lines = ["\t".join(Scores.columns)]
    for repeats in real.values():
        for one in repeats:
            lines += [
                f"{one.attack}\t{one.repeat}\t{person}\t{session or 'n/a'}\t{int(member)}\t{float(score)!r}"
                for person, session, member, score in zip(
                    one.participant_id, one.session_id, one.member, one.score, strict=True
                )
            ]
    write_text(path, "\n".join(lines) + "\n")


def write_probabilities(run: RunFolder, found: Membership | None) -> None:
    """Write each tested person's probability of membership for the stated priors, or remove those of other evidence."""
    path = run.restricted / "probabilities.tsv"
    if found is None:
        path.unlink(missing_ok=True)
        return
    columns = [found.at(prior) for prior in PRIORS]
    lines = ["\t".join(["participant_id", "member", *(f"probability_at_prior_{prior:g}" for prior in PRIORS)])]
    for name, member, *row in zip(found.participant_id, found.member, *columns, strict=True):
        lines.append("\t".join([str(name), str(int(member)), *(f"{value:.6g}" for value in row)]))
    write_text(path, "\n".join(lines) + "\n")
