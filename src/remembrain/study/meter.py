"""A leakage meter for running federations: a site audits every community model it receives on its own people.

It is a FLARE filter of task data, so that a site can add it to any job whose models are PyTorch networks that regress
one number: in the job's ``task_data_filters``, or for all jobs in the site's own ``local/privacy.json``. It passes on
what it gets as it is and sends nothing; evidence, reports and a trend stay in a folder of the site.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nvflare.apis.dxo import DataKind, from_shareable
from nvflare.apis.filter import Filter
from nvflare.apis.fl_constant import FLContextKey
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable
from nvflare.app_common.app_constant import AppConstants

from remembrain.config import AttackOptions
from remembrain.errors import DataError, EvidenceAboveLimit, RemembrainError, UsageError
from remembrain.report.figures import rounds
from remembrain.report.figures.svg import alone
from remembrain.report.parts import Number
from remembrain.run import write_text
from remembrain.study import limits
from remembrain.study.from_python import audit_module
from remembrain.target.imported import made_with

ATTACKS = ("error-threshold", "network:gradient:output")
_HEADER = ("round", "attack", "auc", "low", "high", "finding")


class LeakageMeter(Filter):  # type: ignore[misc]  # FLARE has no types
    """Measures what the community model gives away of this site's people, round after round.

    Parameters
    ----------
    network
        ``module:Class`` or ``path/to/file.py:Class`` of the model, as the job builds it; functions ``age(output)`` and
        ``loss(output, age)`` beside it are used where they are there.
    people
        ``module:function`` of the site's own; called without arguments, it returns a mapping of arguments of
        :func:`remembrain.audit_module`: ``inputs``, ``age``, ``member`` (who is trained on; the others are held out),
        and ``person``, ``sex``, ``site`` where they are known.
    out
        Folder of the site that gets ``round-NNN/`` with evidence and report, ``trend.tsv`` and ``trend.svg``; in it,
        ``{site}`` stands for the site's name, where one job is for all.
    arguments
        What the class is made with.
    stop_above
        Stop taking part where the evidence may be above this AUC: upper ends of intervals count, as for
        ``--fail-above``, and what could not be measured counts as above.
    attacks
        Which to run.
    tasks
        Names of the tasks that bring the community model.
    every
        Look at every so many rounds.
    untrained_rounds
        A model of so many first rounds may still predict worse than a mean does without that being taken for wrong
        inputs, which stop a site with a limit; attacks above the limit stop it in these rounds too.
    """

    def __init__(
        self,
        network: str,
        people: str,
        out: str,
        arguments: Mapping[str, Any] | None = None,
        stop_above: float | None = None,
        attacks: Sequence[str] = ATTACKS,
        tasks: Sequence[str] = ("train",),
        every: int = 1,
        untrained_rounds: int = 0,
    ) -> None:
        super().__init__()
        if stop_above is not None and not 0 <= stop_above <= 1:
            raise UsageError(f"stop_above {stop_above}", expected="an AUC from 0 to 1")
        if every < 1:
            raise UsageError(f"every {every}", expected="at least 1")
        if untrained_rounds < 0:
            raise UsageError(f"untrained_rounds {untrained_rounds}", expected="at least 0")
        self.network, self.people, self.arguments = network, people, dict(arguments or {})
        self.out, self.stop_above, self.every = out, stop_above, every
        self.attacks, self.tasks = list(attacks), list(tasks)  # FLARE writes jobs from these: as JSON has them
        self.untrained_rounds = untrained_rounds
        self._folder, self._seen = Path(out), 0

    def process(self, shareable: Shareable, fl_ctx: FLContext) -> Shareable:
        """Audit the model of a training task, and pass the task on.

        Raises
        ------
        EvidenceAboveLimit
            Where the site stops taking part; FLARE answers the server with an error and no numbers.
        """
        if fl_ctx.get_prop(FLContextKey.TASK_NAME) not in self.tasks:
            return shareable
        self._folder = Path(self.out.replace("{site}", str(fl_ctx.get_identity_name(default="site"))))
        stopped = self._folder / "stopped.txt"
        if stopped.is_file():
            raise EvidenceAboveLimit(stopped.read_text(encoding="utf-8").strip())
        self._seen += 1
        if (self._seen - 1) % self.every:
            return shareable
        round_ = int(shareable.get_header(AppConstants.CURRENT_ROUND, self._seen - 1))
        torch.set_num_threads(1)
        try:
            self.look(_weights(shareable), round_)
        except EvidenceAboveLimit as error:
            self._stop(stopped, f"round {round_}: {error.what}")
        except Exception as error:  # what cannot be measured must not pass for harmless
            self.log_exception(fl_ctx, f"round {round_} was not measured")
            what = error.message() if isinstance(error, RemembrainError) else f"{type(error).__name__}: {error}"
            self._note(round_, [("", Number(why=what), "not assessed")])
            if self.stop_above is not None:
                self._stop(stopped, f"round {round_} was not measured: {what}")
        return shareable

    def look(self, weights: Mapping[str, torch.Tensor], round_: int) -> None:
        """Audit one model on the site's people, and write down what came out.

        Raises
        ------
        EvidenceAboveLimit
            Where it may be above the stated AUC.
        RemembrainError
            Where it cannot be measured.
        """
        built = made_with(self.network, weights, Path(f"the model of round {round_}"), self.arguments)
        judged = audit_module(
            built.module,
            run=self._folder / f"round-{round_:03d}",
            age_of=built.age_hook,
            loss=built.loss_hook,
            options=AttackOptions(attacks=tuple(self.attacks), repeats=2),
            **_called(self.people),
        )
        findings = {one["attack"]: one["status"] for one in judged.content["findings"]}
        rows = []
        for name, found in judged.assessments.items():
            auc = found.auc
            number = Number(value=auc.value, low=auc.low, high=auc.high) if auc else Number(why=found.why)
            rows.append((name, number, str(findings.get(name, "not assessed"))))
        self._note(round_, rows)
        if self.stop_above is not None:
            early = round_ < self.untrained_rounds
            limits.enforce(replace(judged, doubt="") if early else judged, ("auc", self.stop_above))

    def _note(self, round_: int, rows: Sequence[tuple[str, Number, str]]) -> None:
        """Add a round to the trend, and draw it."""
        path = self._folder / "trend.tsv"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else ["\t".join(_HEADER)]
        lines = [line for line in lines if line.partition("\t")[0] != str(round_)]
        for name, auc, finding in rows:
            numbers = ("n/a" if value is None else f"{value:.6g}" for value in (auc.value, auc.low, auc.high))
            lines.append("\t".join([str(round_), name or "n/a", *numbers, finding]))
        write_text(path, "\n".join(lines) + "\n")
        drawing = rounds.trend([line.split("\t") for line in lines[1:]], self.stop_above)
        if drawing:
            write_text(self._folder / "trend.svg", alone(drawing, "trend"))

    def _stop(self, path: Path, why: str) -> None:
        """Take part no more, also after a restart, until the file is removed."""
        write_text(path, f"{why}; remove this file to take part again\n")
        raise EvidenceAboveLimit(f"this site takes part no more: {why}", where=path)


def _weights(shareable: Shareable) -> dict[str, torch.Tensor]:
    """Return the model that a task brings.

    Raises
    ------
    DataError
        Where it brings none, or differences to one.
    """
    try:
        dxo = from_shareable(shareable)
    except ValueError as error:
        raise DataError(f"the task brings no model ({error})") from None
    if dxo.data_kind != DataKind.WEIGHTS:
        raise DataError(f"the task brings {dxo.data_kind}", expected="the weights of the whole model")
    return {
        name: value if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value))
        for name, value in dxo.data.items()
    }


def _called(spec: str) -> dict[str, Any]:
    """Return the site's people."""
    module, _, name = spec.partition(":")
    try:
        function: Callable[[], Mapping[str, Any]] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"people {spec!r}: {error}", expected="module:function") from None
    return dict(function())
