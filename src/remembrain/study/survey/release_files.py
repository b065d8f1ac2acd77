"""The tables of a survey run as they are written, and what their noise is drawn from."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from remembrain.config import SurveyConfig
from remembrain.run import RunFolder, write_text
from remembrain.survey import tables_csv
from remembrain.survey.columns import Question
from remembrain.survey.release import Release

KEY = "noise.key"


def noise_key(run: RunFolder) -> int:
    """Return what noise is drawn from, which nobody may know: that of this run, or a new one from the system."""
    path = run.restricted / KEY
    return int(path.read_text(encoding="utf-8")) if path.is_file() else secrets.randbits(256)


def write_release(run: RunFolder, release: Release, questions: Sequence[Question], config: SurveyConfig) -> None:
    """Write the tables that are audited, and what every column was taken for."""
    layout, folder = release.survey.layout, run.path / "release"
    tables_csv.write_tables(layout, release.published, folder)
    rows = ["column\tkind\tdeclared\tlevels\tmissing\tunanswered"]
    rows += [
        "\t".join(
            (
                question.name,
                question.kind,
                str(int(question.declared)),
                "; ".join(question.levels),
                "; ".join(question.missing),
                f"{question.unanswered:.4f}",
            )
        )
        for question in questions
    ]
    write_text(run.restricted / "columns.tsv", "\n".join(rows) + "\n")
    if config.tables is None:
        names = [f"{name}\tmember" for name in release.survey.answers.participant_id[release.group]]
        write_text(run.split, "\n".join(["participant_id\trole", *names]) + "\n")
