"""What an audit of published tables writes down beside findings: how it was done, of what, and who is exposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain._text import few, shown
from remembrain.audit.records import write_probabilities
from remembrain.config import SurveyConfig
from remembrain.errors import DataError
from remembrain.evidence import calibration, contributions, disclosure, exposure
from remembrain.evidence.assess import Assessment
from remembrain.run import RunFolder, read_json, sha256, write_text
from remembrain.run.streams import stream
from remembrain.survey.attacks import TableAttack
from remembrain.survey.looks import BLAMED, Attacked, chosen, scores_of
from remembrain.survey.release import Release
from remembrain.types import Scores, Texts

MOST_EXPOSED = 50
MOST_FACTORS = 6
LONGEST_TITLE = 36


def describe_audit(run: RunFolder, config: SurveyConfig) -> dict[str, Any]:
    """Return how the audit came about."""
    facts = read_json(run.path / "run.json")
    return {
        "command": facts["command"],
        "created": facts["created"],
        "version": metadata.version("remembrain"),
        "seed": config.seed,
        "confidence": 0.95,
        "alpha": 0.05,
        "repeats": config.audit.repeats,
        "versions": facts["versions"],
        "hashes": run.seal(hashes_of(config)),
    }


def hashes_of(config: SurveyConfig) -> dict[str, str]:
    """Return the hashes of the files of people."""
    files = {"answers": config.source, "reference": config.reference, "outsiders": config.outsiders}
    return {name: sha256(file) for name, file in files.items() if file is not None}


def describe_release(config: SurveyConfig, release: Release, attacked: Sequence[Attacked]) -> dict[str, Any]:
    """Return what was published, of whom, and what the adversary knows."""
    survey, layout, first = release.survey, release.survey.layout, attacked[0]
    share = release.published.share
    return {
        "name": config.source.name,
        "people": len(survey.answers),
        "group": len(release.group),
        "audited_group": int(release.n),
        "given": config.tables is not None,
        "tables": [
            {
                "name": table.name,
                "kind": table.kind,
                "cells": table.cells,
                "suppressed": int(np.isnan(share[table.start : table.stop]).sum()),
            }
            for table in layout.tables
        ],
        "cells": layout.n_cells,
        "suppressed": int(np.isnan(share).sum()),
        "weights": config.release.weights,
        "effective": survey.answers.take(release.group).effective,
        "protection": asdict(release.case.rules),
        "adversary": asdict(release.case.adversary),
        "reference": first.reference,
        "reference_file": config.reference is not None,
        "n_taken": first.n_taken,
        "tested_members": int(first.member.sum()),
        "tested_others": int((~first.member).sum()),
    }


def describe_exposed(
    run: RunFolder,
    config: SurveyConfig,
    release: Release,
    real: Mapping[str, Sequence[Scores]],
    of_several: Mapping[str, Assessment],
) -> dict[str, Any]:
    """Return who is exposed, what being named means, and reliability; people's own figures go to ``restricted``."""
    aucs = {name: assessment.auc for name, assessment in of_several.items() if assessment.auc}
    if not aucs:
        write_probabilities(run, None)
        return {"exposure": None, "posterior": None, "reliability": None}
    best = max(aucs, key=lambda name: aucs[name].value)
    membership = calibration.membership(real[best], stream(config.seed, "folds of probabilities of tables"))
    write_probabilities(run, membership)
    order = np.argsort(-membership.probability, kind="stable")[:MOST_EXPOSED]
    lines = [
        f"{membership.participant_id[p]}\t{int(membership.member[p])}\t{membership.probability[p]:.6g}" for p in order
    ]
    write_text(run.restricted / "most_exposed.tsv", "\n".join(["participant_id\tmember\tprobability", *lines]) + "\n")
    names, factors = _factors(release, config)
    confidence = aucs[best].confidence
    exposed = exposure.exposure_by(real[best], names, factors, of_each=confidence).to_json() if factors else None
    posteriors = calibration.posteriors(of_several[best], config.adversary.base_rates, (0.1, 0.01, 0.001))
    return {
        "exposure": exposed,
        "posterior": {"attack": best, "rows": [disclosure.figures(posterior) for posterior in posteriors]},
        "reliability": dict(calibration.reliability(best, membership).to_json()),
    }


def _factors(release: Release, config: SurveyConfig) -> tuple[Texts, dict[str, Texts]]:
    """Return the levels of everybody in the columns of subgroups: those tables are broken down by, or the first few."""
    survey = release.survey
    able = [column.name for column in survey.answers.categorical]
    names = list(config.audit.exposed_by or config.release.by or able[:MOST_FACTORS])
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


def describe_contributions(release: Release, attacked: Sequence[Attacked]) -> dict[str, Any]:
    """Return what each table adds, by the attack whose score is a sum over tables."""
    sums = [played.parts.sum(axis=1) for played in attacked]

    def as_scores(values: Sequence[Float[np.ndarray, "person"]]) -> list[Scores]:
        return [
            scores_of(BLAMED.name, repeat, played.participant_id, played.member, value)
            for repeat, (played, value) in enumerate(zip(attacked, values, strict=True))
        ]

    alone: dict[str, list[Scores]] = {}
    without: dict[str, list[Scores]] = {}
    for column, table in enumerate(release.survey.layout.tables):
        alone[table.name] = as_scores([played.parts[:, column] for played in attacked])
        without[table.name] = as_scores(
            [total - played.parts[:, column] for played, total in zip(attacked, sums, strict=True)]
        )
    rows = [contribution.to_json() for contribution in contributions.contributions(as_scores(sums), alone, without)]
    return {"attack": BLAMED.name, "rows": rows}


def not_tested(config: SurveyConfig, release: Release, attacks: Sequence[TableAttack]) -> list[str]:
    """Return what a reader might think was tested and was not."""
    lines = []
    if (apart := len(release.group) - int(release.n)) and config.tables is None:
        lines.append(
            f"The very tables of all {len(release.group)} people: in each repeat {apart} of them were kept out, as "
            "people who did not take part and as the population that an adversary knows, so the tables attacked are "
            f"of {int(release.n)} people, by the same rules"
        )
    if not config.release.complementary and config.release.suppress_below:
        lines.append("Subtraction of margins from cross-tabs, which gives back cells that are suppressed alone")
    if config.tables is None:
        lines.append(
            "How many people answered each table (the columns count and of), which is one more number to hold answers "
            "against where many are missing: publish shares alone, or read this audit as of shares"
        )
    if config.release.noise_epsilon is not None:
        lines.append(
            "What the epsilon of the noise does not cover: which levels there are where no dictionary declares them, "
            "how many people took part, survey weights, and the figures of this report, which are without noise"
        )
    left_out = sorted({attack.name for attack in chosen(())} - {attack.name for attack in attacks})
    if left_out:
        lines.append(f"Attacks that this program has and that were not asked for: {', '.join(left_out)}")
    return [
        *lines,
        "Adversaries who know that particular people took part, or who see other releases of the same data",
        "Inference of an answer, and reconstruction of the data, instead of membership",
        "People other than those tested: rates differ in other populations",
    ]
