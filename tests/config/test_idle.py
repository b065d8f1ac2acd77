"""Options that would change nothing are refused with the reason; those that would change something never are."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from remembrain import cli, config
from remembrain.config.idle import IDLE, insist_on_use
from remembrain.config.said import Said
from remembrain.errors import UsageError

SOURCES = {"table": "people.tsv", "folder": "bids"}


def said(folder: Path, *, work: str = "train", source: str = "table", federated: bool = False, **options: Any) -> Said:
    """Return what ``section={key: value}`` asks for."""
    table, bids = folder / SOURCES["table"], folder / SOURCES["folder"]
    table.touch()
    bids.mkdir(exist_ok=True)
    tables = {**options.pop("survey", {}), **{name: options.pop(name) for name in TABLES & options.keys()}}
    brought = config.BroughtOptions.model_validate(options.pop("model", {}))
    model = config.Config.model_validate({"source": folder / SOURCES[source], **options})
    survey = config.SurveyConfig.model_validate({"source": table, **tables})
    given = [section for record in (model, survey) for _, section in record if isinstance(section, config.Options)]
    return Said(work, survey, brought, *given, source=model.source, federated=federated)  # type: ignore[arg-type]


TABLES = {"release", "adversary", "audit", "published"}
MEASURED = {"adversary": {"reliability": "measured"}}
OWN = {"network": "mine:Net"}
FLARE = {"engine": "flare", "simulate": True}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # what would change nothing, and the same option where it does something
    ("derivatives", {"data": {"derivatives": "x"}}, {"source": "folder", "data": {"derivatives": "x"}}),
    ("space", {"data": {"space": "x"}}, {"source": "folder", "data": {"space": "x"}}),
    ("desc", {"data": {"desc": "x"}}, {"source": "folder", "data": {"desc": "x"}}),
    ("grid", {"data": {"grid": "32"}}, {"source": "folder", "data": {"grid": "32"}}),
    ("store", {"data": {"store": "x"}}, {"source": "folder", "data": {"store": "x"}}),
    ("entity", {"data": {"entity": ["run=1"]}}, {"source": "folder", "data": {"entity": ["run=1"]}}),
    ("raw", {"data": {"raw": True}}, {"source": "folder", "data": {"raw": True}}),
    ("raw", {"work": "check", "source": "folder", "data": {"raw": True}}, {"source": "folder", "data": {"raw": True}}),
    ("participants", {"source": "folder", "data": {"participants": "p.tsv"}}, {"data": {"participants": "p.tsv"}}),
    ("more_features", {"source": "folder", "data": {"more_features": ["a"]}}, {"data": {"more_features": ["a"]}}),
    *(
        (key, {"source": "folder", "data": {key: value}}, {"data": {key: value}})
        for key, value in (
            ("drop", ["a"]),
            ("keep", ["a"]),
            ("decimal", ","),
            ("missing_codes", ["-9"]),
            ("keep_values", ["-1"]),
            ("raw_columns", True),
        )
    ),
    *(
        (key, {"work": "predictions", section: {key: value}}, {section: {key: value}})
        for section, key, value in (
            ("data", "label_is_number", True),
            ("split", "canaries", 40),
            ("attack", "references", 8),
        )
    ),
    (
        "site_column",
        {"work": "federate", "data": {"site_column": "x"}, "federation": {"environment": "centre"}},
        {"work": "federate", "data": {"site_column": "x"}},
    ),
    (
        "site_column",
        {"work": "federate", "source": "folder", "data": {"site_column": "x"}, "federation": {"environment": "centre"}},
        {"work": "federate", "data": {"site_column": "x"}, "federation": {"environment": "site"}},
    ),
    (
        "members_list",
        {"split": {"split": "s.tsv", "members_list": "a", "nonmembers_list": "b"}},
        {"split": {"members_list": "a", "nonmembers_list": "b"}},
    ),
    (
        "nonmembers_list",
        {"split": {"split": "s.tsv", "nonmembers_list": "b"}},
        {"split": {"members_list": "a", "nonmembers_list": "b"}},
    ),
    (
        "known",
        {"split": {"split": "s.tsv", "known": 0.3}},
        {"split": {"members_list": "a", "nonmembers_list": "b", "known": 0.3}},
    ),
    *(
        (key, {"split": {"members_list": "a", "nonmembers_list": "b", key: 0.3}}, {"split": {key: 0.3}})
        for key in ("members", "nonmembers", "validation", "population")
    ),
    ("canary_shift", {"split": {"canary_shift": 9}}, {"split": {"canary_shift": 9, "canaries": 40}}),
    (
        "canary_shift",
        {"work": "import", "split": {"split": "s", "canary_shift": 9}},
        {"split": {"split": "s", "canary_shift": 9}},
    ),
    (
        "network_arguments",
        {"training": {"network_arguments": '{"a": 1}'}},
        {"training": {**OWN, "network_arguments": '{"a": 1}'}},
    ),
    ("form", {"training": {**OWN, "form": "paper"}}, {"training": {"form": "paper"}}),
    ("dropout", {"training": {**OWN, "dropout": 0.3}}, {"training": {"dropout": 0.3}}),
    ("dropout", {"training": {"dropout": 0.3, "defences": ["dropout=0.5"]}}, {"training": {"dropout": 0.3}}),
    (
        "weight_decay",
        {"training": {"weight_decay": 0.3, "defences": ["weight-decay=0.5"]}},
        {"training": {"weight_decay": 0.3, "defences": ["dropout=0.5"]}},
    ),
    ("epochs", {"training": {"epochs": 3, "defences": ["early-stopping=2"]}}, {"training": {"epochs": 3}}),
    ("keep_every", {"work": "federate", "training": {"keep_every": 2}}, {"training": {"keep_every": 2}}),
    ("keep_every", {"work": "start", "training": {"keep_every": 2}}, {"training": {"keep_every": 2}}),
    ("keep_every", {"work": "import", "training": {**OWN, "keep_every": 2}}, {"training": {**OWN, "keep_every": 2}}),
    *(
        (
            key,
            {"work": "import", "training": {**OWN, key: 2}},
            {"work": "import", "training": {**OWN, key: 2, "epochs": 5}},
        )
        for key in ("learning_rate", "weight_decay", "batch_size")
    ),
    *(
        (key, {**brought, "training": {**OWN, **said}}, {**brought, "training": {**OWN, **said, "epochs": 5}})
        for brought in [{"work": "import", "source": "folder"}]
        for key, said in {
            "epsilon": {"epsilon": 1.0},
            "noise_multiplier": {"noise_multiplier": 1.0},
            "defences": {"defences": ["dp=3"]},
        }.items()
    ),
    ("defences", {"work": "import", "training": {**OWN, "defences": ["rounding=1"]}}, {"work": "import"}),
    ("delta", {"work": "import", "training": {"epsilon": 1.0, "delta": 1e-4}}, {"work": "import"}),
    *(
        (key, {"work": "import", "source": "folder", "training": {**OWN, **said}}, {"work": "import", "training": said})
        for key, said in {"epsilon": {"epsilon": 1.0}, "defences": {"defences": ["dp=3"]}}.items()
    ),
    *(
        (key, {"training": {key: value}}, {"training": {key: value, **private}})
        for key, value in (("delta", 1e-4), ("clip", 2.0), ("secure_noise", True), ("label_range", (0.0, 90.0)))
        for private in ({"epsilon": 1.0}, {"noise_multiplier": 1.0}, {"defences": ["dp=3"]})
    ),
    ("clip", {"training": {"clip": 2.0, "defences": ["clipping=1"]}}, {"training": {"clip": 2.0, "epsilon": 1.0}}),
    (
        "learners",
        {"work": "federate", "federation": {"environment": "centre", "learners": 4}},
        {"work": "federate", "federation": {"environment": "skewed-noniid", "learners": 4}},
    ),
    (
        "rounds",
        {"work": "federate", "federation": {"rounds": 4}, "training": {"defences": ["fewer-rounds=3"]}},
        {"work": "federate", "federation": {"rounds": 4}},
    ),
    *(
        (
            key,
            {"work": "federate", "federation": {key: value}},
            {"work": "federate", "federation": {**FLARE, key: value}},
        )
        for key, value in (("simulate", True), ("time_limit", 9), ("allow_missing", True))
    ),
    (
        "time_limit",
        {"work": "federate", "federation": {"time_limit": 9}},
        {"work": "start", "federation": {"time_limit": 9}},
    ),
    (
        "owner_tolerance",
        {"work": "import", "import": {"owner_tolerance": 0.1}},
        {"work": "import", "import": {"owner_tolerance": 0.1, "owner_predictions": "p.tsv"}},
    ),
    ("queries", {"attack": {"queries": 2}}, {"attack": {"queries": 2, "references": 4}}),
    (
        "queries",
        {"federated": True, "attack": {"queries": 2, "references": 4}},
        {"attack": {"queries": 2, "references": 4}},
    ),
    ("reference_share", {"attack": {"reference_share": 0.8}}, {"attack": {"reference_share": 0.8, "references": 5}}),
    (
        "reference_share",
        {"federated": True, "attack": {"reference_share": 0.75, "references": 4}},
        {"attack": {"reference_share": 0.75, "references": 4}},
    ),
    (
        "reference_engine",
        {"attack": {"reference_engine": "ray"}},
        {"attack": {"reference_engine": "ray", "references": 4}},
    ),
    (
        "address",
        {"attack": {"address": "x", "references": 4}},
        {"attack": {"address": "x", "reference_engine": "ray", "references": 4}},
    ),
    ("last_rounds", {"attack": {"last_rounds": 3}}, {"federated": True, "attack": {"last_rounds": 3}}),
    ("looks", {"attack": {"looks": 3}}, {"federated": True, "attack": {"looks": 3}}),
    ("claimed_delta", {"attack": {"claimed_delta": 1e-4}}, {"attack": {"claimed_delta": 1e-4, "claimed_epsilon": 1}}),
    (
        "claimed_mechanism",
        {"attack": {"claimed_mechanism": "gaussian"}},
        {"attack": {"claimed_mechanism": "gaussian", "claimed_epsilon": 1}},
    ),
    ("access", {"work": "ask", "attack": {"access": "outputs"}}, {"attack": {"access": "outputs"}}),
    ("network", {"work": "ask", "training": {"network": "mlp"}}, {"training": {"network": "mlp"}}),
    ("epochs", {"work": "ask", "training": {"epochs": 3}}, {"training": {"epochs": 3}}),
    ("weights", {"work": "ask", "import": {"weights": "w"}}, {"work": "import", "import": {"weights": "w"}}),
    *(
        (key, {"model": {key: value}}, {"work": "ask", "model": {key: value}})
        for key, value in (("output_decimals", 1), ("age_correction", (1.0, 0.1)))
    ),
    *(
        (
            "ensemble",
            {"work": work, section: {key: "a.pt"}, "import": {**one, "ensemble": "mean"}},
            {"work": work, **several},
        )
        for work, section, key, one, several in (
            ("ask", "model", "model", {}, {"model": {"model": ["a.pt", "b.pt"]}, "import": {"ensemble": "mean"}}),
            (
                "import",
                "import",
                "weights",
                {"weights": "a.pt"},
                {"import": {"weights": ["a", "b"], "ensemble": "mean"}},
            ),
        )
    ),
    (
        "epochs",
        {"work": "import", "training": {**OWN, "epochs": 3}, "import": {"weights": ["a", "b"], "ensemble": "mean"}},
        {"work": "import", "training": {**OWN, "epochs": 3}, "import": {"weights": ["a"]}},
    ),
    ("queries", {"work": "ask", "attack": {"queries": 2, "references": 4}}, {"work": "ask"}),
    *(
        (key, {"work": "ask", "model": {**idle, key: value}}, {"work": "ask", "model": {**works, key: value}})
        for key, value, idle, works in (
            ("trust", ["a"], {"model": "m.onnx"}, {"model": "m.skops"}),
            ("trust", ["a"], {"predict": "m.py:predict"}, {"model": "m.skops"}),
            ("trust", ["a"], {"endpoint": "http://h/"}, {"model": "m.skops"}),
            ("request", "m.py:f", {"command": "c"}, {"endpoint": "http://h/"}),
            ("max_queries", 3, {"command": "c"}, {"endpoint": "http://h/"}),
            ("per_second", 3.0, {"predict": "m.py:predict"}, {"endpoint": "http://h/"}),
            ("time_limit", 3.0, {"predict": "m.py:predict"}, {"endpoint": "http://h/"}),
            ("time_limit", 3.0, {"model": "m.pt2"}, {"command": "c"}),
            ("batch", 3, {"endpoint": "http://h/"}, {"command": "c"}),
            ("output_name", "age", {"model": "m.skops"}, {"model": "m.pt2"}),
            ("request", "r.py:f", {"command": "c"}, {"endpoint": "http://u"}),
            ("max_queries", 9, {"model": "m.onnx"}, {"endpoint": "http://u"}),
            ("per_second", 2.0, {"model": "m.onnx"}, {"endpoint": "http://u"}),
            ("time_limit", 9.0, {"model": "m.onnx"}, {"command": "c"}),
            ("batch", 9, {"endpoint": "http://u"}, {"model": "m.onnx"}),
            ("trust", ["a.B"], {"model": ["a.onnx", "b.pt"]}, {"model": ["a.onnx", "b.skops"]}),
        )
    ),
    *(
        ("member_column", {"model": {"member_column": "m"}, **idle}, {"work": "ask", "model": {"member_column": "m"}})
        for idle in ({}, {"work": "ask", "source": "folder"}, {"work": "ask", "split": {"split": "s.tsv"}})
    ),
    (
        "complementary",
        {"release": {"complementary": False}},
        {"release": {"complementary": False, "suppress_below": 5}},
    ),
    *(
        ("noise", {"release": {"noise": "gaussian"}}, {"release": {"noise": "gaussian", **noised}, "survey": swept})
        for noised, swept in (({"noise_epsilon": 1}, {}), ({}, {"sweep": {"noise_epsilon": [1, 3]}}))
    ),
    (
        "noise_delta",
        {"release": {"noise_delta": 1e-5, "noise_epsilon": 1}},
        {"release": {"noise_delta": 1e-5, "noise_epsilon": 1, "noise": "gaussian"}},
    ),
    (
        "noise_delta",
        {"release": {"noise_delta": 1e-5}},
        {"release": {"noise_delta": 1e-5, "noise_epsilon": 1, "noise": "gaussian"}},
    ),
    (
        "quantiles_at",
        {"release": {"margins": "all", "quantiles_at": [0.9]}},
        {"release": {"quantiles": ["a"], "quantiles_at": [0.9]}},
    ),
    (
        "contrast_as",
        {"release": {"margins": "all", "contrast_as": "t"}},
        {"release": {"contrast": "a", "contrasts": "all", "contrast_as": "t"}},
    ),
    (
        "most_missing",
        {"release": {"margins": ["a"], "most_missing": 0.5}},
        {"release": {"margins": "all", "most_missing": 0.5}},
    ),
    ("known", {"adversary": {"known": 0.5, "known_columns": ["a"]}}, {"adversary": {"known": 0.5}}),
    ("session_column", {"audit": {"session_column": "s"}}, {"audit": {"session_column": "s"}, **MEASURED}),
    ("sessions", {"survey": {"sessions": "s"}}, {"survey": {"sessions": "s"}, **MEASURED}),
    ("tilt_column", {"adversary": {"tilt_column": "a"}}, {"adversary": {"tilt_column": "a", "reference_tilt": 1}}),
    (
        "knows_weight",
        {"adversary": {"knows_weight": True}},
        {"adversary": {"knows_weight": True}, "release": {"weights": "w"}},
    ),
    (
        "member_column",
        {"audit": {"member_column": "m"}},
        {"audit": {"member_column": "m"}, "survey": {"tables": "t"}},
    ),
    *(
        (key, {"audit": {key: value, "sweeps": False}}, {"audit": {key: value}})
        for key, value in (("worlds", 3), ("auc_below", 0.7), ("rate_below", 0.2), ("people_below", 5))
    ),
    *(
        (key, {"survey": {"published": {key: value}}}, {"survey": {"tables": "t", "published": {key: value}}})
        for key, value in (
            ("unit", "percent"),
            ("decimals", 1),
            ("random_round_to", 3),
            ("perturbation", [[-1, 0.5], [1, 0.5]]),
            ("perturbation_variance", 2.0),
            ("noise_sd", 1.0),
            ("direction", "b - a"),
            ("adjusted", True),
        )
    ),
    ("sweep", {"survey": {"tables": "t", "sweep": {"known": [0.5]}}}, {"survey": {"sweep": {"known": [0.5]}}}),
]


@pytest.mark.parametrize(("key", "idle", "works"), CASES)
def test_an_option_that_would_change_nothing_is_refused_with_the_reason(key, idle, works, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="would change nothing: ") as caught:
        insist_on_use(said(tmp_path, **idle))
    assert caught.value.what.removeprefix("--").removeprefix("no-").startswith(f"{key.replace('_', '-')} ")
    insist_on_use(said(tmp_path, **works))


def test_every_row_has_a_case() -> None:
    rows = [(model, row) for model, listed in IDLE.items() for row in listed(Said("train"))]
    brought = set(config.ImportOptions.model_fields) - {"weights", "owner_tolerance", "ensemble"}
    assert {key for key, *_ in CASES} == {key for _, row in rows for key in row.keys.split()} - brought
    assert all(row.why and model.model_fields.keys() >= set(row.keys.split()) for model, row in rows)


@pytest.mark.parametrize("key", [key for key in config.ImportOptions.model_fields if key != "weights"])
def test_what_is_said_of_a_model_to_import_needs_one(key: str) -> None:
    imported = config.ImportOptions.model_construct(**{key: "x"})  # type: ignore[arg-type]  # whatever its type is
    with pytest.raises(UsageError, match="no model is brought in"):
        insist_on_use(Said("train", imported))
    own_row = key in ("owner_tolerance", "ensemble")
    with suppress(UsageError) if own_row else nullcontext():
        insist_on_use(Said("import", imported))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("work", ["check", "train", "import", "federate", "start", "attack", "survey"])
def test_a_value_that_is_the_default_is_never_refused(work: str, source: str, tmp_path: Path) -> None:
    records = config.Config(source=Path()), config.SurveyConfig(source=Path())
    sections = {name: section for record in records for name, section in record if isinstance(section, config.Options)}
    spelt = {name: section.model_dump() for name, section in sections.items() if name != "imported"}
    spelt["federation"] = config.FederationOptions().model_dump()
    for federated in (False, True):
        insist_on_use(said(tmp_path, work=work, source=source, federated=federated, **spelt))


def test_what_an_earlier_command_said_is_not_blamed_on_this_one(tmp_path: Path) -> None:
    kept = said(tmp_path, work="attack", attack={"queries": 2})
    insist_on_use(kept, keys={"references"})
    with pytest.raises(UsageError, match="--queries 2"):
        insist_on_use(kept, keys={"references", "queries"})


def test_of_several_models_an_option_has_to_change_one(tmp_path: Path) -> None:
    plain = said(tmp_path, training={"label_range": (0.0, 90.0)})
    private = said(tmp_path, training={"label_range": (0.0, 90.0), "defences": ["dp=3"]})
    insist_on_use(plain, private)
    with pytest.raises(UsageError, match=r"grid\.toml: label_range 0.0 90.0 would change nothing"):
        insist_on_use(plain, plain, where=Path("grid.toml"))


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "people.tsv", "run", "--queries", "2"),
        ("train", "people.tsv", "run", "--label-range", "0", "90"),
        ("federate", "people.tsv", "run", "--keep-every", "2"),
        ("check", "people.tsv", "--desc", "preproc"),
        ("import", "people.tsv", "run", "--weights", "w", "--network", "m:C", "--split", "s", "--form", "paper"),
        ("federation", "start", "kit", "run", "--keep-every", "1"),
        ("audit", "people.tsv", "run", "--config", "options.toml"),
        ("defend", "people.tsv", "run", "--grid", "grid.toml"),
        ("survey", "audit", "people.tsv", "run", "--release", "release.toml", "--tilt-column", "a"),
    ],
)
def test_every_command_refuses_before_anything_is_read_or_written(words, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.tsv").write_text("participant_id\tage\n")
    (tmp_path / "options.toml").write_text("[attack]\nlooks = 3\n")
    (tmp_path / "grid.toml").write_text('[training]\nclip = 2.0\n[[defences]]\nname = "dropout"\nstrengths = [0.5]\n')
    (tmp_path / "release.toml").write_text('[release]\nmargins = "all"\n')
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SystemExit) as done:
        cli.main(list(words))
    out, err = capsys.readouterr()
    assert done.value.code == 2
    assert "would change nothing: " in err
    assert len(err.splitlines()) == 2
    assert out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_an_option_of_the_command_line_is_not_blamed_on_the_file() -> None:
    adversary = config.table_options.AdversaryOptions(tilt_column="age")
    said = Said.of(config.SurveyConfig(source=Path("d.csv"), adversary=adversary), "survey")
    with pytest.raises(UsageError, match=r"^--tilt-column age would change nothing: there is no tilt along it"):
        insist_on_use(said, where=Path("rel.toml"), typed=(adversary,))
    with pytest.raises(UsageError, match=r"^rel\.toml: tilt_column age would change nothing"):
        insist_on_use(said, where=Path("rel.toml"), typed=(config.table_options.AdversaryOptions(),))
