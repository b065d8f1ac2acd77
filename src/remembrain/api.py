"""What Python users import: audits of what they have in memory, and the types that they get and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from remembrain.attacks import register
from remembrain.audits.judge import Evidence
from remembrain.config import AttackOptions
from remembrain.record.attacks import Attack as AttackFigures
from remembrain.record.attacks import Control, Finding
from remembrain.record.model import Evidence as Written
from remembrain.report.reading import read_evidence
from remembrain.run import RunFolder
from remembrain.study.central.from_arrays import audit_module
from remembrain.study.central.from_model import People, audit_model
from remembrain.targets.heads import Head
from remembrain.types import Attack, Interval, Scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Attack", "Audit", "Evidence", "Head", "Interval", "Scores", "audit", "audit_module", "load", "register"]


@dataclass(frozen=True)
class Audit:
    """What an audit came to, as it stands in its run folder.

    Attributes
    ----------
    run
        The run folder.
    evidence
        All of ``evidence.json``, typed.
    """

    run: Path
    evidence: Written

    @property
    def report(self) -> Path:
        """The report, one HTML file that may leave the building."""
        return self.run / "report.html"

    @property
    def finding(self) -> Finding:
        """What can be said of the model as a whole."""
        return self.evidence.overall

    @property
    def attacks(self) -> tuple[AttackFigures, ...]:
        """Every attack, the blind baseline last."""
        return self.evidence.attacks

    @property
    def controls(self) -> tuple[Control, Control]:
        """The null control and the blind baseline: where one does not hold, nothing is concluded."""
        return self.evidence.controls.null, self.evidence.controls.blind

    def table(self) -> pd.DataFrame:
        """Return a row an attack: AUC and true-positive rate with their intervals, and what was found."""
        import pandas as pd

        rows = []
        for attack in self.attacks:
            finding = self.evidence.finding(attack)
            rate = attack.rate(attack.quoted_fpr)
            rows.append(
                {
                    "attack": attack.name,
                    "sees": attack.access,
                    "finding": finding.status if finding else "control",
                    "auc": attack.auc.value,
                    "auc_low": attack.auc.low,
                    "auc_high": attack.auc.high,
                    "fpr": attack.quoted_fpr,
                    "tpr": rate.value,
                    "tpr_low": rate.low,
                    "tpr_high": rate.high,
                    "n_members": attack.n_members,
                    "n_nonmembers": attack.n_nonmembers,
                }
            )
        return pd.DataFrame(rows).set_index("attack")

    def scores(self) -> pd.DataFrame:
        """Return every score with the person it was said of (higher means member): which names people"""
        import pandas as pd

        return pd.read_csv(
            self.run / "restricted" / "scores.tsv", sep="\t", dtype={"participant_id": str, "session_id": str}
        )

    def _repr_html_(self) -> str:
        """Return the finding and the table, for a notebook."""
        finding, table = self.finding, self.table().to_html(float_format="{:.3f}".format)
        return f"<p><b>{escape(finding.status)}</b>: {escape(finding.text)}</p>{table}"


def load(run: Path | str) -> Audit:
    """Return what the audit in a run folder came to.

    Raises
    ------
    DataError
        Where there is no evidence of a model, or it cannot be read.
    """
    folder = RunFolder.open(Path(run))
    return Audit(folder.path, read_evidence(folder))


def audit(
    model: Any,
    X: Any,  # as it is called wherever estimators are
    age: Any,
    member: Any,
    run: Path | str,
    *,
    person: Sequence[object] | None = None,
    session: Sequence[object] | None = None,
    sex: Sequence[object] | None = None,
    site: Sequence[object] | None = None,
    head: Head | None = None,
    name: str | None = None,
    label: str = "age",
    known: float = 0.5,
    batch: int = 256,
    references: int = 0,
    attacks: Sequence[str] = (),
    repeats: int = 5,
    match: bool = False,
    seed: int = 0,
    workers: int = 1,
) -> Audit:
    """Audit whatever predicts a number, and write a run folder with its report.

    Parameters
    ----------
    model
        A function ``predict(X)``, an object with ``predict`` (of scikit-learn, XGBoost, LightGBM, a pipeline), or a
        ``torch.nn.Module``. It is asked about every scan once, and left as it is.
    X
        What it reads, members and others: an array or memory map with scans along the first axis, a DataFrame with
        whatever columns it needs, or a list, such as of paths. Functions get a few rows at once, of the same kind.
    age
        The true number that is predicted, one a scan.
    member
        Whether the model was trained on the scan: true or false, or 1 and 0.
    run
        Folder that gets ``report.html``, ``evidence.json`` and ``restricted/``.
    person, session
        Who each scan is of; every scan is a person of its own when left out.
    sex, site
        For the blind baseline, which shows whether members and others differ without any model.
    head
        How what it puts out becomes years, where it is not one number a scan: ``remembrain.Head("bins", 42, 82)``.
    name, label
        What the report calls the model and the number.
    known
        Share of members and of non-members whom the attacker knows.
    batch
        How many scans the model is asked about at once.
    references
        Train so many models like it (an even number) on halves of the people, and attack with them: of an estimator
        that has ``fit`` and ``get_params``.
    attacks
        Names of attacks; the core of them when left out.
    repeats
        Fresh draws of whom the attacker knows.
    match
        Attack and test only members and non-members who can be paired by sex, site and age.
    seed
        Of everything that is drawn.
    workers
        Processes that attack side by side; with more than 1, a script must guard its start by
        ``if __name__ == "__main__"``.

    Returns
    -------
    audit
        What it came to; :func:`load` reads it again.

    Raises
    ------
    DataError, ProblemsError, UsageError
        Where arrays do not fit together, the model cannot be asked or answers with anything but one finite number a
        scan, a person is member and non-member at once, or people are too few.

    Examples
    --------
    >>> found = remembrain.audit(pipeline, table, ages, was_trained_on, "runs/mine", references=8)  # doctest: +SKIP
    >>> found.table()  # doctest: +SKIP
    """
    options = AttackOptions(attacks=tuple(attacks), repeats=repeats, references=references, match=match)
    people = People(age, member, person, session, sex, site, label, known)
    if _is_module(model):
        _audit_module(model, X, people, Path(run), options, head, name, seed, workers)
    else:
        how = head or Head()
        audit_model(model, X, people, Path(run), options, head=how, name=name, batch=batch, seed=seed, workers=workers)
    return load(run)


def _is_module(model: Any) -> bool:
    """Tell whether a model is a torch network."""
    import torch

    return isinstance(model, torch.nn.Module)


def _audit_module(
    model: Any,
    scans: Any,
    people: People,
    run: Path,
    options: AttackOptions,
    head: Head | None,
    name: str | None,
    seed: int,
    workers: int,
) -> None:
    """Audit a torch network, whose weights are seen as well."""
    audit_module(
        model,
        scans,
        people.age,
        np.asarray(people.member).astype(bool),
        run,
        person=people.person,
        session=people.session,
        sex=people.sex,
        site=people.site,
        age_of=head,
        name=name,
        label=people.label,
        known=people.known,
        seed=seed,
        options=options,
        workers=workers,
    )
