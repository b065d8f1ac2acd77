"""Learners by a column: it is one of the data, or it is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.config import Config, FederationOptions
from remembrain.errors import UsageError
from remembrain.study.federated.federate import federate


def folder(path: Path, heading: str) -> Path:
    path.mkdir()
    (path / "participants.tsv").write_text(f"participant_id\tage\t{heading}\nsub-1\t50\tn/a\n")
    (path / "sub-1" / "anat").mkdir(parents=True)
    (path / "sub-1" / "anat" / "sub-1_T1w.nii.gz").touch()
    return path


@pytest.mark.parametrize(
    ("heading", "environment", "said"),
    [
        ("hospital", "hospitl", r"no environment and no column of sites 'hospitl'; expected .*: hospital"),
        ("hospital", "hospital", r"no environment and no column of sites 'hospital'"),
        ("site", "uniform-idd", r"no environment and no column of sites 'uniform-idd'; expected uniform-iid, "),
    ],
)
def test_a_column_of_sites_has_to_be_there_and_to_say_something(
    tmp_path: Path, heading: str, environment: str, said: str
) -> None:
    config = Config(source=folder(tmp_path / "bids", heading), federation=FederationOptions(environment=environment))
    with pytest.raises(UsageError, match=said):
        federate(config, tmp_path / "run")
