"""The table of the experiment with reference models, and that its picture reads it."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from remembrain.evidence.people import Repeat

HERE = Path(__file__).parents[2] / "experiments" / "reference_models"


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> tuple:
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("table", "figure", "over_targets"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import figure
    import table

    yield table, figure
    for name in ("table", "figure", "over_targets"):
        sys.modules.pop(name, None)


def test_the_picture_is_drawn_from_the_table(modules: tuple, tmp_path: Path) -> None:
    table, figure = modules
    rng = np.random.default_rng(0)
    inside = np.tile([[True, False], [False, True]], (10, 2))
    found = SimpleNamespace(predicted=rng.normal(60, 5, (20, 4, 1)), inside=inside, seconds=(60.0,) * 4)
    member, person = np.arange(200) % 2 == 0, np.arange(200)
    # of three targets 60, 61 and 62 of 100 members stand above all others, and all others above the rest
    tested = [
        Repeat(member, np.where(member, np.where(person < 120 + 2 * more, 2.0, 0.0), 1.0), person) for more in range(3)
    ]
    rows = [
        SimpleNamespace(attack=name, models=models, queries=1, target=target, tested=tested[target])
        for name, models in (("error-threshold", 0), ("bavaria", 2), ("bavaria", 4))
        for target in range(3)
    ]
    path = table.write_table(tmp_path / "out.md", rows, found, np.full(20, 60.0), "Tested.")
    text = path.read_text()
    assert "4.0 core-minutes in all, 1.00 a model" in text
    low, high = (
        float(one) for one in re.search(r"bavaria \| 4 \| 1 \| 3 \| 0.610 \((.*) to (.*)\) \| 0.610 \(", text).groups()
    )
    # of 100 members, as shares are: logit(0.61) -+ 1.98 sqrt(0.61 * 0.39 / 99) / (0.61 * 0.39)
    assert (low, high) == pytest.approx((0.509, 0.702), abs=0.003)
    assert "0.1 %" not in text
    assert "+0.000 (+0.000 to +0.000)" in text
    read = [row for line in text.splitlines() if (row := figure._read(line))]
    assert [(name, models) for name, models, _ in read] == [("error-threshold", 0), ("bavaria", 2), ("bavaria", 4)]
    assert read[1][2][0] == (0.61, low, high)
    assert "<svg" in figure.draw([path, path], tmp_path / "out.svg").read_text()
