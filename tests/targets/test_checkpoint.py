"""What a training goes on with: its own checkpoint, whole, and no other."""

from __future__ import annotations

import numpy as np
import pytest
from made_training import WithDropout, people, run

from in_memory import InMemory
from remembrain.errors import DataError
from remembrain.targets.recipes import Recipe


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("seed", "seed"),
        ("recipe", "settings"),
        ("age", "ages"),
        ("scans", "scans"),
        ("roles", "roles"),
        ("weights", "first weights"),
        ("person", "people"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused_and_what_differs_is_named(tmp_path, change, named):
    run(tmp_path)
    inputs, age, roles = people()
    changes = {
        "seed": {"seed": 1},
        "recipe": {"recipe": Recipe("adam", 1e-3, 0.0, 4, 3)},
        "age": {"data": (inputs, age + 1, roles)},
        "scans": {"data": (InMemory(inputs.array + 1), age, roles)},
        "roles": {"roles": {**roles, "member": roles["member"][1:]}},
        "weights": {"network": WithDropout()},
        "person": {"person": np.array([f"p{place}" for place in range(len(age))])},
    }
    before = (tmp_path / "epochs" / "checkpoint.pt").read_bytes()
    with pytest.raises(DataError, match=rf"checkpoint\.pt: belongs to a training with other {named}\n"):
        run(tmp_path, **changes[change])
    assert (tmp_path / "epochs" / "checkpoint.pt").read_bytes() == before


@pytest.mark.parametrize("cut", [0, 10, 500])
def test_a_damaged_checkpoint_is_named(tmp_path, cut):
    run(tmp_path)
    path = tmp_path / "epochs" / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match=r"checkpoint\.pt: is damaged"):
        run(tmp_path)
