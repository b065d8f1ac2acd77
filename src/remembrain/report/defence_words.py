"""A comparison of defences in words: its title and heading, how it was done, and what it cannot tell.

No word here may comfort: that nothing was shown of a setting is not that nothing is given away.
"""

from __future__ import annotations

from collections import Counter

from remembrain.errors import with_article
from remembrain.report.defences import Defences, leakage
from remembrain.report.guarantee_words import confidence_of
from remembrain.report.summary import LABELS
from remembrain.report.words import capital, data_word, several, spelled, tidy
from remembrain.types import GRAVITY

CANNOT = (
    "what an attack would find that was made for one of these defences: each attack learns from the defended model "
    "as it would from any, and none knows how it was defended",
    "anything of attacks stronger than those listed, of other people, another network or another way of training",
    "what the weights give away where a defence acts on released predictions alone: whoever holds the weights "
    "attacks the model without defence",
    "that a setting gives nothing away: where recognition was not shown, the intervals tell what is still possible",
    "which of two settings is better where their intervals overlap, or how a setting that was picked here does on "
    "people who had no part in picking it",
    "what the search itself gives away: an epsilon is of one training, and choosing among many by what members show "
    "is in none of them",
    "anything but membership: what else of a person can be read from a model was not looked at",
)


def title(defences: Defences) -> str:
    """Return the question of the page."""
    word = data_word(defences.people.source)
    return f"What would it cost {defences.target.name} to remember less of whose {word} trained it?"


def heading(defences: Defences) -> str:
    """Return what it comes to, in a line."""
    if over := sum(one.overspent for one in defences.settings):
        private = sum(one.epsilon is not None for one in defences.settings)
        return (
            f"A guarantee is contradicted: in {over} of {private} private settings more was measured than the "
            "accountant allows (by chance alone in at most one of twenty)"
        )
    number, found = len(defences.settings), _statuses(defences)
    recognised = found["members recognised"]
    rest = [f"{LABELS[status]} under {spelled(found[status])}" for status in GRAVITY[1:] if found[status]]
    if recognised == number:
        every = "the one setting" if number == 1 else f"all {several(number, 'setting')}"
        return f"Members are recognised under {every}"
    if recognised:
        return f"Members are recognised under {spelled(recognised)} of {several(number, 'setting')}; {', '.join(rest)}"
    return f"Recognition of members: {', '.join(rest)} of {several(number, 'setting')}"


def mark(defences: Defences) -> str:
    """Return how the head is marked."""
    found = _statuses(defences)
    if any(one.overspent for one in defences.settings):
        return "contradicted"
    return next((status.replace(" ", "-") for status in GRAVITY if found[status] and status != "not detected"), "")


def seeds(defences: Defences) -> str:
    """Say with which seeds every setting was trained, and which were not trained with all of them."""
    all_of = defences.audit.seeds
    text = f"Every setting was trained with {_listed(all_of)}; of one seed, all settings have the same members"
    short = [one for one in defences.settings if one.seeds and set(one.seeds) != set(all_of)]
    if short:
        text += ", but for " + "; ".join(f"{one.name}: {_listed(one.seeds)}" for one in short)
    acting = any(one.acts_on == "predictions" for one in defences.settings)
    last = " A defence of released predictions changes what is given out, not how a model is trained." if acting else ""
    return f"{text}.{last}"


def intervals(defences: Defences) -> str:
    """Say what figures and intervals mean."""
    audit, people = defences.audit, defences.people
    return tidy(
        f"Figures are means over the trainings with these seeds, and in each over {several(audit.repeats, 'repeat')} "
        f"with other people known to the attacker; {people.tested_members} members and {people.tested_nonmembers} "
        f"non-members are tested in each. {confidence_of(audit.confidence)} intervals are for other people of the "
        "same kind and other seeds together: the trainings draw on the same people, so that what is due to their "
        "choice is not taken to shrink with the number of seeds. Each interval is by itself, not joint over "
        "settings; that one of many lies oddly is to be expected."
    )


def on_whom(defences: Defences) -> str:
    """Say who was trained on and who was not."""
    people, target = defences.people, defences.target
    word = data_word(people.source)
    how = "by several sites, in a federation" if target.federated else "in one place"
    form = f", {target.form} form," if target.form else ""
    return (
        f"{target.name}{form} learns to predict {target.label} from the {word} of {people.members:,} members, {how}; "
        f"the {word} of {people.nonmembers:,} non-members are kept from it (from {with_article(people.source)})."
    )


def told_attack(defences: Defences) -> str:
    """Say which attack is told of each setting, and why that one."""
    headline = defences.headline
    why = f" ({headline.why.strip()})" if headline.why.strip() else ""
    text = f"The attack that is told is “{headline.title}”{why}, the same for every setting that changes the weights."
    others = {one.headline for one in defences.settings if one.headline != headline.name}
    if others:
        listed = ", ".join(sorted(f"“{defences.title_of(name)}”" for name in others))
        text += (
            " Where a defence acts on released predictions alone, the attacker is taken to see nothing else, and "
            f"the attack that is told is the best that sees predictions alone: {listed}. Such settings are compared "
            "with the others across two kinds of attackers."
        )
    return tidy(text)


def unresolved(defences: Defences) -> list[tuple[str, str]]:
    """Return the settings of which the true-positive rate at 1 % false positives is not known, by the reason."""
    found: dict[str, list[str]] = {}
    for one in defences.settings:
        number = leakage(one, "pareto_tpr")
        if not number.known:
            found.setdefault(tidy(number.why or "no reason is recorded"), []).append(one.name)
    every = len(defences.settings)
    return [("every setting" if len(names) == every else ", ".join(names), why) for why, names in found.items()]


def front(defences: Defences) -> str:
    """Say of how many settings nothing beats them, in AUC and in the rate."""
    auc, rate = (sum(getattr(one, name) for one in defences.settings) for name in ("pareto_auc", "pareto_tpr"))
    rates = f", {spelled(rate)} in error and true-positive rate" if rate else ""
    return (
        f"{capital(several(auc, 'setting'))} {'is' if auc == 1 else 'are'} beaten by no other in error and AUC "
        f"together{rates}. This goes by the figures alone, and the figures of many settings favour some by luck."
    )


def _statuses(defences: Defences) -> Counter[str]:
    """Count the settings by what was found."""
    return Counter(one.finding.status for one in defences.settings)


def _listed(numbers: tuple[int, ...]) -> str:
    """Return ``seeds 0, 1 and 2``."""
    texts = [str(number) for number in numbers]
    if not texts:
        return "no seed that is recorded"
    listed = ", ".join(texts[:-1]) + (" and " if len(texts) > 1 else "") + texts[-1]
    return f"seed{'s' if len(texts) > 1 else ''} {listed}"
