"""Who was audited: ages of members and non-members, and the mean brain of all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from remembrain.record.model import Evidence
from remembrain.record.people import Group
from remembrain.report.figures.svg import MEMBERS, OTHERS, Drawing, canvas, style
from remembrain.report.words import capital, cells

_ROLES = (("member", "members", MEMBERS), ("nonmember", "non-members", OTHERS))


def ages(evidence: Evidence) -> Drawing | None:
    """Draw how the label is distributed among members and non-members, or nothing where a group is missing."""
    people, target = evidence.people, evidence.target
    groups = [(people.group("member"), *_ROLES[0][1:]), (people.group("nonmember"), *_ROLES[1][1:])]
    if any(group is None or not group.age_bands.edges for group, _, _ in groups):
        return None
    if len({group.age_bands.edges for group, _, _ in groups if group}) > 1:
        return None
    parts = []
    with style():
        figure, (ax,) = canvas(7.4, 2.5)
        for place, (group, word, colour) in enumerate(groups):
            if group is not None:
                _bars(ax, group, place, colour, f"{word} (about {group.people:,} people)")
                parts.append(f"{word}: {cells(_by_band(group))}")
        names = list(_by_band(groups[0][0])) if groups[0][0] else []
        ax.set_xticks(np.arange(len(names)), names)
        ax.set_xlabel(f"{target.label}, {target.unit}" if target.label != target.unit else target.unit)
        ax.set_ylabel("% of the group")
        ax.yaxis.set_major_formatter("{x:g}")
        ax.set_ylim(0, 1.3 * ax.get_ylim()[1])
        ax.legend(loc="upper right", handlelength=1, handleheight=1, ncols=2)
    return Drawing(
        title=f"{capital(target.label)} of members and non-members",
        description=f"Bars of people by {target.label}. {'; '.join(parts)}.",
        figure=figure,
    )


def _by_band(group: Group) -> dict[str, int]:
    """Return the counts by range; the first and the last are open."""
    edges = group.age_bands.edges
    names = [
        f"below {edges[0]:g}",
        *(f"{low:g} to {high:g}" for low, high in pairwise(edges)),
        f"{edges[-1]:g} or more",
    ]
    return dict(zip(names, group.age_bands.counts, strict=False))


def _bars(ax: Axes, group: Group, place: int, colour: str, label: str) -> None:
    """Draw one group's bars in its half of each range."""
    counts = np.array(group.age_bands.counts)
    left = np.arange(len(counts)) + (-0.42 if place == 0 else 0.0)
    ax.bar(left, counts * 100 / max(int(counts.sum()), 1), 0.42, align="edge", color=colour, label=label)


def brain(evidence: Evidence) -> Drawing | None:
    """Draw three orthogonal slices through the middle of the mean of all scans; axes go right, front, up."""
    volume, people = evidence.mean_brain, evidence.people
    if volume is None:
        return None
    x, y, z = _middle(volume)
    slices = (
        ("sagittal", volume[x], ("back", "front")),
        ("coronal", volume[:, y], ("left", "right")),
        ("axial", volume[:, :, z], ("left", "right")),
    )
    low, high = (float(value) for value in np.quantile(volume, (0.02, 0.997)))
    with style():
        widths = [part.shape[0] for _, part, _ in slices]
        tallest = max(part.shape[1] for _, part, _ in slices)
        figure, axes = canvas(7.4, 7.4 * tallest / sum(widths) + 0.3, ncols=3, width_ratios=widths)
        for ax, (name, part, ends) in zip(axes, slices, strict=True):
            ax.imshow(
                part.T, origin="lower", cmap="gray", vmin=low, vmax=max(high, low + 1e-6), interpolation="bicubic"
            )
            ax.set_axis_off()
            ax.text(0.5, -0.02, name, transform=ax.transAxes, ha="center", va="top")
            for side, word in zip((0.03, 0.97), ends, strict=True):
                align = "left" if side < 0.5 else "right"
                ax.text(side, 0.04, word, transform=ax.transAxes, ha=align, color="#ffffff", fontsize=7.5)
    return Drawing(
        title=f"Mean of about {people.n_people:,} people; no participant is shown",
        description=f"Sagittal, coronal and axial slice through the mean of about {people.n_scans:,} scans.",
        figure=figure,
    )


def _middle(volume: Float[np.ndarray, "x y z"]) -> tuple[int, int, int]:
    """Return the place halfway between the first and last voxel above the background, along each axis."""
    inside = np.argwhere(volume > volume.min() + 0.2 * np.ptp(volume)) if np.ptp(volume) > 0 else np.zeros((1, 3), int)
    first, last = inside.min(axis=0), inside.max(axis=0)
    x, y, z = (int(place) for place in (first + last) // 2)
    return x, y, z
