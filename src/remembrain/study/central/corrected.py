"""Answers before and after a correction with the true label: both are audited, the latter in a run folder within."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from remembrain.audits.judge import Evidence
from remembrain.report import write as report
from remembrain.run import RunFolder

RELEASED, CORRECTED = "as-predicted", "corrected"
_Answers = TypeVar("_Answers")


def audit_each(
    run: Path, answers: Mapping[str, _Answers], audit: Callable[[Path, str, _Answers], Evidence]
) -> tuple[Path, Evidence]:
    """Audit answers as they are and, where they are there, corrected; return the report and what the first came to.

    Parameters
    ----------
    run
        The run folder, of the answers as they are; its folder ``corrected`` is that of the others, where there are any.
    answers
        By ``RELEASED`` and ``CORRECTED``, the former first.
    audit
        Is given the folder, which answers these are where there are both, and them.
    """
    _forget(run / CORRECTED)
    if len(answers) == 1:
        return run / "report.html", audit(run, "", *answers.values())
    folders = {kind: run if kind == RELEASED else run / kind for kind in answers}
    evidence = [audit(folders[kind], kind, some) for kind, some in answers.items()]
    return report.write([*folders.values()], run / "report.html"), evidence[0]


def audits_in(run: Path) -> list[Path]:
    """Return a run folder, and that of its answers after a correction where these were audited too."""
    return [run, *(folder for folder in [run / CORRECTED] if (folder / "evidence.json").is_file())]


def _forget(corrected: Path) -> None:
    """Remove what earlier answers came to after their correction."""
    if (corrected / "run.json").is_file():
        RunFolder.open(corrected).forget()
