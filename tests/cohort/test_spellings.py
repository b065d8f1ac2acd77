"""Lists of words: each in the form in which it is looked up, and none that says two things."""

from __future__ import annotations

from remembrain.cohort import spellings
from remembrain.cohort.no_column import form_of
from remembrain.types import ROLES


def test_names_of_columns_are_in_lower_case_without_anything_between() -> None:
    for fact, words in spellings.SPELLINGS.items():
        assert list(words) == [form_of(word) for word in words]
        assert len(words) == len(set(words))
        assert form_of(spellings.USUAL[fact]) in words


def test_no_word_names_two_facts() -> None:
    everything = [word for words in spellings.SPELLINGS.values() for word in words]
    assert len(everything) == len(set(everything))


def test_every_role_is_its_own_word_and_no_word_says_two() -> None:
    assert spellings.ROLE_WORDS.keys() == {*ROLES, "unused"}
    assert all(role in words for role, words in spellings.ROLE_WORDS.items())
    everything = [word for words in spellings.ROLE_WORDS.values() for word in words]
    assert len(everything) == len(set(everything))


def test_what_says_opposite_things_shares_no_word() -> None:
    for one, other in (("MALE", "FEMALE"), ("YES", "NO"), ("SAYS_MEMBER", "SAYS_NONMEMBER"), ("AGE", "NOT_AGE")):
        assert not set(getattr(spellings, one)) & set(getattr(spellings, other)), (one, other)
    assert not spellings.SAYS_MEANT & spellings.SAYS_LEFT_OUT
    assert spellings.TURNING <= spellings.SAYS_NONMEMBER
