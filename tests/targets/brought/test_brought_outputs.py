"""Of several outputs the one that is asked for is the prediction; of none, nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.errors import DataError, UsageError
from remembrain.targets.brought.outputs import prediction_among

FILE = Path("net.pt")


@pytest.mark.parametrize(("names", "wanted", "chosen"), [(["age"], None, "age"), (["age", "sex"], "sex", "sex")])
def test_the_one_asked_for_or_the_only_one(names, wanted, chosen):
    assert prediction_among(names, wanted, FILE) == chosen


@pytest.mark.parametrize(("names", "said"), [([], "has 0 outputs"), (["age", "sex"], "--output-name age")])
def test_none_or_several_and_no_name_is_one_message(names, said):
    with pytest.raises(DataError, match=said):
        prediction_among(names, None, FILE)


def test_a_name_it_does_not_have_is_one_message_with_the_nearest():
    with pytest.raises(UsageError, match="has no output 'aeg'") as refused:
        prediction_among(["age", "sex"], "aeg", FILE)
    assert "--output-name age" in str(refused.value)
