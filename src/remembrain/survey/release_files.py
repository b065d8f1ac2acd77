"""The tables of a survey run as they are written, and what their noise is drawn from."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from remembrain.run import RunFolder, write_text
from remembrain.survey import tables_csv
from remembrain.survey.columns import Question
from remembrain.survey.release import Release

KEY = "noise.key"


def noise_key(run: RunFolder) -> int:
    """Return what noise is drawn from, which nobody may know: that of this run, or a new one from the system."""
    path = run.restricted / KEY
    return int(path.read_text(encoding="utf-8")) if path.is_file() else secrets.randbits(256)


def write_release(run: RunFolder, release: Release, questions: Sequence[Question], key: int | None = None) -> None:
    """Write the tables that are audited, what every column was taken for, who is in them, and what noise is drawn from.

    Who is in tables that were given stands in the file of people.
    """
    if key is not None:
        write_text(run.restricted / KEY, f"{key}\n")
    tables_csv.write_tables(release.survey.layout, release.published, run.path / "release")
    rows = ["column\tkind\tdeclared\tlevels\tmissing\tunanswered"]
    for question in questions:
        levels, missing = "; ".join(question.levels), "; ".join(question.missing)
        cells = (question.name, question.kind, str(int(question.declared)), levels, missing)
        rows.append("\t".join((*cells, f"{question.unanswered:.4f}")))
    write_text(run.restricted / "columns.tsv", "\n".join(rows) + "\n")
    if not release.given:
        names = [f"{name}\tmember" for name in release.survey.answers.participant_id[release.group]]
        write_text(run.split, "\n".join(["participant_id\trole", *names]) + "\n")
