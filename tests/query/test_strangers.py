"""What a stranger's class raises ends what needs it; what is ours, or the disk's, is raised as it is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.query.strangers import StrangerFailed, told_of_stranger

THEIRS, OURS = SimpleNamespace(form=""), SimpleNamespace(form="light")


@pytest.mark.parametrize("error", [ZeroDivisionError("by 0"), DataError("not finite", where="sub-1"), KeyError("x")])
def test_whatever_a_strangers_class_raises_is_one_thing_and_names_nobody(error: Exception) -> None:
    said = r"a shadow model of this class cannot be trained and asked"
    with pytest.raises(StrangerFailed, match=said) as caught, told_of_stranger(THEIRS, "shadow model"):
        raise error
    assert "sub-1" not in caught.value.what


@pytest.mark.parametrize("error", [RemembrainError("the disk is full"), UsageError("no such attack")])
def test_what_no_other_class_would_find_better_is_raised_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, told_of_stranger(THEIRS, "shadow model"):
        raise error
    assert caught.value is error


def test_what_ours_raises_is_no_stranger_s() -> None:
    with pytest.raises(ZeroDivisionError), told_of_stranger(OURS, "shadow model"):
        raise ZeroDivisionError
