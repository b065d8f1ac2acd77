"""What a federation leaves: files that are its own, and models that are as they were written."""

from __future__ import annotations

import json

import pytest

from made_federation import config_of
from made_table import write_people
from remembrain.errors import DataError
from remembrain.federation.archive import Archive
from remembrain.study.federated.federate import federate


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_people(tmp_path_factory.mktemp("table") / "people.tsv", 250, hospital=True)


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    return federate(config_of(table), tmp_path_factory.mktemp("run") / "run").path


@pytest.mark.parametrize("content", [{"models": {"../../x": "0"}}, {"models": ["community"]}, [], {"round": 0}])
def test_a_manifest_that_names_a_file_elsewhere_is_refused(tmp_path, content):
    archive = Archive(tmp_path / "rounds")
    archive.manifest(0).parent.mkdir(parents=True)
    archive.manifest(0).write_text(json.dumps(content))
    for read in (archive.last, lambda: archive.facts(0), lambda: archive.fingerprint(0)):
        with pytest.raises(DataError, match=r"manifest\.json: does not say which models a round has"):
            read()
