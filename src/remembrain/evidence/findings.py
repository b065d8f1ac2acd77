"""What the numbers allow to be said of each attack.

Everything here fails closed: an attack that is broken, was not run, or has no valid control is *not assessed*, and
nothing found is reported with what the data still leave possible. This module must not know attacks by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.assess import Assessment
from remembrain.evidence.compare import Difference
from remembrain.evidence.controls import Control
from remembrain.evidence.power import people_to_tell
from remembrain.evidence.significance import holm
from remembrain.evidence.wording import MODEL, Subject, auc_words, people_who_would_tell, percent, still_possible
from remembrain.record.attacks import Finding
from remembrain.types import FindingStatus, Interval

ALPHA = 0.05
"""Family-wise error."""


@dataclass(frozen=True)
class Doubts:
    """Why attacks that find nothing may be no evidence, or those that find something none of memory.

    Attributes
    ----------
    target
        Why the target may not have been seen as it is; then nothing is *not detected*, but *not assessed*.
    attacks
        The same of single attacks, by name: why they may not have been able to find anything.
    another
        Why what was attacked is not the target as it is; then everything is *not assessed*, with what was seen.
    groups
        In what members and non-members who were not matched differ by themselves.
    """

    target: str = ""
    attacks: Mapping[str, str] = field(default_factory=dict)
    another: str = ""
    groups: str = ""


NO_DOUBTS = Doubts()


def conclude(
    assessments: Mapping[str, Assessment],
    *,
    null: Control,
    blind: Control,
    differences: Mapping[str, Difference],
    beyond: Mapping[str, float],
    doubts: Doubts = NO_DOUBTS,
    subject: Subject = MODEL,
) -> list[Finding]:
    """Return one finding for each attack, in the order given.

    *Members recognised* needs all of: a p-value below 5 % in the test of all attacks together, which takes out
    what facts and the blind baseline explain, a null control that holds, and groups of the same kind of people. Where
    that baseline tells the groups apart, an attack has to have a higher AUC than it as well: what facts do to a score
    by more than their values and squares cannot be taken out. An
    attack that beats chance, each one's p-value adjusted for their number, where the groups differ, by themselves or
    for the blind baseline, is *confounded* unless it passes that test and people are alike; where nothing shows that
    they differ, and it does not pass it, people are too few to tell: *not shown beyond the blind baseline*. An attack
    that was not assessed, whose own null control was not assessed, or that is wrong significantly more often than
    chance (something in it is inverted) is *not assessed*, and so is every attack where the null control failed or
    either control was not assessed. The rest is *not detected*. Without any leak, *members recognised* is said of some
    attack with a probability of at most 5 %.

    Parameters
    ----------
    assessments
        By name, all attacks on the target; the blind baseline is not among them.
    null, blind
        The controls.
    differences
        By name, for every assessed attack, how much better it is than the blind baseline.
    beyond
        By name, its p-value beyond facts and that baseline, adjusted for the number of attacks.
    doubts
        Why it may be no evidence.
    subject
        What is audited, in words.

    Raises
    ------
    DataError
        Where an assessed attack has not been compared with an assessed blind baseline.
    """
    refused = _controls_refuse(null, blind)
    measured = {name: given.p_value for name, given in assessments.items() if given.p_value is not None}
    missing = [] if refused else [name for name in measured if name not in differences or name not in beyond]
    if missing:
        raise DataError(f"no comparison with the blind baseline for {', '.join(missing)}", expected="one each")
    chance = holm(measured)
    better = {} if refused else _beyond_all([*measured], differences, beyond, blind)
    inverted = works_in_reverse(assessments)
    findings = []
    for name, assessment in assessments.items():
        if assessment.auc is None:
            why = assessment.why
        elif refused:
            why = refused
        elif not null.assessed(name):
            why = "there is no null control of this attack"
        elif name in inverted:
            seen = f"{subject.members} score lower than {subject.nonmembers} ({auc_words(assessment.auc)})"
            why = f"{seen}: something is inverted"
        else:
            finding = _judge(assessment, assessment.auc, differences[name], (chance[name], better[name]), subject)
            if finding.status == "confounded" and blind.status == "holds" and not doubts.groups:
                needed = people_to_tell(better[name], _tested(assessment.auc), ALPHA, len(measured))
                finding = _too_few(finding, assessment.auc, needed, subject)
            if doubts.groups and finding.status == "members recognised":
                finding = _confounded_by(doubts.groups, finding, subject)
            why = doubts.target or doubts.attacks.get(name, "")
            if doubts.another:
                findings.append(_of_another(doubts.another, finding, subject))
                continue
            if not (why and finding.status == "not detected"):
                findings.append(finding)
                continue
        findings.append(_not_assessed(name, why, chance.get(name), better.get(name), subject))
    return findings


def _of_attack(
    name: str, status: FindingStatus, text: str, why: str, p_values: tuple[float | None, float | None]
) -> Finding:
    """Return what can be said of one attack."""
    chance, beyond = p_values
    return Finding(
        attack=name, status=status, text=text, why=why, p_value_adjusted=chance, p_value_blind_adjusted=beyond
    )


def works_in_reverse(assessments: Mapping[str, Assessment]) -> set[str]:
    """Return the attacks whose members score significantly lower (two-sided p, Holm): they carry a signal, inverted."""
    two_sided = {name: assessment.p_value_two_sided for name, assessment in assessments.items()}
    adjusted = holm({name: p for name, p in two_sided.items() if p is not None})
    return {name for name, p in adjusted.items() if p < ALPHA and value_of(assessments[name]) < 0.5}


def _beyond_all(
    measured: Sequence[str],
    differences: Mapping[str, Difference],
    beyond: Mapping[str, float],
    blind: Control,
) -> dict[str, float]:
    """Return the p-values of attacks beyond what the blind baseline sees."""
    if blind.status == "holds":
        return {name: beyond[name] for name in measured}
    ahead = holm({name: differences[name].p_value for name in measured})
    return {name: max(beyond[name], ahead[name]) for name in measured}


def _controls_refuse(null: Control, blind: Control) -> str:
    """Return why the controls allow no finding at all; nothing where they allow one."""
    if null.status == "failed":
        return f"the null control failed: {null.why}"
    for name, control in (("null control", null), ("blind baseline", blind)):
        if control.status == "not assessed":
            return f"the {name} was not assessed: {control.why}"
    return ""


def _judge(
    assessment: Assessment,
    auc: Interval,
    difference: Difference,
    p_values: tuple[float, float],
    subject: Subject,
) -> Finding:
    """Return the finding of an attack that was assessed under valid controls."""
    name, (chance, better) = assessment.attack, p_values
    ahead = f"{difference.auc.value:+.2f} ({difference.auc.low:+.2f} to {difference.auc.high:+.2f}) in AUC"
    grounds = (
        f"against chance p = {chance:.2g}; beyond {subject.facts} and the blind baseline, of all attacks together, "
        f"p = {better:.2g}; over that baseline {ahead}"
    )
    if min(chance, better) >= ALPHA:
        text = f"No recognition of {subject.members} was shown; {still_possible([assessment])}."
        return _of_attack(name, "not detected", text, grounds, (chance, better))
    if better >= ALPHA:
        text = (
            f"{subject.told} ({auc_words(auc)}), but not shown to be so better than by an attack "
            f"that never sees {subject.what}: {subject.facts} may explain it."
        )
        return _of_attack(name, "confounded", text, grounds, (chance, better))
    text = f"{subject.starting} are recognised: {auc_words(auc)}"
    text += "." if chance < ALPHA else f", with {subject.facts} taken out."
    if assessment.quoted:
        fpr, caught = assessment.quoted
        text += f" At {percent(fpr)} false positives, {percent(caught.value)} of {subject.members} are caught"
        text += f" (interval {percent(caught.low)} to {percent(caught.high, up=True)})."
    return _of_attack(name, "members recognised", text, grounds, (chance, better))


def _tested(auc: Interval) -> tuple[int, int]:
    """Return how many members and non-members an attack decided about."""
    return auc.n_members, auc.n_nonmembers


def _too_few(finding: Finding, auc: Interval, needed: int | None, subject: Subject) -> Finding:
    """Return the finding of an attack that beats chance, where too few people are all that may stand behind it."""
    members, nonmembers = (disclosure.count(people) for people in _tested(auc))
    text = (
        f"{subject.told} ({auc_words(auc)}), and nothing shows that the two differ by themselves, "
        f"but about {members} {subject.members} and {nonmembers} {subject.nonmembers} are too few to show that it is "
        f"more than an attack that never sees {subject.what} finds. This is no evidence that nothing is given away."
        f"{people_who_would_tell([needed], subject)}"
    )
    return replace(finding, status="not shown beyond the blind baseline", text=text, people_needed=needed)


def _confounded_by(groups_differ: str, finding: Finding, subject: Subject) -> Finding:
    """Return a finding that would be that members are recognised, where the groups are different kinds of people."""
    text = (
        f"{finding.text.replace(f'{subject.starting} are recognised', subject.told)} That is better than by "
        f"an attack that never sees {subject.what}, but {groups_differ}, so how much of it is {subject.memory} is "
        f"open. To decide: {subject.decide}."
    )
    return replace(finding, status="confounded", text=text)


def _of_another(why: str, finding: Finding, subject: Subject) -> Finding:
    """Return the finding where what was attacked is not the target as it is, with what was seen all the same."""
    text = f"{_nothing_of(subject)} by {subject.what} as it is."
    if finding.status != "not detected":
        text += f" Of what was attacked instead: {finding.text}"
    return replace(finding, status="not assessed", text=text, why=why, people_needed=None)


def _nothing_of(subject: Subject) -> str:
    """Say of what nothing is said, without the stop."""
    return f"Not assessed. This says nothing about whether {subject.members} can be recognised"


def _not_assessed(name: str, why: str, chance: float | None, better: float | None, subject: Subject) -> Finding:
    """Return the finding of an attack of which nothing can be said."""
    text = f"{_nothing_of(subject)}."
    return _of_attack(name, "not assessed", text, why, (chance, better))


def value_of(assessment: Assessment) -> float:
    """Return the AUC (0 where there is none)."""
    return assessment.auc.value if assessment.auc else 0.0
