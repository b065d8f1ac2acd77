"""What insiders see of several models, as far as all of them say it."""

from __future__ import annotations

import numpy as np

from remembrain.federation.views import together
from remembrain.query import Answers


def test_what_one_model_of_the_rounds_does_not_give_is_refused_and_the_others_are_heard() -> None:
    """A gradient of round 2 alone that is no number ends the attacks that need it, and nothing else."""
    error, gradient = np.arange(3.0), np.ones((3, 2))
    answers = [
        Answers({"error": error, "gradient:output": gradient}, {}, (), {}),
        Answers({"error": error}, {}, (), {"network:gradient:output": "gradient:output: is NaN"}, "answers differ"),
    ]
    signals, refused, unsteady = together(answers)
    assert refused == {"network:gradient:output": "gradient:output: is NaN"}
    assert signals.keys() == {"error"}
    assert signals["error"].shape == (6,)
    assert unsteady == "answers differ"
