"""Joining scores by person, and everything misaligned that must be refused."""

from dataclasses import replace

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.evidence.people import join
from remembrain.types import Scores


def one(repeat=0, people=("a", "a", "b", "c", "d"), sessions=("1", "2", "1", "1", "1"), **more):
    member = np.array([name in "ab" for name in people])
    fields = {"member": member, "score": np.arange(len(people), dtype=float), "attack": "x", **more}
    return Scores(repeat=repeat, participant_id=np.array(people), session_id=np.array(sessions), **fields)


def test_scans_are_joined_to_their_people_over_repeats():
    people = join([one(0), one(1, ("c", "e", "b"), ("1", "1", "1"))])
    assert people.is_member.tolist() == [True, True, False, False, False]
    assert [repeat.person.tolist() for repeat in people.repeats] == [[0, 0, 1, 2, 3], [2, 4, 1]]
    assert people.count(member=True) == 1
    assert people.count(member=False) == 2


def test_a_person_is_one_mean_score_and_counts_once():
    repeat = join([one()]).repeats[0]
    people, member, score = repeat.per_person()
    assert people.tolist() == [0, 1, 2, 3]
    assert member.tolist() == [True, True, False, False]
    assert score.tolist() == [0.5, 2, 3, 4]
    assert repeat.count(member=True) == 2
    assert repeat.effective_count(member=True) == pytest.approx(9 / 5)
    assert repeat.effective_count(member=False) == 2


def test_repeats_come_in_the_order_of_their_numbers():
    first, second = one(0), one(1, ("c", "a"), ("1", "1"))
    assert [len(repeat.score) for repeat in join([second, first]).repeats] == [5, 2]


def test_overlap_is_the_share_of_people_who_are_tested_again():
    assert join([one(0), one(1)]).overlap() == 1
    assert join([one(0), one(1, ("a", "c"), ("1", "1"))]).overlap() == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert join([one(0)]).overlap() == 0


def test_any_kind_of_text_array_is_read():
    scores = one()
    as_objects = replace(scores, participant_id=scores.participant_id.astype(object))
    assert join([as_objects]).is_member.tolist() == join([scores]).is_member.tolist()


@pytest.mark.parametrize(
    ("repeats", "message"),
    [
        ([], "no repeat"),
        ([one(0), one(0)], "a repeat stands twice"),
        ([one(0), one(1, attack="y")], "scores of y among those of x"),
        ([one(0, sessions=("1", "1", "1", "1", "1"))], "a 1 stands 2 times"),
        ([one(0, member=np.array([True, False, True, False, False]))], "x, a: is a member and a non-member"),
        ([one(0), one(1, member=np.array([True, True, False, False, False]))], "x, b: is a member and a non-member"),
        ([one(0, member=np.ones(5, bool))], "repeat 0: there are no non-members"),
        ([one(0, member=np.zeros(5, bool))], "repeat 0: there are no members"),
        ([one(0, member=np.array([1, 1, 1, 0, 0]))], "type int"),
        ([one(0, member=np.ones((5, 1), bool))], "shape"),
        ([one(0, score=np.ones((5, 1)))], "shape"),
        ([one(0), one(1, score=np.array([1, 2, 3, 4, np.nan]))], "repeat 1.*NaN"),
        ([one(0, score=np.ones(4))], "different lengths"),
    ],
)
def test_misaligned_scores_are_refused(repeats, message):
    with pytest.raises(DataError, match=message):
        join(repeats)
