"""Maps that were published of a group to a table of a row a region: means, standard deviations, d, t or z.

Of a parcel, a map of means tells the mean, for it is linear; a map of anything else tells its voxels alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float

from remembrain._progress import progress
from remembrain._text import few, shown
from remembrain.errors import DataError, Problem, ProblemsError, UsageError
from remembrain.run import atomic_path
from remembrain.survey.regions import ENDINGS, Parcels, on_grid

REGION = "region"
Kind: TypeAlias = Literal["mean", "sd", "d", "g", "t", "z"]
_WORDS: Mapping[Kind, frozenset[str]] = {
    "mean": frozenset(("mean", "avg", "average")),
    "sd": frozenset(("sd", "std", "stdev", "stddev")),
    "d": frozenset(("d", "cohen", "cohens", "cohensd", "cohend", "dmap")),
    "g": frozenset(("g", "hedges", "hedgesg")),
    "t": frozenset(("t", "tstat", "tmap", "tval", "tvalue", "spmt")),
    "z": frozenset(("z", "zstat", "zmap", "zval", "zscore", "spmz")),
}
_OTHERS = re.compile(
    r"var(?:iance)?|sem?|p|p?val(?:ue)?|logp|corrp|beta|con|v?a?r?cope|tfce|thresh\w*|f|fstat|adj\w*|partial|resid\w*|icv|n|"
    r"median"
)
_KEYS = re.compile(
    r"\b(?:stat|desc|group|map|maps|img|image|contrast|val|value)\b[-_ ]?|\b(?:space|res)-[a-z0-9]+|\b[0-9]+\b"
)


@dataclass(frozen=True)
class _Column:
    """A map, what it is, and the heading of its numbers."""

    path: Path
    kind: Kind
    heading: str


def write_group_maps(
    maps: Path, out: Path, parcels: Parcels, *, of_voxels: bool, said: Sequence[str] = (), people: Sequence[str] = ()
) -> list[str]:
    """Write what maps tell of every region, a row each, and return what is to be told.

    Parameters
    ----------
    maps
        A folder of NIfTI files; what each is stands in its name.
    out
        The table, comma-separated.
    parcels
        What is measured; every map has to lie on its grid.
    of_voxels
        Whether every region is one voxel.
    said
        What files are, ``FILE=HEADING``, where their names do not say it.
    people
        How many people there are, ``N`` or ``GROUP=N``.

    Raises
    ------
    UsageError
        Where what is said of files or people cannot be read.
    DataError
        Where there is no map.
    ProblemsError
        With every map that is not known, cannot be read, lies on another grid or tells nothing of such regions.
    """
    files = sorted(path for path in maps.glob("*") if path.name.endswith(ENDINGS) and path.is_file())
    if not files:
        raise DataError("holds no map", where=maps, expected=f"files that end in {' or '.join(ENDINGS)}")
    headings, counted = _headings(said, files), _people(people)
    problems: list[Problem] = []
    columns = [one for path in files if (one := _column(path, headings.get(path.name), problems)) is not None]
    _once(columns, problems)
    told: list[str] = []
    numbers: list[Float[np.ndarray, "region"]] = []
    with progress("reading maps", len(columns)) as step:
        for column in columns:
            step()
            try:
                values, notes = _measured(column, parcels, of_voxels=of_voxels)
            except DataError as error:
                problems.append(Problem(column.path.name, error.what))
                continue
            numbers.append(values)
            told += [f"{column.path.name} is {shown(column.heading)}", *(f"{column.path.name}: {one}" for one in notes)]
    if problems:
        raise ProblemsError(
            problems, where=maps, try_next="--column 'FILE=HEADING' says what a file is: mean, sd, d, t"
        )
    with atomic_path(out) as partial, partial.open("w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow([REGION, *counted, *(column.heading for column in columns)])
        for name, row in zip(parcels.names, np.column_stack(numbers).tolist(), strict=True):
            rows.writerow([name, *counted.values(), *("" if np.isnan(one) else f"{one:.9g}" for one in row)])
    return told


def _headings(said: Sequence[str], files: Sequence[Path]) -> dict[str, str]:
    """Return the headings that are said of files."""
    names = {path.name for path in files}
    found = {}
    for text in said:
        name, equals, heading = (part.strip() for part in text.partition("="))
        if not equals or not heading or name not in names:
            expected = f"FILE=HEADING with one of {few(sorted(names))}"
            raise UsageError(f"--column {shown(text)}", expected=f"{expected}, such as 'FILE=mean controls'")
        found[name] = heading
    return found


def _people(said: Sequence[str]) -> dict[str, int]:
    """Return the columns of how many people there are."""
    found = {}
    for text in said:
        group, _, number = text.rpartition("=")
        if not number.strip().isdecimal() or int(number) < 1:
            raise UsageError(f"--people {shown(text)}", expected="N or GROUP=N, such as 'controls=120'")
        found[f"n {group.strip()}".strip()] = int(number)
    return found


def _column(path: Path, said: str | None, problems: list[Problem]) -> _Column | None:
    """Return what a map is, by what is said of it or by its name."""
    name = path.name.removesuffix(".gz").removesuffix(".nii")
    words = _words(said or name)
    kinds: list[Kind] = [kind for kind, known in _WORDS.items() if known & set(words)]
    others = [] if said else [word for word in words if _OTHERS.fullmatch(word)]
    if len(kinds) != 1 or others:
        what = f"may be of what is not used: {few(others)}"
        if not others:
            what = f"says that it is of several: {few(kinds)}" if kinds else "says by its name nothing of what it is"
        problems.append(Problem(path.name, what))
        return None
    (kind,) = kinds
    if said:
        return _Column(path, kind, said)
    own = "|".join(sorted(_WORDS[kind], key=len, reverse=True))
    apart = _KEYS.sub(" ", name.casefold().replace("_", " "))
    rest = re.sub(rf"(?<![a-z0-9])(?:{own})(?:[0-9]+)?(?![a-z0-9])", " ", apart)
    return _Column(path, kind, " ".join([kind, *re.sub(r"\s[-.]+\s|^[-.\s]+|[-.\s]+$", " ", rest).split()]))


def _words(text: str) -> list[str]:
    """Return the words of a name, without the numbers behind longer ones: tstat of ``tstat1``."""
    words = [word for word in re.split(r"[^a-z0-9]+", text.casefold()) if word]
    return [re.sub(r"(?<=[a-z]{3})[0-9]+$", "", word) for word in words]


def _once(columns: Sequence[_Column], problems: list[Problem]) -> None:
    """Say where several maps are the same."""
    for heading in dict.fromkeys(column.heading for column in columns):
        same = [column.path.name for column in columns if column.heading == heading]
        if len(same) > 1:
            problems.append(Problem(same[0], f"is {shown(heading)}, and so is {few(same[1:])}"))


def _measured(column: _Column, parcels: Parcels, *, of_voxels: bool) -> tuple[Float[np.ndarray, "region"], list[str]]:
    """Return what a map tells of every region, NaN where it tells nothing, and what is to be said of it.

    Raises
    ------
    DataError
        Where it cannot be read, lies elsewhere, or tells nothing of such regions.
    """
    if not of_voxels and column.kind != "mean":
        raise DataError(
            f"is {column.kind} of voxels, which is not that of a parcel's mean: only means are, give --mask for others"
        )
    values = on_grid(column.path, parcels.grid, with_gaps=True)
    inside = values.ravel()[parcels.voxels]
    gaps, zeros = int(np.isnan(inside).sum()), int((inside == 0).sum())
    if gaps + zeros == len(inside):
        raise DataError("has no number inside, only NaN and 0")
    if column.kind == "sd" and np.nanmin(inside) < 0:
        raise DataError(f"is a standard deviation, and is {np.nanmin(inside):g} somewhere")
    notes = []
    if of_voxels:
        if gaps + zeros:
            notes.append(f"NaN or 0 in {gaps + zeros} of {len(inside)} voxels, of which nothing is told")
        return np.where(inside == 0, np.nan, inside), notes
    if zeros:
        notes.append(f"0 in {zeros} of {len(inside)} voxels, which count as 0, as they would in maps of people")
    found = parcels.means(values)
    if gaps:
        lost = [name for name, one in zip(parcels.names, found, strict=True) if np.isnan(one)]
        notes.append(f"NaN in {gaps} of {len(inside)} voxels: nothing is told of {few(lost)}")
    return found, notes
