"""Label, sex and site of each scan of a BIDS folder, from whichever of its tables says them of that scan.

A scan never gets the label of another time without a word; who has no label of their own is a problem with a name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from remembrain.cohort.facts import (
    Columns,
    fact_column,
    insist_on_column,
    label_column,
    label_if_any,
    read_sex,
    read_sites,
)
from remembrain.cohort.label_places import LabelPlace, LabelPlaces, Scanned
from remembrain.cohort.labels import read_labels
from remembrain.cohort.names import alike
from remembrain.cohort.tsv import is_missing
from remembrain.cohort.visits import Source, Sources, read_sources
from remembrain.errors import Problem


@dataclass(frozen=True)
class Facts:
    """What is known of each scan; a label is None where it is not usable, and a problem says why."""

    label: tuple[float | None, ...]
    sex: tuple[str, ...]
    site: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_facts(folder: Path, scans: Sequence[Scanned], people: Collection[str], columns: Columns) -> Facts:
    """Read label, sex and site of scans.

    Parameters
    ----------
    folder
        Root of the data set.
    scans
        The scans that are to be used.
    people
        Everybody who has scans, those included between whose scans nobody has chosen.
    columns
        What the user names.

    Raises
    ------
    DataError
        Where participants.tsv cannot be used, or a column that the user names is in no table.
    """
    by_person: dict[str, list[str]] = defaultdict(list)
    for scan in scans:
        by_person[scan.person].append(scan.session)
    sources = read_sources(folder, {**dict.fromkeys(people, ()), **by_person}, columns)
    _insist(sources, columns)
    places = LabelPlaces(folder, sources, columns.label, by_person)
    cells = [places.of(scan) for scan in scans]
    labels, problems = _read(scans, cells, columns)
    problems += [
        Problem(
            sources.participants.where,
            f"{person} has no T1w scan and is left out",
            fatal=False,
            participant=person,
            summary="has no T1w scan and is left out",
        )
        for person in dict.fromkeys(sources.participants.people)
        if person not in people
    ]
    sex, about_sex = _levels(scans, sources, columns, "sex")
    site, about_site = _levels(scans, sources, columns, "site")
    return Facts(
        labels,
        sex,
        site,
        (*sources.problems, *places.problems, *problems, *alike(by_person, "the folder"), *about_sex, *about_site),
    )


def _insist(sources: Sources, columns: Columns) -> None:
    """Raise where a column that the user names is in no table."""
    tables = [sources.participants, *sources.visits]
    for name, option in (
        (columns.session, "--session-column"),
        (columns.sex, "--sex-column"),
        (columns.site, "--site-column"),
    ):
        if name is not None and not any(name in table.frame.columns for table in tables):
            insist_on_column(sources.participants.frame, name, where=sources.participants.where, option=option)
    if not any(label_if_any(table.frame, columns.label, where="").name for table in tables):
        label_column(sources.participants.frame, columns.label, where=sources.participants.where)


def _read(
    scans: Sequence[Scanned], cells: Sequence[LabelPlace], columns: Columns
) -> tuple[tuple[float | None, ...], list[Problem]]:
    """Return the label of each scan, and what is wrong, or worth knowing, of labels."""
    values: list[float | None] = [None] * len(scans)
    by_scan: dict[int, Problem] = {}
    problems: list[Problem] = []
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if cell.source is not None:
            groups[cell.source.where, cell.column].append(place)
        elif cell.wrong is not None and cell.wrong[0]:
            where, what, summary = cell.wrong
            scan = scans[place]
            by_scan[place] = Problem(where, what, participant=scan.person, summary=summary, session=scan.session)
    for (where, column), places in groups.items():
        source = cells[places[0]].source
        if source is None:
            continue
        said = source.dictionary.get(column)
        units, declared = (
            (columns.units, "--label-units") if columns.units else (said.units if said else "", "its dictionary")
        )
        read = read_labels([cells[place].text for place in places], column, where=where, units=units, declared=declared)
        problems += read.problems
        for place, value, wrong, summary in zip(places, read.values, read.wrong, read.summaries, strict=True):
            values[place] = value
            if wrong:
                scan = scans[place]
                file = source.files[cells[place].row]
                where_of = f"{file}: {scan.person} {scan.session}".strip()
                by_scan[place] = Problem(
                    where_of, wrong, participant=scan.person, summary=summary, session=scan.session
                )
    problems = [by_scan[place] for place in sorted(by_scan)] + problems
    return tuple(values), problems + _told(scans, cells, columns.label)


def _told(scans: Sequence[Scanned], cells: Sequence[LabelPlace], label: str) -> list[Problem]:
    """Return how many have the label of participants.tsv for several scans, or instead of one of their own."""
    shared = {scan.person for scan, cell in zip(scans, cells, strict=True) if cell.shared}
    instead = Counter(cell.source.where for cell in cells if cell.instead and cell.source is not None)
    problems = [
        Problem(where, f"{n} scans have no {label} in the table of sessions, and the one here is taken", fatal=False)
        for where, n in instead.items()
    ]
    if shared:
        what = (
            f"{len(shared)} people have scans of several sessions and one {label} for all of them, and nothing tells "
            "how far these lie apart: bring it by session (sessions.tsv) if that is long"
        )
        problems.append(Problem("participants.tsv", what, fatal=False))
    return problems


def _levels(
    scans: Sequence[Scanned], sources: Sources, columns: Columns, fact: Literal["sex", "site"]
) -> tuple[tuple[str, ...], list[Problem]]:
    """Return sex or site of each scan: of its session where a table of sessions says it, else of its person."""
    asked = columns.sex if fact == "sex" else columns.site
    tables: list[tuple[Source, str]] = []
    problems: list[Problem] = []
    for source in dict.fromkeys((*sources.visits, sources.participants)):
        if asked is None or asked in source.frame.columns:
            column = fact_column(source.frame, fact, asked, where=source.where)
            problems += column.problems
            tables += [(source, column.name)] if column.name else []
    sessions: dict[str, list[str]] = defaultdict(list)
    for scan in scans:
        sessions[scan.person].append(scan.session)
    cells = [_level_of(scan, tables, sessions[scan.person], constant=fact == "sex") for scan in scans]
    where = tables[-1][0].where if tables else sources.participants.where
    explained: dict[str, str] = {}
    for source, name in tables:
        said = source.dictionary.get(name)
        explained = {**(said.levels if said else {}), **explained}
    read = read_sex(cells, where=where, levels=explained) if fact == "sex" else read_sites(cells, where=where)
    unknown = sum(value == "n/a" for value in read.values)
    if not tables:
        what = f"has no column of the {fact} (--{fact}-column names one), so differences in {fact} are not seen"
        problems.append(Problem(where, what, fatal=False))
    elif unknown:
        problems.append(Problem(where, f"{fact} is n/a for {unknown} of {len(scans)} scans", fatal=False))
    return read.values, [*problems, *read.problems]


def _level_of(scan: Scanned, tables: Sequence[tuple[Source, str]], sessions: Sequence[str], *, constant: bool) -> str:
    """Return the first cell that says something of a scan; what is constant may stand in any row of its person."""
    for source, column in tables:
        rows = source.of(scan.person)
        row = source.row(scan.person, scan.session, sessions) if rows else None
        text = str(source.frame[column].iloc[row]) if row is not None else ""
        if is_missing(text) and constant:
            others = {cell for place in rows if not is_missing(cell := str(source.frame[column].iloc[place]))}
            text = others.pop() if len(others) == 1 else ""
        if not is_missing(text):
            return text
    return ""
