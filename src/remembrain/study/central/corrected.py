"""Answers before and after a correction with the true label: both are audited, each in a run folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from remembrain.audits.judge import Evidence
from remembrain.report import write as report

RELEASED, CORRECTED = "as-predicted", "corrected"
_Answers = TypeVar("_Answers")


def audit_each(
    run: Path, answers: Mapping[str, _Answers], audit: Callable[[Path, str, _Answers], Evidence]
) -> tuple[Path, Evidence]:
    """Audit answers as they are and, where they are there, corrected; return the report and what the first came to.

    Parameters
    ----------
    run
        The run folder; where there are both, it gets a folder for each.
    answers
        By ``RELEASED`` and ``CORRECTED``, the former first.
    audit
        Is given the folder, which answers these are where there are both, and them.
    """
    if len(answers) == 1:
        return run / "report.html", audit(run, "", *answers.values())
    evidence = [audit(run / kind, kind, some) for kind, some in answers.items()]
    return report.write([run / kind for kind in answers], run / "report.html"), evidence[0]
