"""The recorded command can be run again by a shell, and names no folder."""

from __future__ import annotations

import shlex

import pytest

from remembrain.run.origin import command_line, run_facts


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["audit", "/data/Prof. Smith/my people.csv", "runs/first"], "remembrain audit 'my people.csv' first"),
        (["train", "people.tsv", "run", "--drop", "a b", "c"], "remembrain train people.tsv run --drop 'a b' c"),
        (["train", "p.tsv", "run", "--label=age at scan"], "remembrain train p.tsv run '--label=age at scan'"),
        (["audit", "p", "r", "--store=/scratch/me/x y/"], "remembrain audit p r '--store=x y'"),
        (["attack", "r", "network:prediction+label"], "remembrain attack r network:prediction+label"),
        (["attack", "r", "--address", "$HOME; rm"], "remembrain attack r --address '$HOME; rm'"),
        (["audit", "p", "r", "--network", "/home/me/net.py:Net"], "remembrain audit p r --network net.py:Net"),
        (
            ["audit", "p", "r", "--network-arguments", '{"width": 16, "atlas": ["/home/me/a.nii", 1]}'],
            """remembrain audit p r --network-arguments '{"width": 16, "atlas": ["a.nii", 1]}'""",
        ),
        (["audit", "p", "r", "--network-arguments", "{}"], "remembrain audit p r --network-arguments '{}'"),
        (
            ["audit", "p", "r", "--endpoint", "https://me:pw@host.org:8/a/b?key=secret", "--request", "/x/my.py:f"],
            "remembrain audit p r --endpoint https://host.org:8/... --request my.py:f",
        ),
        (["audit", "p", "r", "--endpoint=http://h/a"], "remembrain audit p r --endpoint=http://h/..."),
        (
            ["audit", "p", "r", "--command", "Rscript '/home/me/my predict.R' {input} {output}"],
            """remembrain audit p r --command 'Rscript '"'"'my predict.R'"'"' {input} {output}'""",
        ),
        (["audit", "p", "r", "--command=/opt/run {folder}"], "remembrain audit p r '--command=run {folder}'"),
        (["report", "/"], "remembrain report ."),
        (["train", "", "r"], "remembrain train '' r"),
    ],
)
def test_a_command_is_quoted_and_names_no_folder(words: list[str], shown: str) -> None:
    assert command_line(words) == shown
    assert len(shlex.split(shown)) == 1 + len(words)


def test_the_words_of_this_process_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/usr/bin/remembrain", "audit", "a b", "/x/run"])
    assert run_facts(3)["command"] == "remembrain audit 'a b' run"
    assert run_facts(3, "from Python")["command"] == "from Python"
