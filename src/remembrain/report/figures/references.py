"""What reference models add, one after another: AUC and the share recognised at 1 % false positives, with intervals."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from remembrain.record.model import Evidence
from remembrain.record.numbers import Number
from remembrain.record.references import Power
from remembrain.report.figures.svg import INK, MEMBERS, OTHERS, OUTPUTS, SOFT, WEIGHTS, Drawing, canvas, style
from remembrain.report.words import rate_interval, rate_of, with_interval

_DRAWN = 4
_LOOKS = ((OUTPUTS, "o"), (WEIGHTS, "s"), (MEMBERS, "D"), (OTHERS, "^"))


def power(evidence: Evidence) -> Drawing | None:
    """Draw it, over the best attack without reference models; nothing where no reference models were trained."""
    references = evidence.references
    if references is None or not references.power:
        return None
    names = _strongest(references.power)
    with style():
        figure, axes = canvas(7.4, 3.6, ncols=2)
        for ax, part, label, guessing in (
            (axes[0], "auc", "AUC", 0.5),
            (axes[1], "tpr", "members recognised at 1 % false positives", 0.01),
        ):
            for place, name in enumerate(names):
                _line(ax, references.power, name, part, name, place, len(names))
            _without(ax, getattr(references.beside[0], part) if references.beside else None)
            ax.axhline(guessing, color=INK, linewidth=0.8)
            ax.set_xticks(range(len(references.power)), [f"{row.models}" for row in references.power])
            ax.xaxis.set_minor_formatter(NullFormatter())
            ax.set_xlabel("reference models")
            ax.set_ylabel(label)
            ax.grid(visible=True, axis="y")
            ax.set_axisbelow(True)
        axes[1].yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=2)
    parts = [
        f"{row.models} models, {evidence.title_of(attack.name)}: AUC {with_interval(attack.auc)}, "
        f"at 1 % false positives {rate_of(attack.tpr)} ({rate_interval(attack.tpr)})"
        for row in references.power
        for attack in row.attacks
        if attack.name in names
    ]
    return Drawing("What reference models add", f"{'; '.join(parts)}.", figure)


def _strongest(rows: tuple[Power, ...]) -> list[str]:
    """Return the attacks with the greatest AUC with all models, chosen after the fact."""
    aucs = {attack.name: attack.auc.ends()[0] for attack in rows[-1].attacks if attack.auc.known}
    return sorted(aucs, key=lambda name: -aucs[name])[:_DRAWN]


def _line(ax: Axes, rows: tuple[Power, ...], name: str, part: str, title: str, place: int, of: int) -> None:
    """Draw one attack over the number of models."""
    colour, marker = _LOOKS[place % len(_LOOKS)]
    points = []
    for at, row in enumerate(rows):
        attack = next((other for other in row.attacks if other.name == name), None)
        number: Number | None = getattr(attack, part) if attack else None
        if number is not None and number.known:
            points.append((at + 0.09 * (place - (of - 1) / 2), *number.ends()))
    for x, _, low, high in points:
        ax.plot([x, x], [low, high], color=colour, linewidth=1.4)
    if points:
        ax.plot(
            [p[0] for p in points],
            [p[1] for p in points],
            marker,
            linestyle="-",
            color=colour,
            markersize=4,
            linewidth=1,
            label=title,
        )


def _without(ax: Axes, number: Number | None) -> None:
    """Draw the best attack without reference models as a line across."""
    if number is not None and number.known:
        ax.axhline(
            number.ends()[0], color=SOFT, linewidth=1, linestyle=(0, (4, 2)), label="best without reference models"
        )
