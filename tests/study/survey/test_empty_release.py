"""Templates from a file of answers and from a codebook alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_answers import made
from remembrain.config import SurveyConfig
from remembrain.config.table_options import ReleaseOptions
from remembrain.errors import DataError
from remembrain.study.survey.empty_release import make_template


def asked(source: Path, **more) -> SurveyConfig:
    return SurveyConfig(source=source, release=ReleaseOptions(margins="all", means="all"), **more)


def test_of_answers_the_columns_are_understood_as_for_an_audit(tmp_path: Path) -> None:
    people = made(60, 3)[["participant_id", "q0", "sex", "score"]].assign(seqn=range(100, 160), member=[0, 1] * 30)
    people.to_csv(tmp_path / "people.csv", index=False)
    paths = make_template(tmp_path / "people.csv", tmp_path / "out", asked(tmp_path / "people.csv"))
    assert [path.name for path in paths] == ["release.toml", "margin-q0.csv", "margin-sex.csv", "mean-score.csv"]


@pytest.mark.parametrize("name", ["book.toml", "book.json"])
def test_a_codebook_is_enough(tmp_path: Path, name: str) -> None:
    text = {
        "book.toml": '[columns.sex]\nlevels = { "1" = "men", "2" = "women" }\n[columns.age]\nkind = "numeric"\n',
        "book.json": '{"sex": {"Levels": {"1": "men", "2": "women"}}, "age": {"kind": "numeric"}}',
    }[name]
    (tmp_path / name).write_text(text)
    paths = make_template(tmp_path / name, tmp_path / "out", asked(tmp_path / name))
    assert [path.name for path in paths] == ["release.toml", "margin-sex.csv", "mean-age.csv"]
    assert paths[1].read_text() == "sex,count,share,of\nmen,,,\nwomen,,,\n"


def test_nothing_is_written_where_the_data_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        make_template(tmp_path / "none.csv", tmp_path / "out", asked(tmp_path / "none.csv"))
    assert not (tmp_path / "out").exists()
