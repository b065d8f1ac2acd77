"""Small surveys for tests: answers, tables and views in memory, and files of cells as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from remembrain.record.table_settings import Protection
from remembrain.survey.answers import MISSING, UNKNOWN, Answers
from remembrain.survey.answers_file import read_answers
from remembrain.survey.columns import Question, understand
from remembrain.survey.counting import Tally, tally
from remembrain.survey.layout import Layout, Plan, Table, lay_out
from remembrain.survey.protection import Published, deducible, protect
from remembrain.survey.view import View, reference_of

NOWHERE = Path("made.csv")
EVERYTHING = Plan("all", (("q0", "q1"), ("q0", "q1", "q2")), "all", by=("q2",))


def question(name: str, levels: int) -> Question:
    return understand(name, [], {"levels": {str(level): f"{name}:{level}" for level in range(levels)}}, NOWHERE)


def number(name: str, low: float | None = 20.0, high: float = 80.0) -> Question:
    """A column of numbers, of a declared range unless ``low`` is none."""
    cells = [f"{20 + place}" for place in range(61)]
    return understand(name, cells, {} if low is None else {"range": (low, high)}, NOWHERE)


def made(
    people: int,
    levels: Sequence[int] = (2, 3, 4),
    numbers: int = 0,
    *,
    missing: float = 0.0,
    weighted: bool = False,
    seed: int = 0,
) -> Answers:
    """Answers to q0, q1 ... and n0, n1 ... of independent questions; populations of all seeds are the same."""
    rng = np.random.default_rng([99, seed])
    share = [np.random.default_rng([98, place]).dirichlet(np.full(size, 4.0)) for place, size in enumerate(levels)]
    code = np.empty((people, len(levels)), dtype=np.int16)
    for place, size in enumerate(levels):
        code[:, place] = rng.choice(size, size=people, p=share[place])
    value = rng.uniform(20, 80, (people, numbers))
    code[rng.random(code.shape) < missing] = MISSING
    value[rng.random(value.shape) < missing] = np.nan
    weight = rng.uniform(0.5, 2.0, people) if weighted else np.ones(people)
    return Answers(
        np.array([f"p{seed}-{place:04d}" for place in range(people)]),
        tuple(question(f"q{place}", size) for place, size in enumerate(levels)),
        code,
        tuple(number(f"n{place}") for place in range(numbers)),
        value,
        weight / weight.mean(),
    )


def counted(layout: Layout, answers: Answers) -> Tally:
    return tally(layout, layout.cells_of(answers), layout.values_of(answers), answers.weight)


def published_of(layout: Layout, answers: Answers, rules: Protection | None = None, seed: int = 0) -> Published:
    return protect(layout, counted(layout, answers), rules or Protection(), np.random.default_rng(seed))


def seen(
    asked: Answers, group: Answers, known: Answers, plan: Plan = EVERYTHING, rules: Protection | None = None
) -> View:
    """What an adversary who has ``known`` sees of tables of the group, and of the people asked about."""
    layout = lay_out(plan, group, "[release]")
    tables = published_of(layout, group, rules)
    return View(
        layout,
        layout.cells_of(asked),
        layout.values_of(asked),
        deducible(layout, tables.share),
        tables.blur,
        reference_of(layout, layout.cells_of(known), layout.values_of(known), known.weight),
        float(len(group)),
        np.ones(len(asked)),
        rules or Protection(),
    )


def of_counts(counts: np.ndarray) -> tuple[Layout, Tally]:
    """One table of these counts: a margin of one dimension, a cross-tab of more."""
    questions = tuple(question(f"q{place}", size) for place, size in enumerate(counts.shape))
    layout = Layout((Table("margin" if counts.ndim == 1 else "crosstab", questions, (), 0),))
    people = counts.ravel().astype(float)
    return layout, Tally(people, people.copy(), people.copy())


def stands_in(layout: Layout, answers: Answers) -> list[list[int | None]]:
    """Every cell of every table that each person stands in, found by comparing titles; None where an answer lacks."""
    place = {one.name: column for column, one in enumerate(answers.categorical)}
    numbers = {one.name: column for column, one in enumerate(answers.numeric)}
    found: list[list[int | None]] = [[] for _ in range(len(answers))]
    first = 0
    for table in layout.tables:
        asked = [*table.within, *(() if table.kind == "mean" else table.questions)]
        cells = {titles: first + row for row, titles in enumerate(product(*(one.titles for one in asked)))}
        for person, codes in enumerate(answers.code):
            given = [codes[place[one.name]] for one in asked]
            there = min(given, default=0) >= 0
            if table.kind == "mean":
                there &= bool(np.isfinite(answers.value[person, numbers[table.questions[0].name]]))
            titles = tuple(one.titles[code] for one, code in zip(asked, given, strict=True)) if there else ()
            found[person].append(cells[titles] if there else None)
        first += len(cells)
    return found


def blocks(layout: Layout) -> list[list[int]]:
    """The cells of every block, by the titles of what they are within."""
    found: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for number_, table in enumerate(layout.tables):
        for place, titles in enumerate(table.rows(), start=table.start):
            found.setdefault((number_, titles[: len(table.within)]), []).append(place)
    return list(found.values())


def with_codes(answers: Answers, code: np.ndarray, value: np.ndarray | None = None) -> Answers:
    return replace(answers, code=code, value=answers.value if value is None else value)


def write_table(path: Path, columns: Mapping[str, Sequence[object]], separator: str = ",") -> Path:
    """A table of cells as they are, a column a name."""
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    path.write_text("".join(separator.join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def places_of(view: View) -> list[list[int | None]]:
    """The cell of everybody in each table; where cells come from is tested with the layout."""
    return [[int(cell) if cell >= 0 else None for cell in row] for row in view.cells]


def partly(answers: Answers, seed: int = 0, share: float = 0.2) -> Answers:
    """The same people as somebody knows them who lacks a share of their answers."""
    draw = np.random.default_rng(seed)
    code = np.where(draw.random(answers.code.shape) < share, UNKNOWN, answers.code)
    return with_codes(answers, code, np.where(draw.random(answers.value.shape) < share, np.inf, answers.value))


def asked_about(people: int = 25, unknown: float = 0.2, **words) -> Answers:
    return partly(made(people, numbers=1, missing=0.15, seed=5, **words), share=unknown)


VIEWS = {
    "everything known": lambda: seen(made(20, numbers=1, seed=5), made(90, numbers=1), made(200, numbers=1, seed=2)),
    "some missing, some unknown": lambda: seen(
        asked_about(), made(90, numbers=1, missing=0.1), made(200, numbers=1, missing=0.1, seed=2)
    ),
    "weights": lambda: seen(
        asked_about(weighted=True),
        made(90, numbers=1, missing=0.1, weighted=True),
        made(200, numbers=1, missing=0.1, weighted=True, seed=2),
    ),
    "suppressed and rounded": lambda: seen(
        asked_about(),
        made(160, numbers=1, missing=0.1),
        made(200, numbers=1, missing=0.1, seed=2),
        rules=Protection(suppress_below=24, round_to=5),
    ),
    "noise": lambda: seen(
        asked_about(),
        made(160, numbers=1, missing=0.1),
        made(200, numbers=1, missing=0.1, seed=2),
        rules=Protection(noise_epsilon=20.0),
    ),
    "cells that nobody gave": lambda: seen(asked_about(), made(12, numbers=1), made(40, numbers=1, seed=2)),
}


def read(tmp_path: Path, cells, said=None, name: str = "answers.csv", **words) -> Answers:
    """People as they are read from a file of these cells."""
    return read_answers(write_table(tmp_path / name, cells), said or {}, **words)[0]
