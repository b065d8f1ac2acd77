"""One knob after another, and the steps from full to realistic knowledge: AUC with intervals beside closed forms."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from remembrain.record.numbers import Number
from remembrain.record.tables import Setting, SurveyEvidence, Swept, SweptPoint
from remembrain.report.figures.svg import INK, OUTPUTS, RULE, WEIGHTS, Drawing, canvas, style
from remembrain.report.words import with_interval

_LINES = (("inner-product", OUTPUTS, "o", -0.09), ("correlation-aware", WEIGHTS, "s", 0.09))
_THEORIES = (("closed_form", OUTPUTS, "closed form, inner product"), ("whitened", WEIGHTS, "closed form, whitened"))
_NAMES = {"inner-product": "inner product", "correlation-aware": "correlation-aware"}
_OF_PEOPLE = ("margin", "crosstab")
_SHOWN = 15
_OFF = {"round_to": "none", "suppress_below": "none"}


def sweeps(evidence: SurveyEvidence, heading: str, *, protects: bool) -> Drawing | None:
    """Draw the knobs that protect, or the others, side by side, all on one scale of AUC."""
    knobs = [swept for swept in evidence.sweeps if swept.protects == protects]
    shown = [swept for swept in knobs if sum(not point.why for point in swept.points) > 1]
    if not shown:
        return None
    rows = (len(shown) + 1) // 2
    with style():
        figure, axes = canvas(7.4, 2.35 * rows + 0.35, nrows=rows, ncols=min(2, len(shown)), sharey=True)
        low, high = _reach([point for swept in shown for point in swept.points])
        for place, (ax, swept) in enumerate(zip(axes, shown, strict=False)):
            _panel(ax, swept)
            ax.set_ylim(low, high)
            if place % 2 == 0:
                ax.set_ylabel("AUC")
        for ax in axes[len(shown) :]:
            ax.set_axis_off()
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=4)
    parts = "; ".join(f"{swept.title}: {_points(swept)}" for swept in shown)
    return Drawing(heading, f"{parts}.", figure)


def realism(evidence: SurveyEvidence) -> Drawing | None:
    """Draw what is left with every further limit to what the adversary knows."""
    steps = evidence.realism
    if len(steps) < 2:
        return None
    with style():
        figure, (ax,) = canvas(7.4, 0.36 * len(steps) + 1.0)
        for place, step in enumerate(steps):
            for name, colour, marker, shift in _LINES:
                _interval(ax, step.auc.get(name), place + shift * 2, colour, marker, name if place == 0 else "")
            for name, colour, words in _THEORIES:
                if (theory := getattr(step, name)) is not None:
                    label = words if place == 0 else None
                    ax.plot(theory, place, "|", color=colour, alpha=0.6, markersize=9, label=label)
        ax.axvline(0.5, color=INK, linewidth=0.8, zorder=1)
        ax.set_yticks(range(len(steps)), [step.words for step in steps])
        ax.set_ylim(len(steps) - 0.5, -0.6)
        ax.tick_params(axis="y", length=0, labelcolor=INK)
        ax.set_xlabel("AUC (0.5 is guessing)")
        ax.grid(visible=True, axis="x")
        ax.set_axisbelow(True)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0)
    parts = "; ".join(f"{step.words}: {_figures(step)}" for step in steps)
    return Drawing("From full to realistic knowledge", f"{parts}.", figure)


def tables(evidence: SurveyEvidence) -> Drawing | None:
    """Draw the AUC of the tables that tell most by themselves, and what each adds to all others."""
    rows = list(evidence.contributions.rows[:_SHOWN]) if evidence.contributions else []
    rows = [table for table in rows if table.alone.known]
    if not rows:
        return None
    with style():
        figure, axes = canvas(7.4, 0.22 * len(rows) + 0.8, ncols=2, sharey=True)
        for ax, zero, label in (
            (axes[0], 0.5, "AUC of the table alone"),
            (axes[1], 0.0, "AUC that it adds to the others"),
        ):
            ax.axvline(zero, color=INK, linewidth=0.8)
            ax.set_xlabel(label)
            ax.grid(visible=True, axis="x")
            ax.set_axisbelow(True)
        for place, table in enumerate(rows):
            _interval(axes[0], table.alone, place, OUTPUTS, "o", "")
            _interval(axes[1], table.added, place, WEIGHTS, "s", "")
        axes[0].set_yticks(range(len(rows)), [_short(table.part) for table in rows])
        axes[0].set_ylim(len(rows) - 0.5, -0.5)
        axes[0].tick_params(axis="y", length=0, labelcolor=INK)
    parts = "; ".join(f"{table.part}: {with_interval(table.alone)}" for table in rows)
    return Drawing("Which tables tell most", f"AUC of each alone. {parts}.", figure)


def _panel(ax: Axes, swept: Swept) -> None:
    """Draw one knob, its values evenly apart."""
    points = [point for point in swept.points if not point.why]
    ax.axhline(0.5, color=INK, linewidth=0.8, zorder=1)
    for name, colour, marker, shift in _LINES:
        places = [place + shift for place in range(len(points))]
        known = [point.auc.get(name, Number()) for point in points]
        if not all(number.known for number in known):
            continue
        ends = [number.ends() for number in known]
        ax.plot(places, [value for value, _, _ in ends], color=colour, linewidth=1.0, zorder=3)
        for place, (value, low, high) in zip(places, ends, strict=True):
            ax.plot([place] * 2, [low, high], color=colour, linewidth=1.5, zorder=3)
            ax.plot(place, value, marker, color=colour, markersize=3.6, zorder=4)
        ax.plot([], [], marker, color=colour, markersize=3.6, linestyle="-", linewidth=1.0, label=_NAMES[name])
    for name, colour, words in _THEORIES:
        theory = [value for point in points if (value := getattr(point, name)) is not None]
        if len(theory) == len(points):
            (line,) = ax.plot(range(len(points)), theory, color=colour, label=words, linewidth=1, alpha=0.6, zorder=2)
            line.set_linestyle((0, (4, 2)))
    ax.set_xticks(range(len(points)), [_level(swept, point.value) for point in points])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(-0.4, len(points) - 0.6)
    ax.set_xlabel(", ".join(filter(None, (swept.title.lower(), swept.unit))))
    ax.grid(visible=True, axis="y", color=RULE)
    ax.set_axisbelow(True)


def _level(swept: Swept, value: float) -> str:
    """Return a value as it stands below the axis."""
    if value == 0 and swept.name in _OFF:
        return _OFF[swept.name]
    return f"{100 * value:g} %" if swept.unit.startswith("share") else f"{value:,g}"


def _interval(ax: Axes, number: Number | None, place: float, colour: str, marker: str, name: str) -> None:
    """Draw one number with its interval along a row."""
    if number is None or not number.known:
        return
    value, low, high = number.ends()
    ax.plot([low, high], [place] * 2, color=colour, linewidth=1.6, zorder=3)
    ax.plot(value, place, marker, color=colour, markersize=4.4, zorder=4, label=_NAMES.get(name) if name else None)


def _reach(points: Sequence[SweptPoint]) -> tuple[float, float]:
    """Return the ends of the scale of AUC."""
    ends = [number.ends() for point in points for number in point.auc.values() if number.known]
    return min(0.45, *(low for _, low, _ in ends)) - 0.01, max(0.65, *(high for _, _, high in ends)) + 0.02


def _points(swept: Swept) -> str:
    """Return one sweep in words."""
    return ", ".join(f"{_level(swept, point.value)}: {_figures(point)}" for point in swept.points if not point.why)


def _figures(point: Setting) -> str:
    """Return the AUCs of a point in words."""
    return " and ".join(f"{_NAMES.get(name, name)} {with_interval(number)}" for name, number in point.auc.items())


def _short(name: str) -> str:
    """Return a table's name, cut where it is long; what of numbers is told, as there may be several of one column."""
    kind, _, rest = name.partition("-")
    rest = rest if kind in _OF_PEOPLE else f"{kind} of {rest}"
    return rest if len(rest) <= 44 else f"{rest[:42]}…"
