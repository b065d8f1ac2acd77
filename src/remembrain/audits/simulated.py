"""Does this program measure what it says? Simulated audits with no leak and with known ones, through the same code.

Errors of members and others are Gaussian, so that every truth has a closed form: with SDs s1 (members) and s0 (others)
the AUC of -abs(error) is (2 / pi) arctan(s0 / s1), and a threshold t on abs(error) has a balanced accuracy of 1/2 +
Phi(t / s1) - Phi(t / s0) (Tan et al. 2022, arXiv 2202.01243). People are divided as this program divides them, alike in
age, sex and site. As many attacks are simulated as an audit runs: the ones that take milliseconds by themselves, and
for the others stand-ins, whose scores agree with the size of the error as those of the core do on phantoms and on
NHANES (:data:`~remembrain.evidence.power.AGREEMENT`), the rest of them noise. Lower bounds on epsilon are in
:mod:`~remembrain.audits.simulated_bounds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain.attacks import BLIND, CORE
from remembrain.attacks.error_threshold import ErrorThreshold, best_threshold
from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.audits import judge
from remembrain.audits.play import play
from remembrain.audits.rounds import Round, rounds_of_audit
from remembrain.audits.view import View
from remembrain.cohort.arrays import make_scans
from remembrain.cohort.covariates import covariates
from remembrain.cohort.splits import Split, draw_people, make_split
from remembrain.evidence.assess import assess
from remembrain.evidence.beyond_blind import Facts
from remembrain.evidence.monte_carlo import share_line
from remembrain.evidence.people import by_scan
from remembrain.evidence.power import AGREEMENT, level_of_each, power
from remembrain.record.document import SelfTestLine
from remembrain.run import Key
from remembrain.run.streams import own_seed, stream
from remembrain.types import Access, Array, Attack, Interval, Known, Knows, Scans, Signals

SIDES = (100, 150, 200, 300, 500, 1000)
AUCS = (0.6, 0.75, 0.9)
REPEATS, PERMUTATIONS = 5, 999


@dataclass(frozen=True)
class StandIn:
    """An attack of the core that takes too long to be simulated: its scores are drawn, to agree with the others."""

    place: int
    access: Access = "outputs"
    knows: Knows = "some members"
    paper: str = ""

    @property
    def name(self) -> str:
        """``stand-in-`` and its number."""
        return f"stand-in-{self.place}"

    title = name

    @property
    def needs(self) -> tuple[str, ...]:
        """Its scores, which are drawn as a signal."""
        return (self.name,)

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return what was drawn, less the middle of those who are known."""
        return np.asarray(unknown[self.name], dtype=float) - float(np.median(known.signals[self.name]))


SIMULATED = (ErrorThreshold(), LogisticOnOutputs())
ATTACKS: tuple[Attack, ...] = (*SIMULATED, *(StandIn(place) for place in range(len(SIMULATED), len(CORE))))


@dataclass(frozen=True)
class Draw:
    """One simulated audit, by what names its random streams."""

    seed: int
    place: int
    leak: bool = False


@dataclass(frozen=True)
class Outcome:
    """What one simulated audit shows beside the truth; its scores are not kept.

    ``leak`` is the AUC of its leak, ``tests`` says by attack whether a single test at 5 % finds something, and
    ``covered`` by figure whether its interval contains the truth.
    """

    leak: float | None
    tests: Mapping[str, bool]
    recognised: bool
    null_failed: bool
    covered: Mapping[str, bool]


def simulate(draw: Draw) -> Outcome:
    """Simulate one audit through the code of real ones."""
    seed, place, leak = draw.seed, draw.place, draw.leak
    rng = stream(seed, "simulated audit", place, leak)
    auc = AUCS[place % len(AUCS)] if leak else 0.5
    side, own = int(rng.choice(SIDES)), own_seed(seed, "attacks of a simulated audit", place, leak)
    scans, split, error, facts = _people(rng, 2 * side, float(np.tan(np.pi * auc / 2)))
    member = split.role == "member"
    draws = [split.attacker_knows, *(draw_people(split, scans, rng, [side, side]) for _ in range(1, REPEATS))]
    rounds = rounds_of_audit(scans, split, draws, REPEATS, own)
    signals = {"prediction": scans.age + error, "label": scans.age, "covariates": facts, **_drawn(rng, error)}
    view = View(scans, member, signals, Key.of())
    played = play(view, (*ATTACKS, BLIND), rounds, seed=own, workers=1)
    design = judge.Design(facts=Facts(scans.participant_id, scans.session_id, facts), permutations=PERMUTATIONS)
    judged = judge.judge(ATTACKS, BLIND, played, design=design, seed=own)
    truth = _truth(auc, member, error, rounds)
    single = assess(by_scan(played.of("real")[ATTACKS[0].name]))  # whose truth has a closed form
    intervals = {"AUC": single.auc, "accuracy": single.accuracy, "rate": single.tpr_at_fpr[0.1]}
    return Outcome(
        leak=auc if leak else None,
        tests={
            name: bool(assessment.p_value is not None and assessment.p_value < 0.05)
            for name, assessment in judged.assessments.items()
        },
        recognised=judged.overall.status == "members recognised",
        null_failed=judged.null.status == "failed",
        covered={
            name: interval.low <= truth[name] <= interval.high
            for name, interval in intervals.items()
            if isinstance(interval, Interval)
        },
    )


def lines_of(audits: Sequence[Outcome]) -> list[SelfTestLine]:
    """Return every figure with its bounds."""
    null, first = [audit for audit in audits if audit.leak is None], ATTACKS[0].name
    lines = [
        share_line(f"false alarms of a single test at 5 % ({name})", [audit.tests[name] for audit in null], 0.03, 0.07)
        for name in (attack.name for attack in SIMULATED)
    ]
    lines += [
        share_line("false alarms of the whole audit", [audit.recognised for audit in null], None, 0.07),
        share_line("null controls that fail", [audit.null_failed for audit in audits], None, 0.02),
    ]
    for figure, most in (("AUC", 0.97), ("accuracy", 0.97), ("rate", None)):
        words = "true-positive rate at 10 %" if figure == "rate" else figure
        hits = [audit.covered[figure] for audit in audits if figure in audit.covered]
        lines.append(share_line(f"95 % intervals of the {words} that contain the truth", hits, 0.93, most))
    for auc in AUCS:
        leaking = [audit for audit in audits if audit.leak == auc]
        alone, recognised = [audit.tests[first] for audit in leaking], [audit.recognised for audit in leaking]
        whole = least_power(auc, whole_audit=True)
        lines += [
            share_line(f"leaks of AUC {auc:g} found ({first})", alone, least_power(auc), None),
            share_line(f"leaks of AUC {auc:g} found by the whole audit", recognised, whole, None),
        ]
    return lines


def _people(
    rng: np.random.Generator, people: int, ratio: float
) -> tuple[Scans, Split, Float[np.ndarray, "scan"], Float[np.ndarray, "scan column"]]:
    """Draw people, some with a second scan, split them, and draw errors that are ``ratio`` times larger for others."""
    scans_of = 1 + (rng.random(2 * people) < 0.2)
    person = np.repeat(np.arange(2 * people), scans_of)
    second = np.concatenate([[False], person[1:] == person[:-1]])
    age = rng.normal(63.5, 7.6, 2 * people)[person] + 2.0 * second
    own = rng.normal(size=2 * people)[person]
    error = 2.0 * np.where(scans_of[person] == 2, np.sqrt(0.7) * own + np.sqrt(0.3) * rng.normal(size=len(person)), own)
    sex, site = rng.choice(["F", "M"], 2 * people)[person], rng.choice(["A", "B", "C"], 2 * people)[person]
    names = [f"sub-{place:05d}" for place in person]
    sessions = [f"ses-{1 + int(later)}" for later in second]
    scans = make_scans(age, names, sessions, sex.tolist(), site.tolist())
    facts, _ = covariates(scans, np.empty((len(scans), 0)), ())
    split = make_split(scans, rng, {"member": people, "nonmember": people})
    return scans, split, error * np.where(split.role == "member", 1.0, ratio), facts


def _drawn(rng: np.random.Generator, error: Float[np.ndarray, "scan"]) -> dict[str, Array]:
    """Return the errors, and the scores of the stand-ins: normal, and agreeing with each other and with the size of the
    errors, among members and among others alike.

    Two of them share the part that each shares with the errors, so that their correlation is its square.
    """
    size = stats.norm.ppf((stats.rankdata(-np.abs(error)) - 0.5) / len(error))
    shared, own = np.sqrt(AGREEMENT), np.sqrt(1 - AGREEMENT)
    names = [attack.name for attack in ATTACKS if isinstance(attack, StandIn)]
    return {"error": error, **{name: shared * size + own * rng.normal(size=len(error)) for name in names}}


def _truth(
    auc: float, member: np.ndarray, error: Float[np.ndarray, "scan"], rounds: Sequence[Round]
) -> dict[str, float]:
    """Return the closed forms: of the thresholds as they were learned, and of the rate at 10 % false positives."""
    ratio = float(np.tan(np.pi * auc / 2))
    accuracies = []
    for played in rounds:
        if played.kind == "real":
            t = best_threshold(np.abs(error[played.known]), member[played.known]) / 2.0
            accuracies.append(0.5 + stats.norm.cdf(t) - stats.norm.cdf(t / ratio))
    rate = 2 * stats.norm.cdf(ratio * stats.norm.ppf(0.55)) - 1
    return {"AUC": auc, "accuracy": float(np.mean(accuracies)), "rate": float(rate)}


def least_power(auc: float, *, whole_audit: bool = False) -> float:
    """Return the power of a one-sided test at 5 % of one repeat, mean over the sizes, less a tenth.

    The standard error of an AUC of n members and n others is that of Hanley & McNeil 1982, Radiology 143:29. The whole
    audit tests all attacks together, as :func:`~remembrain.evidence.power.power` has it. The tenth is for second scans,
    shapes that are not normal, and null controls that fail.
    """
    if whole_audit:
        level = level_of_each(len(ATTACKS))
        return float(np.mean([power(auc, (n, n), level) for n in SIDES])) - 0.1
    alone = [stats.norm.cdf((auc - 0.5) / _auc_error(auc, n) - stats.norm.isf(0.05)) for n in SIDES]
    return float(np.mean(alone)) - 0.1


def _auc_error(auc: float, n: int) -> float:
    """Return the standard error of an AUC of n members and n others."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    return float(np.sqrt((auc * (1 - auc) + (n - 1) * (q1 + q2 - 2 * auc**2)) / n**2))
