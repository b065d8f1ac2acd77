"""The tables of the survey study, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from remembrain.evidence.worlds import difference_over_worlds, over_worlds
from remembrain.run import write_text
from remembrain.types import Interval

if TYPE_CHECKING:
    from worlds import Found

ATTACKS = ("distance", "inner-product", "likelihood-ratio", "correlation-aware", "learned")


def write_table(path: Path, found: Sequence[Found], measured: dict[int, float]) -> Path:
    """Write all tables into one file."""
    write_text(path, "\n\n".join([_attacks(found, measured), _paired(found), _realism(found)]) + "\n")
    return path


def _attacks(found: Sequence[Found], measured: dict[int, float]) -> str:
    """Return the AUC of every attack by size of group, everything known, beside what was measured elsewhere."""
    first = found[0].step
    rows = ["| n | tested | measured elsewhere | closed form | " + " | ".join(ATTACKS) + " |"]
    rows.append("|---|---|---|---|" + "---|" * len(ATTACKS))
    for one in found:
        if one.step == first:
            cells = " | ".join(_said(_of(one, name)) for name in ATTACKS)
            beside = measured.get(one.n)
            said = f"{beside:.2f}" if beside else "–"
            tested = f"{one.n_members} + {one.n_nonmembers}"
            rows.append(f"| {one.n} | {tested} | {said} | {one.theory:.3f} | {cells} |")
    return "\n".join(rows)


def _paired(found: Sequence[Found]) -> str:
    """Return by how much each attack is ahead of the inner product on the same worlds, everything known."""
    first = found[0].step
    others = [name for name in ATTACKS if name != "inner-product"]
    rows = [
        "| n | " + " | ".join(f"{name} over inner product" for name in others) + " |",
        "|---|" + "---|" * len(others),
    ]
    for one in found:
        if one.step == first:
            gaps = [
                difference_over_worlds(one.auc[name], one.auc["inner-product"], one.n_members, one.n_nonmembers)
                for name in others
            ]
            rows.append(f"| {one.n} | " + " | ".join(_said(gap, sign=True) for gap in gaps) + " |")
    return "\n".join(rows)


def _realism(found: Sequence[Found]) -> str:
    """Return the best of two attacks by what is known and size of group."""
    steps = list(dict.fromkeys(one.step for one in found))
    sizes = sorted({one.n for one in found})
    rows = ["| what the adversary knows | attack | " + " | ".join(f"n = {n}" for n in sizes) + " |"]
    rows.append("|---|---|" + "---|" * len(sizes))
    for step in steps:
        for name in ("inner-product", "correlation-aware", "learned"):
            mine = {one.n: one for one in found if one.step == step}
            rows.append(f"| {step} | {name} | " + " | ".join(_said(_of(mine[n], name)) for n in sizes) + " |")
    return "\n".join(rows)


def _of(one: Found, name: str) -> Interval:
    """Return an attack's mean AUC with its interval over worlds."""
    return over_worlds(one.auc[name], one.n_members, one.n_nonmembers)


def _said(number: Interval, *, sign: bool = False) -> str:
    """Return a number with its interval."""
    form = "+.3f" if sign else ".3f"
    return f"{number.value:{form}} ({number.low:{form}} to {number.high:{form}})"
