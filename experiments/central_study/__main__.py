"""The published central study on phantoms, whole: Table 1, the shadow model, and Figure 1, beside the printed numbers.

    python experiments/central_study OUT

makes people, trains both networks, runs every attack and the variations of Figure 1, and writes ``OUT/table.md``,
``OUT/figure1.svg`` and ``OUT/results.json``. A stopped run goes on where it stopped. About two hours on two cores;
``--members 100 --nonmembers 100 --population 140 --quick`` tries the machinery in minutes.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from setting import NETWORKS, Size, phantoms, train_both
from table import write_table
from variations import vary

from remembrain.cohort.phantom import write_cohort
from remembrain.config import AttackOptions
from remembrain.errors import RemembrainError
from remembrain.report import write as report
from remembrain.run import write_json
from remembrain.study import audit

app = App(help=__doc__)


@app.default
def central_study(
    out: Path,
    /,
    *,
    size: Annotated[Size, Parameter(name="*")] = Size(),  # noqa: B008  # frozen
    quick: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Run it.

    Parameters
    ----------
    out
        Folder that gets everything.
    size
        How many people, on which grid.
    quick
        Train one variation a network instead of all.
    """
    started = time.monotonic()
    write_cohort(phantoms(out), people=size.people, grid=size.grid, seed=size.seed)
    train_both(out, size)
    seconds = {}
    for network in NETWORKS:
        before = time.monotonic()
        audit.attack(out / network, AttackOptions(attacks=("all",)))
        seconds[network] = time.monotonic() - before
        report.write([out / network])
    varied = vary(out, size, quick=quick)
    results = write_table(out, size, seconds, varied)
    write_json(out / "results.json", {**results, "seconds": time.monotonic() - started})
    print(out / "table.md")


if __name__ == "__main__":
    try:
        app()
    except RemembrainError as error:
        raise SystemExit(f"central_study: {error}") from None
