"""What one attack on tables says does not depend on which others are run, nor on the number of processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_answers import made
from remembrain.config import SurveyConfig
from remembrain.errors import DataError
from remembrain.run import Key
from remembrain.study.survey.input import read_survey, release_of
from remembrain.survey import looks
from remembrain.survey.attacks import ATTACKS, BLIND, TableAttack
from remembrain.survey.looks import Attacked, _called_members, attack_release, chosen, repeated_of
from remembrain.survey.release import Release
from remembrain.survey.view import View


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Tables of 80 of 300 people, of whom the adversary knows some answers, and some of these wrongly."""
    folder: Path = tmp_path_factory.mktemp("tables")
    made(300, 3).to_csv(folder / "answers.csv", index=False)
    knows = {"known": 0.7, "answer_error": 0.1}
    asked = {"release": {"margins": "all", "group_size": 80}, "adversary": knows, "audit": {"tested": 40}}
    config = SurveyConfig.model_validate({"source": folder / "answers.csv", "seed": 4, **asked})
    return release_of(config, read_survey(config))


@pytest.fixture
def attacked(release: Release, tmp_path: Path) -> Callable[..., list[Attacked]]:
    """Attack the release with everything kept in one folder, or in another of the name that is said."""

    def run(
        attacks: Sequence[TableAttack] = ATTACKS, kept: str = "kept", *, seed: int = 5, tables: Release = release
    ) -> list[Attacked]:
        return attack_release(
            tables, attacks, repeats=2, seed=seed, folder=tmp_path / kept, key=Key.of(tables="made"), workers=1
        )

    return run


def same(first: list[Attacked], second: list[Attacked], name: str) -> bool:
    return all(
        np.array_equal(getattr(one, kind)[name].score, getattr(other, kind)[name].score)
        for one, other in zip(first, second, strict=True)
        for kind in ("real", "null")
        if name in getattr(other, kind)
    )


def test_each_attack_alone_scores_as_among_all_and_in_any_order(attacked: Callable[..., list[Attacked]]) -> None:
    together, turned = attacked(), attacked(ATTACKS[::-1], "turned")
    for attack in ATTACKS:
        alone = attacked(chosen([attack.name]), f"{attack.name} alone")
        assert same(alone, together, attack.name), attack.name
        assert same(turned, together, attack.name), attack.name
        assert same(alone, together, "blind")


class Stopped(Exception):
    """As if somebody pulled the plug."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often each attack was asked of the release itself; ``stop`` is after how many of all the plug is pulled."""
    times = {"stop": -1, **{attack.name: 0 for attack in ATTACKS}}

    def counting(attack: TableAttack, view: View, trial: object, rng: np.random.Generator) -> np.ndarray:
        if times["stop"] == 0:
            raise Stopped
        times["stop"] -= 1
        times[attack.name] += 1
        return score_of(attack, view, trial, rng)

    score_of = looks._score
    monkeypatch.setattr(looks, "_score", counting)
    return times


def test_what_was_stopped_half_way_goes_on_and_comes_to_the_same(attacked, asked) -> None:
    whole = attacked(kept="whole")
    asked |= dict.fromkeys(asked, 0) | {"stop": 7}
    with pytest.raises(Stopped):
        attacked()
    asked["stop"] = -1
    again = attacked()
    assert [asked[attack.name] for attack in ATTACKS] == [2] * len(ATTACKS)  # once a repeat, over both tries
    for attack in (*ATTACKS, BLIND):
        assert same(whole, again, attack.name)


def test_what_is_kept_is_of_one_release_seed_and_attack_alone(attacked, asked, release, monkeypatch) -> None:
    plain = chosen(["inner-product"])
    first = attacked(plain)
    assert same(first, attacked(plain), "inner-product")
    assert asked["inner-product"] == 2
    attacked(ATTACKS[:2])
    assert (asked["inner-product"], asked[ATTACKS[0].name]) == (2, 2)
    wider = replace(release, published=replace(release.published, share=release.published.share * 1.01))
    knowing = replace(release, case=replace(release.case, adversary=replace(release.case.adversary, known=1.0)))
    for number, other in enumerate(({"seed": 6}, {"tables": wider}, {"tables": knowing}), start=2):
        assert not same(first, attacked(plain, **other), "inner-product")
        assert asked["inner-product"] == 2 * number
    assert same(first, attacked(plain), "inner-product")


def test_a_kept_file_that_is_damaged_is_named_and_is_no_refusal_of_the_attack(attacked, tmp_path: Path) -> None:
    attacked(chosen(["inner-product"]))
    for path in (tmp_path / "kept").glob("*.npy"):
        path.write_bytes(b"x")
    with pytest.raises(DataError, match=r"kept.*\.npy"):
        attacked(chosen(["inner-product"]))


def test_another_seed_calls_others_members() -> None:
    """A checksum of seed and name parted people alike for every seed of one digit, or turned about."""
    names = np.array([f"sub-{place:03d}" for place in range(200)])
    called = [_called_members(names, seed) for seed in range(6)]
    for place, one in enumerate(called):
        assert one is not None
        for other in called[:place]:
            assert 60 < np.count_nonzero(one == other) < 140


def test_repeats_are_of_a_fixed_rule_only_where_nobody_tested_is_a_reference_in_another(release: Release) -> None:
    """Else what i says of j, its reference, and j of i go together, and intervals would cover 88 % in place of 95."""
    assert repeated_of(release) == ("known people", "known people")
    apart = replace(release, survey=replace(release.survey, reference=release.survey.answers))
    assert repeated_of(apart) == ("fixed rule", "known people")
    assert repeated_of(replace(release, kept_out=20)) == ("fixed rule by lot", "learned by lot")
