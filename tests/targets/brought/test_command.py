"""A command gets a table and writes one; whatever else it does is one message, and nothing of it stays."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from remembrain.cohort.answered import read_answered
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.targets.brought.asking import ask
from remembrain.targets.brought.command import Command

ROWS = pd.DataFrame({"thickness": [2.5, 1 / 3, np.nan], "text": ["a,b", 'c"d', ""], "scan": [1, 2, 3]})
HEAD = "import csv, sys; rows = list(csv.DictReader(open(sys.argv[1]))); out = open(sys.argv[2], 'w'); "
"""Of a script that has the rows that it was given, and a file to write into."""
GOOD = (
    HEAD + "print('scan_id,predicted_age', file=out); [print(r['scan_id'], r['scan'], sep=',', file=out) for r in rows]"
)

Make = Callable[..., Command]


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    yield room
    assert list(room.iterdir()) == []


@pytest.fixture
def command(tmp_path: Path) -> Make:
    def make(code: str, time_limit: float = 60.0) -> Command:
        script = tmp_path / "predict it.py"
        script.write_text(code)
        return Command.of(f"'{sys.executable}' -ISE '{script}' {{input}} {{output}}", read_answered, time_limit)

    return make


def test_rows_come_as_they_are_and_predictions_are_matched_by_name(command: Make) -> None:
    code = HEAD + (
        "assert [r['text'] for r in rows] == ['a,b', 'c\"d', '']; assert rows[2]['thickness'] == ''; "
        "assert float(rows[1]['thickness']) == 1 / 3; "
        "print('predicted_age;scan_id', file=out); "
        "[print(r['scan'] + ',5', r['scan_id'], sep=';', file=out) for r in reversed(rows)]"
    )
    np.testing.assert_array_equal(command(code)(ROWS), [1.5, 2.5, 3.5])


def test_paths_come_as_paths_and_arrays_as_columns(command: Make, tmp_path: Path) -> None:
    code = HEAD + (
        "print('scan_id,age', file=out); "
        "[print(r['scan_id'], len(open(r['path']).read()), sep=',', file=out) for r in rows]"
    )
    scans = [tmp_path / "a, b.nii", tmp_path / "c.nii"]
    for length, scan in enumerate(scans, start=5):
        scan.write_text("x" * length)
    assert command(code)(scans).tolist() == [5, 6]
    code = HEAD + "print('scan_id,p', file=out); [print(r['scan_id'], r['x2'], sep=',', file=out) for r in rows]"
    single = np.array([[0.5, 0.1]], dtype=np.float32)
    assert command(code)(single).tolist() == [float(np.float32(0.1))]
    with pytest.raises(DataError, match="cannot be given ndarray"):
        command(code)(np.zeros((2, 3, 3)))


def test_a_table_may_have_everything_that_was_given_and_row_names_of_r(command: Make) -> None:
    code = HEAD + (
        'print(\'"","scan_id","thickness","text","scan","fit"\', file=out); '
        "[print(f'\"{n}\"', r['scan_id'], 1, 'x', 2, 40 + n, sep=',', file=out) for n, r in enumerate(rows)]"
    )
    assert command(code)(ROWS).tolist() == [40, 41, 42]


def test_a_row_without_a_prediction_is_named(command: Make) -> None:
    code = GOOD.replace("r['scan'],", "'NA' if r['scan'] == '2' else r['scan'],")
    with pytest.raises(RemembrainError, match=r"sub-b: python.* predict it.py answers nan"):
        ask(command(code), ROWS, ["sub-a", "sub-b", "sub-c"], name=command(code).name)


def test_a_folder_is_what_a_container_is_given(tmp_path: Path, nothing_stays: Path) -> None:
    script = tmp_path / "predict.py"
    code = "import shutil, sys; d = sys.argv[1].partition('=')[2]; shutil.copy(d + '/input.csv', d + '/output.csv')"
    script.write_text(code)
    command = Command.of(f"{sys.executable} -ISE {script} --mount={{folder}}", read_answered)
    with pytest.raises(DataError, match=r"what python.* predict.py wrote, output\.csv: has no column of predictions"):
        command(ROWS)
    command = Command.of(f"{sys.executable} -ISE {script} --mount={{folder}}", read_answered)
    assert command.files() == [script]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import sys; print('no\\nmodel there', file=sys.stderr); sys.exit(3)",
            "exit status 3; its last lines:\n    no\n    model there",
        ),
        ("print('talk'); raise SystemExit(1)", "exit status 1; its last lines:\n    talk"),
        ("import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL; it said nothing"),
        ("pass", "wrote, output.csv: is not there, and it ended well; it said nothing"),
        ("import sys; open(sys.argv[2], 'w')", "is empty"),
        ("import sys, os; os.mkdir(sys.argv[2])", "is a folder"),
        ("import sys, os; os.mkfifo(sys.argv[2])", "is a named pipe"),
        ("import sys, os; os.symlink('/etc/passwd', sys.argv[2])", "output.csv: is a link"),
        ("import sys; open(sys.argv[2], 'w').truncate(2**26)", "for 3 scans"),
        (GOOD.replace("for r in rows", "for r in rows[1:]"), r"1 not at all (s00001)"),
        (GOOD.replace("for r in rows", "for r in rows + rows[:1]"), r"1 twice (s00001)"),
        (GOOD.replace("r['scan_id'],", "'t' + r['scan_id'],"), "3 that nobody asked about"),
        (GOOD.replace("scan_id,pred", "id,pred"), "has no column scan_id"),
        (GOOD.replace("r['scan'],", "'old',"), "'old', which is no number"),
        (GOOD.replace("predicted_age", "fit,other").replace("r['scan'],", "1, 2,"), "has no column of predictions"),
        ("import sys; open(sys.argv[2], 'wb').write(bytes(range(128, 256)) * 9)", "output.csv"),
    ],
)
def test_whatever_is_no_table_of_predictions_is_one_message(command: Make, code: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        ask(command(code), ROWS, ["a", "b", "c"], name="theirs")
    assert said in str(caught.value)
    assert "predict it.py" in str(caught.value)
    assert ".part" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_what_takes_too_long_ends_with_all_that_it_started(command: Make, tmp_path: Path) -> None:
    mark = tmp_path / "child"
    child = f"import time; open({str(mark)!r}, 'w').write('x'); time.sleep(60)"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-ISE', '-c', {child!r}]); time.sleep(60)"
    began = time.monotonic()
    with pytest.raises(DataError, match=r"not done in 0\.05 s"):
        command(code, 0.05)(ROWS)
    assert time.monotonic() - began < 30


def is_running(process: int) -> bool:
    """Tell whether a process is at work; one that nobody has asked about since it ended is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.timeout(30)
def test_what_goes_on_after_the_end_is_ended(command: Make, tmp_path: Path) -> None:
    mark = tmp_path / "process"
    child = "[sys.executable, '-ISE', '-c', 'import time; time.sleep(60)']"
    code = (
        f"{GOOD}; out.close(); import subprocess; p = subprocess.Popen({child}); "
        f"open({str(mark)!r}, 'w').write(str(p.pid))"
    )
    assert command(code)(ROWS).tolist() == [1, 2, 3]
    process = int(mark.read_text())
    while is_running(process):  # it was told to end, and does so when it is its turn: within the test's time limit
        time.sleep(0.01)


def test_what_it_keeps_for_the_moment_goes_with_it(command: Make) -> None:
    mode = "oct(os.stat(os.environ['TMPDIR']).st_mode)[-3:]"
    code = f"import tempfile, os; tempfile.mkstemp(); assert {mode} == '700'; {GOOD}"
    assert command(code)(ROWS).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Rscript predict.R", "{input} and {output}"),
        ("Rscript predict.R {input}", "{output} stands"),
        ("", "{input} and {output}"),
        ("cat {input} | sed s/a/b/ > {output}", "without a shell"),
        ("'cat {input} {output}", "No closing quotation"),
        ("no-such-program-here {input} {output}", "no such program"),
        ("/etc/passwd {input} {output}", "no such program"),
    ],
)
def test_words_that_cannot_be_a_command_are_refused_before_anything_runs(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Command.of(text, read_answered)
    assert said in str(caught.value)


def test_a_shell_sees_nothing_of_it(tmp_path: Path) -> None:
    script = tmp_path / "predict.py"
    script.write_text("import sys; assert sys.argv[3] == '$(touch x)'; " + GOOD)
    command = Command.of(f"{sys.executable} -ISE {script} {{input}} {{output}} '$(touch x)'", read_answered)
    assert command(ROWS).tolist() == [1, 2, 3]
    assert os.environ.get("TMPDIR") is None or "part" not in os.environ["TMPDIR"]
