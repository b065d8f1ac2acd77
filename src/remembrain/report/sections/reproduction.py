"""How the page came about: commands, seeds, versions, and hashes of what was audited."""

from __future__ import annotations

from remembrain.record.defences import Defences
from remembrain.record.document import Judged, Made
from remembrain.report.section import Section

_OPEN = ("weights", "tensors", "code")
"""Of what anybody may have the plain hash."""


def commands(evidence: Judged | Defences) -> list[tuple[str, str, str]]:
    """Return every command that what is audited and its evidence came from: what it made, itself, and when."""
    audit = evidence.audit
    if not isinstance(audit, Made):
        return [("Command", audit.command, "")]
    model = audit.model
    made = [("Model made by", model.command, f", {model.created}")] if model and model.command != audit.command else []
    if len(audit.commands) < 2:
        return [*made, ("Command", audit.command, "")]
    return made + [
        ("Command", made_by.command, f", {made_by.created}, version {made_by.version}: {', '.join(made_by.attacks)}")
        for made_by in audit.commands
    ]


def seeds(evidence: Judged | Defences) -> tuple[str, str]:
    """Return the seeds, and what they are called."""
    audit = evidence.audit
    return ("Seed", str(audit.seed)) if isinstance(audit, Made) else ("Seeds", ", ".join(map(str, audit.seeds)))


def hashes(evidence: Judged | Defences) -> list[tuple[str, str | None, str]]:
    """Return the hashes of what was audited: their kind, themselves, and where the key of one lies."""
    kept = evidence.audit.hashes if isinstance(evidence.audit, Made) else {}
    return [
        (f"SHA-256 of the {name}", plain, "")
        if name in _OPEN
        else (f"Keyed hash of the {name}", plain, " (its key is the owner’s: restricted/hashes.json)")
        for name, plain in kept.items()
    ]


SECTION: Section[Judged | Defences] = Section(
    "reproduction", "Reproduction", words={"commands": commands, "seeds": seeds, "hashes": hashes}
)
