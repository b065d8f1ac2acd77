"""A further command adds to the evidence, forgets nothing that holds, and says what does not hold any more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from made_data import write_table
from remembrain.attacks import select
from remembrain.audits.addition import Addition, add
from remembrain.audits.earlier import Earlier
from remembrain.config import AttackOptions, Config
from remembrain.errors import RemembrainError, UsageError
from remembrain.record.document import Command
from remembrain.run import Key, RunFolder
from remembrain.study import audit as study
from remembrain.study.central.attack import taking_over, wanted

KEY = Key.of(seed=1, ages=[60.0, 61.0], weights="w")
FACTS = {"command": "remembrain attack run leverage", "created": "2026-02-01", "versions": {}}
SHARED = AttackOptions(repeats=3).model_dump(mode="json")


def of_command(
    command: str, created: str, attacks: tuple[str, ...], options: dict[str, object], named: tuple[str, ...] = ()
) -> Command:
    return Command(command=command, created=created, version="0", attacks=attacks, named=named, options=options)


BEFORE = Earlier(
    ("error-threshold", "logistic"),
    (of_command("remembrain audit t.tsv run", "2026-01-01", ("error-threshold", "logistic"), SHARED),),
    KEY.parts,
)


def added(earlier: Earlier, *names: str, key: Key = KEY, **said) -> Addition:
    own = AttackOptions(attacks=names, **said)
    options = taking_over(earlier, own)
    chosen = select(options.attacks, references=options.references > 0)
    return add(earlier, wanted(options, chosen, options.model_fields_set, rounds=False), key, FACTS)


def names_of(found: Addition) -> list[str]:
    return [one.name for one in found.attacks]


def test_an_attack_is_added_and_what_holds_stays_with_its_own_command() -> None:
    found = added(BEFORE, "leverage")
    assert names_of(found) == ["error-threshold", "logistic", "leverage"]
    assert found.commands[-1].options["repeats"] == 3
    assert [(one.command, one.attacks) for one in found.commands] == [
        ("remembrain audit t.tsv run", ("error-threshold", "logistic")),
        ("remembrain attack run leverage", ("leverage",)),
    ]
    assert found.lines == ("added to what holds: error-threshold, logistic (repeats 3)",)


def test_an_attack_that_is_there_is_not_there_twice_and_is_of_the_last_command() -> None:
    found = added(BEFORE, "logistic")
    assert names_of(found) == ["error-threshold", "logistic"]
    assert [one.attacks for one in found.commands] == [("error-threshold",), ("logistic",)]


@pytest.mark.parametrize(
    ("changed", "said", "line"),
    [
        ({"ages": [60.0, 62.0]}, {}, "ages changed: error-threshold, logistic are computed anew"),
        ({"weights": "other"}, {}, "weights changed: error-threshold, logistic are computed anew"),
        ({"seed": 2, "weights": "x"}, {}, "seed, weights changed: error-threshold, logistic are computed anew"),
        ({}, {"repeats": 4}, "repeats 4 instead of 3: error-threshold, logistic are computed anew"),
        ({}, {"match": True}, "match True instead of False: error-threshold, logistic are computed anew"),
        ({}, {"references": 8}, "references 8 instead of 0: error-threshold, logistic are computed anew"),
    ],
)
def test_what_does_not_hold_any_more_is_computed_anew_and_said(changed: dict, said: dict, line: str) -> None:
    key = Key.of(**{"seed": 1, "ages": [60.0, 61.0], "weights": "w", **changed})
    found = added(BEFORE, "leverage", key=key, **said)
    assert names_of(found) == ["error-threshold", "logistic", "leverage"]
    assert found.lines == (line,)
    assert [one.attacks for one in found.commands] == [("leverage", "error-threshold", "logistic")]


def test_evidence_of_which_nothing_is_recorded_is_not_taken_for_granted() -> None:
    unknown = Earlier(BEFORE.attacks, BEFORE.commands, None)
    assert added(unknown, "leverage").lines == (
        "it is not recorded what the evidence here was concluded from: error-threshold, logistic are computed anew",
    )


def test_what_does_not_exist_any_more_is_dropped_and_said_in_the_evidence_too() -> None:
    options = {**SHARED, "references": 8}
    command = of_command("c", "2026", ("lira", "of-a-plugin", "logistic"), options, named=("of-a-plugin",))
    earlier = Earlier(command.attacks, (command,), KEY.parts)
    found = added(earlier, "leverage")
    assert names_of(found) == ["lira", "logistic", "leverage"]
    assert found.lines[0] == "of-a-plugin is not in the evidence any more: no attack 'of-a-plugin'"
    assert found.dropped[0] == "of-a-plugin, which was in earlier evidence: no attack 'of-a-plugin'."
    assert "of-a-plugin" not in found.named


def test_options_under_which_an_attack_would_be_forgotten_are_refused() -> None:
    """What reference models found must not become *not detected* by ``--references 0``."""
    command = of_command("c", "2026", ("lira", "logistic"), {**SHARED, "references": 8})
    with pytest.raises(UsageError, match="lira is in the evidence of this run, and would be forgotten"):
        added(Earlier(command.attacks, (command,), KEY.parts), "leverage", references=0)


def test_options_that_are_taken_over_are_said_where_nothing_is_added_to() -> None:
    command = of_command("c", "2026", ("logistic",), {**SHARED, "match": True})
    earlier = Earlier(("logistic",), (command,), KEY.parts)
    for said, taken in ((AttackOptions(), "repeats 3, match True"), (AttackOptions(repeats=3), "match True")):
        options = taking_over(earlier, said)
        found = add(earlier, wanted(options, select(("logistic",)), said.model_fields_set, rounds=False), KEY, FACTS)
        assert found.lines == (f"as in the evidence that is here, since this command says nothing else: {taken}",)


def test_attacks_asked_for_by_name_stay_so() -> None:
    first = added(Earlier(), "leverage")
    assert first.lines == ()
    earlier = Earlier(("leverage",), first.commands, KEY.parts)
    assert earlier.named == ("leverage",)
    again = added(earlier, "logistic", key=KEY.also(more=1))
    assert again.named == ("logistic", "leverage")
    assert again.commands[-1].named == ("logistic", "leverage")


def test_the_order_of_a_rerun_is_that_of_the_evidence() -> None:
    first = added(Earlier(), "logistic", "error-threshold")
    rerun = added(Earlier(("logistic", "error-threshold"), first.commands, KEY.parts), "error-threshold", "logistic")
    assert names_of(first) == names_of(rerun) == ["logistic", "error-threshold"]


def evidence(run: Path) -> dict:
    return json.loads((run / "evidence.json").read_text())


def bytes_of(run: Path) -> dict[str, bytes]:
    return {
        path.relative_to(run).as_posix(): path.read_bytes()
        for path in sorted(run.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def config_of(table: Path, seed: int = 3, **training) -> Config:
    return Config.model_validate(
        {
            "source": table,
            "seed": seed,
            "training": {"network": "mlp", "epochs": 4, "keep_every": 2, **training},
            "data": {"workers": 1},
            "attack": {"repeats": 2, "attacks": ["error-threshold"]},
        }
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A small audited run."""
    folder = tmp_path_factory.mktemp("added")
    study.audit(config_of(write_table(folder / "table.tsv", people=220, columns=6)), folder / "run")
    return folder / "run"


def test_a_rerun_that_is_refused_touches_nothing(run: Path) -> None:
    table = Config.read(run / "config.toml").source
    before = bytes_of(run)
    assert {"evidence.json", "report.html", "restricted/concluded.json"} <= before.keys()
    split = config_of(table).model_copy(update={"split": config_of(table).split.model_copy(update={"members": 0.3})})
    for config in (config_of(table, seed=8), config_of(table, batch_size=7), config_of(table, epochs=5), split):
        with pytest.raises(RemembrainError):
            study.audit(config, run)
        with pytest.raises(RemembrainError):
            study.train(config, run)
        assert bytes_of(run) == before
    with RunFolder.open(run).alone(), pytest.raises(RemembrainError, match="another process"):
        study.train(config_of(table), run)
    with pytest.raises(UsageError):
        study.attack(run, AttackOptions(attacks=("lira",)))
    assert bytes_of(run) == before


def test_training_again_what_is_trained_leaves_the_evidence(run: Path) -> None:
    before = bytes_of(run)
    study.train(config_of(Config.read(run / "config.toml").source), run)
    after = bytes_of(run)
    assert {name for name in before if before[name] != after[name]} <= {"run.json", "log.txt"}
    assert after.keys() == before.keys()


def test_attacks_are_added_and_judged_together_and_corrected_ages_are_seen_everywhere(run: Path) -> None:
    first = evidence(run)
    told: list[str] = []
    judged = study.attack(run, AttackOptions(attacks=("logistic",)), workers=1, say=told.append)
    assert told[-1] == "added to what holds: error-threshold (repeats 2)"
    second = evidence(run)
    listed = {one["name"]: one for one in second["attacks"]}
    before = {one["name"]: one for one in first["attacks"]}
    assert list(listed) == ["error-threshold", "logistic", "blind"]
    for name in ("error-threshold", "blind"):
        assert listed[name]["auc"] == before[name]["auc"]
    assert set(judged.assessments) == {"error-threshold", "logistic"}
    single = {name: one.p_value for name, one in judged.assessments.items()}
    assert {name: listed[name]["p_holm"] for name in single} != {
        name: before.get(name, {}).get("p_holm") for name in single
    }
    assert set(pd.read_csv(run / "restricted" / "scores.tsv", sep="\t")["attack"]) == set(listed)
    made = second["audit"]
    assert made["repeats"] == 2
    assert made["seed"] == 3
    assert [one["attacks"] for one in made["commands"]] == [["error-threshold"], ["logistic"]]
    assert made["commands"][0] == first["audit"]["commands"][0]

    table = Config.read(run / "config.toml").source
    frame = pd.read_csv(table, sep="\t")
    frame.loc[frame.index % 3 == 0, "age"] += 4.0
    kept = table.read_bytes()
    frame.to_csv(table, sep="\t", index=False)
    told.clear()
    study.attack(run, AttackOptions(attacks=("logistic",)), workers=1, say=told.append)
    assert told[-1] == "ages, covariates changed: error-threshold is computed anew"
    third = evidence(run)
    for kept_things in ("attacks", "signals"):
        shutil.rmtree(run / "restricted" / kept_things)
    study.attack(run, AttackOptions(attacks=("logistic",)), workers=1)
    table.write_bytes(kept)
    fresh = evidence(run)
    assert third["attacks"] == fresh["attacks"] != second["attacks"]
    assert third["target"]["checkpoints"] == fresh["target"]["checkpoints"]
    for place, epoch in enumerate(fresh["target"]["checkpoints"]):
        assert epoch["attacks"][0]["auc"] != second["target"]["checkpoints"][place]["attacks"][0]["auc"]


def test_evidence_that_another_process_wrote_meanwhile_is_not_written_over(run: Path, monkeypatch) -> None:
    beside = Earlier.beside

    def slowly(earlier: Earlier, *given, **said):
        """While this one reads the data, another attack ends."""
        content = evidence(run)
        content["attacks"].append({"name": "leverage"})
        (run / "evidence.json").write_text(json.dumps(content))
        return beside(earlier, *given, **said)

    monkeypatch.setattr(Earlier, "beside", slowly)
    before = (run / "evidence.json").read_bytes()
    with pytest.raises(RemembrainError, match="another process added to the evidence meanwhile"):
        study.attack(run, AttackOptions(attacks=("logistic",)), workers=1)
    assert json.loads((run / "evidence.json").read_text())["attacks"][-1] == {"name": "leverage"}
    (run / "evidence.json").write_bytes(before)
