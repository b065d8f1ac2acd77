"""Whose a name is: people, and the sessions that programs write behind them; knows nothing of files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remembrain._text import few, shown, unseen
from remembrain.cohort.same_names import alike, session_key
from remembrain.cohort.spellings import VISITS, VISITS_IN_A_LETTER
from remembrain.cohort.tsv import words_of
from remembrain.errors import Problem

ENTITIES = r"(?:acq|run|rec|ce|echo|inv|part|task)-[A-Za-z0-9+]+"
"""What tells images of one session apart in their names."""
_BIDS = re.compile(rf"(sub-[A-Za-z0-9]+)[_/\\](ses-[A-Za-z0-9]+)((?:[_/\\]{ENTITIES})*)")
_RUN = re.compile(rf"(sub-[A-Za-z0-9]+)((?:_{ENTITIES})+)")
_DERIVED = re.compile(r"(?<=[A-Za-z0-9])_(?:desc|space|res|den|cohort|label)-[A-Za-z0-9+]+")
_LONGITUDINAL = re.compile(r"(?P<point>.+)\.long\.(?P<base>.+)")
_ENDING = re.compile(r"(?:[_/\\.](?:T1w|nii|gz|mgz))+$")
_DATE = (
    r"(?:19|20)[0-9]{2}(?P<by>[\-.]?)(?:0[1-9]|1[0-2])(?P=by)(?:[0-2][0-9]|3[01])(?:[T_\-]?[0-9]{4,6})?"
    r"|(?:[0-2][0-9]|3[01])(?P<apart>[\-.])(?:0[1-9]|1[0-2])(?P=apart)(?:19|20)[0-9]{2}"
)
_VISIT = re.compile(
    rf"(?P<person>.*[A-Za-z0-9])[_\-. ]+(?P<session>(?P<words>[0-9]*[A-Za-z][A-Za-z0-9]*(?:[_\-]?[0-9]+)?)|{_DATE})"
)
_COUNTED_VISIT = re.compile(
    r"(?P<person>.*[A-Za-z0-9])[_\-. ]+(?P<session>(?P<words>[0-9]{1,2}[_\- ](?:years?|yrs?|months?|mo|weeks?|days?)))",
    re.IGNORECASE,
)
_JOINED_VISIT = re.compile(
    r"(?P<person>.*[0-9])(?P<session>(?:ses|visit|v|tp|t|time|wave|w|m|mo|month|scan|run|rep|mr)[0-9]{1,2}"
    r"|(?:pre|post|bl|fu|baseline|followup)[0-9]*)",
    re.IGNORECASE,
)
_VISIT_WORDS = re.compile(rf"(?:{'|'.join(word for word in VISITS if len(word) > 1)})+|[{''.join(VISITS_IN_A_LETTER)}]")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,}")
MOST_VISITS = 12
_LONGEST = 300
"""A text of more letters is no name that says a session: to look for one takes longer the longer it is."""


@dataclass(frozen=True)
class Named:
    """Person and session of each row, and what is to be said of how they were told apart."""

    people: tuple[str, ...]
    sessions: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def person_of(text: str) -> tuple[str, str]:
    """Return person and session of a name in the form of BIDS or FreeSurfer; the session is "" where it has none.

    ``sub-01_ses-pre``, ``sub-01/ses-pre``, ``sub-01_ses-pre_run-1`` and ``sub-01_ses-pre.long.sub-01`` are all of
    sub-01; so is the path of an image of theirs, whatever its space and processing.
    """
    if len(text) > _LONGEST:
        return text, ""
    text = _ENDING.sub("", text.strip()).rstrip("/\\")
    if "sub-" in text:
        text = _DERIVED.sub("", text)
    along = _LONGITUDINAL.fullmatch(text)
    if along is not None:
        person, session = person_of(along["point"])
        base = re.sub(r"[_\-.](?:base|template)$", "", along["base"], flags=re.IGNORECASE)
        if session:
            return person, session
        return (base, person[len(base) :].strip("_-.")) if person.startswith(base) else (base, person)
    for pattern in (_BIDS, _RUN):
        match = pattern.fullmatch(text)
        if match is not None:
            return match[1], "".join(match.groups()[1:]).replace("/", "_").replace("\\", "_").lstrip("_")
    last = re.split(r"[/\\]", text)[-1]
    return person_of(last) if last.startswith("sub-") and last != text else (text, "")


def people_of(names: Sequence[str], sessions: Sequence[str], *, where: str) -> Named:
    """Tell people from sessions in a whole column of names.

    Parameters
    ----------
    names
        What the column that names the person says, row by row; "" where it says nothing.
    sessions
        What the column of the session says; "" everywhere where there is none.
    where
        The file, for problems.

    Returns
    -------
    named
        Persons and sessions. A session behind a person's name is taken off and told. Fatal problems: a name and a
        column that say different sessions, names that seem to be of one person without saying it in a form that is
        known (``S01_v1`` and ``S01_v2``), and names that differ only by case or leading zeros.
    """
    parts = {name: person_of(name) for name in set(names)}
    people = [parts[name][0] for name in names]
    all_sessions: list[str] = []
    problems: list[Problem] = []
    for name, session in zip(names, sessions, strict=True):
        person, said = parts[name]
        all_sessions.append(session or said)
        if session and said and session_key(session) not in (session_key(said), session_key(said.split("_")[0])):
            what = f"{name} is of {said} by its name, and of {session} by its column"
            problems.append(Problem(where, what, participant=person, summary="two sessions are said of one row"))
    apart = sum(bool(parts[name][1]) for name in names)
    if apart:
        persons = len({parts[name][0] for name in names if parts[name][1]})
        of = f"{persons} people" if persons > 1 else "one person"
        what = f"{apart} names say a session behind the person (as sub-01_ses-1), and are read as {of}"
        problems.append(Problem(where, what, fatal=False))
    problems += _unseen_signs(people, all_sessions, where)
    problems += _shared_bases(parts, where)
    if not any(all_sessions):
        problems += _hidden_visits(people, where)
    problems += _rounded(people, where)
    problems += alike(people, where)
    return Named(tuple(people), tuple(all_sessions), tuple(problems))


def _unseen_signs(people: Sequence[str], sessions: Sequence[str], where: str) -> list[Problem]:
    """Return that names hold signs which cannot be seen, and which these are: two names may look the same."""
    return [
        Problem(
            where,
            f"{shown(name)!r} holds {few(signs, most_letters=80)}, which cannot be seen",
            participant=name if name in people else "",
            summary="a name holds a sign that cannot be seen",
        )
        for name in dict.fromkeys((*people, *sessions))
        if (signs := unseen(name))
    ]


def _shared_bases(parts: Mapping[str, tuple[str, str]], where: str) -> list[Problem]:
    """Return that a longitudinal base cannot be one person's, where more time points share it than anybody has."""
    points: dict[str, set[str]] = defaultdict(set)
    for name, (person, _) in parts.items():
        if _LONGITUDINAL.fullmatch(name) is not None:
            points[person].add(name)
    return [
        Problem(
            where,
            f"{len(names)} names such as {min(names)} would all be of one person, {person}: bring the person and the "
            "session in two columns, named by --person-column and --session-column",
            summary="more names share a longitudinal base than one person has time points",
        )
        for person, names in points.items()
        if len(names) > MOST_VISITS
    ]


def _hidden_visits(people: Sequence[str], where: str) -> list[Problem]:
    """Return that names seem to be of fewer people, where the same endings follow several of them."""
    points: dict[str, set[str]] = defaultdict(set)
    for name in set(people):
        person, session = _without_visits(name)
        if session and person.lower() != "sub":
            points[person].add(session)
    for name in set(people) & points.keys():
        points[name].add("nothing")
    several = {person: visits for person, visits in points.items() if len(visits) > 1}
    if not several or max(map(len, several.values())) > MOST_VISITS:
        return []
    names = sum(map(len, several.values()))
    if not any(re.search("[0-9]", person) for person in several) and names * 2 <= len(set(people)):
        return []
    first = min(several)
    what = (
        f"{names} names seem to be of {len(several)} people with a session behind ({first} with "
        f"{few(sorted(several[first])[:3], between=' and ')}): bring the person and the session in two columns, "
        "named by --person-column and --session-column"
    )
    return [Problem(where, what, summary="several names seem to be of one person with a session behind")]


def _without_visits(name: str) -> tuple[str, str]:
    """Return a name without the visits, dates and words such as MR that stand behind it, and these."""
    person, behind = name, ""
    if len(name) > _LONGEST:
        return name, ""
    while (match := _visit_behind(person) or _JOINED_VISIT.fullmatch(person)) is not None:
        person, behind = match["person"], f"{match['session'].lower()} {behind}".strip()
    return person, behind


def _visit_behind(name: str) -> re.Match[str] | None:
    """Return a name taken apart where words of a visit or a date stand behind it: baselineYear1Arm1, V02, 12m."""
    match = _COUNTED_VISIT.fullmatch(name) or _VISIT.fullmatch(name)
    if match is None or match["words"] is None:
        return match
    words = re.findall("[a-z]+", " ".join(words_of(match["words"])))
    return match if all(_VISIT_WORDS.fullmatch(word) for word in words) else None


def _rounded(people: Sequence[str], where: str) -> list[Problem]:
    """Return that names are numbers which a spreadsheet has rounded: what told people apart may be gone."""
    rounded = sorted({name for name in people if _ROUNDED.fullmatch(name)})
    if not rounded:
        return []
    what = f"{len(rounded)} names are numbers that a spreadsheet has rounded (as {rounded[0]}): bring them as text"
    return [Problem(where, what, summary="names are numbers that a spreadsheet has rounded")]
