"""Settings of tables are stated in their own room, and options are made of them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from remembrain import config
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
