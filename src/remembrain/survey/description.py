"""What an audit of tables says beside findings: what was published, what each table adds, what was not tested."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from remembrain.evidence.contributions import contributions
from remembrain.evidence.wording import Subject
from remembrain.record.table_settings import Blur
from remembrain.record.tables import Contributions, PublishedTable, Tables
from remembrain.survey.another_scan import describe_again
from remembrain.survey.attacks import TableAttack
from remembrain.survey.looks import Attacked, chosen, repeated_of, scores_of
from remembrain.survey.parts import BLAMED
from remembrain.survey.release import Release
from remembrain.types import Scores

TABLES = Subject(
    what="the tables",
    members="people who took part",
    nonmembers="people who did not",
    facts="what they answer",
    joined="took part",
    memory="what the tables give away",
    decide="people who did not take part and are like those who did",
)


def describe_tables(release: Release, attacked: Attacked, name: str, weights: str | None, blur: Blur) -> Tables:
    """Return what was published, of whom, and what the adversary knows.

    Parameters
    ----------
    release
        What was attacked.
    attacked
        One repeat.
    name, weights
        Of the file of answers, and of its column of survey weights.
    blur
        What was declared of tables that were given.
    """
    survey, layout = release.survey, release.survey.layout
    hidden = np.isnan(release.published.share)
    return Tables(
        name=name,
        people=len(survey.answers),
        group=len(release.group),
        audited_group=int(release.n),
        given=release.given,
        drawn_anew=release.kept_out > 0,
        tables=tuple(
            PublishedTable(
                name=table.name,
                kind=table.kind,
                cells=table.cells,
                suppressed=int(hidden[table.start : table.stop].sum()),
            )
            for table in layout.tables
        ),
        cells=layout.n_cells,
        suppressed=int(hidden.sum()),
        weights=weights,
        effective=survey.answers.take(release.group).effective,
        protection=release.case.rules,
        blur=blur if release.given else None,
        reading=release.reading,
        adversary=release.case.adversary,
        measured=describe_again(survey.answers, survey.again) if survey.again is not None else None,
        reference=attacked.reference,
        reference_file=survey.reference is not None,
        n_taken=attacked.n_taken,
        shrinkage=attacked.parts.shrinkage,
        tested_members=int(attacked.member.sum()),
        tested_others=int((~attacked.member).sum()),
    )


def describe_contributions(release: Release, attacked: Sequence[Attacked]) -> Contributions:
    """Return what each table adds, by the attack whose scores are taken apart."""
    repeated, _ = repeated_of(release)

    def as_scores(values: Sequence[Float[np.ndarray, "person"]]) -> list[Scores]:
        return [
            scores_of(BLAMED.name, number, repeat.participant_id, repeat.member, value, repeated)
            for number, (repeat, value) in enumerate(zip(attacked, values, strict=True))
        ]

    parts = [repeat.parts for repeat in attacked]
    alone: dict[str, list[Scores]] = {}
    without: dict[str, list[Scores]] = {}
    for column, table in enumerate(release.survey.layout.tables):
        alone[table.name] = as_scores([repeat.alone[:, column] for repeat in parts])
        without[table.name] = as_scores([repeat.without[:, column] for repeat in parts])
    return contributions(as_scores([repeat.whole for repeat in parts]), alone, without)


def not_tested(release: Release, attacks: Sequence[TableAttack]) -> tuple[str, ...]:
    """Return what a reader might think was tested and was not."""
    rules, lines = release.case.rules, []
    if (apart := len(release.group) - int(release.n)) and not release.given:
        lines.append(
            f"The very tables of all {len(release.group)} people: in each repeat {apart} of them were kept out, as "
            "people who did not take part and as the population that an adversary knows, so the tables attacked are "
            f"of {int(release.n)} people, by the same rules"
        )
    if not rules.complementary and rules.suppress_below:
        lines.append("Subtraction of margins from cross-tabs, which gives back cells that are suppressed alone")
    if not release.given:
        lines.append(
            "How many people answered each table (the columns count and of), which is one more number to hold answers "
            "against where many are missing: publish shares alone, or read this audit as of shares"
        )
    if rules.noise_epsilon is not None:
        lines.append(
            "What the epsilon of the noise does not cover: which levels there are where no dictionary declares them, "
            "how many people took part, survey weights, and the figures of this report, which are without noise"
        )
    left_out = sorted({attack.name for attack in chosen(())} - {attack.name for attack in attacks})
    if left_out:
        lines.append(f"Attacks that this program has and that were not asked for: {', '.join(left_out)}")
    return (
        *lines,
        "Adversaries who know that particular people took part, or who see other releases of the same data",
        "Inference of an answer, and reconstruction of the data, instead of membership",
        "People other than those tested: rates differ in other populations",
    )
