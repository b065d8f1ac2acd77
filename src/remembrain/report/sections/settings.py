"""Every setting of the defences, a row each: what it still gives away, and what it does and costs."""

from __future__ import annotations

from collections.abc import Callable

from remembrain.record.defences import Defences
from remembrain.record.settings import Bound, Epsilon, Setting
from remembrain.report.section import Section
from remembrain.report.tables import Cell, Notes, Row, Table
from remembrain.report.words import confidence_of, interval_of, rounded, tidy, value_of

_ACTS_ON = {"weights": "the weights", "predictions": "released predictions alone"}
_COSTS = ("Acts on", "Epsilon", "Epsilon at least, measured", "Error of members", "Error of non-members", "Gap")
_LEAKS = ("The attack has", "AUC", "TPR at 1\N{NO-BREAK SPACE}% FPR", "Accuracy", "Strongest other attack")


def costs(defences: Defences) -> Table[Setting]:
    """Return what each setting does and costs: epsilon, errors and gap."""
    return _table(defences, _COSTS, _costs)


def leaks(defences: Defences) -> Table[Setting]:
    """Return what each setting still gives away."""
    return _table(defences, _LEAKS, lambda setting, notes: _leaks(defences, setting, notes))


def _table(
    defences: Defences, headings: tuple[str, ...], cells: Callable[[Setting, Notes], tuple[Cell, ...]]
) -> Table[Setting]:
    """Return a row a setting, numbered alike in all tables."""
    notes = Notes()
    rows = tuple(
        Row(str(number), setting, cells(setting, notes)) for number, setting in enumerate(defences.settings, start=1)
    )
    return Table(headings, rows, notes.lines)


def _costs(setting: Setting, notes: Notes) -> tuple[Cell, ...]:
    """Return the figures of what a setting costs."""
    return (
        Cell(_ACTS_ON[setting.protects] if not setting.bare else "–"),
        _epsilon(setting.epsilon),
        _bound(setting.lower_bound, notes),
        notes.number(setting.mae_members),
        notes.number(setting.mae),
        notes.number(setting.gap, sign=True),
    )


def _leaks(defences: Defences, setting: Setting, notes: Notes) -> tuple[Cell, ...]:
    """Return the figures of what a setting gives away."""
    achieved, people = setting.achieved, defences.people
    attack = defences.attack(setting.headline)
    members = people.tested_members if achieved.n_members is None else achieved.n_members
    others = people.tested_nonmembers if achieved.n_nonmembers is None else achieved.n_nonmembers
    same = setting.headline == defences.headline.name
    title = "" if same else defences.title_of(setting.headline)
    needs = Cell(attack.access if attack else "not recorded", f"{members} + {others} tested", title)
    other = _other(defences, setting)
    if not achieved.assessed:
        missing = notes.missing(achieved.why or achieved.auc.why)
        return (needs, missing, missing, missing, other)
    auc = notes.number(achieved.auc)
    return (needs, auc, notes.share(achieved.rate("0.01")), notes.share(achieved.accuracy), other)


def _other(defences: Defences, setting: Setting) -> Cell:
    """Return the strongest of the other attacks, chosen after the fact."""
    strongest = setting.strongest_other()
    if strongest is None:
        return Cell("none assessed")
    name, achieved = strongest
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


SECTION: Section[Defences] = Section("settings", "Settings", "Every setting", words={"leaks": leaks, "costs": costs})
