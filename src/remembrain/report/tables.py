"""The table of attacks: every figure with n and interval, and the reason for every one that is missing."""

from __future__ import annotations

from dataclasses import dataclass

from remembrain.report.document import Attack, Judged
from remembrain.report.parts import Number
from remembrain.report.words import NOT_ASSESSED, decimal, interval_of, percent, rate_interval, rate_of, tidy, value_of

FPRS = ("0.1", "0.01", "0.001")


@dataclass(frozen=True)
class Cell:
    """A figure, with interval and spread over repeats below it, or the letter of the note that says why not."""

    value: str
    interval: str = ""
    spread: str = ""
    note: str = ""


class Notes:
    """The reasons of figures that are missing, each once, by letter."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}

    def missing(self, why: str) -> Cell:
        """Return a cell without a figure."""
        reason = why or "no reason is recorded"
        return Cell(NOT_ASSESSED, note=self.letters.setdefault(reason, _letter(len(self.letters))))

    def told(self) -> tuple[tuple[str, str], ...]:
        """Return every letter with its reason."""
        return tuple((one, tidy(why)) for why, one in self.letters.items())


@dataclass(frozen=True)
class AttackRow:
    """One attack; ``number`` is empty for the blind baseline."""

    number: str
    attack: Attack
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class AttackTable:
    """All attacks, with the notes that their cells refer to by letter."""

    headings: tuple[str, ...]
    rows: tuple[AttackRow, ...]
    notes: tuple[tuple[str, str], ...]


def attack_table(evidence: Judged) -> AttackTable:
    """Return the table of all attacks, the blind baseline among them."""
    notes, alone = Notes(), any(one.per_scan for one in evidence.attacks)
    rows, number = [], 0
    for attack in evidence.attacks:
        number += not attack.blind
        rows.append(AttackRow("" if attack.blind else str(number), attack, _cells(attack, notes, alone=alone)))
    headings = (
        "AUC",
        *(("AUC of a single scan",) if alone else ()),
        *(f"TPR at {percent(float(fpr))} FPR" for fpr in FPRS),
        "Accuracy",
        "AUC over blind",
    )
    return AttackTable(headings, tuple(rows), notes.told())


def _cells(attack: Attack, notes: Notes, *, alone: bool) -> tuple[Cell, ...]:
    """Return an attack's figures in the order of the headings; ``alone`` with those of single scans."""
    auc = (
        Cell(value_of(attack.auc), interval_of(attack.auc)) if attack.assessed else _missing(attack, attack.auc, notes)
    )
    rates = [_rate(attack, attack.tpr_at_fpr.get(fpr), notes) for fpr in FPRS]
    single = (_of_a_scan(attack, notes),) if alone else ()
    return (auc, *single, *rates, _accuracy(attack, notes), _difference(attack, notes))


def _of_a_scan(attack: Attack, notes: Notes) -> Cell:
    """Return the AUC of single scans."""
    found = attack.per_scan.auc if attack.per_scan else None
    if found is None or not found.known or not attack.assessed:
        return _missing(attack, found, notes)
    return Cell(value_of(found), interval_of(found))


def _rate(attack: Attack, rate: Number | None, notes: Notes) -> Cell:
    """Return a true-positive rate."""
    if rate is None or not rate.known or not attack.assessed:
        return _missing(attack, rate, notes)
    return Cell(rate_of(rate), rate_interval(rate))


def _accuracy(attack: Attack, notes: Notes) -> Cell:
    """Return the balanced accuracy with its spread over repeats."""
    if not attack.accuracy.known or not attack.assessed:
        return _missing(attack, attack.accuracy, notes)
    spread = "" if attack.accuracy.sd is None else f"± {decimal(100 * attack.accuracy.sd, 1)}\u00a0%"
    return Cell(rate_of(attack.accuracy), rate_interval(attack.accuracy), spread)


def _difference(attack: Attack, notes: Notes) -> Cell:
    """Return by how much the AUC is above that of the blind baseline."""
    found = attack.difference_from_blind
    if attack.blind:
        return Cell("–")
    if found is None or not found.known or not attack.assessed:
        return _missing(attack, found, notes)
    return Cell(value_of(found, sign=True), interval_of(found, sign=True))


def _missing(attack: Attack, number: Number | None, notes: Notes) -> Cell:
    """Return a cell without a figure, and keep its reason among the notes."""
    return notes.missing((number.why if number else "") or attack.why)


def _letter(place: int) -> str:
    """Return a, b, ..., z, aa, ab, ..."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("a") + place % 26)
