"""Tables of the same people for tests, as FreeSurfer writes them, and one of the people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from remembrain.cohort.columns import Reading
from remembrain.cohort.facts import Columns
from remembrain.cohort.joining import Beside
from remembrain.cohort.table import TableCohort, read_table

N = 24
RNG = np.random.default_rng(3)
IDS = [f"sub-{place:03d}" for place in range(N)]
AGE = RNG.uniform(20, 80, N).round(1)
ETIV = RNG.normal(1.5e6, 1e5, N).round(3)


def hemisphere(side: str, ids: list[str] = IDS) -> pd.DataFrame:
    """What FreeSurfer's aparcstats2table writes."""
    rng = np.random.default_rng(len(side) + ord(side[0]))
    made = pd.DataFrame({f"{side}_r{k}_thickness": rng.normal(2.5, 0.2, len(ids)).round(3) for k in range(4)})
    made.insert(0, f"{side}.aparc.thickness", ids)
    return made.assign(eTIV=[ETIV[place % N] for place in range(len(ids))])


def volumes() -> pd.DataFrame:
    """What FreeSurfer's asegstats2table writes."""
    rng = np.random.default_rng(7)
    made = pd.DataFrame({f"Left-V{k}": rng.normal(4000, 300, N).round(1) for k in range(3)})
    made.insert(0, "Measure:volume", IDS)
    return made.assign(eTIV=[f"{value:.6f}" for value in ETIV])


def people(**more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant_id": [str(place) for place in range(N)],
            "age": AGE,
            "sex": ["M", "F"] * (N // 2),
            "site": ["A", "A", "B"] * (N // 3),
            **more,
        }
    )


def joined(
    folder: Path,
    first: pd.DataFrame,
    participants: pd.DataFrame | None = None,
    *more: pd.DataFrame,
    columns: Columns | None = None,
    sep: str = "\t",
    **said: object,
) -> TableCohort:
    """Read tables that are written to a folder, those beside the first in another order of rows."""
    first.to_csv(folder / "first.tsv", sep=sep, index=False)
    files = []
    for place, table in enumerate(more):
        table.sample(frac=1, random_state=place).to_csv(folder / f"more{place}.tsv", sep="\t", index=False)
        files.append(folder / f"more{place}.tsv")
    people = None
    if participants is not None:
        people = folder / "participants.tsv"
        participants.sample(frac=1, random_state=5).to_csv(people, sep="\t", index=False)
    return read_table(folder / "first.tsv", columns or Columns(), Reading(**said), Beside(tuple(files), people))


def fatal(cohort: TableCohort) -> list[str]:
    return [str(problem) for problem in cohort.problems if problem.fatal]


def notes(cohort: TableCohort) -> str:
    return "\n".join(str(problem) for problem in cohort.problems if not problem.fatal)
