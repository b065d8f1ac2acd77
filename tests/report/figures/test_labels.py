"""Labels beside points: none lies on another, on a mark or off the figure where there is room."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from remembrain.report.figures.labels import Labelled, pieces, place
from remembrain.report.figures.svg import INK, canvas, style


def boxes(points):
    with style():
        figure, (ax,) = canvas(7.4, 4.2)
        ax.set(xlim=(0, 1), ylim=(0, 1))
        place(ax, [Labelled(x, y, text, INK) for x, y, text in points])
        figure.draw_without_rendering()
        return ax.bbox.extents, [text.get_window_extent().extents for text in ax.texts]


def overlap(first, second):
    return np.all(np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2]) > 1)


@pytest.mark.parametrize("seed", range(5))
def test_labels_of_crowded_points_lie_apart_and_inside(seed):
    rng = np.random.default_rng(seed)
    points = [
        (x, y, f"{value:.3g}") for x, y, value in zip(rng.random(14) ** 2, rng.random(14), rng.random(14), strict=True)
    ]
    edges, found = boxes(points)
    assert len(found) == 14
    assert not any(overlap(first, second) for first, second in combinations(found, 2))
    assert all(np.all(box[:2] > edges[:2] - 2) and np.all(box[2:] < edges[2:] + 2) for box in found)


def test_points_without_text_are_kept_clear_of():
    _, found = boxes([(0.5, 0.5, "here"), (0.53, 0.52, "")])
    assert len(found) == 1


def test_a_line_is_cut_into_pieces_that_join():
    found = pieces(np.array([[0.0, 0.0], [1.0, 2.0], [1.0, 4.0]]), count=10)
    assert len(found) == 20
    assert all(first[2:] == pytest.approx(second[:2]) for first, second in pairwise(found))
    assert found[0][:2] == (0.0, 0.0)
    assert found[-1][2:] == (1.0, 4.0)
