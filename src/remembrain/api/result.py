"""What an audit came to, read again from its run folder: tables for a notebook, and everything, typed."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from remembrain.record.attacks import Attack, Control, Finding
from remembrain.record.model import Evidence
from remembrain.report.reading import read_evidence
from remembrain.run import RunFolder

if TYPE_CHECKING:
    import pandas as pd


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
    evidence: Evidence

    @property
    def report(self) -> Path:
        """The report, one HTML file that may leave the building."""
        return self.run / "report.html"

    @property
    def finding(self) -> Finding:
        """What can be said of the model as a whole."""
        return self.evidence.overall

    @property
    def attacks(self) -> tuple[Attack, ...]:
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
