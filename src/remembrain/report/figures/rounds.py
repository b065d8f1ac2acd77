"""A federation: who its learners are, what each pair gives away, and how that grew over the rounds."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from remembrain.record.federation import Learner, PairsAttack
from remembrain.record.model import Evidence
from remembrain.record.numbers import array
from remembrain.report.figures.svg import (
    BLIND,
    INK,
    MEMBERS,
    OTHERS,
    OUTPUTS,
    RULE,
    SOFT,
    WEIGHTS,
    Drawing,
    canvas,
    end_labels,
    style,
)
from remembrain.report.strongest import best
from remembrain.report.words import decimal, value_of

_MOST_WITH_TEXT = 10
_LETTERS = 14
_SPAN = 0.25
"""An AUC this far from one half has the full colour."""


def environment(learners: Sequence[Learner], title: str, label: str, unit: str) -> Drawing:
    """Draw how many people each learner has, and how old they are."""
    place = np.arange(len(learners))
    with style():
        figure, (sizes, ages) = canvas(7.4, 0.27 * len(learners) + 0.8, ncols=2, sharey=True)
        sizes.barh(place, [learner.people for learner in learners], height=0.62, color=OUTPUTS)
        for at, learner in enumerate(learners):
            sizes.annotate(f"{learner.people:,}", (learner.people, at), (4, 0), textcoords="offset points", va="center")
            if learner.p5 is not None and learner.p95 is not None:
                ages.plot([learner.p5, learner.p95], [at, at], color=OTHERS, linewidth=1)
            if learner.age_mean is not None and learner.age_sd is not None:
                ages.plot(
                    [learner.age_mean - learner.age_sd, learner.age_mean + learner.age_sd],
                    [at, at],
                    color=OTHERS,
                    linewidth=4,
                )
            if learner.age_mean is not None:
                ages.plot(learner.age_mean, at, "o", color=INK, markersize=3.5)
            ages.axhline(at, color=RULE, linewidth=0.4, zorder=0)
        sizes.set_yticks(place, [_cut(learner.name, 24) for learner in learners])
        sizes.set_ylim(len(learners) - 0.4, -0.6)
        sizes.set_xlim(0, 1.15 * max(learner.people for learner in learners))
        sizes.set_xlabel("people")
        ages.set_xlabel(f"{label}, {unit}")
        ages.tick_params(axis="y", length=0)
    parts = "; ".join(f"{learner.name}: about {learner.people} people{_ages(learner, label)}" for learner in learners)
    return Drawing(f"The learners: {title}", f"{parts}.", figure)


def _ages(learner: Learner, label: str) -> str:
    """Return the ages of a learner's people in words."""
    spread = "" if learner.age_sd is None else f" ± {decimal(learner.age_sd, 1)}"
    return f", {label} {decimal(learner.age_mean, 1)}{spread}"


def pairs(evidence: Evidence) -> Drawing | None:
    """Draw the AUC of every pair: of the best attack on everybody and on matched people, and of the blind baseline."""
    federation = evidence.federation
    main = federation.threat("learner") if federation else None
    top = best(main.tried) if main else None
    if federation is None or top is None or len(federation.learners) > 3 * _MOST_WITH_TEXT:
        return None
    shown: list[tuple[str, PairsAttack]] = []
    for people, word in (("unmatched", "everybody"), ("matched", "matched people")):
        threat = federation.threat("learner", people)
        attack = threat.attack(top.name) if threat else None
        if attack:
            shown.append((f"attack, {word}", attack))
    everybody = federation.threat("learner", "unmatched")
    blind = next((attack for attack in everybody.attacks if attack.blind), None) if everybody else None
    if blind:
        shown.insert(1, ("no model, everybody", blind))
    names = {learner.number: learner.name for learner in federation.learners}
    with style():
        figure, axes = canvas(7.4, 3.1, ncols=len(shown), sharey=True)
        for ax, (title, attack) in zip(axes, shown, strict=True):
            _heat(ax, attack, list(names))
            ax.set_title(f"{title}\nmean {value_of(attack.auc)}", fontsize=8.4, color=INK)
            ax.set_xlabel("victim")
        axes[0].set_ylabel("attacker")
        axes[0].set_yticks(range(len(names)), [_cut(name, _LETTERS) for name in names.values()])
    parts = "; ".join(
        f"{title}: mean AUC {value_of(attack.auc)} over {len(attack.pairs)} pairs" for title, attack in shown
    )
    return Drawing(f"Every pair of learners: {evidence.title_of(top.name)}", f"{parts}.", figure)


def over_rounds(evidence: Evidence) -> Drawing | None:
    """Draw what the community model of single rounds gives away, above its error."""
    federation = evidence.federation
    if federation is None or not federation.by_round:
        return None
    looked, last = federation.by_round, federation.rounds[-1].round
    names = list(dict.fromkeys(one.name for row in looked for one in row.auc))
    colours = (OUTPUTS, MEMBERS, WEIGHTS, BLIND)
    with style():
        figure, (upper, lower) = canvas(7.4, 4.2, nrows=2, sharex=True, height_ratios=(3, 2))
        ends = [(0.5, "guessing", INK)]
        for name, colour in zip(names, colours, strict=False):
            numbers = [next((one for one in row.auc if one.name == name), None) for row in looked]
            at = [row.round for row in looked]
            auc, low, high = (
                array([getattr(one, part) if one else None for one in numbers]) for part in ("value", "low", "high")
            )
            upper.fill_between(at, low, high, color=colour, alpha=0.12, linewidth=0)
            upper.plot(at, auc, color=colour, marker="o", markersize=3.5)
            ends.append((float(auc[-1]), textwrap.fill(evidence.title_of(name), 27), colour))
        upper.axhline(0.5, color=INK, linewidth=0.8)
        bottom, top = upper.get_ylim()
        end_labels(upper, last, [end for end in ends if np.isfinite(end[0])], apart=0.17 * (top - bottom))
        upper.set_ylabel("AUC, mean over pairs")
        error = array([row.mae_unseen for row in federation.rounds])
        lower.plot([row.round for row in federation.rounds], error, color=OTHERS)
        lower.set_ylabel(f"mean abs. error, {evidence.target.unit}")
        lower.set_xlabel("round")
        lower.xaxis.set_major_locator(MaxNLocator(integer=True))
        if federation.started:
            for ax in (upper, lower):
                ax.axvline(federation.started.round, color=SOFT, linewidth=0.8, linestyle=":")
        upper.margins(x=0.01)
        figure.align_ylabels()
    final = "; ".join(f"{evidence.title_of(one.name)} {value_of(one)}" for one in looked[-1].auc)
    return Drawing("What each round gives away", f"AUC, mean over pairs, at round {looked[-1].round}: {final}.", figure)


def trend(rows: Sequence[Sequence[str]], limit: float | None) -> Drawing | None:
    """Draw the lines of a leakage meter's ``trend.tsv``: AUC with its interval by round and attack."""
    known = [row for row in rows if row[2] != "n/a"]
    if not known:
        return None
    names = list(dict.fromkeys(row[1] for row in known))
    with style():
        figure, (ax,) = canvas(6.2, 2.6)
        for place, (name, colour) in enumerate(zip(names, (OUTPUTS, WEIGHTS, MEMBERS, OTHERS), strict=False)):
            points = np.array([[float(value) for value in (row[0], *row[2:5])] for row in known if row[1] == name])
            at = points[:, 0] + 0.08 * place
            ax.vlines(at, points[:, 2], points[:, 3], color=colour, linewidth=1.4)
            ax.plot(at, points[:, 1], color=colour, marker="o", markersize=3.5, linewidth=1, label=name)
        ax.axhline(0.5, color=INK, linewidth=0.8)
        if limit is not None:
            ax.axhline(limit, color=BLIND, linewidth=0.8, linestyle=":", label="limit")
        ax.set_xlabel("round")
        ax.set_ylabel("AUC, 95 % interval")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(loc="upper left")
    parts = "; ".join(f"round {row[0]}, {row[1]}: {row[2]} ({row[3]} to {row[4]})" for row in known)
    return Drawing("What the community model gives away of this site's people", f"{parts}.", figure)


def _heat(ax: Axes, attack: PairsAttack, numbers: list[int]) -> None:
    """Draw one square a pair; its number is bold where the interval leaves one half out."""
    for cell in attack.pairs:
        if not cell.known:
            continue
        value, low, high = cell.ends()
        row, column = numbers.index(cell.attacker), numbers.index(cell.victim)
        depth = min(1.0, abs(value - 0.5) / _SPAN)
        colour = MEMBERS if value > 0.5 else OTHERS
        ax.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, alpha=0.06 + 0.6 * depth, linewidth=0)
        )
        if len(numbers) <= _MOST_WITH_TEXT:
            sure = low > 0.5 or high < 0.5
            weight = "bold" if sure else "normal"
            ax.text(column, row, f"{value:.2f}".lstrip("0"), ha="center", va="center", fontsize=7, fontweight=weight)
    ax.set_xlim(-0.5, len(numbers) - 0.5)
    ax.set_ylim(len(numbers) - 0.5, -0.5)
    ax.set_aspect("equal")
    ax.set_xticks(range(len(numbers)), [str(number) for number in numbers])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _cut(text: str, letters: int) -> str:
    """Return a text of at most so many letters."""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
