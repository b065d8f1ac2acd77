"""From a drawing to SVG that takes its colours and letters from the page: light, dark and on paper.

Drawn with placeholder colours, which become CSS variables on the page and fixed colours in a file of its own. The same
drawing gives the same bytes.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import Any

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

INK, SOFT, RULE, BAND = "#010203", "#040506", "#070809", "#0a0b0c"
MEMBERS, OTHERS, OUTPUTS, WEIGHTS, BLIND = "#0d0e0f", "#101112", "#131415", "#161718", "#191a1b"
"""Placeholders: text, quieter text, lines, shaded bands; then what is drawn."""

_COLOURS = {
    INK: ("ink", "#1c1f24"),
    SOFT: ("soft", "#565d66"),
    RULE: ("rule", "#d9dce1"),
    BAND: ("band", "#e6e9ed"),
    MEMBERS: ("members", "#b4451b"),
    OTHERS: ("others", "#2a6093"),
    OUTPUTS: ("outputs", "#0c6b64"),
    WEIGHTS: ("weights", "#7b3b8c"),
    BLIND: ("blind", "#6a7079"),
}
_LETTERS = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif'
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "remembrain",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 8.4,
    "axes.labelsize": 8.4,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8.4,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "butt",
}


@dataclass(frozen=True)
class Drawing:
    """A figure, with what a reader who cannot see it is told; how to read it stands in the templates."""

    title: str
    description: str
    figure: Figure

    @cached_property
    def raw(self) -> str:
        """What matplotlib writes, drawn once for the page and for a file of its own."""
        return _raw(self.figure)


@contextmanager
def style() -> Iterator[None]:
    """Have everything in the block drawn alike; text from files is taken as it is, in whatever script."""
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def canvas(width: float, height: float, **grid: Any) -> tuple[Figure, list[Axes]]:
    """Return an empty figure of this size (inches) and its axes; ``grid`` goes to ``Figure.subplots``."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(squeeze=False, **grid).ravel().tolist()
    for patch in (figure.patch, *(ax.patch for ax in axes)):
        patch.set_visible(False)
    return figure, axes


def end_labels(ax: Axes, x: float, labels: Sequence[tuple[float, str, str]], apart: float) -> None:
    """Write (height, text, colour) beside the ends of lines, moved as far from one another as they need."""
    ordered = sorted(labels)
    heights = [height for height, _, _ in ordered]
    for place in range(1, len(heights)):
        heights[place] = max(heights[place], heights[place - 1] + apart)
    shift = sum(height for height, _, _ in ordered) / len(ordered) - sum(heights) / len(heights) if ordered else 0.0
    for height, (_, text, colour) in zip(heights, ordered, strict=True):
        ax.annotate(text, (x, height + shift), (6, 0), textcoords="offset points", va="center", color=colour)


def inline(drawing: Drawing, key: str) -> Markup:
    """Return the drawing as an element of a page, with ids that begin with ``key`` and the page's colours."""
    text = _named(drawing.raw, key)
    text = re.sub(r' xmlns(:\w+)?="[^"]+"', "", text).replace("xlink:href", "href")
    text = re.sub(r'(<svg\b[^>]*?) width="[^"]+"', r"\1", text, count=1)
    text = re.sub(r'(<svg\b[^>]*?) height="[^"]+"', r"\1", text, count=1)
    text = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    for placeholder, (name, _) in _COLOURS.items():
        text = text.replace(placeholder, f"var(--{name})")
    return Markup(_told(text, drawing, key, "var(--sans)"))  # noqa: S704 - drawn here; texts in it are escaped


def alone(drawing: Drawing, key: str) -> str:
    """Return the drawing as a file of its own, on white."""
    text = _named(drawing.raw, key)
    for placeholder, (_, colour) in _COLOURS.items():
        text = text.replace(placeholder, colour)
    text = re.sub(r"(<svg\b[^>]*>)", r'\1<rect width="100%" height="100%" fill="#ffffff"/>', text, count=1)
    told = _told(text, drawing, key, _LETTERS.replace('"', "&quot;"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{told}\n'


def _raw(figure: Figure) -> str:
    """Return what matplotlib writes, without its header and metadata."""
    out = StringIO()
    with style():
        _lay_out(figure)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    text = re.sub(r"<!--.*?-->\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    return re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL).strip()


def _lay_out(figure: Figure) -> None:
    """Place everything as for SVG, once: ``savefig`` would draw the whole figure for that, and then once more."""
    engine, points = figure.get_layout_engine(), figure.dpi
    if engine is None:
        return
    FigureCanvasSVG(figure)  # measures letters as they will be written
    figure.dpi = 72  # as SVG is
    engine.execute(figure)
    figure.dpi = points
    figure.set_layout_engine(None)


def _named(text: str, key: str) -> str:
    """Drop ids that nothing refers to, and begin the others with ``key``."""
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))

    def keep(match: re.Match[str]) -> str:
        return f' id="{key}-{match[1]}"' if match[1] in used else ""

    text = re.sub(r'\sid="([^"]+)"', keep, text)
    return re.sub(r'(url\(#|href="#)([^)"]+)', rf"\g<1>{key}-\2", text)


def _told(text: str, drawing: Drawing, key: str, letters: str) -> str:
    """Give the picture its role, its name and its description, and its letters."""
    text = text.replace("font-family: 'DejaVu Sans'", f"font-family: {letters}")
    text = text.replace("<svg ", f'<svg role="img" aria-labelledby="{key}-title {key}-desc" ', 1)
    told = f'<title id="{key}-title">{escape(drawing.title)}</title>'
    told += f'<desc id="{key}-desc">{escape(drawing.description)}</desc>'
    return re.sub(r"(<svg\b[^>]*>)", lambda match: match[1] + told, text, count=1)
