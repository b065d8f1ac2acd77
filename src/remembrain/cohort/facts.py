"""Which column says a person's sex, site, session or name, and what its levels mean.

The usual spellings are looked for and what was taken is told; a column that the user names has to be there. A level
that is not understood is a level all the same: groups that differ must not look alike. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from remembrain._text import few, shown
from remembrain.cohort.ages import is_age, says_years
from remembrain.cohort.dictionary import codes_in
from remembrain.cohort.no_column import form_of, no_column, without_other_facts
from remembrain.cohort.spellings import (
    ANSWERS,
    ANY_ATLAS_TABLE,
    ATLAS_TABLE,
    FACT_WORDS,
    FEMALE,
    MALE,
    MISSING_LEVEL,
    PREDICTIONS,
    SPELLINGS,
    USUAL,
    Fact,
)
from remembrain.cohort.tsv import is_missing, words_of
from remembrain.errors import Problem

MOST_SEXES = 6
MOST_WORDS = 3
_OPTION: Mapping[Fact, str] = {fact: f"--{fact}-column" for fact in USUAL}


@dataclass(frozen=True)
class Columns:
    """Which column says what, and the unit of ages; what the user does not name is found, by its usual names."""

    label: str = "age"
    label_units: str | None = None
    person: str | None = None
    session: str | None = None
    sex: str | None = None
    site: str | None = None


@dataclass(frozen=True)
class Column:
    """The column of a fact, ``""`` where there is none, and what is to be said of how it was found."""

    name: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Levels:
    """A column of levels, row by row, ``"n/a"`` where nothing is said; and what was understood."""

    values: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def fact_column(frame: pd.DataFrame, fact: Fact, asked: str | None, *, where: str) -> Column:
    """Find the column of a fact.

    Parameters
    ----------
    frame
        The table, whose cells are compared where several columns may be meant.
    fact
        What the column says.
    asked
        The column that the user names; None looks for the usual spellings.
    where
        The file, for errors and problems.

    Returns
    -------
    column
        Its name; and notes: which was taken where it has not the name that BIDS gives it, what else there was. Where
        several columns are equally good and say different things, a fatal problem that asks for the option.

    Raises
    ------
    DataError
        Where a column that the user names is not there, with the nearest names.
    """
    names = [str(name) for name in frame.columns]
    by_form: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for form in dict.fromkeys((form_of(name), form_of(without_explanation(name)))):
            by_form[form].append(name)
    ranked = [name for form in SPELLINGS[fact] for name in by_form[form]]
    if fact == "person" and not ranked:
        ranked = [name for form, having in by_form.items() if ATLAS_TABLE.fullmatch(form) for name in having]
        ranked = ranked or [name for name in names[:1] if ANY_ATLAS_TABLE.fullmatch(name)]
    ranked = list(dict.fromkeys(ranked)) or [name for name in names if _speaks_of(fact, name, frame[name])]
    ranked.sort(key=lambda name: (all(is_missing(str(cell)) for cell in frame[name]), name != USUAL[fact]))
    if asked is not None:
        if asked not in names:
            raise no_column(asked, without_other_facts(names, fact), where, _OPTION[fact], ranked, names)
        return Column(asked)
    ranked = [name for name in ranked if fact != "session" or not _is_status(frame[name], name)]
    if not ranked:
        return Column("", (no_column_of(fact, where),) if fact in ("sex", "site") else ())
    chosen, *others = ranked
    problems = []
    if chosen != USUAL[fact]:
        problems.append(Problem(where, f"the column {chosen} is taken for the {fact}", fatal=False))
    if fact == "site" or (chosen == USUAL[fact] and fact != "sex"):
        return Column(chosen, tuple(problems))
    for other in others:
        rows = _differing(frame[chosen], frame[other])
        if not rows:
            continue
        what = f"{chosen} and {other} may both be the {fact}, and say different things in {rows} rows"
        fatal = rows * 20 > len(frame) if fact == "sex" else chosen != USUAL[fact]
        what += f": say which with {_OPTION[fact]}" if fatal else f"; {chosen} is taken"
        problems.append(Problem(where, what, fatal))
    return Column(chosen, tuple(problems))


def _speaks_of(fact: Fact, name: str, column: pd.Series) -> bool:
    """Tell whether a column that has no usual name has a word for a fact in it (dem_sex, site.x), and says it of most.

    A question is none (EatMealsAtSeniorCenter): it has many words, is answered by yes and no, or not by everybody.
    """
    words = words_of(name)
    if len(words) > MOST_WORDS or not set(words) & FACT_WORDS.get(fact, frozenset()):
        return False
    cells = [code(str(cell)) for cell in column]
    levels = set(cells) - {""}
    answered = {level.casefold() for level in levels} & ANSWERS and not set(words) & {"male", "female"}
    if answered or cells.count("") * 2 > len(cells):
        return False
    return 1 < len(levels) <= (MOST_SEXES if fact == "sex" else max(MOST_SEXES, len(column) // 5))


def without_explanation(name: str) -> str:
    """Return a column's name without what is explained in brackets behind it: Sex (1=m, 2=f) is Sex."""
    return re.sub(r"\s*[(\[{].*[)\]}]\s*$", "", name) or name


def _is_status(column: pd.Series, name: str) -> bool:
    """Tell whether a column called SES is the socioeconomic status, in whole numbers from 1, and no session."""
    return name.strip() == "SES" and all(is_missing(str(cell)) or code(str(cell)) in set("12345") for cell in column)


def no_column_of(fact: Fact, where: str) -> Problem:
    """Return the note that nothing says a fact of anybody."""
    what = f"has no column of the {fact} ({_OPTION[fact]} names one), so differences in {fact} are not seen"
    return Problem(where, what, fatal=False)


def label_column(frame: pd.DataFrame, label: str, *, where: str) -> Column:
    """Find the column of the label: the one of that name, or for the default ``age`` its only other spelling.

    That is Age, Alter, or a name that says the unit: Age (months), age_years.

    Raises
    ------
    DataError
        Where there is none, with the nearest names.
    """
    column = label_if_any(frame, label, where=where)
    if not column.name:
        names = [str(name) for name in frame.columns]
        ages = [name for name in names if is_age(label) and is_age(name) and not PREDICTIONS & {*words_of(name)}]
        raise no_column(label, names, where, "--label", ages)
    return column


def label_if_any(frame: pd.DataFrame, label: str, *, where: str) -> Column:
    """Find the column of the label as :func:`label_column` does; ``""`` where there is none."""
    names = [str(name) for name in frame.columns]
    if label in names:
        return Column(label)
    same = [name for name in names if form_of(name) == label] if label == "age" else []
    if label == "age" and not same:
        same = [name for name in names if says_years(name)]
    if len(same) != 1:
        return Column("")
    return Column(same[0], (Problem(where, f"the column {same[0]} is taken for the {label}", fatal=False),))


def _differing(first: pd.Series, second: pd.Series) -> int:
    """Return in how many rows two columns say different things, whatever codes each of them has."""
    pairs = Counter(
        (str(one).strip(), str(other).strip())
        for one, other in zip(first, second, strict=True)
        if not is_missing(str(one)) and not is_missing(str(other))
    )
    forth: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for (one, other), n in pairs.items():
        forth[one], back[other] = max(forth[one], n), max(back[other], n)
    return sum(pairs.values()) - min(sum(forth.values()), sum(back.values()))


def read_sex(cells: Sequence[str], *, where: str, levels: Mapping[str, str] | None = None, heading: str = "") -> Levels:
    """Read sexes, one text a row: M and F where words or the data's dictionary say so, other levels as they are.

    Parameters
    ----------
    cells
        The text of each row.
    where
        The file, for notes.
    levels
        What the dictionary beside the table says of codes (``Levels`` in participants.json).
    heading
        The column's name, which may explain them as well: ``Sex (1=m, 2=f)``.
    """
    codes = [code(text) for text in cells]
    by_heading = codes_in(heading) if not levels else {}
    explained = {code(key): _sex_in(text) for key, text in (levels or by_heading).items()}
    present = {text for text in codes if text}
    spanish = "h" in {text.casefold() for text in present}
    meaning: dict[str, str] = {}
    for text in present:
        word = text.casefold()
        said = explained.get(text, "") or ("" if spanish and word in ("m", "h") else _sex_in_word(word))
        said = said or (_sex_in(word) if re.search("[0-9]", word) else "")
        said = said or ("F" if word == "w" and "m" in {other.casefold() for other in present} else "")
        meaning[text] = said or text
    values = tuple(meaning[text] if text else "n/a" for text in codes)
    unknown = sorted(set(meaning.values()) - {"M", "F"})
    notes = []
    if unknown:
        listed = few(unknown)
        what = f"sex has the levels {listed}, which are used as groups as they are: what they mean is not known"
        count = f"{len(unknown)} level{'s' * (len(unknown) > 1)}"
        short = f"sex has {count} used as groups as they are: what they mean is not known"
        notes.append(Problem(where, what, fatal=False, summary=short))
    by_dictionary = sorted(text for text in present if explained.get(text) and _sex_in_word(text.casefold()) == "")
    if by_dictionary:
        listed = few(f"{text} is {meaning[text]}" for text in by_dictionary)
        says = "the column's name" if by_heading else "the dictionary beside the table"
        notes.append(Problem(where, f"sex: {listed}, as {says} says", fatal=False))
    return Levels(values, tuple(notes))


def read_sites(cells: Sequence[str], *, where: str) -> Levels:
    """Read sites, one text a row; spellings that differ by case or blanks alone are one site, and that is told."""
    codes = [code(text) for text in cells]
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for text in codes:
        if text:
            forms[_spoken(text)][text] += 1
    name = {form: max(sorted(spellings), key=spellings.__getitem__) for form, spellings in forms.items()}
    several = [name[form] for form, spellings in forms.items() if len(spellings) > 1]
    notes = []
    if several:
        short = "sites are spelled in several ways, which are read as one"
        what = f"{len(several)} {short} (as {shown(several[0])})"
        notes.append(Problem(where, what, fatal=False, summary=f"{len(several)} {short}"))
    return Levels(tuple(name[_spoken(text)] if text else "n/a" for text in codes), tuple(notes))


def code(text: str) -> str:
    """Return a level's text: without stray blanks, ``1`` for 1.0, empty where nothing is said."""
    text = str(text).strip()
    return "" if is_missing(text) or text.lower() in MISSING_LEVEL else re.sub(r"^([0-9]+)[.,]0*$", r"\1", text)


def _spoken(text: str) -> str:
    """Return what spellings of one level have in common that differ by case or blanks alone."""
    return " ".join(text.split()).casefold()


def _sex_in_word(word: str) -> str:
    """Return M or F for a word that means it, or ""."""
    return "M" if word in MALE else "F" if word in FEMALE else ""


def _sex_in(text: str) -> str:
    """Return M or F where a description names one sex alone, or ""."""
    sexes = {_sex_in_word(word) for word in re.findall(r"[^\W\d_]+", text.casefold())} - {""}
    return sexes.pop() if len(sexes) == 1 else ""
