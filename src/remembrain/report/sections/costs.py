"""What each setting of a defence gives away, and what it costs."""

from __future__ import annotations

from remembrain.record.defences import Defences
from remembrain.record.settings import leakage
from remembrain.report.figures import tradeoff
from remembrain.report.section import Section
from remembrain.report.words import capital, confidence_of, several, spelled, tidy


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


def headline(defences: Defences) -> str:
    """Say which attack is told of each setting, and why that one."""
    attack = defences.headline
    why = f" ({attack.why.strip()})" if attack.why.strip() else ""
    text = f"The attack that is told is “{attack.title}”{why}, the same for every setting that changes the weights."
    others = {setting.headline for setting in defences.settings if setting.headline != attack.name}
    if others:
        titles = ", ".join(sorted(f"“{defences.title_of(name)}”" for name in others))
        text += (
            " Where a defence acts on released predictions alone, the attacker is taken to see nothing else, and "
            f"the attack that is told is the best that sees predictions alone: {titles}. Such settings are compared "
            "with the others across two kinds of attackers."
        )
    return tidy(text)


def unresolved(defences: Defences) -> list[tuple[str, str]]:
    """Return the settings of which the true-positive rate at 1 % false positives is not known, by the reason."""
    unknown: dict[str, list[str]] = {}
    for setting in defences.settings:
        number = leakage(setting, "pareto_tpr")
        if not number.known:
            unknown.setdefault(tidy(number.why or "no reason is recorded"), []).append(setting.name)
    every = len(defences.settings)
    return [("every setting" if len(names) == every else ", ".join(names), why) for why, names in unknown.items()]


def front(defences: Defences) -> str:
    """Say of how many settings nothing beats them, in AUC and in the rate."""
    auc, rate = (sum(getattr(setting, name) for setting in defences.settings) for name in ("pareto_auc", "pareto_tpr"))
    rates = f", {spelled(rate)} in error and true-positive rate" if rate else ""
    return (
        f"{capital(several(auc, 'setting'))} {'is' if auc == 1 else 'are'} beaten by no other in error and AUC "
        f"together{rates}. This goes by the figures alone, and the figures of many settings favour some by luck."
    )


SECTION: Section[Defences] = Section(
    "costs",
    "What it costs",
    "What each setting gives away, and what it costs",
    figures={"tradeoff": tradeoff.tradeoff, "tradeoff-tpr": tradeoff.tradeoff_tpr},
    words={"headline": headline, "intervals": intervals, "unresolved": unresolved, "front": front},
)
