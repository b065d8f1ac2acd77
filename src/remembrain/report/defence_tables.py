"""The tables of a comparison of defences: a row a setting, each figure with its interval or the reason it has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from remembrain.report.defences import Bound, Defences, Epsilon, Setting
from remembrain.report.guarantee_words import confidence_of, rounded
from remembrain.report.parts import Number
from remembrain.report.tables import Cell, Notes
from remembrain.report.words import interval_of, rate_interval, rate_of, tidy, value_of

ACTS_ON = {"weights": "the weights", "predictions": "released predictions alone"}
COSTS = ("Acts on", "Epsilon", "Epsilon at least, measured", "Error of members", "Error of non-members", "Gap")
LEAKS = ("The attack has", "AUC", "TPR at 1\N{NO-BREAK SPACE}% FPR", "Accuracy", "Strongest other attack")


@dataclass(frozen=True)
class Row:
    """One setting with its figures."""

    number: int
    setting: Setting
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """All settings, with the notes that their cells refer to by letter."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[tuple[str, str], ...]


def costs(defences: Defences) -> Table:
    """Return what each setting does and costs: epsilon, errors and gap."""
    return _table(defences, COSTS, _costs)


def leaks(defences: Defences) -> Table:
    """Return what each setting still gives away."""
    return _table(defences, LEAKS, lambda one, notes: _leaks(defences, one, notes))


def _table(defences: Defences, headings: tuple[str, ...], cells: Callable[[Setting, Notes], tuple[Cell, ...]]) -> Table:
    """Return a row a setting, numbered alike in all tables."""
    notes = Notes()
    rows = tuple(Row(number, one, cells(one, notes)) for number, one in enumerate(defences.settings, start=1))
    return Table(headings, rows, notes.told())


def _costs(setting: Setting, notes: Notes) -> tuple[Cell, ...]:
    """Return the figures of what a setting costs."""
    return (
        Cell(ACTS_ON[setting.acts_on] if not setting.bare else "–"),
        _epsilon(setting.epsilon),
        _bound(setting.lower_bound, notes),
        _years(setting.mae_members, notes),
        _years(setting.mae, notes),
        _years(setting.gap, notes, sign=True),
    )


def _leaks(defences: Defences, setting: Setting, notes: Notes) -> tuple[Cell, ...]:
    """Return the figures of what a setting gives away."""
    told, people = setting.told, defences.people
    attack = defences.attack(setting.headline)
    members = people.tested_members if told.n_members is None else told.n_members
    others = people.tested_nonmembers if told.n_nonmembers is None else told.n_nonmembers
    same = setting.headline == defences.headline.name
    title = "" if same else defences.title_of(setting.headline)
    named = Cell(attack.access if attack else "not recorded", f"{members} + {others} tested", title)
    if not told.assessed:
        missing = notes.missing(told.why or told.auc.why)
        return (named, missing, missing, missing, _other(defences, setting))
    rate = told.rate("0.01")
    return (
        named,
        Cell(value_of(told.auc), interval_of(told.auc)),
        _share(rate, notes),
        _share(told.accuracy, notes),
        _other(defences, setting),
    )


def _other(defences: Defences, setting: Setting) -> Cell:
    """Return the strongest of the other attacks, chosen after the fact."""
    found = setting.strongest_other()
    if found is None:
        return Cell("none assessed")
    name, achieved = found
    return Cell(f"AUC {value_of(achieved.auc)}", interval_of(achieved.auc), defences.title_of(name))


def _epsilon(epsilon: Epsilon | None) -> Cell:
    """Return what the accountants say; no number is no guarantee."""
    if epsilon is None or epsilon.value is None:
        return Cell("none")
    second = "" if epsilon.second is None else f"second opinion {rounded(epsilon.second, up=True)}"
    return Cell(rounded(epsilon.value, up=True), tidy(f"delta {epsilon.delta:g}"), second)


def _bound(bound: Bound | None, notes: Notes) -> Cell:
    """Return what was measured of epsilon."""
    if bound is None:
        return Cell("–")
    if bound.value is None:
        return notes.missing("no bound could be computed")
    return Cell(rounded(bound.value), f"{confidence_of(bound.confidence)} confidence", bound.estimator)


def _years(number: Number, notes: Notes, *, sign: bool = False) -> Cell:
    """Return a number of years."""
    if not number.known:
        return notes.missing(number.why)
    return Cell(value_of(number, sign=sign), interval_of(number, sign=sign))


def _share(number: Number, notes: Notes) -> Cell:
    """Return a share in per cent."""
    if not number.known:
        return notes.missing(number.why)
    return Cell(rate_of(number), rate_interval(number))
