"""The published trade-off of privacy against accuracy on phantoms, with other defences beside it.

    python experiments/defences OUT

makes people, trains and attacks every setting of ``grid.toml`` with every seed, and writes
``OUT/comparison/report.html`` and ``OUT/table.md``, which sets the settings beside the points of Gupta et al. 2021.
A stopped run goes on where it stopped. Under an hour on two cores.
"""

from __future__ import annotations

from pathlib import Path

from beside_published import write_table
from cyclopts import App

from remembrain.cohort.phantom import write_cohort
from remembrain.errors import RemembrainError
from remembrain.study.defences.defend import defend

app = App(help=__doc__)
HERE = Path(__file__).resolve().parent
PEOPLE, SEED = 640, 5


@app.default
def defences(out: Path, /, *, grid: Path = HERE / "grid.toml", people: int = PEOPLE) -> None:
    """Run it.

    Parameters
    ----------
    out
        Folder that gets everything.
    grid
        Another grid.
    people
        How many are made.
    """
    phantoms = write_cohort(out / "phantoms", people=people, grid="32", seed=SEED)
    print(defend(phantoms, out / "comparison", grid, say=print))
    print(write_table(out))


if __name__ == "__main__":
    try:
        app()
    except RemembrainError as error:
        raise SystemExit(f"defences: {error}") from None
