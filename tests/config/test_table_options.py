"""Settings of tables are stated in their own room, and options are made of them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from remembrain import config
from remembrain.errors import UsageError
from remembrain.record.table_settings import Adversary, Blur, Protection


@pytest.mark.parametrize(
    ("options", "stated"),
    [
        (config.table_options.ProtectionOptions, Protection),
        (config.table_options.AdversaryOptions, Adversary),
        (config.table_options.PublishedOptions, Blur),
    ],
)
def test_settings_of_tables_are_stated_by_their_room_alone(options: type[config.Options], stated: type) -> None:
    names = {field.name for field in fields(stated)}
    assert not names & options.__annotations__.keys()
    said = options().model_dump(include=names)
    assert stated(**said) == stated()


@pytest.mark.parametrize("said", [0.8, 1, "measured"])
def test_reliability_is_a_correlation_or_measured(said: object) -> None:
    assert config.table_options.AdversaryOptions.model_validate({"reliability": said}).reliability == said


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (1.5, "adversary.reliability: Input should be less than or equal to 1, or input should be 'measured'"),
        ("mesured", "unable to parse string as a number, or input should be 'measured'"),
    ],
)
def test_what_may_be_of_several_kinds_is_refused_with_all_of_them(said: object, message: str, tmp_path: Path) -> None:
    file = tmp_path / "release.toml"
    file.write_text(f'[release]\nmargins = "all"\n[adversary]\nreliability = {said!r}\n')
    with pytest.raises(UsageError, match=re.escape(message) + "$"):
        config.SurveyConfig.of_release(file, source=tmp_path)
