"""Where the label of each scan of a BIDS folder stands: in a table of sessions, or in a row of participants.tsv.

A scan never gets the label of another time without a word. Knows nothing of what the cells say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remembrain.cohort.facts import label_if_any
from remembrain.cohort.numbers import is_number_missing
from remembrain.cohort.visits import Source, Sources
from remembrain.cohort.waves import Waves, find_waves
from remembrain.errors import Problem


@dataclass(frozen=True)
class Scanned:
    """One scan: of whom, of which session ("" for none), and its file for messages."""

    person: str
    session: str
    file: str


@dataclass(frozen=True)
class LabelPlace:
    """Where the label of a scan stands; or why there is none (``wrong``: where, what, summary).

    ``instead`` of one of its session it is that of its person; ``loose`` where the table spells the session otherwise.
    """

    source: Source | None = None
    column: str = ""
    row: int = -1
    wrong: tuple[str, str, str] | None = None
    of_session: bool = True
    instead: bool = False
    loose: bool = False

    @property
    def row_is_of_person(self) -> bool:
        """Whether the cell is of the person, whatever the session."""
        return self.source is not None and not self.of_session

    @property
    def file(self) -> str:
        """The file in which it stands."""
        return "" if self.source is None else self.source.files[self.row]

    @property
    def text(self) -> str:
        """What stands there."""
        return "" if self.source is None else str(self.source.frame[self.column].iloc[self.row])


class LabelPlaces:
    """Finds the cell of a scan's label: in the tables of sessions, then in a row of participants.tsv."""

    def __init__(self, sources: Sources, label: str, by_person: Mapping[str, Sequence[str]]) -> None:
        self.sources, self.label, self.by_person = sources, label, by_person
        self.first = min((session for theirs in by_person.values() for session in theirs), default="")
        self.visits: list[tuple[Source, str]] = []
        self.problems: list[Problem] = []
        for source in sources.visits:
            column = label_if_any(source.frame, label, where=source.where)
            if column.name:
                self.visits.append((source, column.name))
                self.problems += column.problems
        table = sources.participants
        plain = label_if_any(table.frame, label, where=table.where)
        self.plain = "" if table.by_session else plain.name
        sessions = {session for person, theirs in by_person.items() for session in theirs if self._looks_here(person)}
        self.waves = (
            Waves({})
            if table.by_session
            else find_waves([str(name) for name in table.frame.columns], self.label, self.plain, sessions)
        )
        if self.plain:
            self.problems += plain.problems
        if self.waves.asked:
            summary = f"columns of {self.label} by session cannot be told apart"
            self.problems.append(Problem(table.where, self.waves.asked, summary=summary))
        elif self.waves.columns:
            listed = ", ".join(f"{column} of {session}" for session, column in self.waves.columns.items())
            self.problems.append(Problem(table.where, f"{self.label} is read by session: {listed}", fatal=False))

    @property
    def none(self) -> bool:
        """Whether no table has the label in any form."""
        return not (self.visits or self.plain or self.waves.columns or self.waves.asked)

    def _looks_here(self, person: str) -> bool:
        """Tell whether no table of sessions has rows of a person."""
        return not any(source.of(person) for source, _ in self.visits)

    def of(self, scan: Scanned) -> LabelPlace:
        """Return where the label of a scan stands, or why there is none."""
        table = self.sources.participants
        if scan.person in self.sources.broken or self.waves.asked:
            return LabelPlace(wrong=("", "", ""))
        if not table.of(scan.person):
            what = f"{scan.person} has no row in {table.where}"
            return LabelPlace(wrong=(scan.file, what, f"has scans and no row in {table.where}"))
        for source, column in self.visits:
            if source.of(scan.person):
                mine = self._of_session(scan, source, column)
                if mine is not None:
                    return mine
        return self._of_person(scan)

    def _of_session(self, scan: Scanned, source: Source, column: str) -> LabelPlace | None:
        """Return the cell in a table of sessions; None where participants.tsv may say it instead."""
        rows = source.of(scan.person)
        where = f"{source.files[rows[0]]}: {scan.person} {scan.session}".strip()
        if not scan.session:
            if len(rows) == 1:
                return LabelPlace(source, column, rows[0])
            what = f"has {len(rows)} rows of {scan.person}, and its scan names no session"
            return None if self.plain else LabelPlace(wrong=(where, what, "several sessions, and the scan names none"))
        row = source.row(scan.person, scan.session, self.by_person[scan.person])
        if row is None:
            listed = ", ".join(source.sessions[place] for place in rows[:6])
            summary = "the table of sessions has no row for the session"
            return LabelPlace(wrong=(where, f"the table has no row for {scan.session}, only {listed}", summary))
        if (
            is_number_missing(str(source.frame[column].iloc[row]))
            and self._only(scan)
            and len(rows) == 1
            and self.plain
        ):
            return None
        spelled = source.sessions[row].removeprefix("ses-")
        return LabelPlace(source, column, row, loose=spelled not in ("", scan.session.removeprefix("ses-")))

    def _only(self, scan: Scanned) -> bool:
        """Tell whether this is the person's only scan, and not of a later session."""
        return len(self.by_person[scan.person]) == 1 and scan.session == self.first

    def _of_person(self, scan: Scanned) -> LabelPlace:
        """Return the cell in the person's row of participants.tsv."""
        table = self.sources.participants
        row = table.of(scan.person)[0]
        column = self.waves.columns.get(scan.session, "") or self.plain
        if not column:
            what = f"{self.label} of {scan.session or scan.person} stands in no table"
            where = f"{table.where}: {scan.person} {scan.session}".strip()
            return LabelPlace(wrong=(where, what, f"{self.label} is missing"))
        of_session = bool(self.waves.columns) or not scan.session
        return LabelPlace(table, column, row, of_session=of_session, instead=self._is_instead(scan.person))

    def _is_instead(self, person: str) -> bool:
        """Tell whether a table that is of sessions, and of everybody, does not say the label of a person's scan."""
        return any(source.of(person) or source.is_of_everybody for source, _ in self.visits)
