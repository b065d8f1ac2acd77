"""What one attack on tables says does not depend on which others are run, nor on the number of processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_answers import made
from remembrain.config import SurveyConfig
from remembrain.study.survey.reading import read_survey, release_of
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.looks import Attacked, _called_members, attack_release, chosen
from remembrain.survey.release import Release


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Tables of 80 of 300 people, of whom the adversary knows some answers, and some of these wrongly."""
    folder: Path = tmp_path_factory.mktemp("tables")
    made(300, 3).to_csv(folder / "answers.csv", index=False)
    knows = {"known": 0.7, "answer_error": 0.1}
    asked = {"release": {"margins": "all", "group_size": 80}, "adversary": knows, "audit": {"tested": 40}}
    config = SurveyConfig.model_validate({"source": folder / "answers.csv", "seed": 4, **asked})
    return release_of(config, read_survey(config))


def same(first: list[Attacked], second: list[Attacked], name: str) -> bool:
    return all(
        np.array_equal(getattr(one, kind)[name].score, getattr(other, kind)[name].score)
        for one, other in zip(first, second, strict=True)
        for kind in ("real", "null")
        if name in getattr(other, kind)
    )


def test_each_attack_alone_scores_as_among_all_and_in_any_order(release: Release) -> None:
    together = attack_release(release, ATTACKS, repeats=2, seed=5, workers=1)
    turned = attack_release(release, ATTACKS[::-1], repeats=2, seed=5, workers=1)
    for attack in ATTACKS:
        alone = attack_release(release, chosen([attack.name]), repeats=2, seed=5, workers=1)
        assert same(alone, together, attack.name), attack.name
        assert same(turned, together, attack.name), attack.name
        assert same(alone, together, "blind")


def test_another_seed_calls_others_members() -> None:
    """A checksum of seed and name parted people alike for every seed of one digit, or turned about."""
    names = np.array([f"sub-{place:03d}" for place in range(200)])
    called = [_called_members(names, seed) for seed in range(6)]
    for place, one in enumerate(called):
        assert one is not None
        for other in called[:place]:
            assert 60 < np.count_nonzero(one == other) < 140
