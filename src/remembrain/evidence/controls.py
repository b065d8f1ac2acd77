"""Is the audit itself sound? The null control and the blind baseline.

**Null**: the attacks are run once more where nobody is a member (half the non-members are called members). Whatever
they find there is a fault of the audit. **Blind**: an attack that sees age, sex, site and intensities but never the
model (Das, Zhang & Tramèr 2024, arXiv 2406.16201). Whatever it finds, the model did not give away. This module must not
know how either was run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.assess import Assessment, achieved
from remembrain.evidence.significance import holm
from remembrain.evidence.wording import MODEL, Subject, auc_words, percent
from remembrain.record.attacks import Achieved, Held, UnderControl
from remembrain.record.attacks import Control as Recorded


@dataclass(frozen=True)
class Control:
    """Whether a control holds, why that is said, and what each attack did under it.

    ``adjusted`` are the two-sided p-values of the attacks that were assessed, after Holm's correction.
    """

    status: Held
    why: str
    level: float
    assessments: Mapping[str, Assessment]
    adjusted: Mapping[str, float]

    def assessed(self, attack: str) -> bool:
        """Say whether this attack went through this control."""
        return attack in self.adjusted

    def written(self) -> Recorded:
        """Return it as it stands in the evidence."""
        attacks = tuple(
            _under_control(name, achieved(assessment), self.adjusted.get(name))
            for name, assessment in self.assessments.items()
        )
        return disclosure.figures(Recorded(status=self.status, why=self.why, level=self.level, attacks=attacks))


def null_control(null_assessments: Mapping[str, Assessment], level: float = 0.01, subject: Subject = MODEL) -> Control:
    """Check that no attack tells apart two groups of people of whom nobody is a member.

    It fails where the two-sided p-value of any attack, adjusted for their number (Holm), is below ``level``. A sound
    audit is failed by chance with a probability of at most ``level``, whatever the number of attacks.

    Parameters
    ----------
    null_assessments
        By attack, how it did where nobody is a member.
    level
        Probability of failing a sound audit.
    subject
        What is audited, in words.

    Returns
    -------
    Control
        Not assessed where no attack could be; an attack that could not be is also missing from ``adjusted``.
    """
    adjusted = _adjusted(null_assessments)
    if not adjusted:
        reasons = "; ".join(f"{name}: {assessment.why}" for name, assessment in null_assessments.items())
        return Control("not assessed", reasons or "the null control was not run", level, dict(null_assessments), {})
    failed = [name for name, p in adjusted.items() if p < level]
    if failed:
        listed = ", ".join(f"{name}, {_seen(null_assessments[name])}, p = {adjusted[name]:.2g}" for name in failed)
        why = f"told apart two groups of which neither {subject.joined}: {listed}; the audit itself is at fault"
        return Control("failed", why, level, dict(null_assessments), adjusted)
    why = (
        f"none of {len(adjusted)} attacks told apart two groups of which neither {subject.joined} "
        f"(smallest adjusted p = {min(adjusted.values()):.2g}; "
        f"a sound audit fails by chance in at most {percent(level)})"
    )
    return Control("holds", why, level, dict(null_assessments), adjusted)


def blind_control(assessment: Assessment, level: float = 0.05, subject: Subject = MODEL) -> Control:
    """Check that members cannot be told from non-members without the model.

    It holds where the interval of the blind baseline's AUC contains 0.5, which two groups of the same kind do in
    ``1 - level`` of audits. Where it fails, members and non-members differ in age, sex, site or intensities, and what
    an attack finds is confounded with that unless it beats this baseline.

    Parameters
    ----------
    assessment
        How the blind baseline did.
    level
        Probability of failing groups of the same kind: 1 less the confidence of the interval.
    subject
        What is audited, in words.

    Raises
    ------
    DataError
        Where the interval is of another confidence.
    """
    attacks = {assessment.attack: assessment}
    if assessment.auc is None:
        return Control("not assessed", assessment.why, level, attacks, {})
    if abs(assessment.auc.confidence - (1 - level)) > 1e-9:
        raise DataError(
            f"an interval of confidence {assessment.auc.confidence:g}",
            where="blind baseline",
            expected=f"{1 - level:g}",
        )
    seen = _seen(assessment)
    adjusted = _adjusted(attacks)
    if assessment.auc.low <= 0.5 <= assessment.auc.high:
        return Control("holds", f"never seeing {subject.what}, it is at chance: {seen}", level, attacks, adjusted)
    why = f"{subject.members} and {subject.nonmembers} differ in {subject.facts}: without {subject.what}, {seen}"
    if assessment.auc.high < 0.5:
        why += " (below chance: what the known people taught it runs the other way in the others)"
    return Control("failed", why, level, attacks, adjusted)


def _under_control(name: str, did: Achieved, adjusted: float | None) -> UnderControl:
    """Return what an attack did under a control, with its p-value adjusted for their number."""
    return UnderControl(
        name=name,
        n_members=did.n_members,
        n_nonmembers=did.n_nonmembers,
        repeats=did.repeats,
        accuracy=did.accuracy,
        auc=did.auc,
        tpr_at_fpr=did.tpr_at_fpr,
        quoted_fpr=did.quoted_fpr,
        p_value=did.p_value,
        p_value_two_sided=did.p_value_two_sided,
        p_value_adjusted=adjusted,
        status=did.status,
        why=did.why,
    )


def _adjusted(assessments: Mapping[str, Assessment]) -> dict[str, float]:
    """Return Holm's two-sided p-values of those that were assessed."""
    return holm(
        {name: found.p_value_two_sided for name, found in assessments.items() if found.p_value_two_sided is not None}
    )


def _seen(assessment: Assessment) -> str:
    """Return what an assessed attack achieved."""
    return auc_words(assessment.auc) if assessment.auc else assessment.why
