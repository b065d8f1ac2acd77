"""What an insider of a federation learns: every learner attacks every other from the models that the rounds pass on.

An attacker knows who its own people are, and people whom nobody has; one classifier learns from them with the signals
of several rounds and is turned on all other learners' people. A person's score is the mean over the rounds (Gupta et
al. 2021, section 4.2). The server sees more: every learner's own model, before it is averaged; it is taken to know the
people of one learner, as a server run by one of the sites does.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain import attacks as attacks_room
from remembrain._parallel import map_processes
from remembrain.attacks import BLIND
from remembrain.attacks.activation import LaterLayers
from remembrain.cohort.matching import paired
from remembrain.cohort.splits import FEWEST_PEOPLE
from remembrain.config import AttackOptions, Config, FederationOptions
from remembrain.errors import DataError
from remembrain.evidence import assess, groups
from remembrain.federation.archive import Archive
from remembrain.run import RunFolder, write_text
from remembrain.study import gathering
from remembrain.study.asking import Asked, ask, code_of, rules_of
from remembrain.study.attacking import Round, Stack, null_rounds, run_attacks
from remembrain.study.checkpoints import QUICK
from remembrain.study.learners import describe_learners, read_learners, title_of
from remembrain.study.material import Material
from remembrain.target.model import Target
from remembrain.target.weights import fit, read_weights
from remembrain.types import Attack, Scores

MOST_KNOWN = 1000
"""People of its own that an attacker learns from at most (Gupta et al. 2021, section 4.2)."""

By: TypeAlias = Literal["learner", "server"]
People: TypeAlias = Literal["matched", "unmatched"]
Mask: TypeAlias = Bool[np.ndarray, "scan"]

WHO: Mapping[By, str] = {"learner": "Another learner", "server": "The server"}

_COMMUNITY = 0
_DRAW_STREAM = 21
_HEADER = (
    *("by", "people", "attack", "attacker", "victim", "round", "n_members", "n_nonmembers"),
    *("auc", "auc_low", "auc_high", "accuracy", "accuracy_low", "accuracy_high", "tpr_at_fpr_0.01", "tpr_low"),
    *("tpr_high", "why"),
)


@dataclass(frozen=True, eq=False)
class Case:
    """What the attacks are about.

    ``own`` are the scans of each learner, ``pool`` those of nobody's people whom attackers know, ``others`` those of
    nobody's people on whom they are tested.
    """

    run: RunFolder
    target: Target
    archive: Archive
    material: Material
    names: Mapping[int, str]
    own: Mapping[int, Mask]
    pool: Mask
    others: Mask
    seed: int


@dataclass(frozen=True, eq=False)
class Pairing:
    """From whom each attacker learns, and on whom each victim's membership is tested; who has too few is not there."""

    people: People
    known: Mapping[int, Mask]
    tested: Mapping[int, Mask]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Attacker and victim, in order."""
        return [(one, other) for one in self.known for other in self.tested if one != other]


@dataclass(frozen=True, eq=False)
class Answers:
    """What models say of scans: row i is what the model ``model[i]`` of ``round_[i]`` says of ``scan[i]``.

    Model 0 is the community's, another number a learner's own.
    """

    scan: Int[np.ndarray, "row"]
    round_: Int[np.ndarray, "row"]
    model: Int[np.ndarray, "row"]
    signals: Mapping[str, Stack]
    refused: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Pair:
    """What an attack said of a victim's people and of others: a score a round and scan."""

    attacker: int
    victim: int
    scan: Int[np.ndarray, "scan"]
    by_round: Mapping[int, Float[np.ndarray, "scan"]]

    def mean(self) -> Float[np.ndarray, "scan"]:
        """Return each scan's mean over the rounds."""
        return np.asarray(np.mean(list(self.by_round.values()), axis=0))


@dataclass(frozen=True, eq=False)
class _Question:
    """One model to be asked about some scans, for a worker."""

    case: Case
    attacks: tuple[Attack, ...]
    round_: int
    model: int
    places: Int[np.ndarray, "some"]


def assess_insiders(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    options: AttackOptions,
    config: Config,
    workers: int | None = None,
) -> tuple[dict[str, Any], tuple[gathering.Evidence, ...]]:
    """Return what every learner, and the server, learn about every learner; ``pairs.tsv`` gets each pair and round.

    Parameters
    ----------
    run
        Whose ``rounds`` hold the models.
    target
        The last community model.
    material
        All scans: members are the learners', and those of nobody are non-members.
    attacks
        Which to run, as far as they learn from people whom the attacker knows, and from signals alone.
    options
        How many last rounds count, and how many rounds are looked at one by one.
    config
        Of the federation.
    workers
        Processes; one a core when left out.

    Returns
    -------
    content
        What stands in ``evidence.json`` as ``federation``.
    evidence
        One a threat, as findings are concluded and limits held against it: with matched people where there are any.
    """
    case = _case(run, target, material, config.seed)
    last = case.archive.last()
    used = tuple(one for one in attacks if one.knows == "some members" and not isinstance(one, LaterLayers))
    late = tuple(range(max(1, last - options.last_rounds + 1), last + 1))
    looked = tuple(sorted({round(last * step / options.looks) for step in range(options.looks + 1)}))
    pairings = [_pairing(case, people) for people in ("unmatched", "matched")]
    main = next((one for one in reversed(pairings) if one.pairs), pairings[0])
    lines: list[str] = ["\t".join(_HEADER)]
    threats, found = [], []
    trend: list[dict[str, Any]] = []
    for by in WHO:
        rows = _ask(case, used, late if by == "server" else tuple(sorted({*late, *looked})), by, workers)
        played: dict[str, list[Round]] = {one.people: _rounds(case, rows, one, late) for one in pairings}
        played["null"] = _null_rounds(case, rows, late)
        scores = _run(case, rows, (*used, BLIND), played, workers)
        for pairing in pairings:
            threat = {"by": by, "people": pairing.people, "main": pairing is main, "n_pairs": len(pairing.pairs)}
            if not pairing.pairs or not used:
                why = (
                    f"there is no pair with {FEWEST_PEOPLE} members and as many non-members"
                    if used
                    else "no attack that learns from people was asked for"
                )
                threats.append({**threat, "why": why})
                if pairing is main:
                    found.append(gathering.nothing(WHO[by], why))
                continue
            said = _said(rows, scores[pairing.people], pairing, played[pairing.people])
            judged = _judge(case, rows, used, pairing, said, scores["null"], played["null"])
            threats.append({**threat, **_described(case, judged, said), "why": ""})
            lines += _lines(case, by, pairing, said)
            if pairing is main:
                found.append(replace(judged, by=WHO[by]))
        if by == "learner" and used and main.pairs:
            trend = _trend(case, rows, used, main, looked, workers)
    write_text(run.path / "pairs.tsv", "\n".join(lines) + "\n")
    return _content(case, config.federation or FederationOptions(), late, threats, trend), tuple(found)


def _case(run: RunFolder, target: Target, material: Material, seed: int) -> Case:
    """Return what the attacks are about, from the run folder."""
    scans = material.scans
    learner, names = read_learners(run, scans)
    member = material.split.role == "member"
    if np.any(wrong := (learner > 0) != member):
        who = str(scans.participant_id[np.flatnonzero(wrong)[0]])
        raise DataError("is a member without a learner, or the other way round", where=f"learners.tsv, {who}")
    nobody, known = material.split.role == "nonmember", material.split.attacker_knows
    own = {number: learner == number for number in names}
    archive = Archive(run.path / "rounds")
    return Case(run, target, archive, material, names, own, nobody & known, nobody & ~known, seed)


def _pairing(case: Case, people: People) -> Pairing:
    """Return who learns from whom and who is tested on whom, all of them or those who can be paired."""
    scans = case.material.scans
    known, tested = {}, {}
    for number, own in case.own.items():
        ours, theirs, pool, others = own, own, case.pool, case.others
        if people == "matched":
            learned_from, asked_of = paired(scans, own, pool), paired(scans, own, others)
            ours, pool = own & learned_from, pool & learned_from
            theirs, others = own & asked_of, others & asked_of
        rng = np.random.default_rng([case.seed, _DRAW_STREAM, number])
        some = [np.unique(scans.participant_id[mask]) for mask in (ours, pool)]
        fewest = min(*(len(names) for names in some), MOST_KNOWN)
        if fewest >= FEWEST_PEOPLE:
            drawn = np.concatenate([rng.permutation(names)[:fewest] for names in some])
            known[number] = (ours | pool) & np.isin(scans.participant_id, drawn)
        if min(len(np.unique(scans.participant_id[mask])) for mask in (theirs, others)) >= FEWEST_PEOPLE:
            tested[number] = theirs | others
    return Pairing(people, known, tested)


def _ask(case: Case, attacks: tuple[Attack, ...], rounds: Sequence[int], by: By, workers: int | None) -> Answers:
    """Ask the models of these rounds: of the community about everybody, or of each learner about its own and nobody."""
    nobody = case.pool | case.others
    models = (
        {_COMMUNITY: np.arange(len(nobody))}
        if by == "learner"
        else {number: np.flatnonzero(own | nobody) for number, own in case.own.items()}
    )
    questions = [
        _Question(case, attacks, round_, model, places) for round_ in rounds for model, places in models.items()
    ]
    answers = map_processes(_answer, questions, workers=workers, description="asking the rounds' models")
    names = answers[0].seen.keys()
    return Answers(
        np.concatenate([one.places for one in questions]),
        np.repeat([one.round_ for one in questions], [len(one.places) for one in questions]),
        np.repeat([one.model for one in questions], [len(one.places) for one in questions]),
        {name: Stack(tuple(one.seen[name] for one in answers)) for name in names},
        answers[0].refused,
    )


def _answer(question: _Question) -> Asked:
    """Ask one model."""
    case, round_, model = question.case, question.round_, question.model
    path = case.archive.local(round_, model) if model else case.archive.community(round_)
    module = copy.deepcopy(case.target.module)  # what comes from another process is shared with it, and with its others
    fit(module, read_weights(path)[0], path)
    folder = case.run.signals / "rounds" / f"{round_:03d}" / path.stem
    return ask(
        replace(case.target, module=module.eval()), case.material.take(question.places), question.attacks, folder
    )


def _rounds(case: Case, rows: Answers, pairing: Pairing, rounds: Sequence[int]) -> list[Round]:
    """Return a round of each attacker: it learns from the models of these rounds, and is asked of all its victims."""
    heard, member, played = np.isin(rows.round_, rounds), _member(case)[rows.scan], []
    for number in dict.fromkeys(attacker for attacker, _ in pairing.pairs):
        of_others = np.any([mask for victim, mask in pairing.tested.items() if victim != number], axis=0)
        known = heard & pairing.known[number][rows.scan] & np.isin(rows.model, (_COMMUNITY, number))
        tested = heard & of_others[rows.scan] & (rows.model != (number if rows.model.any() else -1))
        played.append(Round("real", number, np.flatnonzero(known), np.flatnonzero(tested), member))
    return played


def _null_rounds(case: Case, rows: Answers, rounds: Sequence[int]) -> list[Round]:
    """Return rounds over nobody's people alone, half of them called members, as the first model sees them."""
    heard = np.isin(rows.round_, rounds) & (rows.model == rows.model.min())
    played = []
    for one in null_rounds(case.material.scans, case.material.split, 1, case.seed):
        known, tested = (np.flatnonzero(heard & np.isin(rows.scan, places)) for places in (one.known, one.tested))
        played.append(replace(one, known=known, tested=tested, member=one.member[rows.scan]))
    return played


def _said(
    rows: Answers, scores: Mapping[str, Sequence[Scores]], pairing: Pairing, played: Sequence[Round]
) -> dict[str, list[Pair]]:
    """Return what each attack says of every pair, from what it said in the attackers' rounds."""
    return {
        name: [
            _pair(rows, one.repeat, victim, mask, one.tested, said.score)
            for one, said in zip(played, given, strict=True)
            for victim, mask in pairing.tested.items()
            if victim != one.repeat
        ]
        for name, given in scores.items()
    }


def _pair(
    rows: Answers,
    attacker: int,
    victim: int,
    mask: Mask,
    tested: Int[np.ndarray, "row"],
    score: Float[np.ndarray, "row"],
) -> Pair:
    """Return what was said of one victim's people and of the others, by round."""
    mine = mask[rows.scan[tested]] & np.isin(rows.model[tested], (_COMMUNITY, victim))
    scan, round_, score = rows.scan[tested][mine], rows.round_[tested][mine], score[mine]
    scans = np.flatnonzero(mask)
    by_round = {}
    for one in np.unique(round_).tolist():
        of_round = round_ == one
        in_order = np.argsort(scan[of_round])
        if not np.array_equal(scan[of_round][in_order], scans):
            raise AssertionError(f"round {one} does not say something of everybody once")
        by_round[one] = score[of_round][in_order]
    return Pair(attacker, victim, scans, by_round)


def _run(
    case: Case,
    rows: Answers,
    attacks: Sequence[Attack],
    played: Mapping[str, Sequence[Round]],
    workers: int | None,
) -> dict[str, dict[str, list[Scores]]]:
    """Run attacks on rows, each row standing for a scan; return the scores of each group of rounds, by attack."""
    able = [one for one in attacks if one.name not in rows.refused]
    scores = run_attacks(
        able,
        rows.signals,
        case.material.scans.take(rows.scan),
        [one for some in played.values() for one in some],
        seed=case.seed,
        folder=case.run.restricted / "attacks",
        key=_key(case, rows),
        workers=workers,
    )
    given = {key: iter(listed) for key, listed in scores.items()}
    return {
        group: {attack.name: [next(given[attack.name, one.kind]) for one in some] for attack in able}
        for group, some in played.items()
    }


def _key(case: Case, rows: Answers) -> str:
    """Return a hash of everything that the scores depend on beside who is known."""
    digest = hashlib.sha256(
        f"{case.material.key()} {code_of(case.target)} {rules_of(attacks_room)} {case.seed}".encode()
    )
    for array in (rows.scan, rows.round_, rows.model, case.material.facts, case.material.scans.age):
        digest.update(np.ascontiguousarray(array).tobytes())
    for round_ in np.unique(rows.round_).tolist():
        digest.update(repr(sorted(case.archive.facts(round_)["models"].items())).encode())
    return digest.hexdigest()


def _member(case: Case) -> Mask:
    """Return who is anybody's."""
    return np.asarray(case.material.split.role == "member")


def _scores(case: Case, name: str, pairs: Sequence[Pair], round_: int | None = None) -> list[Scores]:
    """Return what evidence is made from: a repeat a pair, with the mean over rounds or one round's scores."""
    scans, member = case.material.scans, _member(case)
    return [
        Scores(
            name,
            number,
            scans.participant_id[one.scan],
            scans.session_id[one.scan],
            member[one.scan],
            one.mean() if round_ is None else one.by_round[round_],
        )
        for number, one in enumerate(pairs)
    ]


def _judge(
    case: Case,
    rows: Answers,
    attacks: Sequence[Attack],
    pairing: Pairing,
    said: Mapping[str, Sequence[Pair]],
    of_null: Mapping[str, Sequence[Scores]],
    null: Sequence[Round],
) -> gathering.Evidence:
    """Return the evidence over all pairs, with both controls: blind, and nobody's people alone."""
    return gathering.judge(
        attacks,
        BLIND,
        {name: _scores(case, name, pairs) for name, pairs in said.items()},
        {name: [_mean_of(rows, *one) for one in zip(null, given, strict=True)] for name, given in of_null.items()},
        rows.refused,
        groups_differ="" if pairing.people == "matched" else _differ(case, pairing),
        pairs=True,
    )


def _mean_of(rows: Answers, played: Round, scores: Scores) -> Scores:
    """Return scores with each scan once, by its mean over the rounds."""
    scan, first, place, times = np.unique(
        rows.scan[played.tested], return_index=True, return_inverse=True, return_counts=True
    )
    return replace(
        scores,
        participant_id=scores.participant_id[first],
        session_id=scores.session_id[first],
        member=scores.member[first],
        score=np.bincount(place, weights=scores.score, minlength=len(scan)) / times,
    )


def _differ(case: Case, pairing: Pairing) -> str:
    """Return in what victims' people and others differ by themselves; nothing where no victim's do."""
    scans, member = case.material.scans, _member(case)
    differing = []
    for number, mask in pairing.tested.items():
        some = scans.take(mask)
        found = groups.compare_groups(
            member[mask], some.participant_id, some.age, some.sex, some.site, label=case.material.label
        )
        if found.differ:
            differing.append(case.names[number])
    if not differing:
        return ""
    return f"the people of {', '.join(differing)} are of other ages, sexes or sites than people whom nobody has"


def _described(case: Case, judged: gathering.Evidence, said: Mapping[str, Sequence[Pair]]) -> dict[str, Any]:
    """Return what stands in ``evidence.json`` of one threat: every attack over all pairs, and by pair."""
    listed = []
    for content in judged.content["attacks"]:
        pairs = said.get(content["name"], ())
        alone = [assess.assess([one]) for one in _scores(case, content["name"], pairs)]
        accuracies = [one.accuracy.value for one in alone if one.accuracy]
        won = [value for value in accuracies if value > 0.5]
        cells = [
            {"attacker": pair.attacker, "victim": pair.victim, **assess.interval_json(one.auc), "n": one.n_members}
            for pair, one in zip(pairs, alone, strict=True)
        ]
        successful = {"n": len(won), "of": len(accuracies), "accuracy": float(np.mean(won)) if won else None}
        listed.append({**content, "roc": None, "pairs": cells, "successful": successful})
    return {**judged.content, "attacks": listed}


def _lines(case: Case, by: By, pairing: Pairing, said: Mapping[str, Sequence[Pair]]) -> Iterator[str]:
    """Yield the lines of ``pairs.tsv``: every attack, pair and round, and the mean over rounds."""
    for name, pairs in said.items():
        for round_ in (*pairs[0].by_round, None):
            for pair, one in zip(pairs, _scores(case, name, pairs, round_), strict=True):
                found = assess.assess([one], fprs=(0.01,))
                numbers = [assess.interval_json(value) for value in (found.auc, found.accuracy, found.tpr_at_fpr[0.01])]
                yield "\t".join(
                    [
                        *(by, pairing.people, name, case.names[pair.attacker], case.names[pair.victim]),
                        *("mean" if round_ is None else str(round_), str(found.n_members), str(found.n_nonmembers)),
                        *(_shown(number[key]) for number in numbers for key in ("value", "low", "high")),
                        found.why or str(numbers[2].get("why", "")),
                    ]
                )


def _shown(value: object) -> str:
    """Return a number of ``pairs.tsv``."""
    return "n/a" if value is None else f"{value:.6g}"


def _trend(
    case: Case,
    rows: Answers,
    attacks: Sequence[Attack],
    pairing: Pairing,
    looked: Sequence[int],
    workers: int | None,
) -> list[dict[str, Any]]:
    """Return what a few attacks find in the community model of single rounds, mean over all pairs."""
    able = [one for one in attacks if one.name not in rows.refused]
    quick = [one for one in able if one.name in QUICK] or able[:1]
    played = {str(round_): _rounds(case, rows, pairing, (round_,)) for round_ in looked}
    scores = _run(case, rows, quick, played, workers)
    found = []
    for round_ in looked:
        said = _said(rows, scores[str(round_)], pairing, played[str(round_)])
        aucs = [
            {"name": name, **assess.interval_json(assess.assess(_scores(case, name, pairs), pairs=True).auc)}
            for name, pairs in said.items()
        ]
        found.append({"round": round_, "mae_unseen": case.archive.facts(round_).get("mae_unseen"), "auc": aucs})
    return found


def _content(
    case: Case,
    options: FederationOptions,
    late: Sequence[int],
    threats: Sequence[Mapping[str, Any]],
    trend: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what stands in ``evidence.json`` as ``federation``."""
    scans = case.material.scans
    learners = describe_learners(scans, case.own, case.names)
    rounds = [
        {"round": round_, "mae_unseen": case.archive.facts(round_).get("mae_unseen")}
        for round_ in range(case.archive.last() + 1)
    ]
    return {
        "environment": title_of(options),
        "learners": learners,
        "people_known_of_nobody": len(np.unique(scans.participant_id[case.pool])),
        "people_tested_of_nobody": len(np.unique(scans.participant_id[case.others])),
        "rounds": rounds,
        "last_rounds": list(late),
        "threats": list(threats),
        "by_round": list(trend),
        "started": _started(trend),
    }


def _started(trend: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the first of the rounds from which on some attack's interval stays above chance, and the round before."""
    best = None
    for name in {one["name"] for looked in trend for one in looked["auc"]}:
        first = None
        for place in reversed(range(len(trend))):
            low = next((one["low"] for one in trend[place]["auc"] if one["name"] == name), None)
            if low is None or low <= 0.5:
                break
            first = place
        if first is not None and (best is None or (first, name) < best):
            best = (first, name)
    if best is None:
        return None
    place, name = best
    before = trend[place - 1] if place else None
    return {
        "attack": name,
        "round": trend[place]["round"],
        "mae_unseen": trend[place]["mae_unseen"],
        "stop_at": before["round"] if before else None,
        "mae_at_stop": before["mae_unseen"] if before else None,
    }
