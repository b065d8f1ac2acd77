"""Small cohorts on disk for whole audits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def write_table(path: Path, people: int = 320, columns: int = 24, seed: int = 0) -> Path:
    """A table whose columns say a little of age, so that a network can learn it or learn people by heart."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(45, 80, people).round(1)
    measures = rng.standard_normal((people, columns)) + 0.25 * (age[:, None] - 62) / 10
    frame = pd.DataFrame(measures.round(4), columns=[f"region{place}" for place in range(columns)])
    frame.insert(0, "participant_id", [f"sub-{place:04d}" for place in range(people)])
    frame.insert(1, "age", age)
    frame.insert(2, "sex", rng.choice(["F", "M"], people))
    frame.insert(3, "site", rng.choice(["A", "B"], people))
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, sep="\t", index=False)
    return path


MODEL = '''
"""A model from elsewhere: age bins from the mean intensities of eight blocks, with its own way of reading a file."""

import nibabel
import numpy
import torch


class Bins(torch.nn.Module):
    def __init__(self, bins=40):
        super().__init__()
        self.hidden = torch.nn.Linear(8, 16)
        self.output = torch.nn.Linear(16, bins)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x)))


def preprocess(path):
    volume = numpy.asarray(nibabel.load(path).dataobj, dtype="float32")
    halves = [numpy.array_split(numpy.arange(side), 2) for side in volume.shape]
    blocks = [volume[numpy.ix_(a, b, c)].mean() for a in halves[0] for b in halves[1] for c in halves[2]]
    return torch.tensor(blocks) / 100


def age(output):
    return output.softmax(1) @ torch.linspace(45, 82, output.shape[1])


def loss(output, age):
    place = ((age - 45) / 37 * (output.shape[1] - 1)).round().long().clamp(0, output.shape[1] - 1)
    return torch.nn.functional.cross_entropy(output, place)
'''
