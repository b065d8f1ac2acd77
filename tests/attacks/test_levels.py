"""The curve by which a model errs on everybody, and that of the target beside its reference models."""

import numpy as np
import pytest

from remembrain.attacks._pairs import Pairs
from remembrain.attacks._sides import Side, with_target
from remembrain.attacks._target_level import level_of_target
from remembrain.attacks.levels import between_models, curve, powers


def test_a_curve_is_the_polynomial_of_those_who_count() -> None:
    rng = np.random.default_rng(0)
    label, on = rng.uniform(45, 80, 60), np.arange(60) < 40
    error = rng.normal(0, 1, (60, 2))
    found = curve(powers(label, on), error, np.broadcast_to(on[:, None].astype(float), error.shape))
    inner = np.clip(label, label[on].min(), label[on].max())  # it goes on as at the last label
    for column in range(2):
        fitted = np.polynomial.Polynomial.fit(label[on], error[on, column], 2)
        np.testing.assert_allclose(found[:, column], fitted(inner), atol=1e-9)
    one = np.full(5, 60.0)  # one label for all leaves the mean
    np.testing.assert_allclose(curve(powers(one), np.arange(5.0)[:, None]), 2.0)


def test_models_are_freed_of_what_they_do_to_everybody() -> None:
    rng = np.random.default_rng(1)
    label = rng.uniform(45, 80, 80)
    error, design = rng.normal(0, 1, (80, 4, 1)), powers(label)
    bent = error + (design @ rng.normal(0, 3, (3, 4)))[:, :, None]
    plain, moved = (one - between_models(one, design) for one in (error, bent))
    np.testing.assert_allclose(curve(design, moved - moved.mean(axis=1, keepdims=True)), 0.0, atol=1e-9)
    np.testing.assert_allclose(np.diff(moved, axis=1), np.diff(plain, axis=1), atol=1e-9)


def drawn(share: float, people: int = 2000) -> tuple[np.ndarray, tuple[Side, Side], np.ndarray, np.ndarray]:
    """Errors of a target, eight models' sides, labels and members: members err by -0.1 a year, others by -0.4."""
    rng = np.random.default_rng(2)
    label, own = rng.uniform(45, 80, people), rng.normal(0, 3, people)
    means = np.column_stack([own - 0.4 * (label - 62), 0.3 * own - 0.1 * (label - 62)])
    inside = np.zeros((people, 8), dtype=bool)
    for pair in range(0, 8, 2):
        inside[rng.permutation(people)[: people // 2], pair] = True
        inside[:, pair + 1] = ~inside[:, pair]
    error = np.where(inside, means[:, 1:], means[:, :1])[:, :, None] + rng.normal(0, 1, (people, 8, 1))
    member = rng.random(people) < share
    target = np.where(member, means[:, 1], means[:, 0])[:, None] + rng.normal(0, 1, (people, 1))
    return target, (Side.of(error, ~inside), Side.of(error, inside)), label, member


@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
@pytest.mark.parametrize("known", [0, 400])
def test_the_target_s_level_does_not_depend_on_how_many_are_members(share: float, known: int) -> None:
    target, sides, label, member = drawn(share)
    told = np.where(np.arange(len(member)) < known, member, np.nan)
    true = 2.0 - 0.1 * (label - 62)
    found = level_of_target(target + true[:, None], sides, label, told)[:, 0]
    # a mean over 2,000 people of errors that vary by about 1.1 about what is expected of them, in three numbers
    assert np.sqrt(np.mean((found - true) ** 2)) < 3 * 1.1 * np.sqrt(3 / 2000) + 0.03


def test_where_nobody_is_in_a_model_known_others_have_the_level() -> None:
    target, sides, label, member = drawn(0.5)
    nobody = Side(np.zeros((2000, 1)), np.zeros((2000, 1)), np.zeros((2000, 1)))
    told = np.where(np.arange(2000) < 1000, member, np.nan)
    found = level_of_target(target, (sides[0], nobody), label, told)[:, 0]
    others = told == 0
    np.testing.assert_allclose(
        found[others],
        np.polynomial.Polynomial.fit(label[others], (target - sides[0].mean)[others, 0], 2)(label[others]),
        atol=1e-9,
    )
    assert np.abs(found).mean() < 0.2  # members, who err by 0.3 a year less, are not in it


def test_one_more_error_is_as_if_it_had_been_there() -> None:
    rng = np.random.default_rng(3)
    error, inside = rng.normal(0, 1, (50, 5, 2)), rng.random((50, 5)) < 0.5
    member = np.where(np.arange(50) < 40, np.arange(50) % 2, np.nan)
    last = np.concatenate([inside[:, :4], (member == 1)[:, None]], axis=1)
    out = np.concatenate([~inside[:, :4], (member == 0)[:, None]], axis=1)
    sides = Side.of(error[:, :4], ~inside[:, :4]), Side.of(error[:, :4], inside[:, :4])
    for found, mask in zip(with_target(sides, error[:, 4], member), (out, last), strict=True):
        whole = Side.of(error, mask)
        for name in ("count", "mean", "squares"):
            np.testing.assert_allclose(getattr(found, name), getattr(whole, name), atol=1e-12)


def pairs_of(rng: np.random.Generator, people: int, models: int) -> tuple[tuple[Side, Side], np.ndarray, np.ndarray]:
    """Sides drawn from a prior, with the errors and who was inside."""
    means = rng.multivariate_normal([1.0, 0.5], [[9.0, 3.0], [3.0, 2.0]], people)
    inside = np.zeros((people, models), dtype=bool)
    for row in inside:
        row[rng.permutation(models)[: rng.integers(1, models)]] = True
    error = np.where(inside, means[:, 1:], means[:, :1])
    error = (error + np.where(inside, 1.0, 2.0) * rng.standard_normal(error.shape))[:, :, None]
    return (Side.of(error, ~inside), Side.of(error, inside)), error, inside


def test_the_prior_of_pairs_is_found_where_there_is_one() -> None:
    sides, _, _ = pairs_of(np.random.default_rng(4), 4000, 6)
    found = Pairs.fit(sides, np.ones((4000, 1)))
    # variances of 4,000 people's means, known to about their noise over two or three models, have errors of 3 %
    np.testing.assert_allclose(found.covariance, [[9.0, 3.0], [3.0, 2.0]], rtol=0.1)
    np.testing.assert_allclose(found.variance, [4.0, 1.0], rtol=0.05)
    np.testing.assert_allclose(found.centre[:, 0, 0], [1.0, 0.5], atol=0.2)


def test_what_pairs_foretell_is_the_conditional_normal_distribution() -> None:
    sides, error, inside = pairs_of(np.random.default_rng(5), 6, 4)
    covariance, variance = np.array([[9.0, 3.0], [3.0, 2.0]]), np.array([4.0, 1.0])
    pairs = Pairs(np.full((2, 6, 1), 0.5), covariance, variance)
    mean, spread = pairs.predicted(sides)
    total = 0.0
    for person in range(6):
        kinds = inside[person].astype(int)
        seen = covariance[np.ix_(kinds, kinds)] + np.diag(variance[kinds])
        rest = error[person, :, 0] - 0.5
        total += rest @ np.linalg.solve(seen, rest) + np.linalg.slogdet(seen)[1]
        for kind in (0, 1):
            gain = np.linalg.solve(seen, covariance[kinds, kind])
            assert mean[kind, person, 0] == pytest.approx(0.5 + gain @ rest)
            left = covariance[kind, kind] + variance[kind] - gain @ covariance[kinds, kind]
            assert spread[kind, person, 0] == pytest.approx(left)
            those = kinds != kind
            gain = np.linalg.solve(seen[np.ix_(those, those)], covariance[kinds[those], kind])
            centre, worth = (float(one[person, 0]) for one in pairs.from_other(sides, kind))
            assert centre == pytest.approx(0.5 + gain @ rest[those])
            assert variance[kind] / worth == pytest.approx(
                covariance[kind, kind] - gain @ covariance[kinds[those], kind]
            )
    counts = np.log(np.concatenate([side.count for side in sides])).sum()  # the constant that is left out
    assert pairs.evidence(sides)[0] == pytest.approx(-0.5 * (total - counts) / 6)


def test_the_slopes_of_the_evidence_are_its_derivatives() -> None:
    sides, _, _ = pairs_of(np.random.default_rng(6), 30, 4)
    centre, numbers = np.zeros((2, 30, 1)), np.array([9.0, 2.0, 4.0, 1.0, 3.0])

    def at(some: np.ndarray) -> Pairs:
        return Pairs(centre, np.array([[some[0], some[4]], [some[4], some[1]]]), some[2:4])

    slopes = at(numbers).evidence(sides)[1]
    for place in range(5):
        step = np.zeros(5)
        step[place] = 1e-5
        rise = at(numbers + step).evidence(sides)[0] - at(numbers - step).evidence(sides)[0]
        assert slopes[place] == pytest.approx(rise / 2e-5, rel=1e-5, abs=1e-8)
