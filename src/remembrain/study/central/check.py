"""What would be used of a cohort, and everything that is wrong with it, as lines for a person to read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from remembrain.audits.outlook import could_see
from remembrain.audits.overview import lines_of_columns, lines_of_people, lines_of_problems
from remembrain.cohort import left_out
from remembrain.cohort.check import Roles, judged
from remembrain.cohort.grids import grid
from remembrain.cohort.splits import Split
from remembrain.cohort.volumes import look
from remembrain.config import Config, DataOptions, SplitOptions
from remembrain.config.roles import divided_by, roles_of
from remembrain.errors import DataError
from remembrain.study.people import read_cohort
from remembrain.types import Scans


def check_data(
    source: Path,
    options: DataOptions,
    split: SplitOptions | None = None,
    *,
    roles: Roles | None = None,
    foresee: Callable[[Scans, Split], list[str]] | None = None,
) -> tuple[list[str], bool]:
    """Return what there is, what an audit of it could see, every problem with its file, and whether it can be used.

    The same is judged as by an audit, on the grid that it would take, of those who have a role; nothing is kept. Where
    people come by ``roles`` in another way, ``foresee`` says what an audit of them could see.
    """
    try:
        cohort = read_cohort(source, options)
    except DataError as error:
        return [f"{source}", "problems: 1", f"  {error}"], False
    options_of_split = split or SplitOptions()
    roles = roles or roles_of(Config(source=source, data=options, split=options_of_split))
    space = grid(options.for_form("light"))
    judgement = judged(cohort, roles, lambda part: look(part, space, workers=options.workers))
    leaves_out = options.leave_out == "problems"
    scans = cohort.scans.take(left_out.kept(cohort.scans, judgement.personal)) if leaves_out else cohort.scans
    lines = [str(source), *lines_of_people(scans, options.label), *lines_of_columns(cohort)]
    passed_over = judgement.gone(cohort.scans)
    if foresee is None:
        could, of_split = could_see(scans, roles, divided_by(options_of_split), passed_over)
    else:
        could, of_split = foresee(scans, roles.decide(scans, passed_over)) if len(scans) else [], ()
    wrong = [problem for problem in of_split if problem.fatal]
    lines += could
    lines += lines_of_problems("problems", [*judgement.fatal, *wrong])
    if judgement.personal:
        people = len({problem.participant for problem in judgement.personal})
        outcome = "left out, and not counted above" if leaves_out else f"{left_out.OPTION} would leave out"
        lines.append(f"  {outcome}: {people} {'people' if people > 1 else 'person'}, or scans of theirs")
    usable = not wrong and len(scans) > 0 and not left_out.stopping(judgement, leaves_out=leaves_out)
    return [
        *lines,
        *lines_of_problems("notes", [*judgement.notes, *(note for note in of_split if not note.fatal)]),
    ], usable
