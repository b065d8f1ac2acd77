"""How well respondents of NHANES are told from published margins: by size of group, by attack, by what is known of
them.

    python experiments/survey_study OUT

writes ``OUT/table.md`` (figures measured elsewhere beside ours; attacks beside one another, paired; from full to
realistic knowledge) and ``OUT/realism.svg``. Needs the package ``nhanes``. A few minutes on two cores.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cyclopts import App
from figure import draw
from table import write_table
from worlds import Cell, run

from remembrain._parallel import map_processes
from remembrain.errors import RemembrainError
from remembrain.record.table_settings import Adversary
from remembrain.survey.answers_file import read_answers
from remembrain.survey.knobs import REALISM
from remembrain.survey.nhanes import write_answers
from remembrain.survey.release import Case

app = App(help=__doc__)
SIZES = (25, 50, 100, 250, 500, 1000)
MEASURED = {25: 0.91, 50: 0.82, 100: 0.74, 250: 0.65, 500: 0.60}
TESTED, REFERENCE = 1000, 1000


@app.default
def survey_study(out: Path, /, *, worlds: int = 30, seed: int = 1, workers: int | None = None) -> None:
    """Run it.

    Parameters
    ----------
    out
        Folder that gets everything.
    worlds
        Releases drawn for each setting.
    seed
        Of all draws.
    workers
        Processes; one a core when left out.
    """
    write_answers(out / "answers.csv")
    answers, _, _ = read_answers(out / "answers.csv", {})
    full = Adversary(reference_size=REFERENCE)
    cells = [
        Cell(answers, Case(n, adversary=replace(full, **limits), tested=TESTED), step, worlds, seed)
        for step, limits in REALISM
        for n in SIZES
    ]
    found = map_processes(run, cells, workers=workers, description="worlds")
    print(write_table(out / "table.md", found, MEASURED))
    print(draw(out / "realism.svg", found))


if __name__ == "__main__":
    try:
        app()
    except RemembrainError as error:
        raise SystemExit(f"survey_study: {error}") from None
