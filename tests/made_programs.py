"""A small network, written in every form that a network is brought in."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from torch import nn


def network(columns: int = 6) -> nn.Module:
    """Return a small network whose answers look like ages."""
    torch.manual_seed(0)
    made = nn.Sequential(nn.Linear(columns, 16), nn.ReLU(), nn.Linear(16, 1)).eval()
    with torch.no_grad():
        made[2].bias += 60
    return made


def write(module: nn.Module, example: torch.Tensor | tuple[Any, ...], path: Path, *, dynamic: bool = True) -> Path:
    """Write a network as its ending says: .pt, .pt2 or .onnx."""
    examples = example if isinstance(example, tuple) else (example,)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix == ".pt":
            torch.jit.trace(module, examples).save(str(path))
        elif path.suffix == ".pt2":
            axes = tuple({0: torch.export.Dim("batch")} for _ in examples) if dynamic else None
            torch.export.save(torch.export.export(module, examples, dynamic_shapes=axes), path)
        else:
            torch.onnx.export(
                module,
                examples,
                str(path),
                input_names=[f"x{place}" for place in range(len(examples))],
                dynamic_axes={"x0": {0: "batch"}} if dynamic else None,
                dynamo=False,
            )
    return path
