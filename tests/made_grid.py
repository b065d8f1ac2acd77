"""A comparison of three defences on a table, as its user declares it."""

from __future__ import annotations

GRID = """
seeds = [0, 1]
attacks = ["error-threshold", "logistic", "leverage"]
repeats = 1

[split]
members = 110
nonmembers = 110
validation = 0
population = 0.1

[training]
network = "mlp"
epochs = 6

[[defences]]
name = "dp-noise"
strengths = [1.0]

[[defences]]
name = "rounding"
strengths = [10]

[[defences]]
name = "early-stopping"
strengths = [1, 2]
"""


def grid_file(folder, text=GRID):
    path = folder / "grid.toml"
    path.write_text(text)
    return path
