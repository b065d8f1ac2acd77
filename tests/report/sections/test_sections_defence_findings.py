"""What was found of each setting."""

from __future__ import annotations

import pytest
from page_of import page

import example_defences


@pytest.mark.usefixtures("words_for_pictures")
def test_attacks_are_called_by_their_titles(tmp_path):
    def name_them(found):
        found["settings"][0]["finding"]["text"] = "Recognised, best by network:gradient:output."

    text = page(example_defences.compared(tmp_path / "run", name_them)).text()
    assert "best by “Neural network on gradient of the output layer”." in text
