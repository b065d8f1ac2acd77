"""From a drawing to SVG: on a page, and as a file of its own."""

import re
from itertools import pairwise

from remembrain.report.figures.svg import INK, WEIGHTS, Drawing, alone, canvas, end_labels, inline, style


def drawing(title="a < b"):
    with style():
        figure, (ax,) = canvas(3, 2)
        ax.plot([0, 1], [0, 1], color=WEIGHTS)
        ax.text(0.5, 0.5, "words", color=INK)
    return Drawing(title, "what is drawn", figure)


def test_on_a_page_it_takes_the_page_s_colours_and_the_ids_it_is_given():
    text = str(inline(drawing(), "run1-x"))
    assert "var(--weights)" in text
    assert "#161718" not in text
    assert 'aria-labelledby="run1-x-title run1-x-desc"' in text
    assert '<title id="run1-x-title">a &lt; b</title>' in text
    assert all(name.startswith("run1-x") for name in re.findall(r' id="([^"]+)"', text))
    assert "xmlns" not in text


def test_a_file_of_its_own_stands_on_white_with_fixed_colours_and_the_same_drawing_gives_the_same_bytes():
    text = alone(drawing(), "x")
    assert text.startswith('<?xml version="1.0"')
    assert "#7b3b8c" in text
    assert "var(--" not in text
    assert text == alone(drawing(), "x")


def test_labels_at_the_end_of_lines_are_kept_apart():
    with style():
        _, (ax,) = canvas(3, 2)
        end_labels(ax, 1, [(0.5, "one", INK), (0.5, "two", INK), (0.9, "far", INK)], apart=0.1)
    heights = sorted(text.xy[1] for text in ax.texts)
    assert min(later - earlier for earlier, later in pairwise(heights)) > 0.0999
