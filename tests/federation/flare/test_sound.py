"""What a kit takes for a job: what is written of a plan, word by word, and nothing else."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import json
from dataclasses import replace

from remembrain.errors import DataError
from remembrain.federation.flare.plan import METER, SERVER, SITE, Plan, write_job
from remembrain.federation.flare.sound import MOST_BYTES, insist_on_component, insist_on_job, sound_plan
from remembrain.targets import recipes
from remembrain.targets.defences import named
from remembrain.targets.private.mechanism import Privacy

RECIPE = recipes.recipe("mlp", "light", federated=True)


PLAN = Plan("mlp", "light", RECIPE, 3, 1, {"oslo": "oslo", "rome": "rome"})


PRIVATE = replace(RECIPE, privacy=Privacy(epsilon=4.0, delta=1e-4, secure_noise=True).for_epochs(12))


def app(path, plan=PLAN, **change):
    return write_job(path, plan, server=(SERVER, {}), site=(SITE, {"grid": "48", **change})) / "app"


def changed(folder, name, change):
    """Change one of the two files of settings."""
    path = folder / "config" / f"config_fed_{name}.json"
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


def text(**change):
    """Return the text of a plan, with some of its keys changed as text."""
    found = json.loads(PLAN.to_text())
    for key, value in change.items():
        if key in found["recipe"] and key not in found:
            found["recipe"][key] = value
        else:
            found[key] = value
    return json.dumps(found)


@pytest.mark.parametrize(
    "recipe", [RECIPE, PRIVATE, RECIPE.defended(named(["label-noise=2", "weight-decay=0.01", "early-stopping=3"]))]
)
def test_every_job_of_ours_is_let_in(tmp_path, recipe):
    folder = app(tmp_path, replace(PLAN, recipe=recipe))
    insist_on_job(folder)
    for name in (".__nvfl_sig.json", "config/.__nvfl_submitter.crt"):  # what a coordinator's signature adds
        (folder / name).write_text("{}")
    insist_on_job(folder)
    meter = {"tasks": ["train"], "filters": [{"path": METER, "args": {}}]}
    changed(folder, "client", lambda found: found.update(task_data_filters=[meter]))
    insist_on_job(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"network": "evil:Net"}, "no network 'evil:Net'"),
        ({"network": "/etc/passwd"}, "no network"),
        ({"form": "other"}, "form"),
        ({"epochs": 10**9}, "recipe.epochs"),
        ({"epochs": 2.0}, "recipe.epochs"),
        ({"rounds": True}, "rounds"),
        ({"batch_size": 0}, "recipe.batch_size"),
        ({"learning_rate": float("nan")}, "learning_rate|invalid JSON|Invalid JSON"),
        ({"seed": -1}, "seed"),
        ({"optimiser": "os.system"}, "recipe.optimiser"),
        ({"defences": ["evil=1"]}, "no defence"),
        ({"defences": ["label-noise=1__0"]}, "defences"),
        ({"sites": [["../oslo", "oslo"]]}, "sites"),
        ({"sites": [["oslo", "oslo"], ["oslo", "rome"]]}, "not as a plan is written"),
        ({"extra": 1}, "extra"),
        ({"most_epsilon": 99}, "most_epsilon"),
        ({"privacy": {"epsilon": 8.0}}, "privacy"),
        ({"time_limit": 0}, "time_limit"),
    ],
)
def test_a_plan_that_asks_for_anything_else_is_refused(change, said):
    with pytest.raises(DataError, match=said):
        sound_plan(text(**change))


def test_a_plan_is_refused_whose_noise_whoever_sent_it_could_take_away():
    asked = replace(PRIVATE, privacy=replace(PRIVATE.privacy, secure_noise=False))
    assert sound_plan(replace(PLAN, recipe=PRIVATE).to_text()).recipe == PRIVATE
    with pytest.raises(DataError, match="secure_noise"):
        sound_plan(replace(PLAN, recipe=asked).to_text())


@pytest.mark.parametrize("other", [None, 3, "", "{}", "[" * 100_000, "x" * (MOST_BYTES + 1), PLAN.to_text() + " "])
def test_what_is_no_plan_is_refused(other):
    with pytest.raises(DataError):
        sound_plan(other)


@pytest.mark.parametrize(
    "name",
    [
        "custom/evil.py",
        "config/evil.py",
        "config/config_fed_client.conf",
        "config/config_fed_client.yml",
        "config/environment.json",
        "log.txt",
    ],
)
def test_a_job_that_brings_another_file_is_refused(tmp_path, name):
    folder = app(tmp_path)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("{}")
    with pytest.raises(DataError, match=f"brings '{name.split('/')[0]}"):
        insist_on_job(folder)


def test_a_job_in_hocon_a_link_an_empty_folder_and_what_is_too_large_are_refused(tmp_path):
    folder = app(tmp_path / "hocon")
    (folder / "config" / "config_fed_client.json").rename(folder / "config" / "config_fed_client.conf")
    with pytest.raises(DataError, match=r"config_fed_client\.conf"):
        insist_on_job(folder)
    folder = app(tmp_path / "folder")
    (folder / "custom").mkdir()
    with pytest.raises(DataError, match="brings 'custom'"):
        insist_on_job(folder)
    folder = app(tmp_path / "link")
    (folder / "config" / "config_fed_client.json").unlink()
    (folder / "config" / "config_fed_client.json").symlink_to("/etc/hostname")
    with pytest.raises(DataError, match="brings"):
        insist_on_job(folder)
    folder = app(tmp_path / "large")
    changed(folder, "client", lambda found: found.update(padding="x" * MOST_BYTES))
    with pytest.raises(DataError, match="too large"):
        insist_on_job(folder)


POPEN = {"path": "subprocess.Popen", "args": {"args": ["touch", "marker"]}}


METERED = {"path": METER, "args": {"network": "evil:Net", "people": "p:p", "out": "out"}}


WRITER = {"path": "nvflare.app_common.statistics.json_stats_file_persistor.JsonStatsFileWriter", "args": {}}


def filtered(component, key="task_data_filters"):
    return lambda found: found.update({key: [{"tasks": ["train"], "filters": [component]}]})


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("client", lambda found: found["components"].append(POPEN), "subprocess.Popen"),
        ("client", lambda found: found["components"].append({"id": "x", "path": "evil.Net"}), "evil.Net"),
        ("client", lambda found: found["components"].append({"id": "x", "name": "NPTrainer"}), "NPTrainer"),
        ("client", lambda found: found["components"].append({"id": "x", "class_path": "evil.Net"}), "evil.Net"),
        ("client", lambda found: found["components"].append(WRITER), "JsonStatsFileWriter"),
        ("server", lambda found: found["components"].append(WRITER), "JsonStatsFileWriter"),
        ("client", filtered(METERED), "no job of this program has"),
        ("client", filtered({"path": METER, "args": {}}, "task_result_filters"), "no job of this program has"),
        ("client", lambda found: found.update(out="/etc"), "no job of this program has"),
        ("client", lambda found: found["executors"][0]["tasks"].append("other"), "no job of this program has"),
        ("client", lambda found: found["executors"][0]["executor"]["args"].update(x=1), "no job of this program has"),
        ("client", lambda found: found["executors"][0]["executor"].update(x=POPEN), "subprocess.Popen"),
        ("client", lambda found: found["executors"][0]["executor"]["args"].pop("grid"), "no grid"),
        ("server", lambda found: found["workflows"][0]["args"].update(folder="/etc"), "no job of this program has"),
        ("server", lambda found: found["workflows"][0]["args"].update(plan=text(seed=2)), "another plan"),
        ("server", lambda found: found["workflows"].clear(), "no job of this program has"),
    ],
)
def test_a_job_with_other_settings_is_refused(tmp_path, name, change, said):
    folder = app(tmp_path)
    changed(folder, name, change)
    with pytest.raises(DataError, match=said):
        insist_on_job(folder)


@pytest.mark.parametrize("grid", ["../../etc", "31", 48, None, ["48"]])
def test_a_grid_is_one_by_name(tmp_path, grid):
    with pytest.raises(DataError, match="grid"):
        insist_on_job(app(tmp_path, grid=grid))


@pytest.mark.parametrize(
    "component",
    [
        POPEN,
        METERED,
        {"path": SITE, "args": {"plan": text(), "grid": "48", "run": "/etc"}},
        {"path": SITE, "args": {"plan": text(), "grid": "/etc"}},
        {"path": SITE, "args": {"plan": text(network="evil:Net"), "grid": "48"}},
        {"path": SITE},
        {"path": SERVER, "args": {"plan": text()}},  # the server's own has an id as well
        {"path": ["subprocess.Popen"]},
        {"name": "Popen"},
        [],
        None,
    ],
)
def test_no_other_class_and_no_other_argument_is_built(component):
    with pytest.raises(DataError):
        insist_on_component(component)
