"""A network in an ONNX file that puts out bins of ages, audited by options alone: python examples/onnx.py OUT

Writes a table of made-up measures with a column ``member``, and ``model.onnx``, as the field's networks of bins are
published (SFCN: the logarithms of the probabilities of 40 bins), and says the command that audits it. Nothing of its
class is needed for that: what it puts out becomes years by ``--head``. Needs the extra ``onnx``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

PEOPLE, MEASURES, BINS = 300, 60, 40
YOUNGEST, OLDEST = 45.0, 85.0


class Binned(nn.Module):
    """Measures to the logarithms of the probabilities of bins of a year."""

    def __init__(self, centre: torch.Tensor, spread: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("centre", centre)
        self.register_buffer("spread", spread)
        self.hidden, self.output = nn.Linear(MEASURES, 64), nn.Linear(64, BINS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return log-probabilities, shape (batch, bin)."""
        return self.output(torch.relu(self.hidden((x - self.centre) / self.spread))).log_softmax(1)


def trained(measures: torch.Tensor, age: torch.Tensor) -> Binned:
    """Return a network that learned softened ages, as SFCN does (Peng et al. 2021)."""
    torch.manual_seed(0)
    network = Binned(measures.mean(0), measures.std(0))
    middles = YOUNGEST + (OLDEST - YOUNGEST) / BINS * (torch.arange(BINS) + 0.5)
    soft = (-0.5 * (age[:, None] - middles) ** 2).softmax(1)
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(300):
        optimiser.zero_grad()
        loss = nn.functional.kl_div(network(measures), soft, reduction="batchmean")
        loss.backward()
        optimiser.step()
    return network.eval()


def main(out: Path) -> None:
    """Make people, train on half of them, and write what an audit needs."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    age = rng.uniform(YOUNGEST, OLDEST, PEOPLE).round(1)
    measures = (2.5 + 0.2 * rng.normal(size=(PEOPLE, MEASURES)) - 0.004 * (age[:, None] - 65)).round(4)
    member = np.arange(PEOPLE) % 2 == 0
    table = pd.DataFrame(measures, columns=[f"thickness_{place:02d}" for place in range(MEASURES)])
    table.insert(0, "participant_id", [f"sub-{place:04d}" for place in range(PEOPLE)])
    table.insert(1, "age", age)
    table.insert(2, "member", member.astype(int))
    table.to_csv(out / "people.csv", index=False)
    rows = torch.tensor(measures, dtype=torch.float32)
    network = trained(rows[member], torch.tensor(age[member], dtype=torch.float32))
    batch = {"measures": {0: "scan"}}
    names = {"input_names": ["measures"], "output_names": ["logp"], "dynamic_axes": batch, "dynamo": False}
    torch.onnx.export(network, (rows[:2],), str(out / "model.onnx"), **names)
    print(
        f"remembrain audit {out}/people.csv {out}/run --model {out}/model.onnx "
        f"--head bins --bins {YOUNGEST:g} {OLDEST:g}"
    )


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != here]  # torch imports a package onnx
    main(Path(sys.argv[1]))
