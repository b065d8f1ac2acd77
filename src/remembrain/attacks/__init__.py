"""Rules that turn signals into one membership score a scan; one attack a file.

This room knows arrays: signals of scans whose membership is known, and signals of scans to decide. It never sees a
model, a file or a name, and must not. A new attack is one file and one line in ``ATTACKS``. Which of them run where
none is named is decided here too (``CORE``), by what they achieved (docs/decisions/0024).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from remembrain._text import nearest, parted, shown
from remembrain.attacks import _references, fed_mia, plugins, trajectory
from remembrain.attacks.activation import LaterLayers
from remembrain.attacks.bavaria import Bavaria
from remembrain.attacks.blind import BlindBaseline
from remembrain.attacks.boosted import Boosted
from remembrain.attacks.error_forest import ErrorForest
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.fed_mia import FedMia
from remembrain.attacks.inverse_hessian import InverseHessian
from remembrain.attacks.leverage import Leverage
from remembrain.attacks.lira import Lira
from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.attacks.network import NetworkAttack
from remembrain.attacks.quadratic_discriminant import QuadraticDiscriminant
from remembrain.attacks.rmia import Rmia
from remembrain.attacks.shadow import ShadowAttack
from remembrain.attacks.stacked import Stacked
from remembrain.attacks.trajectory import Trajectory
from remembrain.attacks.unusual_error import UnusualError
from remembrain.attacks.without_age import WithoutAge
from remembrain.errors import UsageError
from remembrain.types import Access, Attack, Declared

BLIND = BlindBaseline()
REFERENCES = _references.NEEDS
"""What attacks with reference models read."""
ROUNDS, OTHERS, FEWEST_OTHERS = trajectory.NEEDS, fed_mia.NEEDS, fed_mia.FEWEST_OTHERS
"""What attacks on all rounds of a federation read: of the attacked learner, and of the others."""

_COMBINED = ("prediction", "label", "gradient:last-hidden", "gradient:output")

ATTACKS: tuple[Attack, ...] = (
    ErrorThreshold(),
    ErrorForest(),
    LogisticOnOutputs(),
    QuadraticDiscriminant(),
    UnusualError(),
    NetworkAttack(("prediction", "label")),
    LaterLayers(),
    NetworkAttack(("gradient-magnitude",)),
    NetworkAttack(("gradient:first",)),
    NetworkAttack(("gradient:last-hidden",)),
    NetworkAttack(("gradient:last-hidden",), flat=True),
    NetworkAttack(("gradient:output",)),
    NetworkAttack(_COMBINED),
    NetworkAttack(_COMBINED, flat=True),
    InverseHessian(),
    Leverage(),
    Boosted(),
    ShadowAttack(ErrorThreshold()),
    ShadowAttack(NetworkAttack(("prediction", "label"))),
)

REFERENCED: tuple[Attack, ...] = (
    Lira(),
    Lira(pooled=False),
    Lira(online=False),
    Lira(online=False, pooled=False),
    Rmia(),
    Bavaria(),
    WithoutAge(),
    Stacked(),
)
"""Attacks that hold reference models against the target; they run where such models are asked for."""

OVER_ROUNDS: tuple[Attack, ...] = (Trajectory(), FedMia())
"""Attacks of insiders on all rounds of a federation; they run where there was one."""

_CORE = frozenset(
    (
        "error-threshold",
        "logistic",
        "quadratic-discriminant",
        "unusual-error",
        "network:prediction+label",
        "network:gradient-magnitude",
        "network:gradient:output",
        "boosted",
        "shadow:error-threshold",
        "lira-offline",
        "rmia",
        "bavaria",
        "lira-without-age",
        "stacked",
        "trajectory",
        "fed-mia",
    )
)

_PUBLISHED = frozenset(
    (
        "error-forest",
        "activation",
        "network:gradient-magnitude",
        "network:gradient:first",
        "network:gradient:last-hidden",
        "network:gradient:output",
        "network:prediction+label",
        f"network:{'+'.join(_COMBINED)}",
        "shadow:network:prediction+label",
    )
)

GROUPS: dict[str, frozenset[str]] = {
    "core": _CORE,
    "published": _PUBLISHED,
    "all": frozenset(attack.name for attack in (*ATTACKS, *REFERENCED, *OVER_ROUNDS)),
}
"""Words that stand for several attacks: those that run where nothing is said, which no other attack dominates; those of
the published central study (Gupta et al. 2021, Table 1 and appendix E); and all that this program has."""

QUICK = ("error-threshold", "network:prediction+label", "network:gradient:output")
"""Those that are run again and again where leakage is followed over epochs or rounds."""

BOUNDING = ("error-threshold", "logistic", "network:prediction+label", "network:gradient:output")
"""Whose scores bound an epsilon, said beforehand: each further attack would make the correction for several larger.
Where none of them was run, all that were do. They also are what settings of defences are attacked by."""

CORE: tuple[Attack, ...] = tuple(attack for attack in ATTACKS if attack.name in _CORE)
"""What runs on one model where nothing is said."""

_POWER: dict[Access, int] = {"nothing": 0, "published tables": 1, "outputs": 1, "weights": 2, "rounds": 3}


def select(
    words: Sequence[str] = (), access: Access | None = None, *, references: bool = False, rounds: bool = False
) -> tuple[Attack, ...]:
    """Return the attacks of these words that need no more than this access; the core where nothing is said.

    A word is the name of an attack or of a group of them (``core``, ``published``, ``all``), or several, parted by
    commas. Of a group comes what can be run: with reference models where there are any, in a federation over its
    rounds. A name ``network:A+B`` composes the published classifier over the signals A and B, ``flat:A+B`` the same
    with every signal flattened, and ``shadow:NAME`` teaches an attack on a shadow model. ``my_file.py:MyAttack`` is a
    class in a file of one's own.

    Raises
    ------
    UsageError
        Where a name is unknown, or needs more access than is allowed, or reference models that are not asked for, or
        the rounds of a federation where there was none.
    """
    able = (*ATTACKS, *(REFERENCED if references else ()), *(OVER_ROUNDS if rounds else ()))
    chosen: dict[str, Attack] = {}
    for word in parted(words) or ("core",):
        group = [attack for attack in able if attack.name in GROUPS.get(word, ()) and _allowed(attack, access)]
        chosen |= {attack.name: attack for attack in (group if word in GROUPS else [_named(word)])}
    if not references and (without := [name for name, attack in chosen.items() if REFERENCES in attack.needs]):
        raise UsageError(f"{without[0]} needs reference models", try_next="--references 8")
    if not rounds and (without := [name for name, attack in chosen.items() if ROUNDS in attack.needs]):
        raise UsageError(f"{without[0]} needs the rounds of a federation", try_next="a run of remembrain federate")
    if refused := [name for name, attack in chosen.items() if not _allowed(attack, access)]:
        raise UsageError(f"{', '.join(refused)} needs more than access to {access}", try_next="leave out --access")
    return tuple(chosen.values())


def register(attack: Attack | type[Attack]) -> Attack:
    """Make an attack of one's own, or what its class makes, known by its name while this process runs; returns it.

    A package makes one known for good by an entry point of the group ``remembrain.attacks`` that is called as the
    attack is: it is imported when somebody names it, and not before.

    Raises
    ------
    UsageError
        Where it lacks what an attack says of itself, or its name is that of another.
    """
    return plugins.add(attack, _taken())


def _taken() -> set[str]:
    """Return the words that no attack of one's own can be called."""
    return {*GROUPS, *(listed.name for listed in _listed()), BLIND.name}


def _listed() -> tuple[Attack, ...]:
    """Return all attacks that this program has."""
    return (*ATTACKS, *REFERENCED, *OVER_ROUNDS)


def by_name(words: Iterable[str]) -> tuple[str, ...]:
    """Return those of the words that name one attack: what does not apply to a model is told of these."""
    return tuple(
        _named(word).name if plugins.is_of_file(word) else word for word in parted(words) if word not in GROUPS
    )


def groups_of(attack: Declared) -> tuple[str, ...]:
    """Return the groups beside ``all`` that an attack is in."""
    return tuple(word for word, names in GROUPS.items() if word != "all" and attack.name in names)


def is_fixed(attack: Attack) -> bool:
    """Say whether an attack ranks people without having learned from anybody's membership in the target.

    Then it can be tested on everybody, the people known to the attacker too. It says so by an attribute ``fixed``.
    """
    return bool(getattr(attack, "fixed", False))


def is_offline(attack: Attack) -> bool:
    """Say whether an attack with reference models holds none that was trained with the person against the target.

    Then a learner can train these models on its own people. It says so by an attribute ``offline``.
    """
    return bool(getattr(attack, "offline", False))


def learns_on_shadow(attack: Attack) -> bool:
    """Say whether an attack learns from a shadow model instead of from people whom it knows.

    It says so by an attribute ``on_shadow``.
    """
    return bool(getattr(attack, "on_shadow", False))


def retrained_layer(attack: Attack) -> str:
    """Return behind which layer of the target an attack retrains the rest; nothing where it does not.

    It says so by an attribute ``retrained_layer``, and is given those layers by its method ``of``.
    """
    return str(getattr(attack, "retrained_layer", ""))


def composed_of(attacks: Iterable[Attack]) -> list[str]:
    """Return the signals of attacks that were put together by name, in which a word may be wrong."""
    listed = {*plugins.REGISTERED, *(attack.name for attack in _listed())}
    return [need for attack in attacks if attack.name not in listed for need in attack.needs]


def _allowed(attack: Attack, access: Access | None) -> bool:
    """Return whether an attack needs no more than this access."""
    return access is None or _POWER[attack.access] <= _POWER[access]


def _named(name: str) -> Attack:
    """Return one attack by name."""
    everything = (*_listed(), *plugins.REGISTERED.values())
    for attack in everything:
        if attack.name == name:
            return attack
    if brought := plugins.brought(name):
        return register(brought)
    kind, _, rest = name.partition(":")
    if kind == "shadow" and rest and rest not in GROUPS:
        return _on_shadow(rest)
    if plugins.is_of_file(name):
        return plugins.of_file(name, _taken())
    if kind in ("network", "flat") and all(rest.split("+")):
        return _composed(name, tuple(rest.split("+")), flat=kind == "flat")
    known = (*(attack.name for attack in everything), *GROUPS)
    near = nearest(name, known)
    raise UsageError(
        f"no attack {shown(name)!r}",
        expected="one of "
        + ", ".join((*known, "network:SIGNAL+SIGNAL", "flat:SIGNAL+SIGNAL", "shadow:ATTACK", "or my_file.py:MyAttack")),
        try_next=near or "remembrain attacks",
    )


def _composed(name: str, signals: tuple[str, ...], *, flat: bool) -> Attack:
    """Return the published classifier over these signals."""
    if set(BLIND.needs) & set(signals):
        raise UsageError(
            f"{name} reads {BLIND.needs[0]}, which are facts of the people and not of the model",
            expected="signals of the model; the blind baseline, which always runs, reads the facts",
        )
    if apart := {REFERENCES, ROUNDS, OTHERS} & set(signals):
        raise UsageError(
            f"{name} reads {min(apart)}, which no single model says",
            expected="signals of the model (remembrain attacks lists what each attack reads)",
        )
    return NetworkAttack(signals, flat=flat)


def _on_shadow(name: str) -> Attack:
    """Return an attack that learns on a shadow model."""
    attack = _named(name)
    apart = [need for need in attack.needs if need.startswith(("gradient:", "activation:"))]
    if apart or attack.knows != "some members" or {REFERENCES, ROUNDS} & set(attack.needs):
        raise UsageError(
            f"shadow:{name} cannot be: "
            + (f"{apart[0]} of two trainings do not correspond" if apart else "it does not learn on one model"),
            expected="an attack on prediction, label, error, disguised-error or gradient-magnitude",
        )
    return ShadowAttack(attack)
