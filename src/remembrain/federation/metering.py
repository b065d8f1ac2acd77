"""What a leakage meter does with one model after the other: audit it, follow the trend, and stop where it was told to.

Which model, and on whom, its caller knows: the filter for any FLARE job, or a site that trains by one of our kits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from remembrain._code_files import import_place
from remembrain.audits import limits
from remembrain.audits.judge import Evidence
from remembrain.cohort.material import Material
from remembrain.errors import EvidenceAboveLimit, RemembrainError, UsageError
from remembrain.evidence.assess import as_number
from remembrain.evidence.rates import NotAssessed
from remembrain.federation.flare.plan import Plan
from remembrain.federation.flare.site_file import MeterOptions
from remembrain.record.numbers import Number
from remembrain.report.figures import rounds
from remembrain.report.figures.svg import alone
from remembrain.report.words import OVER_SITES
from remembrain.run import private_folder, write_text
from remembrain.run.files import private_files
from remembrain.targets.model import Target

BY_LEARNER = "remembrain_measured_by_the_learner"
"""Property of a job's context where the learner itself looks at the models."""

_HEADER = ("round", "attack", "auc", "low", "high", "finding")
_GIVEN = frozenset(
    {
        *("inputs", "age", "member", "person", "session", "sex", "site", "extra"),
        *("label", "known", "owner_predictions", "owner_tolerance"),
    }
)
"""What a site's own function may say of its people."""

Audit = Callable[[Path], Evidence]
"""What audits a model into a folder."""


class Meter:
    """One site's meter in one federation.

    Parameters
    ----------
    options
        As the site's own file says.
    folder
        Gets ``round-NNN/`` with evidence and report, ``trend.tsv`` and ``trend.svg``; only its owner reads it where it
        is made here.
    failed
        Told which round could not be measured, while the exception is at hand.
    """

    def __init__(self, options: MeterOptions, folder: Path, failed: Callable[[str], None]) -> None:
        self.options, self.folder, self.failed = options, folder, failed

    @property
    def _stopped(self) -> Path:
        return self.folder / "stopped.txt"

    def insist_on_going_on(self) -> None:
        """Raise where the site stopped taking part before, also before a restart.

        Raises
        ------
        EvidenceAboveLimit
            Saying why.
        """
        if self._stopped.is_file():
            raise EvidenceAboveLimit(self._stopped.read_text(encoding="utf-8").strip())

    def look(self, round_: int, audit: Audit) -> None:
        """Audit the community model after so many rounds, and write down what came out.

        Raises
        ------
        EvidenceAboveLimit
            Where it may be above the stated AUC, or could not be measured and there is a limit: the site takes part no
            more.
        """
        torch.set_num_threads(1)
        with private_files():
            private_folder(self.folder)
            self._look(round_, audit)

    def _look(self, round_: int, audit: Audit) -> None:
        """Audit one model; what cannot be measured is written down too."""
        try:
            self._judge(round_, audit(self.folder / f"round-{round_:03d}"))
        except EvidenceAboveLimit as error:
            self._stop(f"round {round_}: {error.what}")
        except Exception as error:  # what cannot be measured must not pass for harmless
            self.failed(f"round {round_} was not measured")
            why = error.message() if isinstance(error, RemembrainError) else f"{type(error).__name__}: {error}"
            self._note(round_, [("", Number(why=why), "not assessed")])
            if self.options.stop_above is not None:
                self._stop(f"round {round_} was not measured: {why}")

    def _judge(self, round_: int, judged: Evidence) -> None:
        """Add what came out to the trend, and hold it against the limit."""
        findings = {finding.attack: finding.status for finding in judged.findings}
        rows = []
        for name, assessment in judged.assessments.items():
            auc = as_number(assessment.auc or NotAssessed(assessment.why))
            rows.append((name, auc, str(findings.get(name, "not assessed"))))
        self._note(round_, rows)
        if self.options.stop_above is not None:
            early = round_ < self.options.untrained_rounds
            limits.enforce(replace(judged, doubt="") if early else judged, ("auc", self.options.stop_above))

    def _note(self, round_: int, rows: Sequence[tuple[str, Number, str]]) -> None:
        """Add a round to the trend, and draw it."""
        path = self.folder / "trend.tsv"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else ["\t".join(_HEADER)]
        lines = [line for line in lines if line.partition("\t")[0] != str(round_)]
        for name, auc, finding in rows:
            numbers = ("n/a" if value is None else f"{value:.6g}" for value in (auc.value, auc.low, auc.high))
            lines.append("\t".join([str(round_), name or "n/a", *numbers, finding]))
        write_text(path, "\n".join(lines) + "\n")
        drawing = rounds.trend([line.split("\t") for line in lines[1:]], self.options.stop_above)
        if drawing:
            write_text(self.folder / "trend.svg", alone(drawing, "trend"))

    def _stop(self, why: str) -> None:
        """Take part no more, also after a restart, until the file is removed."""
        write_text(self._stopped, f"{why}; remove this file to take part again\n")
        raise EvidenceAboveLimit(f"this site takes part no more: {why}", where=self._stopped)


def own_people(spec: str) -> dict[str, Any]:
    """Return what a site's own function says of its people.

    Raises
    ------
    UsageError
        Where there is no such function, or it returns anything but arguments of ``audit_module`` about people.
    """
    place, _, name = spec.rpartition(":")
    function = getattr(import_place(place, name), name, None)
    if not callable(function):
        raise UsageError(f"people {spec!r}: no function {name!r}", expected="module:function or file.py:function")
    answer = function()
    if not isinstance(answer, Mapping) or (wrong := sorted(map(str, set(answer) - _GIVEN))):
        problem = f"says {wrong[0]!r}" if isinstance(answer, Mapping) else f"returns a {type(answer).__name__}"
        raise UsageError(f"people {spec!r} {problem}", expected=f"a mapping of {', '.join(sorted(_GIVEN))}")
    return dict(answer)


def site_target(plan: Plan, material: Material, state: Mapping[str, Tensor], where: Path) -> Target:
    """Return a federation's community model as the target of one of its sites.

    Raises
    ------
    DataError
        Where these are not weights of it.
    """
    notes = (
        f"It is the community model of a federation of {len(plan.sites)} sites; members are those people of this "
        "site whom it was trained on, non-members those whom the site left out",
        "What is found holds for anybody who has the model; of the people of other sites, and of what the server "
        "sees of this site's own models before it averages them, nothing is known here",
    )
    return replace(plan.community(material.inputs.shape, state, where), origin=OVER_SITES, notes=notes)


def line_of_meter(options: MeterOptions | None) -> str:
    """Say whether community models are measured, and where it stops."""
    if options is None:
        return "meter: none ([meter] in local/remembrain.toml has every community model measured here)"
    limit = "without a limit" if options.stop_above is None else f"stops above an AUC of {options.stop_above:g}"
    return f"meter: {', '.join(options.attacks)}; {limit}"
