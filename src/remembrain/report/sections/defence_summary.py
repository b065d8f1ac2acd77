"""The head of the page that compares defences.

No word here may comfort: that nothing was shown of a setting is not that nothing is given away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from remembrain.errors import with_article
from remembrain.record.defences import Defences, Sentence
from remembrain.report.section import Section
from remembrain.report.words import LABELS, Line, listed, several, spelled, tidy, with_interval
from remembrain.types import GRAVITY, FindingStatus

_TOLD_APART: tuple[FindingStatus, ...] = ("members recognised", "not shown beyond the blind baseline")


def head(defences: Defences) -> tuple[Sentence, ...]:
    """Return the sentences at the head of the page, as they stand in ``defences.json``."""
    bare, unit, attacks = defences.settings[0], defences.target.unit, len(defences.attacks)
    kinds, seeds = {setting.defence for setting in defences.settings} - {bare.defence}, defences.audit.seeds
    return (
        Sentence(
            question="What was compared",
            answer=f"{len(defences.settings) - 1} settings of {len(kinds)} "
            f"{'defence' if len(kinds) == 1 else 'defences'}, and the undefended model, each trained with {len(seeds)} "
            f"seeds ({', '.join(map(str, seeds))}) and attacked by {attacks} attacks.",
        ),
        Sentence(
            question="Without a defence",
            answer=f"The model errs by {with_interval(bare.mae)} {unit} on people it has not seen, and "
            f"“{defences.headline.title}” reaches an AUC of {with_interval(bare.achieved.auc)}{_chosen(attacks)}.",
        ),
        Sentence(question="What it costs", answer=_least_cost(defences)),
        Sentence(
            question="What it cannot tell",
            answer="An interval that contains guessing does not show that nothing leaks: stronger attacks than these "
            "may see more, and other people or another network may behave otherwise.",
        ),
    )


def _chosen(attacks: int) -> str:
    """Say that the attack was chosen on this model, where it was: its own interval is that of no best."""
    if attacks == 1:
        return ""
    return (
        f", the greatest of {attacks} attacks here: its interval is its own and does not count the choice, which "
        "flatters it, so that a little of what it loses with other settings is this"
    )


def _least_cost(defences: Defences) -> str:
    """Say at what error the attack is down to guessing."""
    inside = [
        setting
        for setting in defences.settings
        if setting.finding.status not in _TOLD_APART
        and setting.mae.known
        and setting.achieved.auc.known
        and setting.achieved.auc.ends()[1] <= 0.5
    ]
    if any(setting.bare for setting in inside):
        return "The interval of the undefended model contains guessing already: there was nothing to defend against it."
    if not inside:
        return (
            "No setting brought the interval of this AUC down to guessing without another attack telling members "
            "from others."
        )
    least = min(inside, key=lambda setting: setting.mae.ends()[0])
    return (
        f"The smallest error among settings whose interval of this AUC contains guessing is {with_interval(least.mae)} "
        f"{defences.target.unit} ({least.title.lower()}, {least.parameter} {least.strength:g}; AUC "
        f"{with_interval(least.achieved.auc)}), chosen after the fact."
    )


def title(comparisons: Sequence[Defences]) -> str:
    """Return the question of the page."""
    name, word = comparisons[0].target.name, comparisons[0].data_word
    return f"What would it cost {name} to remember less of whose {word} trained it?"


def heading(defences: Defences) -> str:
    """Return what it comes to, in a line."""
    if over := sum(setting.overspent for setting in defences.settings):
        private = sum(setting.epsilon is not None for setting in defences.settings)
        return (
            f"A guarantee is contradicted: in {over} of {private} private settings more was measured than the "
            "accountant allows (by chance alone in at most one of twenty)"
        )
    number, statuses = len(defences.settings), _statuses(defences)
    recognised = statuses["members recognised"]
    rest = [f"{LABELS[status]} under {spelled(statuses[status])}" for status in GRAVITY[1:] if statuses[status]]
    if recognised == number:
        every = "the one setting" if number == 1 else f"all {several(number, 'setting')}"
        return f"Members are recognised under {every}"
    if recognised:
        return f"Members are recognised under {spelled(recognised)} of {several(number, 'setting')}; {', '.join(rest)}"
    return f"Recognition of members: {', '.join(rest)} of {several(number, 'setting')}"


def css(defences: Defences) -> str:
    """Return the class of the head: as loud as what it has to say."""
    statuses = _statuses(defences)
    if any(setting.overspent for setting in defences.settings):
        return "verdict contradicted"
    grave = (status.replace(" ", "-") for status in GRAVITY if statuses[status] and status != "not detected")
    return f"verdict {next(grave, '')}"


def lines(defences: Defences) -> tuple[Line, ...]:
    """Return what came out as the comparison itself says it, on whom, and how often everything was trained."""
    return (
        *(Line(line.question, tidy(defences.in_words(line.answer))) for line in defences.head),
        Line("On whom", on_whom(defences)),
        Line("Trained how often", seeds(defences)),
    )


def seeds(defences: Defences) -> str:
    """Say with which seeds every setting was trained, and which were not trained with all of them."""
    all_of = defences.audit.seeds
    text = f"Every setting was trained with {_listed(all_of)}; of one seed, all settings have the same members"
    short = [setting for setting in defences.settings if setting.seeds and set(setting.seeds) != set(all_of)]
    if short:
        text += ", but for " + "; ".join(f"{setting.name}: {_listed(setting.seeds)}" for setting in short)
    acting = any(setting.protects == "predictions" for setting in defences.settings)
    last = " A defence of released predictions changes what is given out, not how a model is trained." if acting else ""
    return f"{text}.{last}"


def on_whom(defences: Defences) -> str:
    """Say who was trained on and who was not."""
    people, target = defences.people, defences.target
    word = defences.data_word
    how = "by several sites, in a federation" if target.federated else "in one place"
    form = f", {target.form} form," if target.form else ""
    return (
        f"{target.name}{form} learns to predict {target.label} from the {word} of {people.members:,} members, {how}; "
        f"the {word} of {people.nonmembers:,} non-members are kept from it (from {with_article(people.source)})."
    )


def _statuses(defences: Defences) -> Counter[str]:
    """Count the settings by what was found."""
    return Counter(setting.finding.status for setting in defences.settings)


def _listed(numbers: tuple[int, ...]) -> str:
    """Return ``seeds 0, 1 and 2``."""
    if not numbers:
        return "no seed that is recorded"
    return f"seed{'s' if len(numbers) > 1 else ''} {listed([str(number) for number in numbers])}"


SECTION: Section[Defences] = Section("summary", "Summary", heading, words={"lines": lines}, css=css)
