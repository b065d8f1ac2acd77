"""Whom a real site trains on and whom it leaves out: drawn once a federation, and the same whenever it is run again."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import numpy as np

from remembrain.attacks import CORE
from remembrain.audits.outlook import counts_of, lines_of
from remembrain.cohort.material import Material
from remembrain.cohort.meant import UNUSED
from remembrain.cohort.split_files import COLUMNS, write_split
from remembrain.cohort.splits import Split, draw_known
from remembrain.cohort.tsv import read_rows
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.evidence import power
from remembrain.federation.flare.kit import KeptFederation
from remembrain.run.streams import stream
from remembrain.types import Scans

Place = tuple[str, str]


def drawn_split(scans: Scans, unseen: float, seed: int) -> Split:
    """Return a split of a site's people into those it trains on and a share of others."""
    role = np.full(len(scans), "member", dtype="<U10")
    if unseen:
        people = np.unique(scans.participant_id)
        kept_back = stream(seed, "people a site keeps back").permutation(people)[: round(unseen * len(people))]
        role[np.isin(scans.participant_id, kept_back)] = "validation"
    return Split(role, np.zeros(len(scans), dtype=bool))


def earlier_split(path: Path, scans: Scans) -> Split:
    """Return the split that a federation began with; who has come to the data since is left aside, and counted.

    Raises
    ------
    ProblemsError
        Naming those who are not in the data any more: a federation cannot go on without them.
    """
    rows = _rows(path)
    places = {place: row for row, place in enumerate(_places(scans))}
    if gone := [place for place in rows if place not in places]:
        what = "is of this federation, and not in the data any more"
        raise ProblemsError(
            [Problem(f"{path.name}: {' '.join(place).strip()}", what, participant=place[0]) for place in gone],
            where=path,
            try_next=f"put them back, or a federation anew without {path.parent}",
        )
    role, knows = np.full(len(scans), UNUSED, dtype="<U10"), np.zeros(len(scans), dtype=bool)
    for place, row in rows.items():
        role[places[place]] = "member" if row["role"] == "member" else "validation"
        knows[places[place]] = row["attacker_knows"] == "1"
    return Split(role, knows, _aside(path, scans, role))


def _aside(path: Path, scans: Scans, role: np.ndarray) -> tuple[Problem, ...]:
    """Say how many have come to the data since a federation began."""
    new = role == UNUSED
    known = np.unique(scans.participant_id[~new])
    people = len(np.setdiff1d(scans.participant_id[new], known))
    more = int(np.isin(scans.participant_id[new], known).sum())
    counted = [(people, "people are new to the data"), (more, "scans are new, of people who are not")]
    return tuple(
        Problem(path.name, f"{count} {words} since this federation began, and left aside", fatal=False)
        for count, words in counted
        if count
    )


def in_kept_order(material: Material, federation: KeptFederation) -> Material:
    """Return the scans in the order in which the federation began with them, wherever they stand in the data by now."""
    row = {place: number for number, place in enumerate(_rows(federation.split))}
    return material.take(np.argsort([row[place] for place in _places(material.scans)], kind="stable"))


def line_of_kept(federation: KeptFederation, scans: Scans, split: Split, unseen: float) -> str:
    """Say that a federation goes on with the people it began with, where the site's file says another share by now."""
    people, left_out = (
        len(np.unique(scans.participant_id[mask])) for mask in (split.role != "", split.role != "member")
    )
    if not federation.split.is_file() or left_out == round(unseen * people):
        return ""
    return (
        f"unseen = {unseen:g} is for federations to come: this one goes on with the people that it began with, "
        f"{left_out} of {people} left out (another --seed of the coordinator's begins another)"
    )


def keep_split(federation: KeptFederation, material: Material, seed: int) -> Split:
    """Write down who is trained on and who is left out, as an audit reads it, and who could not be used; return it."""
    split, scans = audited(material.split), material.scans
    if len(split.places["member"]) and len(split.places["nonmember"]):
        knows = draw_known(split, scans, stream(seed, "people known at a site"), 0.5)
        split = Split(split.role, knows)
    federation.close()
    material.write_left_out(federation.folder)
    write_split(federation.split, scans, split, by_lot=material.by_lot)
    return split


def audited(split: Split) -> Split:
    """Return a split as an audit has it: who was left out of a training is a non-member."""
    return Split(np.where(split.role == "validation", "nonmember", split.role), split.attacker_knows, split.notes)


def foreseen(scans: Scans, split: Split) -> tuple[list[str], str]:
    """Return what this site's audit of the model that comes out could see, as lines, and why it could see nothing.

    Half of each side are taken to be known to the attacker, as :func:`keep_split` draws it.
    """
    counts = counts_of(scans, audited(split))
    known = min(counts.members, counts.nonmembers) // 2
    people = counts.members + counts.nonmembers
    outlook = power.outlook(power.Counts(counts.members, counts.nonmembers, known, known), len(CORE), learns=True)
    lines = [f"{counts.members} people are trained on, and {counts.nonmembers} are left out"]
    lines += lines_of(outlook, people)
    if outlook.why_not:
        lines.append(f"  afterwards this site will not be able to audit the model; {enough(people)}")
    return lines, outlook.why_not


def insist_on_enough(scans: Scans, split: Split, where: Path) -> None:
    """Raise where people are too few for anything to be assessed."""
    _, why_not = foreseen(scans, split)
    if why_not:
        raise DataError(
            f"nothing could be assessed of this site's people: {why_not}",
            where=where,
            expected=f"at least {power.fewest_members()} members and {power.fewest_nonmembers()} who were left out",
            try_next=f"for the next federation: {enough(len(np.unique(scans.participant_id)))}",
        )


def enough(people: int) -> str:
    """Return what would be enough for an audit."""
    least, others = power.fewest_members(), power.fewest_nonmembers()
    if people < least + others:
        return f"an audit needs {least + others} people, of whom {others} are left out"
    return f"unseen = {ceil(100 * others / people) / 100:g} in local/remembrain.toml would leave out enough"


def _rows(path: Path) -> dict[Place, dict[str, str]]:
    """Return what is kept of every scan that a federation began with, in order.

    Raises
    ------
    DataError
        Where the file is not what was written.
    """
    frame = read_rows(path)
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        raise DataError(f"has no column {', '.join(missing)}", where=path, expected="the file as it was kept")
    rows = [{name: str(row[name]) for name in COLUMNS} for row in frame.to_dict("records")]
    return {(row["participant_id"], row["session_id"].replace("n/a", "")): row for row in rows}


def _places(scans: Scans) -> list[Place]:
    """Return whose each scan is, and of which session."""
    return list(zip(scans.participant_id.tolist(), scans.session_id.tolist(), strict=True))
