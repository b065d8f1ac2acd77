"""Contrasts within levels, told by two statistics, and of one group alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_regions import people, published
from remembrain.errors import ProblemsError
from remembrain.survey.layout import Plan
from remembrain.survey.published.reading import read_published

PEOPLE = people(120, columns=3)
QUESTIONS = (*PEOPLE.categorical, *PEOPLE.numeric)


def test_contrasts_within_levels_are_those_of_their_rows(tmp_path: Path) -> None:
    layout, true = published(PEOPLE, Plan(contrasts="all", contrast="group", by=("site",)))
    rows = ["region,site,n_control,n_patient,t (patient - control),d (patient - control),t control"]
    for table in layout.tables:
        for level, cell in enumerate(range(table.start, table.stop)):
            first, both, d = true.count[cell], true.base[cell], true.share[cell]
            t = d / np.sqrt(1 / first + 1 / (both - first))
            site = "ab"[level] if table.within else "all"
            rows.append(f"{table.questions[0].name},{site},{first:g},{both - first:g},{t:.9g},{d:.9g},1.5")
    path = tmp_path / "t.csv"
    path.write_text("\n".join(rows))
    found, notes = read_published(path, layout, QUESTIONS)
    for name in ("count", "share", "base"):
        np.testing.assert_allclose(getattr(found, name), getattr(true, name), rtol=1e-7)
    assert "t.csv: what compares nobody is not used: t control" in notes
    path.write_text("\n".join([*rows[:2], rows[2].replace(",a,", ",a,1"), *rows[3:]]))
    with pytest.raises(ProblemsError, match=r"of region0 is .*, and what stands beside it says a d of"):
        read_published(path, layout, QUESTIONS)
    path.write_text("\n".join(rows))
    of_p, _ = published(PEOPLE, Plan(means="all"))
    with pytest.raises(ProblemsError, match="no table of the mean of region0"):
        read_published(path, of_p, QUESTIONS)
