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


def describe_release(config: SurveyConfig, release: Release, found: Sequence[Attacked]) -> dict[str, Any]:
    """Return what was published, of whom, and what the adversary knows."""
    survey, layout, first = release.survey, release.survey.layout, found[0]
    share = release.published.share
    return {
        "name": config.source.name,
        "people": len(survey.answers),
        "group": len(release.group),
        "audited_group": int(release.n),
        "given": config.tables is not None,
        "tables": [
            {
                "name": one.name,
                "kind": one.kind,
                "cells": one.cells,
                "suppressed": int(np.isnan(share[one.start : one.stop]).sum()),
            }
            for one in layout.tables
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
    aucs = {name: found.auc for name, found in of_several.items() if found.auc}
    if not aucs:
        write_probabilities(run, None)
        return {"exposure": None, "posterior": None, "reliability": None}
    best = max(aucs, key=lambda name: aucs[name].value)
    found = calibration.membership(real[best], stream(config.seed, "folds of probabilities of tables"))
    write_probabilities(run, found)
    order = np.argsort(-found.probability, kind="stable")[:MOST_EXPOSED]
    lines = [f"{found.participant_id[p]}\t{int(found.member[p])}\t{found.probability[p]:.6g}" for p in order]
    write_text(run.restricted / "most_exposed.tsv", "\n".join(["participant_id\tmember\tprobability", *lines]) + "\n")
    names, factors = _factors(release, config)
    each = aucs[best].confidence
    told = exposure.exposure_by(real[best], names, factors, of_each=each).to_json() if factors else None
    posteriors = calibration.posteriors(of_several[best], config.adversary.base_rates, (0.1, 0.01, 0.001))
    return {
        "exposure": told,
        "posterior": {"attack": best, "rows": [disclosure.figures(one) for one in posteriors]},
        "reliability": dict(calibration.reliability(best, found).to_json()),
    }


def _factors(release: Release, config: SurveyConfig) -> tuple[Texts, dict[str, Texts]]:
    """Return the levels of everybody in the columns of subgroups: those tables are broken down by, or the first few."""
    survey = release.survey
    able = [one.name for one in survey.answers.categorical]
    names = list(config.audit.exposed_by or config.release.by or able[:MOST_FACTORS])
    if strange := [name for name in names if name not in able]:
        raise DataError(f"exposed_by: no categorical column {shown(strange[0])!r}", expected=f"one of {few(able)}")
    files = [survey.answers, *([survey.outsiders] if survey.outsiders is not None else [])]
    people = np.concatenate([one.participant_id for one in files])
    factors = {}
    for name in names:
        place = survey.answers.place(name)
        titles = np.array([*(_cut(one) for one in survey.answers.categorical[place].titles), "no answer"])
        factors[name] = np.concatenate([titles[one.code[:, place]] for one in files])
    return people, factors


def _cut(title: str) -> str:
    """Return a level's title as it fits beside a figure."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 2]}…"


def describe_contributions(release: Release, found: Sequence[Attacked]) -> dict[str, Any]:
    """Return what each table adds, by the attack whose score is a sum over tables."""
    sums = [one.parts.sum(axis=1) for one in found]

    def each(values: Sequence[Float[np.ndarray, "person"]]) -> list[Scores]:
        return [
            scores_of(BLAMED.name, repeat, one.participant_id, one.member, value)
            for repeat, (one, value) in enumerate(zip(found, values, strict=True))
        ]

    alone: dict[str, list[Scores]] = {}
    without: dict[str, list[Scores]] = {}
    for column, table in enumerate(release.survey.layout.tables):
        alone[table.name] = each([one.parts[:, column] for one in found])
        without[table.name] = each([whole - one.parts[:, column] for one, whole in zip(found, sums, strict=True)])
    rows = [one.to_json() for one in contributions.contributions(each(sums), alone, without)]
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
    left_out = sorted({one.name for one in chosen(())} - {one.name for one in attacks})
    if left_out:
        lines.append(f"Attacks that this program has and that were not asked for: {', '.join(left_out)}")
    return [
        *lines,
        "Adversaries who know that particular people took part, or who see other releases of the same data",
        "Inference of an answer, and reconstruction of the data, instead of membership",
        "People other than those tested: rates differ in other populations",
    ]
