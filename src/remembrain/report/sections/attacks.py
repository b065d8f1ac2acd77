"""What every attack on a model achieves: the table of figures, and pictures of them."""

from __future__ import annotations

from remembrain.record.attacks import Attack
from remembrain.record.document import Judged
from remembrain.record.model import Evidence
from remembrain.record.numbers import Number
from remembrain.report.figures import attacks, model, risk
from remembrain.report.joined import together
from remembrain.report.section import Section
from remembrain.report.tables import Cell, Notes, Row, Table
from remembrain.report.words import NBSP, decimal, percent

FPRS = ("0.1", "0.01", "0.001")


def attack_table(evidence: Judged) -> Table[Attack]:
    """Return the table of all attacks, the blind baseline among them."""
    notes, alone = Notes(), any(attack.per_scan for attack in evidence.attacks)
    rows, number = [], 0
    for attack in evidence.attacks:
        number += not attack.blind
        rows.append(Row("" if attack.blind else str(number), attack, _cells(attack, notes, alone=alone)))
    headings = (
        "AUC",
        *(("AUC of a single scan",) if alone else ()),
        *(f"TPR at {percent(float(fpr))} FPR" for fpr in FPRS),
        "Accuracy",
        "AUC over blind",
    )
    return Table(headings, tuple(rows), notes.lines)


def _cells(attack: Attack, notes: Notes, *, alone: bool) -> tuple[Cell, ...]:
    """Return an attack's figures in the order of the headings; ``alone`` with those of single scans."""
    sd, single = attack.accuracy.sd, attack.per_scan.auc if attack.per_scan else None
    spread = "" if sd is None else f"± {decimal(100 * sd, 1)}{NBSP}%"
    above = Cell("–") if attack.blind else notes.number(_known(attack, attack.difference_from_blind), sign=True)
    return (
        notes.number(_known(attack, attack.auc)),
        *((notes.number(_known(attack, single)),) if alone else ()),
        *(notes.share(_known(attack, attack.tpr_at_fpr.get(fpr))) for fpr in FPRS),
        notes.share(_known(attack, attack.accuracy), spread),
        above,
    )


def _known(attack: Attack, number: Number | None) -> Number:
    """Return a number of an attack that was assessed, or the reason that there is none."""
    if attack.assessed and number and number.known:
        return number
    return Number(why=(number.why if number else "") or attack.why)


SECTION: Section[Evidence] = Section(
    "attacks",
    "Attacks",
    figures={
        "forest": lambda evidence: attacks.forest(evidence, evidence.audit.confidence),
        "roc": attacks.roc,
        "errors": model.errors,
        "leakage": model.leakage,
        "overfitting": risk.overfitting,
    },
    words={"achieved": attack_table, "together": together},
)
