"""A release as it is written: tables, columns, who is in them, and what noise is drawn from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from made_survey import EVERYTHING, made, number, question
from private_files import open_to_others
from remembrain.run import RunFolder
from remembrain.survey.layout import lay_out
from remembrain.survey.release import Case, Survey, draw_release
from remembrain.survey.release_files import noise_key, write_release


def test_a_release_is_written_with_its_people_and_its_columns(tmp_path: Path) -> None:
    run, answers = RunFolder.create(tmp_path / "run", {}), made(60)
    release = draw_release(Survey(answers, lay_out(EVERYTHING, answers, "")), Case(20), np.random.default_rng(0))
    asked = replace(question("q0", 2), missing=("7", "9"), unanswered=0.125), number("n0")
    write_release(run, replace(release, given=True), asked)
    assert not run.split.exists()
    write_release(run, release, asked)
    rows = [line.split("\t") for line in (run.restricted / "columns.tsv").read_text().splitlines()]
    assert rows[1:] == [["q0", "categorical", "1", "0; 1", "7; 9", "0.1250"], ["n0", "numeric", "1", "", "", "0.0000"]]
    split = [line.split("\t") for line in run.split.read_text().splitlines()]
    assert split == [
        ["participant_id", "role"],
        *([name, "member"] for name in answers.participant_id[release.group]),
    ]
    written = {path.stem for path in (run.path / "release").glob("*.csv")}
    assert written == {table.name for table in release.survey.layout.tables}
    assert open_to_others(run.path) == []


def test_noise_is_drawn_from_what_stays_in_the_run_and_nobody_can_guess(tmp_path: Path) -> None:
    run, answers = RunFolder.create(tmp_path / "run", {}), made(60)
    release = draw_release(Survey(answers, lay_out(EVERYTHING, answers, "")), Case(20), np.random.default_rng(0))
    first, second = noise_key(run), noise_key(run)
    assert first != second, "of the system as long as none is kept"
    assert max(first, second) > 2**200
    write_release(run, release, (), first)
    assert noise_key(run) == first
    assert open_to_others(run.path) == []
