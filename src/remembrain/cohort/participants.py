"""Label, sex and site of each scan of a BIDS folder, from whichever of its tables says them of that scan.

A scan never gets the label of another time without a word; who has no label of their own is a problem with a name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from remembrain.cohort.endings import one_person_in_several_names
from remembrain.cohort.facts import (
    Columns,
    fact_column,
    label_column,
    no_column_of,
    read_sex,
    read_sites,
)
from remembrain.cohort.label_places import LabelPlace, LabelPlaces, Scanned
from remembrain.cohort.labels import read_labels
from remembrain.cohort.no_column import insist_on_column
from remembrain.cohort.same_labels import same_labels
from remembrain.cohort.same_names import alike
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
    choice = LabelPlaces(sources, columns.label, by_person)
    if choice.none:
        label_column(sources.participants.frame, columns.label, where=sources.participants.where)
    places = [choice.of(scan) for scan in scans]
    labels, by_scan, problems = _read(scans, places, columns, sources)
    same, told = same_labels(folder, scans, places, labels, sources, columns.label)
    labels = [None if place in same else value for place, value in enumerate(labels)]
    problems = [by_scan[place] for place in sorted(by_scan)] + problems + _told(places, columns.label) + told
    twice = {problem.participant for problem in sources.problems if problem.fatal}
    problems += [problem for problem in alike(by_person, "the folder") if problem.participant not in twice]
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
    if not any(scan.session for scan in scans) and not twice:
        of = [scan.person for scan in scans]
        problems += one_person_in_several_names(of, labels, sex, columns.label, sources.participants.where)
    site, about_site = _levels(scans, sources, columns, "site")
    return Facts(
        tuple(labels),
        sex,
        site,
        (*sources.problems, *choice.problems, *problems, *about_sex, *about_site),
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


def _read(
    scans: Sequence[Scanned], places: Sequence[LabelPlace], columns: Columns, sources: Sources
) -> tuple[list[float | None], dict[int, Problem], list[Problem]]:
    """Return the label of each scan, what is wrong with those of single scans, and what is to be said of all."""
    values: list[float | None] = [None] * len(scans)
    by_scan: dict[int, Problem] = {}
    problems: list[Problem] = []
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        if place.source is not None:
            groups[place.source.where, place.column].append(number)
        elif place.wrong is not None and place.wrong[0]:
            where, what, summary = place.wrong
            by_scan[number] = _of_scan(scans[number], where, what, summary)
    for (where, column), numbers in groups.items():
        units, declared = _units(where, column, columns, sources)
        cells = [places[number].text for number in numbers]
        read = read_labels(cells, column, where=where, units=units, declared=declared)
        problems += read.problems
        for number, value, wrong, summary in zip(numbers, read.values, read.wrong, read.summaries, strict=True):
            values[number] = value
            if wrong:
                scan = scans[number]
                at = f"{places[number].file}: {scan.person} {scan.session}".strip()
                by_scan[number] = _of_scan(scan, at, wrong, summary)
    return values, by_scan, problems


def _of_scan(scan: Scanned, where: str, what: str, summary: str) -> Problem:
    """Return what is wrong with one scan."""
    return Problem(where, what, participant=scan.person, summary=summary, session=scan.session)


def _units(where: str, column: str, columns: Columns, sources: Sources) -> tuple[str, str]:
    """Return in which unit a column is, and what says so: the user, the table's dictionary, or participants.json."""
    if columns.label_units:
        return columns.label_units, "--label-units"
    for table in sorted((*sources.visits, sources.participants), key=lambda table: table.where != where):
        for name in (column, columns.label):
            if name in table.dictionary and table.dictionary[name].units:
                return table.dictionary[name].units, f"{Path(table.where).stem.removeprefix('sub-*_')}.json"
    return "", ""


def _told(places: Sequence[LabelPlace], label: str) -> list[Problem]:
    """Return how many scans have the label of their person instead of their own, or a session spelled otherwise."""
    instead = Counter(place.source.where for place in places if place.instead and place.source is not None)
    loose = Counter(place.source.where for place in places if place.loose and place.source is not None)
    return [
        *(
            Problem(where, f"{n} scans have no {label} in a table of sessions, and the one here is taken", fatal=False)
            for where, n in instead.items()
        ),
        *(
            Problem(
                where, f"{n} sessions are spelled otherwise than in the scans' names (as 1 for ses-01)", fatal=False
            )
            for where, n in loose.items()
        ),
    ]


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
            problems += column.problems if column.name else ()
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
    heading = tables[0][1] if len(tables) == 1 else ""
    read = (
        read_sex(cells, where=where, levels=explained, heading=heading)
        if fact == "sex"
        else read_sites(cells, where=where)
    )
    unknown = sum(value == "n/a" for value in read.values)
    if not tables:
        problems.append(no_column_of(fact, where))
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
