"""Two sessions in a table: which rows are whose, and what cannot be told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_survey import write_table
from remembrain.errors import DataError, ProblemsError
from remembrain.survey.answers_file import read_answers
from remembrain.survey.sessions import Sessions, read_second, sessions_of

SAID = {"thickness": {"kind": "numeric"}}


def table(folder: Path, names: list[str], labels: list[str] | None, *, column: str = "session_id") -> Path:
    rng = np.random.default_rng(2)
    cells = {"participant_id": names, "thickness": [f"{value:.3f}" for value in rng.normal(2.5, 0.2, len(names))]}
    cells["sex"] = ["F" if sum(map(ord, name)) % 2 else "M" for name in names]
    write_table(folder / "people.csv", cells | ({column: labels} if labels else {}))
    return folder / "people.csv"


@pytest.mark.parametrize(
    ("labels", "first", "second"),
    [
        (["ses-1", "ses-2", "ses-2", "ses-1", "ses-3"], (0, 3), (1, 2)),
        (["10", "9", "10", "9", "11"], (1, 3), (0, 2)),  # by number, and not by letter
        (["2019-03-01", "2018-11-30", "2019-03-01", "2018-11-30", "2020-01-01"], (1, 3), (0, 2)),
        (["pre", "post", "post", "pre", "late"], (0, 3), (1, 2)),  # as they come: post is before pre in an alphabet
    ],
)
def test_the_first_session_of_each_person_is_published_and_the_next_is_the_adversarys(
    tmp_path: Path, labels: list[str], first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    sessions = sessions_of(table(tmp_path, ["a", "a", "b", "b", "b"], labels))
    assert (sessions.first, sessions.second, sessions.column) == (first, second, "session_id")
    assert "which 2 of 2 people have" in sessions.notes[0]
    assert "later ones of 1 people are left out" in sessions.notes[0]


def test_a_person_with_a_later_session_alone_took_part_with_it_and_a_row_a_person_needs_no_sessions(
    tmp_path: Path,
) -> None:
    sessions = sessions_of(table(tmp_path, ["a", "a", "b"], ["1", "2", "2"], column="wave"), column="wave")
    assert (sessions.first, sessions.second) == ((0, 2), (1,))
    assert sessions_of(table(tmp_path, ["a", "b"], None)) == Sessions()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "1 rows are of people who stand in another row too, and no column says the session"),
        (["1", "1", "1"], "people.csv: a: stands 2 times in one session"),
        (["1", "01", "1"], "people.csv: a: stands 2 times in one session"),
        (["1", "", "1"], r"people.csv row 3 \(a\): has no session_id"),
    ],
)
def test_sessions_that_cannot_be_told_apart_are_refused(tmp_path: Path, labels: list[str] | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        sessions_of(table(tmp_path, ["a", "a", "b"], labels))


def test_rows_are_called_by_their_number_in_the_file(tmp_path: Path) -> None:
    names = [f"p{place}" for place in range(12) for _ in (0, 1)]
    path = table(tmp_path, names, ["1", "2"] * 12)
    sessions = sessions_of(path)
    answers, _, beside = read_answers(path, SAID, beside=[sessions.column], rows=sessions.first)
    assert len(answers) == 12
    assert set(beside["session_id"]) == {"1"}
    lines = path.read_text().splitlines()
    lines[23], lines[24] = (line.replace(",2.", ",x2.") for line in lines[23:25])
    path.write_text("\n".join(lines))
    with pytest.raises(ProblemsError, match=r"row 25 \(p11\): 'thickness' is no number|row 25 \(p11\): thickness"):
        read_second(path, sessions.second, answers, ["thickness"], None)
    with pytest.raises(DataError, match=r"column 'thickness', row 24: 'x2"):
        read_answers(path, SAID, beside=["session_id"], rows=sessions.first)
    with pytest.raises(DataError, match=r"column 'sex', row 2: '[FM]' is not in the dictionary"):
        read_answers(path, {"sex": {"levels": {"X": "x"}}}, beside=["session_id"], rows=sessions.first)


def test_a_second_session_needs_numbers_and_people(tmp_path: Path) -> None:
    names = [f"p{place}" for place in range(12) for _ in (0, 1)]
    path = table(tmp_path, names, ["1", "2"] * 12)
    sessions = sessions_of(path)
    answers, _, _ = read_answers(path, SAID, beside=["session_id"], rows=sessions.first)
    again = read_second(path, sessions.second, answers, ["thickness"], None)
    assert again.people.tolist() == [12]
    with pytest.raises(DataError, match="nothing is published of numbers"):
        read_second(path, sessions.second, answers, [], None)
    with pytest.raises(DataError, match="nobody has a second session"):
        read_second(path, (), answers, ["thickness"], None)
    path.write_text(path.read_text().replace(",F,2", ",M,2"))
    with pytest.raises(ProblemsError, match="sex is another in the second session"):
        read_second(path, sessions.second, answers, ["thickness"], None)
