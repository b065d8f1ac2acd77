"""How settings of defences are drawn."""

import pytest
from page_of import read

import example_defences
from remembrain.record.numbers import Number
from remembrain.report.figures.settings import handles, height, known, looks, reach
from remembrain.report.figures.svg import INK


def test_the_model_without_defence_is_a_star_and_no_two_defences_look_alike():
    shapes = looks(read(example_defences.compared).settings)
    assert (shapes["none"].marker, shapes["none"].colour) == ("*", INK)
    assert len({(shape.marker, shape.colour) for shape in shapes.values()}) == len(shapes)
    hollow = {name for name, shape in shapes.items() if shape.hollow}
    predictions = {one.defence for one in read(example_defences.compared).settings if one.protects == "predictions"}
    assert hollow == predictions


def test_each_defence_stands_once_in_the_legend_with_what_its_strength_is():
    settings = read(example_defences.compared).settings
    legend = handles(settings, looks(settings))
    labels = [handle.get_label() for handle in legend]
    assert len(labels) == len({setting.defence for setting in settings})
    assert "Differential privacy, by noise\n(noise multiplier)" in labels
    assert height(legend) >= height(legend[:1]) == 4.2


def test_only_what_is_known_is_drawn_and_the_axis_shows_it_all():
    number, nothing = Number(value=1.0, low=0.5, high=1.5), Number()
    setting = read(example_defences.compared).settings[0]
    assert known([(setting, number, number), (setting, nothing, number), (setting, number, nothing)]) == [
        (setting, number, number)
    ]
    assert reach([1.0, 2.0]) == pytest.approx((0.94, 2.06))
