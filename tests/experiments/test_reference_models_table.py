"""The table of the experiment with reference models, and that its picture reads it."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

HERE = Path(__file__).parents[2] / "experiments" / "reference_models"


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> tuple:
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("table", "figure"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import figure
    import table

    yield table, figure
    for name in ("table", "figure"):
        sys.modules.pop(name, None)


def test_the_picture_is_drawn_from_the_table(modules: tuple, tmp_path: Path) -> None:
    table, figure = modules
    rng = np.random.default_rng(0)
    inside = np.tile([[True, False], [False, True]], (10, 2))
    found = SimpleNamespace(predicted=rng.normal(60, 5, (20, 4, 1)), inside=inside, seconds=(60.0,) * 4)
    rows = [
        SimpleNamespace(
            attack=name, models=models, queries=1, target=target, auc=0.6 + 0.01 * target, tpr={0.01: 0.02, 0.001: 0.0}
        )
        for name, models in (("error-threshold", 0), ("bavaria", 2), ("bavaria", 4))
        for target in range(3)
    ]
    path = table.write_table(tmp_path / "out.md", rows, found, np.full(20, 60.0), "Tested.")
    text = path.read_text()
    assert "4.0 core-minutes in all, 1.00 a model" in text
    assert "| bavaria | 4 | 1 | 3 | 0.610 (0.585 to 0.635) | 0.020 (0.020 to 0.020)" in text
    assert "+0.000 (+0.000 to +0.000)" in text
    read = [row for line in text.splitlines() if (row := figure._read(line))]
    assert [(name, models) for name, models, _ in read] == [("error-threshold", 0), ("bavaria", 2), ("bavaria", 4)]
    assert read[1][2][0] == (0.61, 0.585, 0.635)
    assert "<svg" in figure.draw([path, path], tmp_path / "out.svg").read_text()
