"""What a run leaves on disk and how it draws: its folder, whole files, what is kept under a key, random streams."""

from remembrain.run.files import (
    atomic_path,
    clear_disk_errors,
    read_json,
    sha256,
    write_array,
    write_json,
    write_text,
)
from remembrain.run.folder import SCHEMA, RunFolder
from remembrain.run.kept import Key

__all__ = [
    "SCHEMA",
    "Key",
    "RunFolder",
    "atomic_path",
    "clear_disk_errors",
    "read_json",
    "sha256",
    "write_array",
    "write_json",
    "write_text",
]
