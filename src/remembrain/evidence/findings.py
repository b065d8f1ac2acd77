"""What the numbers allow to be said of each attack, and of the audit as a whole.

Everything here fails closed: an attack that is broken, was not run, or has no valid control is *not assessed*, and
nothing found is reported with what the data still leave possible. This module must not know attacks by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.assess import Assessment
from remembrain.evidence.compare import Difference
from remembrain.evidence.controls import Control
from remembrain.evidence.power import people_to_tell
from remembrain.evidence.significance import holm
from remembrain.evidence.wording import MODEL, Subject, auc_words, percent, still_possible
from remembrain.record.attacks import OVERALL, Finding
from remembrain.types import GRAVITY, FindingStatus, Interval


def conclude(
    assessments: Mapping[str, Assessment],
    *,
    null: Control,
    blind: Control,
    differences: Mapping[str, Difference],
    beyond: Mapping[str, float],
    alpha: float = 0.05,
    doubt: str = "",
    doubts: Mapping[str, str] | None = None,
    another: str = "",
    groups_differ: str = "",
    subject: Subject = MODEL,
) -> list[Finding]:
    """Return one finding for each attack, in the order given.

    *Members recognised* needs all of: a p-value below ``alpha`` in the test of all attacks together, which takes out
    what facts and the blind baseline explain, a null control that holds, and groups of the same kind of people. Where
    that baseline tells the groups apart, an attack has to have a higher AUC than it as well: what facts do to a score
    by more than their values and squares cannot be taken out. An
    attack that beats chance, each one's p-value adjusted for their number, where the groups differ, by themselves or
    for the blind baseline, is *confounded* unless it passes that test and people are alike; where nothing shows that
    they differ, and it does not pass it, people are too few to tell: *not shown beyond the blind baseline*. An attack
    that was not assessed, whose own null control was not assessed, or that is wrong significantly more often than
    chance (something in it is inverted) is *not assessed*, and so is every attack where the null control failed or
    either control was not assessed. The rest is *not detected*. Without any leak, *members recognised* is said of some
    attack with a probability of at most ``alpha``.

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
    alpha
        Family-wise error.
    doubt
        Why it may be that the target was not seen as it is; then nothing is *not detected*, but *not assessed*.
    doubts
        The same of single attacks, by name.
    another
        Why what was attacked is not the target as it is; then everything is *not assessed*, with what was seen.
    groups_differ
        In what members and non-members who were not matched differ by themselves.
    subject
        What is audited, in words.

    Raises
    ------
    DataError
        Where an assessed attack has not been compared with an assessed blind baseline.
    """
    refused = _controls_refuse(null, blind)
    measured = {name: found for name, found in assessments.items() if found.p_value is not None}
    missing = [] if refused else [name for name in measured if name not in differences or name not in beyond]
    if missing:
        raise DataError(f"no comparison with the blind baseline for {', '.join(missing)}", expected="one each")
    chance = holm({name: found.p_value for name, found in measured.items() if found.p_value is not None})
    better = {} if refused else _beyond_all(measured, differences, beyond, blind)
    inverted = works_in_reverse(assessments, alpha)
    findings = []
    for name, assessment in assessments.items():
        if assessment.auc is None:
            why = assessment.why
        elif refused:
            why = refused
        elif not null.assessed(name):
            why = "there is no null control of this attack"
        elif name in inverted:
            why = f"members score lower than non-members ({auc_words(assessment.auc)}): something is inverted"
        else:
            p_values = chance[name], better[name]
            found = _judge(assessment, assessment.auc, differences[name], p_values, alpha, subject)
            if found.status == "confounded" and blind.status == "holds" and not groups_differ:
                needed = people_to_tell(better[name], _tested(assessment.auc), alpha, len(measured))
                found = _too_few(found, assessment.auc, needed, subject)
            if groups_differ and found.status == "members recognised":
                found = _confounded_by(groups_differ, found, subject)
            why = doubt or (doubts or {}).get(name, "")
            if another:
                findings.append(_of_another(another, found, subject))
                continue
            if not (why and found.status == "not detected"):
                findings.append(found)
                continue
        findings.append(_not_assessed(name, why, chance.get(name), better.get(name)))
    return findings


def overall(
    findings: Sequence[Finding],
    assessments: Mapping[str, Assessment],
    alpha: float = 0.05,
    *,
    why: str = "",
    subject: Subject = MODEL,
) -> Finding:
    """Return the finding of the whole audit: the gravest of its attacks.

    It is *not detected* only where every attack is: one that could not be assessed leaves the question open.

    Parameters
    ----------
    findings
        Of :func:`conclude`.
    assessments, alpha
        The same that went into it.
    why
        Why there are no findings.
    subject
        What is audited, in words.
    """
    names: dict[str, list[str]] = {}
    for finding in findings:
        names.setdefault(finding.status, []).append(str(finding.attack))
    unknown, quiet = names.get("not assessed", []), names.get("not detected", [])
    left_open = f" Not assessed: {', '.join(unknown)}." if unknown else ""
    possible = still_possible([assessments[name] for name in quiet]) if quiet else ""
    if found := names.get("members recognised"):
        best = max(found, key=lambda name: _value(assessments[name]))
        text = f"Members are recognised by {len(found)} of {len(findings)} attacks, best by {best}.{left_open}"
        return _of_all("members recognised", text, f"beyond facts and the blind baseline: {', '.join(found)}")
    if found := names.get("confounded"):
        better = [one for one in findings if one.status == "confounded" and one.p_value_blind_adjusted is not None]
        beyond = [
            str(one.attack)
            for one in better
            if one.p_value_blind_adjusted is not None and one.p_value_blind_adjusted < alpha
        ]
        text = f"{len(found)} of {len(findings)} attacks tell members from non-members, but "
        text += (
            f"the two are different kinds of people: what of it is {subject.memory} is open, also for {len(beyond)} "
            f"that do better than an attack that never sees {subject.what}.{left_open}"
            if beyond
            else f"not shown to be so better than by an attack that never sees {subject.what}.{left_open}"
        )
        why = f"beat the blind baseline where the groups differ: {', '.join(beyond)}" if beyond else ""
        return _of_all("confounded", text, why or f"beat chance but not the blind baseline: {', '.join(found)}")
    if found := names.get("not shown beyond the blind baseline"):
        text = (
            f"{len(found)} of {len(findings)} attacks tell members from non-members, and nothing shows that the two "
            f"differ by themselves; but people are too few to show that it is {subject.memory}. This is no evidence "
            f"that nothing is given away.{_needed([one.people_needed for one in findings])}{left_open}"
        )
        why = f"beat chance, and too few people to tell from the blind baseline: {', '.join(found)}"
        return _of_all("not shown beyond the blind baseline", text, why)
    if unknown or not quiet:
        text = f"It could not be assessed whether members are recognised.{left_open}"
        text += f" Nothing was shown by {', '.join(quiet)}: {possible}." if quiet else ""
        reasons = dict.fromkeys(finding.why for finding in findings if finding.status == "not assessed")
        return _of_all("not assessed", text, "; ".join(reasons) or why or "no attack was run")
    text = f"No attack was shown to recognise members; {possible}."
    return _of_all("not detected", text, f"none of {len(quiet)} attacks beats chance")


def gravest(by_adversary: Mapping[str, Finding]) -> Finding:
    """Return the finding over several adversaries: as grave as the gravest, with what was found of each.

    Parameters
    ----------
    by_adversary
        Findings of :func:`overall`, by who the adversary is.
    """
    status = min((one.status for one in by_adversary.values()), key=GRAVITY.index)
    texts = [f"{who}: {one.text}" for who, one in by_adversary.items()]
    return _of_all(status, " ".join(texts), "; ".join(f"{who}: {one.why}" for who, one in by_adversary.items()))


def _of_all(status: FindingStatus, text: str, why: str) -> Finding:
    """Return what can be said of the whole audit."""
    return Finding(attack=OVERALL, status=status, text=text, why=why)


def _of_attack(
    name: str, status: FindingStatus, text: str, why: str, p_values: tuple[float | None, float | None]
) -> Finding:
    """Return what can be said of one attack."""
    chance, beyond = p_values
    return Finding(
        attack=name, status=status, text=text, why=why, p_value_adjusted=chance, p_value_blind_adjusted=beyond
    )


def works_in_reverse(assessments: Mapping[str, Assessment], alpha: float = 0.05) -> set[str]:
    """Return the attacks whose members score significantly lower (two-sided p, Holm): they carry a signal, inverted."""
    adjusted = holm(
        {name: found.p_value_two_sided for name, found in assessments.items() if found.p_value_two_sided is not None}
    )
    return {name for name, p in adjusted.items() if p < alpha and _value(assessments[name]) < 0.5}


def _beyond_all(
    measured: Mapping[str, Assessment],
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
    alpha: float,
    subject: Subject,
) -> Finding:
    """Return the finding of an attack that was assessed under valid controls."""
    name, (chance, better) = assessment.attack, p_values
    ahead = f"{difference.auc.value:+.2f} ({difference.auc.low:+.2f} to {difference.auc.high:+.2f}) in AUC"
    grounds = (
        f"against chance p = {chance:.2g}; beyond {subject.facts} and the blind baseline, of all attacks together, "
        f"p = {better:.2g}; over that baseline {ahead}"
    )
    if min(chance, better) >= alpha:
        text = f"No recognition of members was shown; {still_possible([assessment])}."
        return _of_attack(name, "not detected", text, grounds, (chance, better))
    if better >= alpha:
        text = (
            f"Members are told from non-members ({auc_words(auc)}), but not shown to be so better than by an attack "
            f"that never sees {subject.what}: {subject.facts} may explain it."
        )
        return _of_attack(name, "confounded", text, grounds, (chance, better))
    text = f"Members are recognised: {auc_words(auc)}"
    text += "." if chance < alpha else f", with {subject.facts} taken out."
    if assessment.quoted:
        fpr, caught = assessment.quoted
        text += f" At {percent(fpr)} false positives, {percent(caught.value)} of members are caught"
        text += f" (interval {percent(caught.low)} to {percent(caught.high, up=True)})."
    return _of_attack(name, "members recognised", text, grounds, (chance, better))


def _tested(auc: Interval) -> tuple[int, int]:
    """Return how many members and non-members an attack decided about."""
    return auc.n_members, auc.n_nonmembers


def _too_few(found: Finding, auc: Interval, needed: int | None, subject: Subject) -> Finding:
    """Return the finding of an attack that beats chance, where too few people are all that may stand behind it."""
    told = [disclosure.count(one) for one in _tested(auc)]
    text = (
        f"Members are told from non-members ({auc_words(auc)}), and nothing shows that the two differ by themselves, "
        f"but about {told[0]} members and {told[1]} non-members are too few to show that it is more than an attack "
        f"that never sees {subject.what} finds. This is no evidence that nothing is given away.{_needed([needed])}"
    )
    return replace(found, status="not shown beyond the blind baseline", text=text, people_needed=needed)


def _needed(people: Sequence[int | None]) -> str:
    """Say how many people would tell, by the attack that needs fewest."""
    able = [count for count in people if count is not None]
    if not able:
        return " It did no better than that attack here, so that no number of people can be said to tell."
    return (
        f" If its lead is what it was here, about {min(able):,} members and as many non-members to decide about would "
        "show it four times in five."
    )


def _confounded_by(groups_differ: str, found: Finding, subject: Subject) -> Finding:
    """Return a finding that would be that members are recognised, where the groups are different kinds of people."""
    text = (
        f"{found.text.replace('Members are recognised', 'Members are told from non-members')} That is better than by "
        f"an attack that never sees {subject.what}, but {groups_differ}, so how much of it is {subject.memory} is "
        f"open. To decide: {subject.decide}."
    )
    return replace(found, status="confounded", text=text)


def _of_another(why: str, found: Finding, subject: Subject) -> Finding:
    """Return the finding where what was attacked is not the target as it is, with what was seen all the same."""
    text = f"Not assessed. This says nothing about whether members can be recognised by {subject.what} as it is."
    if found.status != "not detected":
        text += f" Of what was attacked instead: {found.text}"
    return replace(found, status="not assessed", text=text, why=why, people_needed=None)


def _not_assessed(name: str, why: str, chance: float | None, better: float | None) -> Finding:
    """Return the finding of an attack of which nothing can be said."""
    text = "Not assessed. This says nothing about whether members can be recognised."
    return _of_attack(name, "not assessed", text, why, (chance, better))


def _value(assessment: Assessment) -> float:
    """Return the AUC (0 where there is none)."""
    return assessment.auc.value if assessment.auc else 0.0
