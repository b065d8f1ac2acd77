"""A command and a server are ways of the same audit: the same answers give the same evidence, each asked for once."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_server import Asked, Reply, loopback
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions, BroughtConfig, BroughtOptions, DataOptions, ImportOptions
from remembrain.config.named import named_model
from remembrain.errors import DataError, UsageError
from remembrain.study.central import asked
from remembrain.study.central.brought import audit_brought
from remembrain.targets.brought import BlackBox

PEOPLE = 160
PREDICT = """
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
with open(sys.argv[2], "w") as out:
    print("scan_id,predicted_age", file=out)
    for row in reversed(rows):
        print(row["scan_id"], float(row["x0"]) + 60, sep=",", file=out)
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    member = rng.permutation(PEOPLE) % 2
    age = rng.uniform(45, 80, PEOPLE).round(3)
    frame = pd.DataFrame(
        {"x0": age - 60 + rng.normal(size=PEOPLE) * np.where(member, 0.1, 5), "x1": rng.normal(size=PEOPLE)}
    )
    frame.insert(0, "participant_id", [f"sub-{place:03d}" for place in range(PEOPLE)])
    frame["age"], frame["member"] = age, member
    frame.to_csv(tmp_path / "people.csv", index=False)
    return tmp_path / "people.csv"


def config_of(people: Path, **options: object) -> BroughtConfig:
    return BroughtConfig(
        source=people,
        data=DataOptions(workers=1),
        brought=BroughtOptions.model_validate(options),
        attack=AttackOptions(attacks=("error-threshold",), repeats=1),
    )


def served(asked: Asked) -> Reply:
    (row,) = json.loads(asked.body)["instances"]
    assert row.keys() == {"x0", "x1"}
    return Reply(body=json.dumps({"predictions": [row["x0"] + 60]}).encode())


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What models answered, in place of all that follows from it."""
    answers = list[np.ndarray]()

    def keep(box: BlackBox, material: Material, *_: object, **__: object) -> None:
        answers.append(box.answers(material.inputs))

    monkeypatch.setattr(asked, "audit_target", keep)
    return answers


def of_command(people: Path, **options: object) -> BroughtConfig:
    script = people.with_name("predict.py")
    script.write_text(PREDICT)
    return config_of(people, command=f"{sys.executable} -ISE {script} {{input}} {{output}}", **options)


def test_a_command_and_a_server_answer_the_same_and_what_was_answered_is_kept(
    people: Path, tmp_path: Path, judged: list[np.ndarray]
) -> None:
    said = list[str]()
    audit_brought(of_command(people, batch=100), tmp_path / "command", said.append)
    turns = itertools.count()
    with loopback(lambda asked: Reply(403) if next(turns) == 40 else served(asked)) as server:
        endpoint, run = config_of(people, endpoint=server.url), tmp_path / "server"
        with pytest.raises(DataError, match="status 403"):
            audit_brought(endpoint, run, said.append)
        for _ in range(2):
            audit_brought(endpoint, run, said.append)
        assert len(server.asked) == PEOPLE + 1
        host = server.place
    sent = [line for line in said if "sent to" in line]
    assert sent[0].startswith(f"{PEOPLE} requests are sent to {host}")
    assert sent[1].startswith(f"{PEOPLE - 40} requests are sent to {host}")
    assert sent[2] == f"no request is sent to {host}"
    assert any("goes on with 40 answers that are kept from before" in line for line in said)
    assert f"{host} gets of each scan x0, x1; no name, no age, no role" in said
    np.testing.assert_array_equal(judged, [judged[0]] * 3)
    assert not (tmp_path / "command" / "restricted" / "answers").exists()


@pytest.mark.slow
def test_a_command_and_a_server_come_to_the_same_evidence(people: Path, tmp_path: Path) -> None:
    audit_brought(of_command(people), tmp_path / "command", lambda _: None)
    with loopback(served) as server:
        audit_brought(config_of(people, endpoint=server.url), tmp_path / "server", lambda _: None)
    ours, theirs = (tmp_path / run / "restricted" / "scores.tsv" for run in ("command", "server"))
    assert ours.read_text() == theirs.read_text()
    evidence = json.loads((tmp_path / "server" / "evidence.json").read_text())
    assert evidence["attacks"][0]["auc"]["value"] > 0.8


def test_a_refused_audit_touches_nothing_and_asks_nobody(people: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    with loopback(served) as server, pytest.raises(DataError, match="160 requests would be needed"):
        audit_brought(config_of(people, endpoint=server.url, max_queries=159), tmp_path / "run", lambda _: None)
    assert server.asked == []
    command = f"{sys.executable} -c pass {{input}} {{output}}"
    with pytest.raises(DataError, match="is not there, and it ended well"):
        audit_brought(config_of(people, command=command), tmp_path / "run", lambda _: None)
    assert sorted(tmp_path.iterdir()) == before


def test_one_way_is_named() -> None:
    with pytest.raises(UsageError, match="many ways to send a scan"):
        named_model(BroughtOptions(endpoint="http://h/"), ImportOptions(), lambda _: None, of_files=True)
    for options, said in (
        ({"command": "cat {input} {output}", "endpoint": "http://h/"}, "--command and --endpoint name a model each"),
        ({"model": "a.onnx", "predict": "m.py:f", "command": "x"}, "--model and --predict and --command"),
        ({"endpoint": "h"}, "is no URL"),
        ({"endpoint": "http://h/", "request": "nothing.py:f"}, "no such file"),
        ({"command": "x"}, "does not say where"),
    ):
        with pytest.raises(UsageError, match=said):
            named_model(BroughtOptions.model_validate(options), ImportOptions(), lambda _: None)


def test_what_a_model_is_known_by_changes_with_its_files(tmp_path: Path) -> None:
    script = tmp_path / "predict.py"
    codes = set()
    for text in ("a", "b"):
        script.write_text(text)
        command = BroughtOptions(command=f"cat {script} {{input}} {{output}}")
        model = named_model(command, ImportOptions(), lambda _: None)
        assert model.name == "cat predict.py"
        codes.add(model.code)
        script.write_text(f"def f(row): return {{}}  # {text}")
        codes.add(
            named_model(
                BroughtOptions(endpoint="http://h/", request=f"{script}:f"), ImportOptions(), lambda _: None
            ).code
        )
    codes.add(named_model(BroughtOptions(endpoint="http://h/"), ImportOptions(), lambda _: None).code)
    assert len(codes) == 5
