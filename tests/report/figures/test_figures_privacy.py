"""What a private training spends by epoch."""

from page_of import read

import example_guarantees
import example_runs
from remembrain.report.figures.privacy import spent


def test_the_last_epsilon_stands_beside_the_claim():
    drawing = spent(read(example_guarantees.secure))
    assert drawing.description == "After epoch 20 epsilon is 2.98 at delta 1e-05, of 3 claimed."
    assert {"spent: 2.98", "claimed: 3"} <= {text.get_text() for text in drawing.figure.axes[0].texts}


def test_without_noise_nothing_is_spent():
    assert spent(read(example_guarantees.clipped)) is None
    assert spent(read(example_runs.leaking)) is None
