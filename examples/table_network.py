"""A network of the user's own on a table, as a class and a file of weights: python examples/table_network.py OUT

Writes a table, two lists of people and ``weights.safetensors``, and says the command that audits them. The class is one
that scales its columns itself, so the table reaches it as it is (``--raw-columns``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.torch import save_file
from torch import nn

PEOPLE, MEASURES = 300, 40


class Net(nn.Module):
    """Measures to age; centre and spread of the columns are part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(MEASURES))
        self.register_buffer("spread", torch.ones(MEASURES))
        self.hidden, self.output = nn.Linear(MEASURES, 64), nn.Linear(64, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return ages, shape (batch, 1)."""
        return 65 + 10 * self.output(torch.relu(self.hidden((x - self.centre) / self.spread)))


def main(out: Path) -> None:
    """Make people, train on half of them, and write what an audit needs."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    age = rng.uniform(45, 85, PEOPLE)
    measures = 2.5 + 0.2 * rng.normal(size=(PEOPLE, MEASURES)) - 0.004 * (age[:, None] - 65)
    names = [f"sub-{place:04d}" for place in range(PEOPLE)]
    table = pd.DataFrame(measures.round(4), columns=[f"thickness_{place:02d}" for place in range(MEASURES)])
    table.insert(0, "age", age.round(1))
    table.insert(0, "participant_id", names)
    table.to_csv(out / "people.tsv", sep="\t", index=False)
    for file, part in (("members.txt", names[: PEOPLE // 2]), ("others.txt", names[PEOPLE // 2 :])):
        (out / file).write_text("\n".join(part) + "\n")
    torch.manual_seed(0)
    network, inside = Net(), torch.tensor(measures[: PEOPLE // 2], dtype=torch.float32)
    network.centre.copy_(inside.mean(0))
    network.spread.copy_(inside.std(0))
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(300):
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(network(inside)[:, 0], torch.tensor(age[: PEOPLE // 2], dtype=torch.float32))
        loss.backward()
        optimiser.step()
    save_file(network.state_dict(), out / "weights.safetensors")
    print(
        f"remembrain audit {out}/people.tsv {out}/run --weights {out}/weights.safetensors --network {__file__}:Net "
        f"--members-list {out}/members.txt --nonmembers-list {out}/others.txt --raw-columns"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
