"""Options that name a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from remembrain.config import BroughtOptions


def test_every_way_to_name_a_model_is_one() -> None:
    said = BroughtOptions(model=Path("m.onnx"), predict="a.py:f", command="Rscript p.R", endpoint="http://x", batch=4)
    assert said.ways == ("--model", "--predict", "--command", "--endpoint")
    assert BroughtOptions(batch=4, member_column="in").ways == ()


@pytest.mark.parametrize("name", ["max_queries", "per_second", "time_limit", "batch"])
def test_none_of_something_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        BroughtOptions(**{name: 0})
