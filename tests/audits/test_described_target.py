"""Where a target comes from, in a word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from remembrain.audits.described_target import origin_of
from remembrain.targets.brought import BlackBox
from remembrain.targets.model import from_module


def test_every_kind_of_target_has_its_word() -> None:
    given = from_module(torch.nn.Linear(2, 1))
    assert origin_of(given) == "given from Python"
    assert origin_of(replace(given, source=Path("theirs.py"))) == "imported"
    assert origin_of(replace(given, form="light")) == "trained"
    assert origin_of(replace(given, form="light", origin="trained over sites")) == "trained over sites"
    assert origin_of(BlackBox("m", "a server", lambda inputs: np.zeros((len(inputs), 1)), "code")) == "a server"
