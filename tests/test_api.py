"""What Python users import is there, and is what the rooms pass to one another."""

from __future__ import annotations

import remembrain
from remembrain import api, attacks, types
from remembrain.audits.judge import Evidence
from remembrain.targets.heads import Head


def test_every_name_of_the_package_is_that_of_its_room() -> None:
    assert sorted(remembrain.__all__) == sorted(api.__all__)
    assert {name: getattr(remembrain, name) for name in remembrain.__all__} == {
        "Attack": types.Attack,
        "Evidence": Evidence,
        "Head": Head,
        "Interval": types.Interval,
        "Scores": types.Scores,
        "audit_module": api.audit_module,
        "Audit": api.Audit,
        "audit": api.audit,
        "load": api.load,
        "register": attacks.register,
    }
