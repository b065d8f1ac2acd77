"""What options of a model decide together."""

from __future__ import annotations

import pytest

from remembrain import config


@pytest.mark.parametrize(("form", "grid"), [("light", "48"), ("paper", "mni")])
def test_a_grid_that_is_not_said_goes_with_the_form(form: str, grid: str) -> None:
    assert config.GridOptions().for_form(form) == grid
    assert config.GridOptions(grid="32").for_form(form) == "32"
