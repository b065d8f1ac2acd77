"""Who could read what a command wrote: the suite runs under a umask that hides nothing."""

from __future__ import annotations

from pathlib import Path

PUBLIC = ("report.html", "evidence.json", "defences.json")


def open_to_others(folder: Path) -> list[str]:
    """Everything in a folder, and the folder, that more people than its owner can read, but for what may leave.

    What may leave has to be as open as the umask lets it.
    """
    wrong = []
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode & 0o777
        if mode != (0o666 if path.name in PUBLIC else 0o700 if path.is_dir() else 0o600):
            wrong.append(f"{path.relative_to(folder)} {mode:o}")
    return wrong
