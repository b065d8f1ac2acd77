"""A coordinator who means ill, in a deployed federation: no code of its own runs anywhere, no file of a site is read,
nobody is named; with a server that looks at nothing, so that each site refuses by itself.
"""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
import time
import zipfile
from contextlib import contextmanager
from dataclasses import replace

import pandas as pd
import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from nvflare.app_common.default_component_policy import DEFAULT_CLASS_ALLOW_LIST
from nvflare.fuel.flare_api.flare_api import new_secure_session

from deployment import GRID, SITES, Deployment, begin, in_process, same, site_settings, write_people
from private_files import open_to_others
from remembrain.errors import RemembrainError
from remembrain.federation.flare.plan import METER, SERVER, SITE, Plan, write_job
from remembrain.targets import recipes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore")]  # FLARE in this process
RECIPE = replace(recipes.recipe("cnn3d", "light", federated=True), epochs=1)
PLAN = Plan("cnn3d", "light", RECIPE, 1, 0, {site: site for site in SITES}, 60)
WRITER = "nvflare.app_common.statistics.json_stats_file_persistor.JsonStatsFileWriter"
RECORDER = "nvflare.app_common.widgets.event_recorder.ClientEventRecorder"
PERSISTOR = "nvflare.app_common.np.np_model_persistor.NPModelPersistor"


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return folder, write_people(folder)


@pytest.fixture(scope="module")
def deployed(people, tmp_path_factory):
    """Start a server that FLARE guards as it does by itself, and three sites as they are."""
    running = Deployment.provisioned(tmp_path_factory.mktemp("kits"), people[0])
    local = running.kits.server / "local"
    shutil.move(local / "authorization.json", local / "authorization.json.ours")
    shutil.copy(local / "resources.json", local / "resources.json.ours")
    settings = json.loads((local / "resources.json").read_text())
    del settings["app_validator"]
    settings["class_allow_list"] = [*DEFAULT_CLASS_ALLOW_LIST, SERVER, SITE, METER]
    (local / "resources.json").write_text(json.dumps(settings))
    with running.up():
        running.wait()
        yield running


@contextmanager
def session_of(kits):
    logging.getLogger("nvflare").setLevel(logging.CRITICAL)
    session = new_secure_session(kits.coordinator.name, str(kits.coordinator.resolve()), timeout=30)
    try:
        yield session
    finally:
        session.close()


def sent(kits, job, limit=60):
    """Send a job as any client of FLARE can, wait for its end, and return what is known of it."""
    with session_of(kits) as session:
        number = session.submit_job(str(job))
        began = time.monotonic()
        while "job_deploy_detail" not in (meta := session.get_job_meta(number)) or "FINISHED" not in meta["status"]:
            assert time.monotonic() - began < limit, meta
            time.sleep(0.5)
    return meta


def client(change):
    """Return a change of what a job says of sites."""

    def made(job, marker):
        path = job / "app" / "config" / "config_fed_client.json"
        found = json.loads(path.read_text())
        change(found, marker)
        path.write_text(json.dumps(found))

    return made


def with_code(*changes):
    """Return a change that brings a module which leaves a mark where it is imported, and some more."""

    def made(job, marker):
        custom = job / "app" / "custom"
        custom.mkdir()
        code = f"open({str(marker)!r}, 'a').write(__name__)\nclass Net:\n    pass\n"
        (custom / "evil.py").write_text(code)
        for change in changes:
            change(job, marker)

    return made


def component(path, **arguments):
    """Return a change that has sites build one more class; ``MARKER`` stands for the file that must not be there."""

    def change(found, marker):
        text = json.dumps({"id": "more", "path": path, "args": arguments}).replace("MARKER", str(marker))
        found["components"].append(json.loads(text))

    return client(change)


def argument(**changed):
    """Return a change of the arguments of our own class at sites."""
    return client(lambda found, _: found["executors"][0]["executor"]["args"].update(changed))


def plan(**changed):
    """Return a change of the plan that sites are sent."""

    def change(found, _):
        arguments = found["executors"][0]["executor"]["args"]
        content = json.loads(arguments["plan"])
        for key, value in changed.items():
            (content if key in content else content["recipe"])[key] = value
        arguments["plan"] = json.dumps(content)

    return client(change)


def meter(**arguments):
    """Return a change that adds the leakage meter."""
    filters = [{"tasks": ["train"], "filters": [{"path": METER, "args": arguments}]}]
    return client(lambda found, _: found.update(task_data_filters=filters))


def class_of_site(path, **arguments):
    """Return a change of the class that sites train with."""
    executor = {"path": path, "args": {"plan": PLAN.to_text(), **arguments}}
    return client(lambda found, _: found["executors"][0].update(executor=executor))


def meta(**changed):
    """Return a change of what a job says of itself."""

    def made(job, _):
        path = job / "meta.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))

    return made


def both(*changes):
    def made(job, marker):
        for change in changes:
            change(job, marker)

    return made


def as_hocon(job, marker):
    """Write what sites are told as HOCON, which can read files and addresses."""
    path = job / "app" / "config" / "config_fed_client.json"
    content = path.read_text()
    path.unlink()
    path.with_suffix(".conf").write_text(f'include file("{marker.parent / "own.txt"}")\n{content}')


POPEN = component("subprocess.Popen", args=["touch", "MARKER"])
DOCKER = {site: {"docker": {"image": "evil"}} for site in SITES}
ATTACKS = {
    "code and a meter of its class": with_code(meter(network="evil:Net", people="evil:people", out="out")),
    "code as a component": with_code(component("evil.Net")),
    "code that nobody names": with_code(),
    "an installed class": POPEN,
    "an installed class, said to bring code": both(POPEN, meta(byoc=True, submitter_role="super")),
    "code for a role that nobody has": with_code(component("evil.Net"), meta(submitter_role="anybody")),
    "an image to run in": meta(launcher_spec=DOCKER),
    "a meter of a class": meter(network="remembrain.targets.mlp:Mlp", people="os:getcwd", out="out"),
    "FLARE's writer of files": component(WRITER, output_path="MARKER"),
    "FLARE's recorder of events": component(RECORDER, output_dir="MARKER"),
    "FLARE's reader of models": component(PERSISTOR, model_dir="MARKER"),
    "an unknown network": plan(network="evil:Net"),
    "a network by its file": plan(network="/etc/passwd"),
    "epochs without end": plan(epochs=10**9),
    "a limit of its own": plan(most_epsilon=1e9),
    "a limit beside the plan": argument(most_epsilon=1e9),
    "a grid that is a path": argument(grid="../../../etc"),
    "a path outside the kit": class_of_site("remembrain.study.federated.simulated_sites.SimulatedLearner", run="/"),
    "HOCON": as_hocon,
}


def logs(kit):
    return (kit / "log.txt").read_text() if (kit / "log.txt").is_file() else ""


@pytest.mark.parametrize("name", ATTACKS)
def test_each_site_refuses_by_itself_and_says_why_in_its_own_log(deployed, tmp_path, name):
    kits, marker = deployed.kits, tmp_path / "marker"
    job = write_job(tmp_path, PLAN, server=(SERVER, {}), site=(SITE, {"grid": GRID}))
    ATTACKS[name](job, marker)
    before = {kit: logs(kit).count("refused") for kit in kits.sites}
    found = sent(kits, job)
    assert str(found["status"]) == "FINISHED:FAILED_TO_RUN", found
    told = found["job_deploy_detail"]
    for kit in kits.sites:
        assert f"{kit.name}: NVFLARE_ERROR: this machine runs no such job; its own log says why" in told
        assert logs(kit).count("refused") > before[kit]
    assert not marker.exists()


COMMANDS = [
    "cat {site} log.txt",
    "head {site} log.txt",
    "tail {site} log.txt",
    "grep {site} oslo log.txt",
    "ls {site}",
    "pwd {site}",
    "sys_info client {site}",
    "report_env {site}",
    "report_resources client {site}",
    "configure_site_log client {site} DEBUG",
    "show_scopes client {site}",
    "restart client {site}",
    "shutdown client {site}",
]


def test_a_site_answers_no_command_that_reads_its_files_or_changes_what_it_does(deployed):
    with session_of(deployed.kits) as session:
        for command in COMMANDS:
            answer = json.dumps(session.api.do_command(command.format(site="oslo")), default=str)
            letters = ", ".join("invalid_request")  # as FLARE lists it
            assert "invalid_request" in answer or letters in answer, answer
            assert str(deployed.kits.sites[0]) not in answer
    assert deployed.running[deployed.kits.sites[0]].poll() is None


@pytest.fixture(params=["an age, a cut scan and a missing one", "a person twice"])
def bad(request, people, deployed, tmp_path_factory):
    """Have a site whose people cannot be used; return its kit, what its log has to say, and what must not leave it."""
    folder = tmp_path_factory.mktemp("bad") / "holds-york"
    shutil.copytree(people[0] / "york", folder)
    table = pd.read_csv(folder / "participants.tsv", sep="\t", dtype=str)
    names = ["sub-zebra17", "sub-heron23", "sub-otter31"]
    for before, after in zip(table.participant_id[:3], names, strict=True):
        (folder / before).rename(folder / after)
        for file in (folder / after).rglob(f"{before}*"):
            file.rename(file.with_name(file.name.replace(before, after)))
    table.loc[:2, "participant_id"] = names
    table.loc[1, "age"] = "61.4159"
    if request.param == "a person twice":
        table = pd.concat([table, table.iloc[[1]].assign(age="31.2718")])
        inside = ["sub-heron23"]
    else:
        table.loc[0, "age"] = "204.75"
        scan = next((folder / names[1]).rglob("*.nii.gz"))
        scan.write_bytes(scan.read_bytes()[:2000])
        for file in (folder / names[2]).rglob("*.nii.gz"):
            file.unlink()
        inside = ["sub-zebra17", "204.75", "sub-heron23"]  # who has no scan is no problem
    table.to_csv(folder / "participants.tsv", sep="\t", index=False, na_rep="n/a")
    kit = deployed.kits.sites[SITES.index("york")]
    own = kit / "local" / "remembrain.toml"
    kept = own.read_text()
    own.write_text(site_settings(folder, folder.parent / "store"))
    words = [
        *(one.removeprefix("sub-") for one in names),
        "204.75",
        "61.4159",
        "31.2718",
        "holds-york",
        *table.participant_id,
    ]
    yield kit, inside, words
    own.write_text(kept)


def everything(*folders):
    """Yield the name and content of every file, and of what is packed in it."""
    for folder in folders:
        for path in folder.rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes()
            yield path, content
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as packed:
                    for name in packed.namelist():
                        yield path / name, name.encode() + packed.read(name)


def test_a_site_whose_people_cannot_be_used_tells_a_code_and_a_count(deployed, bad, tmp_path):
    kit, inside, secrets = bad
    with pytest.raises(RemembrainError) as caught:
        begin(deployed.kits, tmp_path / "run", 1)
    said = str(caught.value)
    assert re.search(r"york data cannot be used: \d problems?; the site's log says which", said), said
    log = b"".join(content for path, content in everything(kit) if path.name == "log.txt").decode()
    for word in inside:  # the site is told everything
        assert word in log, word
    searched = 0
    for path, content in everything(deployed.kits.server, deployed.kits.coordinator, tmp_path):
        searched += 1
        for secret in secrets:
            assert secret.encode() not in content, (secret, path)
            assert secret not in said
    assert searched > 50


def test_the_honest_job_still_runs_to_the_same_models_and_the_server_refuses_as_well(deployed, people, tmp_path):
    kits = deployed.kits
    local = kits.server / "local"
    deployed.kill(kits.server)
    for name in ("authorization.json", "resources.json"):
        shutil.move(local / f"{name}.ours", local / name)
    time.sleep(2)
    deployed.launch(kits.server)
    deployed.wait()
    for name in ("code as a component", "an installed class", "HOCON"):
        job = write_job(tmp_path / name, PLAN, server=(SERVER, {}), site=(SITE, {"grid": GRID}))
        ATTACKS[name](job, tmp_path / "marker")
        found = sent(kits, job)
        assert found["job_deploy_detail"] == ["server: this machine runs no such job; its own log says why"]
    assert not (tmp_path / "marker").exists()
    path = begin(kits, tmp_path / "run", 1)
    same(path, in_process(*people, tmp_path / "here", 1), 1, kits.server)
    assert not [file for file, _ in everything(path, kits.coordinator) if "learner-" in file.name]
    assert open_to_others(path) == []
    written = [file for kit in kits.sites for file in kit.rglob("*") if file.name not in ("out.log", "pid.fl")]
    kept = [kits.server / name for name in ("", "jobs", "snapshots", "federations")]
    for file in (*written, *kept):
        assert not file.stat().st_mode & 0o077, file
