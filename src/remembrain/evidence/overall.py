"""What can be said of an audit as a whole, and of several adversaries: the gravest of what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remembrain.evidence.assess import Assessment
from remembrain.evidence.findings import ALPHA, value_of
from remembrain.evidence.wording import MODEL, Subject, people_who_would_tell, still_possible
from remembrain.record.attacks import OVERALL, Finding
from remembrain.types import GRAVITY, FindingStatus


def overall(
    findings: Sequence[Finding], assessments: Mapping[str, Assessment], *, why: str = "", subject: Subject = MODEL
) -> Finding:
    """Return the finding of the whole audit: the gravest of its attacks.

    It is *not detected* only where every attack is: one that could not be assessed leaves the question open.

    Parameters
    ----------
    findings
        Of :func:`~remembrain.evidence.findings.conclude`.
    assessments
        The same that went into it.
    why
        Why there are no findings.
    subject
        What is audited, in words.
    """
    by_status = {status: [finding for finding in findings if finding.status == status] for status in GRAVITY}
    unknown, quiet = by_status["not assessed"], by_status["not detected"]
    left_open = f" Not assessed: {_names(unknown)}." if unknown else ""
    if recognised := by_status["members recognised"]:
        best = max(recognised, key=lambda finding: value_of(assessments[str(finding.attack)])).attack
        by = f"by {len(recognised)} of {len(findings)} attacks, best by {best}.{left_open}"
        text = f"{subject.starting} are recognised {by}"
        return _of_all("members recognised", text, f"beyond facts and the blind baseline: {_names(recognised)}")
    if confounded := by_status["confounded"]:
        return _confounded(confounded, len(findings), left_open, subject)
    if undecided := by_status["not shown beyond the blind baseline"]:
        return _undecided(undecided, len(findings), left_open, subject)
    possible = still_possible([assessments[str(finding.attack)] for finding in quiet]) if quiet else ""
    if unknown or not quiet:
        text = f"It could not be assessed whether {subject.members} are recognised.{left_open}"
        text += f" Nothing was shown by {_names(quiet)}: {possible}." if quiet else ""
        reasons = dict.fromkeys(finding.why for finding in unknown)
        return _of_all("not assessed", text, "; ".join(reasons) or why or "no attack was run")
    text = f"No attack was shown to recognise {subject.members}; {possible}."
    return _of_all("not detected", text, f"none of {len(quiet)} attacks beats chance")


def _confounded(confounded: Sequence[Finding], attacks: int, left_open: str, subject: Subject) -> Finding:
    """Return the finding where attacks tell the groups apart, and these are different kinds of people."""
    p_values = {finding.attack: finding.p_value_blind_adjusted for finding in confounded}
    beyond = [str(attack) for attack, p in p_values.items() if p is not None and p < ALPHA]
    text = f"{len(confounded)} of {attacks} attacks tell {subject.members} from {subject.nonmembers}, but "
    text += (
        f"the two are different kinds of people: what of it is {subject.memory} is open, also for {len(beyond)} "
        f"that do better than an attack that never sees {subject.what}.{left_open}"
        if beyond
        else f"not shown to be so better than by an attack that never sees {subject.what}.{left_open}"
    )
    why = (
        f"beat the blind baseline where the groups differ: {', '.join(beyond)}"
        if beyond
        else f"beat chance but not the blind baseline: {_names(confounded)}"
    )
    return _of_all("confounded", text, why)


def _undecided(undecided: Sequence[Finding], attacks: int, left_open: str, subject: Subject) -> Finding:
    """Return the finding where attacks tell the groups apart, and people are too few to say by what."""
    needed = people_who_would_tell([finding.people_needed for finding in undecided], subject)
    text = (
        f"{len(undecided)} of {attacks} attacks tell {subject.members} from {subject.nonmembers}, and nothing shows "
        f"that the two differ by themselves; but people are too few to show that it is {subject.memory}. This is no "
        f"evidence that nothing is given away.{needed}{left_open}"
    )
    why = f"beat chance, and too few people to tell from the blind baseline: {_names(undecided)}"
    return _of_all("not shown beyond the blind baseline", text, why)


def gravest(by_adversary: Mapping[str, Finding]) -> Finding:
    """Return the finding over several adversaries: as grave as the gravest, with what was found of each.

    Parameters
    ----------
    by_adversary
        Findings of :func:`overall`, by who the adversary is.
    """
    status = min((finding.status for finding in by_adversary.values()), key=GRAVITY.index)
    texts = [f"{who}: {finding.text}" for who, finding in by_adversary.items()]
    return _of_all(status, " ".join(texts), "; ".join(f"{who}: {finding.why}" for who, finding in by_adversary.items()))


def _names(findings: Sequence[Finding]) -> str:
    """Return the attacks that findings are of."""
    return ", ".join(str(finding.attack) for finding in findings)


def _of_all(status: FindingStatus, text: str, why: str) -> Finding:
    """Return what can be said of the whole audit."""
    return Finding(attack=OVERALL, status=status, text=text, why=why)
