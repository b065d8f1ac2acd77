"""What was said of people to ``evidence.json``: every assessment, control, finding and curve of one audit.

Nothing here names a person; curves are smooth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from remembrain.audits.listed import Beside, interval, listed
from remembrain.audits.play import Played
from remembrain.audits.several import assessed_for_all, beyond_black_box
from remembrain.evidence import assess, compare, controls
from remembrain.evidence.beyond_blind import PERMUTATIONS, Facts, beyond_blind
from remembrain.evidence.findings import NO_DOUBTS, Doubts, conclude
from remembrain.evidence.overall import gravest, overall
from remembrain.evidence.pooled import parts_of, together
from remembrain.evidence.significance import holm
from remembrain.evidence.wording import MODEL, Subject
from remembrain.record.attacks import Attack, BlindControl, Controls, Finding
from remembrain.record.numbers import Beyond
from remembrain.run.streams import stream
from remembrain.types import Declared


@dataclass(frozen=True, eq=False)
class Evidence:
    """What came out, as it is needed for the file and for the limit; of insiders too, where there are any.

    ``attacks``, ``controls`` and ``findings`` are as they stand in the evidence, the finding of the whole first.
    ``of_several`` are the assessments with intervals that hold for all attacks at once.
    """

    assessments: Mapping[str, assess.Assessment]
    null: controls.Control
    blind: controls.Control
    overall: Finding
    attacks: tuple[Attack, ...]
    controls: Controls
    findings: tuple[Finding, ...]
    doubt: str = ""
    by: str = ""
    contradicted: str = ""
    notes: tuple[str, ...] = ()
    of_several: Mapping[str, assess.Assessment] = field(default_factory=dict)
    by_lot: bool = False
    insiders: tuple[Evidence, ...] = ()

    def no_bound(self, groups_differ: str) -> str:
        """Say why scores of members and non-members say nothing of an epsilon; nothing where they do."""
        if self.doubt:
            return self.doubt
        if groups_differ:
            return f"{groups_differ}, so that attacks may tell kinds of people apart"
        for name, control in (("null control", self.null), ("blind baseline", self.blind)):
            if control.status != "holds":
                return f"the {name} is: {control.status}"
        return ""


@dataclass(frozen=True)
class Design:
    """How an audit was made, as far as its evidence depends on it.

    Attributes
    ----------
    by_lot
        Whether who is a member was drawn by lot.
    subject
        What is audited, in words.
    facts
        What is known of every scan without the target; the blind baseline alone is taken out where nothing is.
    permutations
        How often membership is shuffled: however often, the test keeps its level.
    """

    by_lot: bool = False
    subject: Subject = MODEL
    facts: Facts | None = None
    permutations: int = PERMUTATIONS


def judge(
    attacks: Sequence[Declared],
    blind_attack: Declared,
    played: Played,
    doubts: Doubts = NO_DOUBTS,
    design: Design = Design(),
    *,
    seed: int,
) -> Evidence:
    """Assess every attack and both controls, and conclude.

    Parameters
    ----------
    attacks, blind_attack
        What was asked for, and the blind baseline.
    played
        What they said of real membership and of the null, of everybody where they could, and why others said nothing.
    doubts
        Why it may be no evidence.
    design
        How it was made.
    seed
        Of the shuffles of who is a member.
    """
    every, nulls = _assessed([*attacks, blind_attack], played)
    of_blind = every[blind_attack.name]
    assessments = {attack.name: every[attack.name] for attack in attacks}
    differences = _differences(assessments, of_blind, played, blind_attack.name)
    measured = [name for name in differences if assessments[name].p_value is not None]
    null_control = controls.null_control(nulls, subject=design.subject)
    blind_control = controls.blind_control(of_blind, subject=design.subject)
    concluded = conclude(
        assessments,
        null=null_control,
        blind=blind_control,
        differences=differences,
        beyond=_beyond(measured, differences, played, blind_attack.name, design, seed),
        doubts=doubts,
        subject=design.subject,
    )
    whole, real = overall(concluded, assessments, subject=design.subject), played.of("real")
    of_several = assessed_for_all(measured, real, seed)
    ahead = beyond_black_box(attacks, assessments, real, seed)
    beside = _beside(concluded, differences, ahead, of_several, null_control)
    in_evidence = tuple(
        listed(attack, every[attack.name], real.get(attack.name, ()), beside[attack.name])
        for attack in (*attacks, blind_attack)
    )
    return Evidence(
        assessments,
        null_control,
        blind_control,
        whole,
        in_evidence,
        Controls(null=null_control.written(), blind=_blind_control(blind_control, of_blind)),
        (whole, *concluded),
        _doubt(doubts, concluded),
        of_several=of_several,
        by_lot=design.by_lot,
    )


def _beside(
    concluded: Sequence[Finding],
    differences: Mapping[str, compare.Difference],
    ahead: Mapping[str, Beyond],
    of_several: Mapping[str, assess.Assessment],
    null: controls.Control,
) -> dict[str, Beside]:
    """Return what stands beside the figures of each attack, the blind baseline's too."""
    p_values = {finding.attack: finding.p_value_adjusted for finding in concluded}
    return {
        name: Beside(
            p_holm=p_values.get(name),
            from_blind=differences[name].auc if name in differences else None,
            from_black_box=ahead.get(name),
            of_several=of_several.get(name),
            null_auc=assessment.auc,
        )
        for name, assessment in null.assessments.items()
    }


def _assessed(
    attacks: Sequence[Declared], played: Played
) -> tuple[dict[str, assess.Assessment], dict[str, assess.Assessment]]:
    """Return what each attack achieved on real membership, and on the null, or why that is not known."""
    why = {attack.name: played.refused.get(attack.name) for attack in attacks}
    unknown = {name: assess.not_assessed(name, reason) for name, reason in why.items() if reason is not None}
    real = {name: unknown.get(name) or assess.assess(played.of("real")[name]) for name in why}
    return real, {name: unknown.get(name) or _null(name, played) for name in why}


def _differences(
    assessments: Mapping[str, assess.Assessment],
    of_blind: assess.Assessment,
    played: Played,
    blind: str,
) -> dict[str, compare.Difference]:
    """Return by how much each attack that was assessed does better than the blind baseline, on the same people."""
    real = played.of("real")
    return {
        name: compare.auc_difference(real[name], real[blind])
        for name, assessment in assessments.items()
        if assessment.auc and of_blind.auc and name not in played.refused
    }


def _beyond(
    measured: Sequence[str],
    differences: Mapping[str, compare.Difference],
    played: Played,
    blind: str,
    design: Design,
    seed: int,
) -> dict[str, float]:
    """Return the p-value of each attack's being no better than facts and the blind baseline, for all at once."""
    real = played.of("real")
    if not measured:
        return {}
    if real[blind][0].repeated == "pairs":  # each has people of its own, and all count
        return holm({name: differences[name].p_value for name in measured})
    everybody, how = played.of("everybody"), real[measured[0]][0].repeated
    tested = {name: together(parts_of(everybody.get(name) or real[name], how)) for name in measured}
    parts = [*parts_of(real[blind], how), *played.of("swapped").get(blind, ())]
    shuffles = stream(seed, "shuffled membership")
    return beyond_blind(tested, parts, design.facts, shuffles, permutations=design.permutations)


def _doubt(doubts: Doubts, concluded: Sequence[Finding]) -> str:
    """Return why an audit that finds nothing is no evidence; nothing where it is."""
    doubted = [
        finding.why
        for finding in concluded
        if finding.status == "not assessed" and str(finding.attack) in doubts.attacks
    ]
    return doubts.another or doubts.target or next(iter(doubted), "")


def nothing(by: str, why: str) -> Evidence:
    """Return the evidence of an adversary of whom nothing could be assessed: it leaves every question open."""
    unknown = assess.not_assessed("none", why)
    null, blind = controls.null_control({"none": unknown}), controls.blind_control(unknown)
    whole = overall([], {}, why=why)
    written = Controls(null=null.written(), blind=_blind_control(blind, unknown))
    return Evidence({}, null, blind, whole, (), written, (whole,), doubt=why, by=by)


def with_insiders(outsider: Evidence, insiders: Sequence[Evidence]) -> Evidence:
    """Return the evidence of an outsider and of insiders as one: its overall finding is as grave as the gravest."""
    by_adversary = {"The released model": outsider.overall, **{insider.by: insider.overall for insider in insiders}}
    grave = gravest(by_adversary)
    return replace(outsider, overall=grave, findings=(grave, *outsider.findings[1:]), insiders=tuple(insiders))


def _blind_control(control: controls.Control, assessment: assess.Assessment) -> BlindControl:
    """Return the blind control as it stands in the evidence."""
    written = control.written()
    return BlindControl(
        status=written.status,
        why=written.why,
        level=written.level,
        attacks=written.attacks,
        auc=interval(assessment.auc),
    )


def _null(name: str, played: Played) -> assess.Assessment:
    """Return how an attack did where nobody is a member, or why that is not known."""
    scores = played.of("null").get(name)
    if not scores:
        return assess.not_assessed(name, "there are too few non-members to divide into two groups")
    return assess.assess(scores)
