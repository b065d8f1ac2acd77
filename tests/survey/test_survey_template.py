"""An empty release of a layout, and the codebook that it can be made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_survey import EVERYTHING, made
from remembrain.config import SurveyConfig
from remembrain.errors import DataError
from remembrain.study.survey.input import plan_of
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.published.reading import read_published
from remembrain.survey.template import nobody, questions_of, write_template


def test_a_template_holds_every_cell_and_no_number(tmp_path: Path) -> None:
    answers = made(30, numbers=1)
    layout = lay_out(EVERYTHING, answers, "[release]")
    release, *tables = write_template(layout, tmp_path / "out")
    assert release == tmp_path / "out" / "release.toml"
    assert len(tables) == len(layout.tables)
    for table, path in zip(layout.tables, tables, strict=True):
        rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
        assert [tuple(row[:-3]) for row in rows] == table.rows()
        assert all(cell == "" for row in rows for cell in row[-3:])


def test_its_release_file_asks_for_the_same_tables_and_levels(tmp_path: Path) -> None:
    layout = lay_out(EVERYTHING, made(30, numbers=1), "[release]")
    release = write_template(layout, tmp_path / "out")[0]
    config = SurveyConfig.of_release(release, source=tmp_path / "people.csv")
    assert config.release.margins == ("q0", "q1", "q2")
    assert config.release.crosstabs == (("q0", "q1"), ("q0", "q1", "q2"))
    assert (config.release.means, config.release.by) == (("n0",), ("q2",))
    assert config.columns["q0"] == {"levels": {"0": "q0:0", "1": "q0:1"}}
    assert config.columns["n0"] == {"kind": "numeric", "range": [20.0, 80.0]}


def test_spreads_quantiles_and_contrasts_are_asked_for_too(tmp_path: Path) -> None:
    plan = Plan(sds="all", quantiles="all", quantiles_at=(0.1, 0.5), contrasts="all", contrast="q0", contrast_as="t")
    layout = lay_out(plan, made(30, numbers=2), "[release]")
    config = SurveyConfig.of_release(write_template(layout, tmp_path / "out")[0], source=tmp_path / "people.csv")
    assert lay_out(plan_of(config), made(30, numbers=2), "[release]").tables == layout.tables
    assert config.columns["q0"] == {"levels": {"0": "q0:0", "1": "q0:1"}}


def test_a_template_that_is_filled_in_is_read(tmp_path: Path) -> None:
    questions = questions_of({"sex": {"levels": {"1": "men", "2": "women"}}}, tmp_path)
    layout = lay_out(EVERYTHING.__class__("all"), nobody(questions), "")
    (_, table) = write_template(layout, tmp_path / "out")
    table.write_text(table.read_text().replace("men,,,", "men,12,,").replace("women,12,,", "women,28,,"))
    found, _ = read_published(tmp_path / "out" / "tables", layout, questions)
    np.testing.assert_allclose(found.share, [0.3, 0.7])


def test_numbers_of_regions_stand_in_one_table(tmp_path: Path) -> None:
    layout = lay_out(Plan(margins="all", means="all", sds="all"), made(30, numbers=3), "[release]")
    _, *tables = write_template(layout, tmp_path / "out")
    assert [path.name for path in tables] == ["margin-q0.csv", "margin-q1.csv", "margin-q2.csv", "numbers.csv"]
    assert tables[-1].read_text() == "variable,n,mean,sd\nn0,,,\nn1,,,\nn2,,,\n"


def test_a_folder_that_holds_something_is_let_be(tmp_path: Path) -> None:
    layout = lay_out(EVERYTHING, made(30, numbers=1), "[release]")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="is there already; expected a folder that is new or empty"):
        write_template(layout, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_codebook_says_what_can_be_published(tmp_path: Path) -> None:
    said = {
        "sex": {"levels": {"1": "men", "2": "women", "9": "none"}, "missing": ["9"]},
        "age": {"kind": "numeric", "range": (0.0, 99.0)},
        "name": {"kind": "left out"},
        "free": {},
    }
    sex, age = questions_of(said, tmp_path)
    assert (sex.levels, sex.titles, sex.missing) == (("1", "2"), ("men", "women"), ("9",))
    assert (age.kind, age.low, age.high, age.ranged) == ("numeric", 0.0, 99.0, True)
    with pytest.raises(DataError, match='expected levels of columns, or kind = "numeric"'):
        questions_of({"free": {}}, tmp_path)
