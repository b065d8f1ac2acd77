"""Templates as every page uses them: everything escaped, nothing undefined let through. Knows no page."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from remembrain.errors import with_article
from remembrain.report import summary, words
from remembrain.report.figures import svg

_FILTERS = (
    "capital",
    "cells",
    "count_of",
    "decimal",
    "interval_of",
    "percent",
    "rate_interval",
    "rate_of",
    "rate_slope",
    "sentence",
    "tidy",
    "value_of",
    "with_interval",
)


def environment(**names: object) -> Environment:
    """Return the templates, with the names that those of one page call beside the common ones."""
    made = Environment(
        loader=PackageLoader("remembrain.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update({name: getattr(words, name) for name in _FILTERS})
    made.filters["with_article"] = with_article
    made.globals.update(data_word=words.data_word, inline=_inline, labels=summary.LABELS, **names)
    return made


def _inline(drawing: svg.Drawing, key: str) -> Markup:
    """Return a drawing as a part of the page."""
    return svg.inline(drawing, key)
