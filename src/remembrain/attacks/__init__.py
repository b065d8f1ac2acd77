"""Rules that turn signals into one membership score a scan; one attack a file.

This room knows arrays: signals of scans whose membership is known, and signals of scans to decide. It never sees a
model, a file or a name, and must not. A new attack is one file and one line in ``ATTACKS``.
"""

from __future__ import annotations

from collections.abc import Sequence

from remembrain.attacks.blind import BlindBaseline
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.attacks.network import NetworkAttack
from remembrain.errors import UsageError
from remembrain.types import Access, Attack

BLIND = BlindBaseline()

ATTACKS: tuple[Attack, ...] = (
    ErrorThreshold(),
    LogisticOnOutputs(),
    NetworkAttack(("prediction", "label")),
    NetworkAttack(("gradient-magnitude",)),
    NetworkAttack(("gradient:first",)),
    NetworkAttack(("gradient:last-hidden",)),
    NetworkAttack(("gradient:output",)),
    NetworkAttack(("prediction", "label", "gradient:last-hidden", "gradient:output")),
)

_POWER: dict[Access, int] = {"nothing": 0, "published tables": 1, "outputs": 1, "weights": 2, "rounds": 3}


def select(names: Sequence[str] = (), access: Access | None = None) -> tuple[Attack, ...]:
    """Return the attacks of these names (all of them where none is named) that need no more than this access.

    A name ``network:A+B`` composes the published classifier over the signals A and B.

    Raises
    ------
    UsageError
        Where a name is unknown, or needs more access than is allowed.
    """
    chosen = tuple(_named(name) for name in dict.fromkeys(names)) or ATTACKS
    if access is None:
        return chosen
    allowed = tuple(attack for attack in chosen if _POWER[attack.access] <= _POWER[access])
    if names and len(allowed) < len(chosen):
        refused = ", ".join(attack.name for attack in chosen if attack not in allowed)
        raise UsageError(f"{refused} needs more than access to {access}", try_next="leave out --access")
    return allowed


def _named(name: str) -> Attack:
    """Return one attack by name."""
    for attack in ATTACKS:
        if attack.name == name:
            return attack
    signals = tuple(name.removeprefix("network:").split("+"))
    if name.startswith("network:") and all(signals):
        if set(BLIND.needs) & set(signals):
            raise UsageError(
                f"{name} reads {BLIND.needs[0]}, which are facts of the people and not of the model",
                expected="signals of the model; the blind baseline, which always runs, reads the facts",
            )
        return NetworkAttack(signals)
    raise UsageError(
        f"no attack {name!r}",
        expected="one of " + ", ".join(attack.name for attack in ATTACKS) + ", or network:SIGNAL+SIGNAL",
        try_next="remembrain attacks",
    )
