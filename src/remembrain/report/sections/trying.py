"""What trying many settings costs by itself."""

from __future__ import annotations

from remembrain.record.defences import Cost, Defences
from remembrain.report.section import Section


def cost(settings: int, trainings: int, private: int, epsilon: float | None, delta: float) -> Cost:
    """Say what was spent by trying: every private model was trained on the same people, and each adds to the others.

    Parameters
    ----------
    settings, trainings, private
        How many were tried, how often they were trained, and how many of these models are private.
    epsilon, delta
        What all of these promise together, where there are any.
    """
    text = (
        f"{settings} settings were trained {trainings} times in all on these people, who were looked at each "
        "time. The front shows the best of them after the fact: the same setting, trained anew, may lie behind it."
    )
    if epsilon is not None:
        text += (
            f" Every epsilon here is that of one training. Whoever sees all {private} private models, or one that "
            f"was chosen by looking at all, is promised an epsilon of {epsilon:.3g} at delta {delta:g} (composition), "
            "and nothing where undefended models are among what was looked at: choose settings on other people, or "
            "count what choosing costs (Papernot & Steinke 2022, arXiv 2110.03620)."
        )
    return Cost(settings=settings, trainings=trainings, private=private, epsilon=epsilon, text=text)


SECTION: Section[Defences] = Section(
    "trying", "What trying costs", "What trying many settings costs", css=lambda _: "verdict not-assessed"
)
