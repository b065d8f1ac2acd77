"""Plain settings of tables load nothing heavy, and say what each is for."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from typing import get_type_hints

import pytest
from typing_extensions import Doc

from remembrain.record.table_settings import Adversary, Protection


@pytest.mark.parametrize("stated", [Protection, Adversary])
def test_each_setting_says_once_what_it_is_for(stated: type) -> None:
    hints = get_type_hints(stated, include_extras=True)
    for field in fields(stated):
        assert sum(isinstance(part, Doc) for part in hints[field.name].__metadata__) == 1


def test_settings_are_read_without_what_works_with_them() -> None:
    program = "import sys; from remembrain.record import table_settings; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
