"""Which learner has whom, kept under its name, and what of it is told."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.arrays import make_scans
from remembrain.errors import DataError
from remembrain.federation.learners import describe_learners, listed, read_learners, title_of, write_learners
from remembrain.record.federation import Learner
from remembrain.run import RunFolder

NAMES = {1: "Oslo", 2: "Rome"}


def people():
    """Return 43 people of Oslo with two scans each, 38 of Rome with one, and 20 of nobody."""
    rng = np.random.default_rng(0)
    learner = np.repeat([1, 2, 0], [43, 38, 20])
    age, twice = rng.uniform(45, 80, len(learner)), 1 + (learner == 1)
    names = np.repeat([f"sub-{place:03d}" for place in range(len(learner))], twice)
    session = np.concatenate([np.arange(times) for times in twice])
    return make_scans(np.repeat(age, twice), names, [f"ses-{n}" for n in session]), np.repeat(learner, twice)


def test_what_is_written_of_learners_is_read_again_and_nobody_s_people_are_not_in_it(tmp_path):
    scans, learner = people()
    run = RunFolder(tmp_path)
    with pytest.raises(DataError, match=r"learners\.tsv: no such file"):
        read_learners(run, scans)
    write_learners(run, scans, learner, NAMES)
    found, names = read_learners(run, scans)
    np.testing.assert_array_equal(found, learner)
    assert names == NAMES
    text = (tmp_path / "restricted" / "learners.tsv").read_text()
    assert len(text.splitlines()) == 1 + 2 * 43 + 38
    assert "sub-099" not in text


def test_learners_are_told_of_in_numbers_that_give_nobody_away():
    scans, learner = people()
    oslo, rome = describe_learners(scans, {number: learner == number for number in NAMES}, NAMES)
    assert (oslo.number, oslo.name, rome.number, rome.name) == (1, "Oslo", 2, "Rome")
    assert oslo.people % 5 == rome.people % 5 == 0
    assert oslo.people + rome.people == 80  # of 81, told in fives that add up
    assert oslo.scans == oslo.people + 45  # 43 further scans
    assert rome.scans == rome.people
    own = scans.age[learner == 1][::2]
    assert abs(oslo.age_mean - own.mean()) < own.std()
    assert oslo.p5 is None  # of too few


def test_who_is_where_is_a_list_without_what_is_not_told():
    learners = [
        Learner(number=1, name="Oslo", people=45, scans=90, age_mean=60.0, age_sd=10.0),
        Learner(number=2, name="Rome", people=40, scans=40, age_mean=61.0),
        Learner(number=3, name="York", people=10, scans=10),
    ]
    assert listed(learners, 20, title_of("hospital"), "years").splitlines() == [
        "sites by hospital:",
        "  Oslo: about 45 people, 60 ± 10 years",
        "  Rome: about 40 people, 61 years",
        "  York: about 10 people",
        "  nobody: 20 people",
    ]
    assert title_of("uniform-noniid") == "Uniform & non-IID"
