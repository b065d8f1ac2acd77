"""What is said where people have several scans: figures are of people, and beside them stands what one scan gives."""

from __future__ import annotations

from remembrain.record.attacks import Attack
from remembrain.record.model import Evidence
from remembrain.record.naming import data_word
from remembrain.report.words import percent, several


def together(evidence: Evidence) -> str:
    """Say that people were judged by all their scans, and how these were put together; nothing where each has one."""
    joined = [attack for attack in evidence.attacks if attack.joined]
    if not joined:
        return ""
    word = data_word(evidence.people.source)
    how = (
        f"by the likelihood ratio over all of them (how {word} of one person go together is learned on the people whom "
        "the attacker knows)"
    )
    by_mean = [attack for attack in joined if attack.joined == "mean"]
    mean = (
        f"by the mean of the scores, since fewer than 20 known members or known non-members have several {word}, and "
        f"how {word} of one person go together cannot be learned"
    )
    if len(by_mean) == len(joined):
        said = mean
    elif by_mean:
        said = f"{how}; of {several(len(by_mean), 'attack')}, where it could not be learned, by the mean of the scores"
    else:
        said = how
    return (
        f"Figures are of people, each judged by all of their {word} together: {said}. What a single "
        f"{word.removesuffix('s')} gives away stands beside: it is what is at stake where only one of them gets into "
        "an attacker’s hands."
    )


def alone(attack: Attack, word: str) -> str:
    """Say how an attack does with one scan of a person, where people have several."""
    if attack.per_scan is None or not attack.per_scan.auc.known:
        return ""
    return f"; by a single {word.removesuffix('s')} in {percent(attack.per_scan.auc.ends()[0])}"
