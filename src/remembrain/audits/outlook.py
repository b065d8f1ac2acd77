"""What an audit of these people could see, in words, before any work; and that it stops where that is nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from remembrain.attacks import CORE
from remembrain.cohort import matching
from remembrain.cohort.check import Roles
from remembrain.cohort.splits import Split
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.evidence import power
from remembrain.types import Declared, Scans

Say = Callable[[str], None]


@dataclass(frozen=True)
class Divided:
    """How people are divided, as far as advice depends on it.

    Attributes
    ----------
    canaries
        People whose ages are made wrong, who are neither members nor non-members.
    given
        Whether who is a member is given and not drawn.
    by_split
        Whether it is given by one file of roles.
    """

    canaries: int = 0
    given: bool = False
    by_split: bool = False


def quiet(_: str) -> None:
    """Say nothing."""


def counts_of(scans: Scans, split: Split, *, match: bool = False) -> power.Counts:
    """Return how many people an attack would learn from and decide about, after pairing where that is asked for."""
    if match:
        split, _ = matching.match(scans, split)
    numbers = [
        len(np.unique(scans.participant_id[(split.role == role) & mask]))
        for mask in (np.ones(len(scans), dtype=bool), split.attacker_knows)
        for role in ("member", "nonmember")
    ]
    return power.Counts(*numbers)


def foresee(
    scans: Scans,
    split: Split,
    attacks: Sequence[Declared],
    divided: Divided,
    say: Say,
    *,
    match: bool = False,
) -> None:
    """Say what an audit of these people could see.

    Raises
    ------
    DataError
        Where nothing could be assessed, with a division of these people in which something can, if there is any.
    """
    counts = counts_of(scans, split, match=match)
    outlook = power.outlook(counts, len(attacks), learns=all(attack.knows == "some members" for attack in attacks))
    people = len(np.unique(scans.participant_id))
    if outlook.why_not:
        raise DataError(
            f"nothing could be assessed of these people: {outlook.why_not}",
            expected=f"at least {power.fewest_members()} members and {power.fewest_nonmembers()} non-members "
            f"({power.fewest_members() + power.fewest_nonmembers()} people, however many scans there are of each)",
            try_next="without --match, or more people who can be paired"
            if match
            else proposal(people, counts, divided),
        )
    for line in lines_of(outlook, people):
        say(line)


def foreseen(
    roles: Roles, attacks: Sequence[Declared], divided: Divided, say: Say = quiet, *, match: bool = False
) -> Roles:
    """Return roles that are looked at once they are decided, before any scan is opened: what could attacks see?

    Raises
    ------
    DataError
        Where that is nothing, when they are decided.
    """

    def decide(scans: Scans, passed_over: Collection[str]) -> Split:
        split = roles.decide(scans, passed_over)
        foresee(scans, split, attacks, divided, say, match=match)
        return split

    return replace(roles, decide=decide)


def could_see(
    scans: Scans, roles: Roles, divided: Divided, passed_over: Collection[str] = ()
) -> tuple[list[str], tuple[Problem, ...]]:
    """Return what an audit by the core of attacks could see of people who are divided like this, as lines.

    Of those who are passed over no scan could be used. What is wrong with the user's own split or lists, and what is to
    be told of how they were read, comes second.
    """
    if not len(scans):
        return [], ()
    people = len(np.unique(scans.participant_id))
    try:
        split = roles.decide(scans, passed_over)
    except DataError as error:
        enough = None if divided.given else power.proposed(people - divided.canaries)
        more = f"\n  try: {_options(enough)}" if enough else ""
        if not divided.given:
            return [f"an audit of these people is not possible: {error}{more}"], ()
        return ["an audit of these people is not possible as they are divided, see the problems"], _of_split(error)
    counts = counts_of(scans, split)
    outlook = power.outlook(counts, len(CORE), learns=False)
    more = f"  try: {proposal(people, counts, divided)}" if outlook.why_not else ""
    return [*lines_of(outlook, people), *([more] if more else [])], split.notes


def _of_split(error: DataError) -> tuple[Problem, ...]:
    """Return what is wrong with a split or with lists as problems, with what to do."""
    where = Path(error.where).name if isinstance(error.where, Path) else str(error.where or "the split")
    if isinstance(error, ProblemsError):
        what = "mend what is listed above of it: names as the data has them, everybody once"
        return (*error.problems, Problem(where, what))
    expected = f"; expected {error.expected}" if error.expected else ""
    advice = error.try_next or "a list or a split that can be used"
    return (Problem(where, f"{error.what}{expected} (try: {advice})"),)


def lines_of(outlook: power.Outlook, people: int) -> list[str]:
    """Return what an audit could see, as lines for a person to read."""
    counts, (members, others) = outlook.counts, outlook.counts.tested
    lines = [
        f"an audit of these people: {counts.members} members and {counts.nonmembers} non-members, of whom the attacker "
        f"knows {counts.known_members} and {counts.known_nonmembers}; {members} and {others} are decided about"
    ]
    if outlook.why_not:
        return [*lines, f"  could assess nothing: {outlook.why_not}"]
    by = f"one of {outlook.attacks} attacks" if outlook.attacks > 1 else "the attack"
    if outlook.auc is None:
        lines.append(f"  not even {by} that is always right would be found four times in five")
    else:
        lines.append(f"  {by} is found four times in five where its AUC is {outlook.auc:.2f} or more")
    lines.append(f"  true-positive rates are given down to a false-positive rate of {100 * outlook.finest_rate:.2g} %")
    factors = {f"an AUC of {outlook.sought:.2f}": outlook.factor_for_auc}
    factors |= {f"a false-positive rate of {100 * rate:g} %": times for rate, times in outlook.factor_for_rate.items()}
    needed = [f"{aim}: about {power.in_figures(people * times):,}" for aim, times in factors.items() if times > 1]
    if needed:
        lines.append(f"  people needed, divided like these, for {'; '.join(needed)}")
    return lines


def proposal(people: int, counts: power.Counts, divided: Divided) -> str:
    """Return what to try where nothing could be assessed: options by which these people are enough, or more people."""
    least = power.fewest_members(), power.fewest_nonmembers()
    if counts.members >= least[0] and counts.nonmembers >= least[1]:
        return "attacker_knows 1 for half of the members and as many non-members" if divided.by_split else "--known 0.5"
    lacking = [
        f"{least[place] - have} more {word}"
        for place, (have, word) in enumerate(((counts.members, "members"), (counts.nonmembers, "non-members")))
        if have < least[place]
    ]
    if divided.given:
        return " and ".join(lacking)
    left = people - divided.canaries
    enough = power.proposed(left)
    if enough is None:
        return f"{sum(least) - left} more people, and then {_options(least)}"
    return _options(enough)


def _options(enough: tuple[int, int]) -> str:
    """Return members and non-members as options."""
    return f"--members {enough[0]} --nonmembers {enough[1]} --validation 0 --population 0 --known 0.5"
