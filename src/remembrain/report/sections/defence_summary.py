"""The head of the page that compares defences.

No word here may comfort: that nothing was shown of a setting is not that nothing is given away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from remembrain.errors import with_article
from remembrain.report.defences import Defences
from remembrain.report.section import Section
from remembrain.report.words import LABELS, Line, listed, several, spelled, tidy
from remembrain.types import GRAVITY


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
    acting = any(setting.acts_on == "predictions" for setting in defences.settings)
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
