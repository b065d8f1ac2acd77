"""Real respondents for tables: the categorical questions of the adults of NHANES 2017-2018."""

from __future__ import annotations

from pathlib import Path

from remembrain.cohort.nhanes import read_adults
from remembrain.run import atomic_path
from remembrain.survey.columns import MOST_LEVELS

MOST_MISSING = 0.3


def write_answers(path: Path) -> int:
    """Write the adults' categorical questions of which at most 30 % are missing; return how many people there are."""
    adults = read_adults()
    columns = [
        name
        for name in adults.columns[1:]
        if 2 <= adults[name].nunique() <= MOST_LEVELS and adults[name].isna().mean() <= MOST_MISSING
    ]
    with atomic_path(path) as partial:
        adults[["participant_id", *columns]].to_csv(partial, index=False)
    return len(adults)
