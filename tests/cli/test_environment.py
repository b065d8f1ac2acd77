"""What a machine offers."""

from __future__ import annotations

import platform
from importlib import metadata

from remembrain.cli.environment import environment


def test_versions_and_cores_are_those_of_this_machine() -> None:
    said = environment()
    assert said["python"] == platform.python_version()
    assert said["numpy"] == metadata.version("numpy")
    assert int(said["cores"]) >= 1
    assert float(said["memory GiB"]) > 0.1
