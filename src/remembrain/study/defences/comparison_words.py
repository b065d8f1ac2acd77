"""What a comparison of defences says in words: what was compared, what each costs, and what trying them all does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remembrain.targets.private.accounting import repeated, spent_of
from remembrain.types import FindingStatus

Content = Mapping[str, Any]
_TOLD_APART: tuple[FindingStatus, ...] = ("members recognised", "not shown beyond the blind baseline")


def cost_of_trying(rows: Sequence[Content], private: Sequence[Content]) -> dict[str, Any]:
    """Say what was spent by trying: every private model was trained on the same people, and each adds to the others.

    Parameters
    ----------
    rows
        The settings.
    private
        What each private training promised and spent.
    """
    trainings = sum(len(row["seeds"]) for row in rows)
    text = (
        f"{len(rows)} settings were trained {trainings} times in all on these people, who were looked at each time. "
        "The front shows the best of them after the fact: the same setting, trained anew, may lie behind it."
    )
    total, spent = None, [spent_of(promise["spent"]) for promise in private]
    if spent:
        delta = max(float(promise["delta"]) for promise in private)
        total = repeated(spent, delta)
        text += (
            f" Every epsilon here is that of one training. Whoever sees all {len(spent)} private models, or one that "
            f"was chosen by looking at all, is promised an epsilon of {total:.3g} at delta {delta:g} (composition), "
            "and nothing where undefended models are among what was looked at: choose settings on other people, or "
            "count what choosing costs (Papernot & Steinke 2022, arXiv 2110.03620)."
        )
    return {"settings": len(rows), "trainings": trainings, "private": len(spent), "epsilon": total, "text": text}


def head(
    bare: Content,
    rows: Sequence[Content],
    figures: Mapping[str, Content],
    *,
    title: str,
    seeds: Sequence[int],
    attacks: int,
    unit: str,
) -> list[dict[str, str]]:
    """Return the sentences at the head of the page.

    Parameters
    ----------
    bare
        The undefended model.
    rows
        All settings.
    figures
        Of the attack that stands for a setting, by the setting's name.
    title
        Of the attack that figures are drawn for.
    seeds, attacks
        Which seeds, and how many attacks.
    unit
        Of errors.
    """
    kinds = {row["defence"] for row in rows} - {bare["defence"]}
    auc = figures[key_of(bare)].get("auc")
    return [
        {
            "question": "What was compared",
            "answer": f"{len(rows) - 1} settings of {len(kinds)} {'defence' if len(kinds) == 1 else 'defences'}, and "
            f"the undefended model, each trained with {len(seeds)} seeds ({', '.join(map(str, seeds))}) and attacked "
            f"by {attacks} attacks.",
        },
        {
            "question": "Without a defence",
            "answer": f"The model errs by {in_words(bare['mae'])} {unit} on people it has not seen, and “{title}” "
            f"reaches an AUC of {in_words(auc)}{_chosen(attacks)}.",
        },
        {"question": "What it costs", "answer": _costs(bare, rows, figures, unit)},
        {
            "question": "What it cannot tell",
            "answer": "An interval that contains guessing does not show that nothing leaks: stronger attacks than "
            "these may see more, and other people or another network may behave otherwise.",
        },
    ]


def _chosen(attacks: int) -> str:
    """Say that the attack was chosen on this model, where it was: its own interval is that of no best."""
    if attacks == 1:
        return ""
    return (
        f", the greatest of {attacks} attacks here: its interval is its own and does not count the choice, which "
        "flatters it, so that a little of what it loses with other settings is this"
    )


def key_of(row: Content) -> str:
    """Return what a setting is called among others."""
    return f"{row['defence']} {row['strength']}"


def _costs(bare: Content, rows: Sequence[Content], figures: Mapping[str, Content], unit: str) -> str:
    """Say at what error the attack is down to guessing."""
    able = [row for row in rows if row["finding"]["status"] not in _TOLD_APART and row["mae"]["value"] is not None]
    inside = [row for row in able if _contains_half(figures[key_of(row)].get("auc"))]
    if bare in inside:
        return "The interval of the undefended model contains guessing already: there was nothing to defend against it."
    if not inside:
        return (
            "No setting brought the interval of this AUC down to guessing without another attack telling members "
            "from others."
        )
    least = min(inside, key=lambda row: float(row["mae"]["value"]))
    auc = in_words(figures[key_of(least)]["auc"])
    return (
        f"The smallest error among settings whose interval of this AUC contains guessing is {in_words(least['mae'])} "
        f"{unit} ({least['title'].lower()}, {least['parameter']} {least['strength']:g}; AUC {auc}), chosen after "
        "the fact."
    )


def in_words(figure: Content | None) -> str:
    """Return a figure with its interval."""
    if figure is None or figure.get("value") is None:
        return "not assessed"
    return f"{figure['value']:.2f} ({figure['low']:.2f} to {figure['high']:.2f})"


def _contains_half(figure: Content | None) -> bool:
    """Tell whether an interval contains guessing."""
    return figure is not None and figure.get("value") is not None and bool(figure["low"] <= 0.5)
