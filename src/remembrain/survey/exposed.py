"""Who of those who took part is exposed to the best attack on tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from remembrain._text import few, shown
from remembrain.audits.exposed import Exposed, exposed_to_best
from remembrain.audits.play import Played
from remembrain.errors import DataError
from remembrain.evidence.assess import FPRS, Assessment
from remembrain.evidence.calibration import Membership
from remembrain.evidence.exposure import Exposure, exposure_by
from remembrain.run import RunFolder, write_text
from remembrain.run.streams import stream
from remembrain.survey.release import Survey
from remembrain.types import Scores, Texts

MOST_EXPOSED = 50
MOST_FACTORS = 6
LONGEST_TITLE = 36


def describe_exposed(
    survey: Survey,
    played: Played,
    of_several: Mapping[str, Assessment],
    columns: Sequence[str],
    *,
    base_rates: Sequence[float],
    seed: int,
) -> Exposed:
    """Return who is exposed to the best attack.

    Parameters
    ----------
    survey
        Of everybody who may have been tested.
    played, of_several
        What attacks said, and their assessments, which hold for all at once.
    columns
        Of subgroups; the first few where none is said.
    base_rates
        Shares of those asked about who took part.
    seed
        Of the parts of people by whom probabilities are learned.

    Raises
    ------
    DataError
        Where a column of subgroups has no levels.
    """

    def groups(repeats: Sequence[Scores], confidence: float) -> Exposure | None:
        people, factors = levels_of(survey, columns)
        return exposure_by(repeats, people, factors, of_each=confidence) if factors else None

    folds = stream(seed, "folds of probabilities of tables")
    return exposed_to_best(played.of("real"), of_several, groups, folds, base_rates, FPRS)


def levels_of(survey: Survey, columns: Sequence[str]) -> tuple[Texts, dict[str, Texts]]:
    """Return everybody who may have been tested, and their levels in columns of subgroups; the first few of none.

    Raises
    ------
    DataError
        Where a column has no levels.
    """
    able = [question.name for question in survey.answers.categorical]
    names = list(columns or able[:MOST_FACTORS])
    if strange := [name for name in names if name not in able]:
        raise DataError(f"exposed_by: no categorical column {shown(strange[0])!r}", expected=f"one of {few(able)}")
    files = [survey.answers, *([survey.outsiders] if survey.outsiders is not None else [])]
    people = np.concatenate([answers.participant_id for answers in files])
    factors = {}
    for name in names:
        place = survey.answers.place(name)
        titles = np.array([*(_cut(title) for title in survey.answers.categorical[place].titles), "no answer"])
        factors[name] = np.concatenate([titles[answers.code[:, place]] for answers in files])
    return people, factors


def _cut(title: str) -> str:
    """Return a level's title as it fits beside a figure."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 2]}…"


def write_most_exposed(run: RunFolder, membership: Membership | None) -> None:
    """Write those of the greatest probabilities of having taken part, where there are any."""
    if membership is None:
        return
    lines = ["participant_id\tmember\tprobability"]
    for place in np.argsort(-membership.probability, kind="stable")[:MOST_EXPOSED]:
        name, member = membership.participant_id[place], int(membership.member[place])
        lines.append(f"{name}\t{member}\t{membership.probability[place]:.6g}")
    write_text(run.restricted / "most_exposed.tsv", "\n".join(lines) + "\n")
