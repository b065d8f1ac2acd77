"""Streams: one a name, the same each time, and never the numbers of another."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

import remembrain
from remembrain.run.streams import STREAMS, first_weights, own_seed, seed_torch, stream

SOURCE = Path(remembrain.__file__).parent
MAKERS = {"default_rng", "SeedSequence", "Philox", "PCG64", "RandomState", "manual_seed", "seed", "seed_torch"}
REASONED = {
    "run/streams.py": "where streams are made",
    "cohort/phantom/person.py": "a Philox of its own key and counter for each person and purpose: another generator",
    "targets/defences/noisy_predictions.py": "a Philox whose key is a stream's number and the prediction",
    "attacks/_fitting.py": "torch draws from what the attack's own stream says",
    "_calling.py": "what a stranger's network draws by itself is the same at every question, and nothing of ours",
    "evidence/epsilon_bounds.py": "evidence stands alone: ties are broken by lot, by a hash of the scores",
}
SEVERAL = {"attack on tables"}
"""Streams that are drawn from at several places: an attack on tables, and the baseline beside it, by their names."""


@cache
def modules() -> tuple[tuple[str, ast.AST], ...]:
    paths = sorted(SOURCE.rglob("*.py"))
    return tuple((path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def draws_from_a_stream(node: ast.Call) -> bool:
    return bool(node.args) and called(node.args[0]) == "own_seed"


def test_whatever_is_random_comes_from_a_named_stream() -> None:
    strange = [
        f"{name}:{node.lineno} {called(node)}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if called(node) in MAKERS and name not in REASONED and not draws_from_a_stream(node)
    ]
    assert not strange
    assert set(REASONED) <= {name for name, _ in modules()}


def test_every_stream_is_listed_and_drawn_at_one_place() -> None:
    places = defaultdict(list)
    for name, tree in modules():
        ours = any(
            isinstance(node, ast.ImportFrom) and node.module == "remembrain.run.streams" for node in ast.walk(tree)
        )
        for node in ast.walk(tree) if ours or name == "run/streams.py" else ():
            if called(node) in ("stream", "own_seed") and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                places[node.args[1].value].append(f"{name}:{node.lineno}")
    assert set(places) == set(STREAMS)
    assert {name for name, at in places.items() if len(at) > 1} == SEVERAL


def test_no_two_streams_share_numbers() -> None:
    """Among them the pairs that met: the split and the order of epoch 1, canaries and that of epoch 51."""
    of = [(), *((one,) for one in (0, 1, 2, 51, 61, "0", "1", "a")), (0, 0), (1, 0), (1, 1), (0, 1), ("a", 0), (1, "a")]
    named = list(product((0, 1, 2, 51), STREAMS, of))
    drawn = {stream(seed, name, *one).integers(2**63) for seed, name, one in named}
    seeds = {own_seed(seed, name, *one) for seed, name, one in named}
    assert len(drawn) == len(seeds) == len(named)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_stream_is_the_same_each_time_and_on_each_machine() -> None:
    assert stream(7, "split").integers(2**31, size=3).tolist() == [1147419902, 1519374066, 408551115]
    assert own_seed(7, "shadow") == 170344394325946402
    assert stream(7, "order of training", 3).random() == stream(np.int64(7), "order of training", np.uint8(3)).random()


def test_a_seed_may_be_any_whole_number() -> None:
    seeds = (-1, 0, 1, 2**32, 2**64, 2**255)
    assert len({stream(seed, "split").random() for seed in seeds}) == len(seeds)
    with pytest.raises(TypeError):
        stream(1.5, "split")  # type: ignore[arg-type]


def test_a_stream_that_is_not_listed_cannot_be_drawn_from() -> None:
    with pytest.raises(KeyError):
        stream(0, "splits")


def test_first_weights_are_of_the_seed_alone() -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    drawn = [torch.rand(3, generator=first_weights(seed)) for seed in (1, 1, 2)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert torch.equal(torch.get_rng_state(), state)


def test_seeds_of_torch_are_those_of_torch_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    for there in (False, True):
        monkeypatch.setattr(torch.accelerator, "is_available", lambda there=there: there)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(2**63 - 1)
            expected = torch.rand(5)
            seed = torch.manual_seed
            monkeypatch.setattr(torch, "manual_seed", lambda number, seed=seed: (called.append(number), seed(number)))
            seed_torch(2**63 - 1)
            assert torch.equal(torch.rand(5), expected)
            monkeypatch.undo()
    assert called == [2**63 - 1]
