"""Columns that count or name people: left out where it shows, asked about where it does not, and measures are kept."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.identifiers import identifiers

RNG = np.random.default_rng(0)
N = 60
PEOPLE = [f"p{place:03d}" for place in RNG.permutation(N)]
WHOLE = RNG.choice(9000, N, replace=False) + 100.0


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("unnamed", np.sort(WHOLE)),
        ("Unnamed: 0", WHOLE),
        ("Unnamed: 0.1", WHOLE),
        ("index", WHOLE),
        ("...1", WHOLE),
        ("nr", RNG.permutation(N) + 1.0),
        ("anything", np.arange(N) * 1.0),
        ("anything", np.arange(N)[::-1] + 501.0),
        ("anything", np.sort(RNG.choice(2 * N, N, replace=False)) + 0.0),
        ("RID", WHOLE),
        ("LONI_UID", WHOLE),
        ("scan_number", WHOLE),
        ("SubjectID", WHOLE),
        ("family id", np.repeat(WHOLE[:30], 2)),
        ("FileID", np.arange(N) + 0.5),
        ("x.pos", np.arange(N)[::-1] * 0.1),
        ("anything", np.arange(N) * 250.0 + 1000),
        ("anything", np.delete(np.arange(N + 2) * 0.25, [20, 41])),
        ("anything", (np.arange(N) / 7).round(4)),
        ("timestamp", 1.4e9 + np.arange(N) * 86400.5),
        ("t0", np.sort(RNG.uniform(1.40e9, 1.45e9, N))),
        ("acquired", np.sort(RNG.uniform(41000, 45000, N))),
        ("t0", np.sort(RNG.uniform(1.40e12, 1.45e12, N))[::-1].round()),
        ("whatever", np.array([int(name[1:]) for name in PEOPLE], dtype=float) + 0),
    ],
)
def test_what_counts_or_names_people_is_left_out(name: str, values: np.ndarray) -> None:
    found = identifiers({name: values}, PEOPLE)
    assert list(found.left_out) == [name]
    assert found.doubtful == ()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("steroid", RNG.normal(size=N)),
        ("children", RNG.integers(0, 5, N) * 1.0),
        ("visit", np.tile([1.0, 2, 3], 20)),
        ("nr_of_drinks", RNG.integers(0, 30, N) * 1.0),
        ("tested", np.append(np.full(N - 10, np.nan), np.arange(10))),
        ("Left-Hippocampus-volume", WHOLE),
        ("sorted", np.sort(RNG.normal(2.5, 0.2, N)).round(3)),
        ("sorted", np.sort(RNG.uniform(20, 80, N)).round(1)),
        ("sorted", np.linspace(20, 30, N).round(1)),
        ("reaction time", RNG.normal(400, 40, N)),
        ("intensity sum", RNG.uniform(1.1e9, 1.9e9, N)),
        ("eTIV", WHOLE * 100),
    ],
)
def test_measures_are_left_alone(name: str, values: np.ndarray) -> None:
    found = identifiers({name: values}, PEOPLE)
    assert found.left_out == {}
    assert found.doubtful == ()


def test_lone_whole_numbers_that_differ_for_everybody_are_asked_about() -> None:
    assert identifiers({"hippo": WHOLE}, PEOPLE).doubtful == ("hippo",)
    assert identifiers({"hippo": np.where(np.arange(N) == 7, np.nan, WHOLE)}, PEOPLE).doubtful == ("hippo",)
    visits = np.repeat(WHOLE[:30], 2)
    assert identifiers({"hippo": visits}, [f"p{place // 2}x" for place in range(N)]).doubtful == ("hippo",)


def test_volumes_come_by_the_dozen_and_are_measures() -> None:
    many = {name: RNG.choice(9000, N, replace=False) * 1.0 for name in ("amy", "hip", "put")}
    found = identifiers({**many, "serialcode": np.sort(WHOLE)}, PEOPLE)
    assert found.measures == ("amy", "hip", "put")
    assert found.doubtful == ("serialcode",), "and what goes with the rows is asked about among them"
