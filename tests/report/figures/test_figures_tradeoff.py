"""What settings cost against what they give away."""

from page_of import read

import example_defences
from remembrain.record.settings import on_front
from remembrain.report.figures.tradeoff import tradeoff, tradeoff_tpr


def test_every_setting_is_told_with_error_and_leakage():
    drawing = tradeoff(read(example_defences.compared))
    assert drawing.description.startswith("Undefended: error 2.95 (2.74 to 3.16), AUC 0.85 (0.81 to 0.89);")
    assert drawing.description.count("error ") == 16
    rates = tradeoff_tpr(read(example_defences.compared)).description.replace("\u00a0", " ")
    assert rates.startswith("Undefended: 20 % (16 % to 23 %);")


def test_the_steps_pass_through_every_setting_that_nothing_beats():
    defences = read(example_defences.compared)
    (steps,) = (line for line in tradeoff(defences).figure.axes[0].lines if line.get_label() == "front")
    corners = {(float(x), float(y)) for x, y in steps.get_xydata()}
    assert {(error, leak) for error, leak, _ in on_front(defences.settings, "pareto_auc")} <= corners


def test_nothing_is_drawn_where_nothing_is_known():
    assert tradeoff(read(example_defences.nothing_assessed)) is None
    assert tradeoff_tpr(read(example_defences.few)) is None
