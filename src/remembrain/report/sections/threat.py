"""Who could do it: the threat model, generated from what each attack declares that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remembrain.record.attacks import Attack
from remembrain.record.document import Judged
from remembrain.record.model import Evidence
from remembrain.report.section import Section
from remembrain.report.strongest import best

_DISGUISED = "disguised-error"
_HOLDS = {
    "outputs": "may query the model, or sees its predictions",
    "weights": "holds a copy of the model’s weights",
    "rounds": "takes part in a federated training and sees the community’s model after its rounds",
    "server": "runs the server of a federated training and sees every learner’s own model",
    "published tables": "reads the published tables",
}
_KNOWS = {
    "some members": "already knows of some people whether their DATA trained it",
    "population": "has DATA of similar people",
    "nothing": "knows of nobody beforehand",
}


@dataclass(frozen=True)
class Threat:
    """The attacks that one kind of adversary can run."""

    who: str
    access: str
    knows: str
    about: tuple[str, ...]
    attacks: tuple[Attack, ...]
    papers: tuple[str, ...]
    best: Attack | None
    blind: bool


def threats(evidence: Judged) -> tuple[Threat, ...]:
    """Group attacks by what an adversary must have and know; the blind baseline is told as the control that it is."""
    attacks = evidence.everything
    data, label = (
        (evidence.data_word, evidence.target.label) if isinstance(evidence, Evidence) else ("answers", "answer")
    )
    return tuple(
        _threat(tuple(attack for attack in attacks if _kind(attack) == kind), data, label, evidence.subject)
        for kind in dict.fromkeys(map(_kind, attacks))
    )


def _kind(attack: Attack) -> tuple[str, str]:
    """Return what an attack needs: access and knowledge; other learners' own models are the server's to see."""
    return "server" if "others" in attack.needs else attack.access, attack.knows


def who(access: str, knows: str, data: str, what: str = "model") -> str:
    """Return who can run an attack with these needs; ``data`` is what a person's data are called."""
    knowledge = _KNOWS[knows].replace("DATA", data) if knows in _KNOWS else f"knows {knows}"
    if what == "tables":
        knowledge = knowledge.replace(f"their {data} trained it", "they took part")
    if access == "nothing":
        return f"Nobody needs the {what} for this: it is the control. Its attacker {knowledge}"
    return f"Anyone who {_HOLDS.get(access, f'has access to {access}')} and {knowledge}"


def _threat(attacks: tuple[Attack, ...], data: str, label: str, what: str) -> Threat:
    """Describe the adversary of attacks that need the same."""
    first = attacks[0]
    return Threat(
        who=who(*_kind(first), data, what),
        access=first.access,
        knows=first.knows,
        about=_about(attacks, data, label),
        attacks=attacks,
        papers=tuple(dict.fromkeys(attack.paper for attack in attacks)),
        best=first if first.blind else best(attacks),
        blind=first.blind,
    )


def _about(attacks: Sequence[Attack], data: str, label: str) -> tuple[str, ...]:
    """Return what must be known of the person in question, from the signals that are read."""
    needs = {need for attack in attacks for need in attack.needs}
    if "answers" in needs:
        return ("the person’s own answers, or some of them",)
    if needs == {"covariates"}:
        return (f"{label}, sex, site and simple measurements of the {data}",)
    parts = [f"the person’s own {data.removesuffix('s')}, put to the model"]
    if _DISGUISED in needs and data == "scans":
        parts.append("for some of these attacks, altered copies of it too (mirrored and moved)")
    if any(need in ("label", "error", "rounds", _DISGUISED) or need.startswith("gradient") for need in needs):
        parts.append(f"the person’s true {label}")
    return tuple(parts)


SECTION: Section[Judged] = Section("threat", "Who could do this", words={"threats": threats})
