"""Which image of a session is meant: nothing is chosen that nobody asked for."""

from __future__ import annotations

import pytest

from remembrain.cohort.entities import choose, chosen_entities, options_for, same_entity
from remembrain.errors import UsageError


def test_entities_are_read_as_they_are_written_in_names_or_on_the_command_line() -> None:
    assert chosen_entities(["run=1", "acq-mprage", "ce=none"]) == {"run": "1", "acq": "mprage", "ce": "none"}
    with pytest.raises(UsageError, match="--entity run is given twice"):
        chosen_entities(["run=1", "run=2"])


@pytest.mark.parametrize(
    ("there", "wanted", "same"),
    [
        ("01", "1", True),
        ("1", "001", True),
        ("10", "1", False),
        ("mprage", "mprage", True),
        ("mprage", "MPRAGE", False),
        (None, "none", True),
        (None, "native", True),
        (None, "1", False),
        ("T1w", "native", False),
    ],
)
def test_one_is_zero_one_and_no_value_is_none(there: str | None, wanted: str, same: bool) -> None:
    assert same_entity(there, wanted) is same


def test_an_entity_chooses_among_names_that_have_it() -> None:
    images = [{"acq": "a", "run": "1"}, {"acq": "a", "run": "2"}, {"acq": "b"}]
    assert choose(images, {}) == [0, 1, 2]
    assert choose(images, {"run": "2"}) == [1]
    assert choose(images, {"acq": "a"}) == [0, 1]
    assert choose(images, {"acq": "b", "run": "1"}) == [2], "the only name with acq-b has no run"
    assert choose(images, {"acq": "c"}) == []
    assert choose([{}], {"acq": "a"}) == [0], "where no name has it, it does not decide"


def test_the_options_that_would_choose_are_told_with_their_values() -> None:
    images = [{"space": "MNI", "run": "1"}, {"run": "2"}, {"run": "2", "desc": "brain"}]
    assert options_for(images) == "--desc brain or none, --space MNI or native, --entity run=1 or 2"
    assert options_for([{"run": "1"}, {"run": "1"}]) == ""
