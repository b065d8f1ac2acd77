"""Who has which role: by a column, by lists, by a draw, or as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remembrain.cohort.arrays import make_scans
from remembrain.cohort.split_files import write_split
from remembrain.config import Config, PredictionsConfig, SplitOptions
from remembrain.config.roles import decide_split, divided_by, listed_by, roles_by_column, roles_kept, roles_of
from remembrain.errors import UsageError

NAMES = [f"sub-{place:02d}" for place in range(80)]
SCANS = make_scans(np.linspace(50, 80, 80), NAMES)


def test_by_a_column_those_were_trained_on_of_whom_it_says_so() -> None:
    config = PredictionsConfig(source=Path("t.tsv"))
    roles = roles_by_column(config, "member", ["1" if place < 35 else "0" for place in range(80)], SCANS)
    split = roles.decide(SCANS, ())
    assert split.index("member").tolist() == list(range(35))
    assert len(split.index("nonmember")) == 45
    assert not roles.by_lot


def test_lists_count_for_more_than_a_column(tmp_path: Path) -> None:
    for name, people in (("in.txt", NAMES[:30]), ("out.txt", NAMES[30:])):
        (tmp_path / name).write_text("\n".join(people))
    said = SplitOptions(members_list=tmp_path / "in.txt", nonmembers_list=tmp_path / "out.txt")
    config = PredictionsConfig(source=Path("t.tsv"), split=said)
    assert listed_by(said)
    assert divided_by(said).given
    split = roles_by_column(config, "", [], SCANS).decide(SCANS, ())
    assert split.index("member").tolist() == list(range(30))


def test_a_draw_is_by_lot_and_its_numbers_are_people() -> None:
    roles = roles_of(Config(source=Path("t.tsv"), split=SplitOptions(members=32, nonmembers=30, validation=0)))
    split = roles.decide(SCANS, ())
    assert roles.by_lot
    assert (len(split.index("member")), len(split.index("nonmember"))) == (32, 30)


def test_what_a_run_has_stays_whatever_the_seed(tmp_path: Path) -> None:
    drawn = decide_split(SCANS, SplitOptions(), seed=1)
    write_split(tmp_path / "split.tsv", SCANS, drawn, by_lot=True)
    for roles in (
        roles_kept(tmp_path / "split.tsv"),
        roles_of(Config(source=Path("t"), seed=2), tmp_path / "split.tsv"),
    ):
        assert roles.decide(SCANS, ()).role.tolist() == drawn.role.tolist()
        assert roles.by_lot


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"members_list": Path("a")}, "go together"),
        ({"split": Path("a"), "canaries": 4}, "--canaries are drawn when people are split"),
    ],
)
def test_words_that_do_not_go_together_are_refused(said: dict, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        roles_of(Config(source=Path("t.tsv"), split=SplitOptions(**said)))


def test_half_a_person_is_refused() -> None:
    with pytest.raises(UsageError, match=r"12.5 people"):
        decide_split(SCANS, SplitOptions(members=12.5), seed=0)
